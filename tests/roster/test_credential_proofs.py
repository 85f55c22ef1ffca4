"""A proof of possession is verified where its key is used, and every one where a roster is taken over."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest
from core.documents import KEYS
from core.keys import edwards
from core.world import NOW, ROOT, World
from roster.roster_world import FIRST, changed, key_of, roster

from workstation.core.action import ApplyTrust
from workstation.core.credential_proof import refuse_false_proofs
from workstation.core.errors import Untrusted
from workstation.core.guardrails.judge import judge
from workstation.core.named_holders import holders_named
from workstation.core.verdict import Allowed
from workstation.trust.drafting import Delivery
from workstation.trust.proposing import propose_first

BAD = {"challenge": "A" * 43 + "="}


def unproved(name):
    """Return a world whose roster has another challenge in the proof of somebody's card."""
    world = World()
    for credential in world.person(name)["credentials"]:
        if "proof" in credential:
            credential["proof"] = {**credential["proof"], **BAD}
    return world


def test_a_proof_that_does_not_hold_is_found_wherever_all_of_them_are_looked_at():
    """Nobody uses dave's card here: following, proposing and linting look at it all the same."""
    world = unproved("dave").admit()
    data = changed(FIRST, lambda d: key_of(d, "alice")["proof"].update(BAD))
    facts = world.facts(ApplyTrust(trust=world.trust, root=ROOT, targets=ROOT))

    verdict = judge(ApplyTrust(trust=world.trust, root=ROOT, targets=ROOT), facts)

    (found,) = verdict.violations
    assert (found.rule, KEYS["dave"].public.fingerprint in found.detail) == ("ROSTER-PROOF", True)
    with pytest.raises(Untrusted, match="did not sign to be enrolled for alice"):
        refuse_false_proofs(roster(data))
    with pytest.raises(Untrusted, match="did not sign to be enrolled for alice"):
        propose_first(custodians=[], threshold=2, delivery=Delivery(roster=data, policy=b"{}"), expires=NOW)


def test_a_key_nobody_uses_stops_nobody():
    world = unproved("dave").admit()

    for name in ("alice", "carol"):
        world.now += timedelta(minutes=1)
        world.countersign(name)

    assert world.release().recomputed(world.trust, now=world.now).verdict == Allowed()


def signed_by(world, title, name):
    """Have somebody sign a piece of evidence too."""
    world.build.evidence[title].by.append(name)
    return world.builders


def submitted_by(world, name):
    world.build.predicate["submitter"] = KEYS[name].public.fingerprint
    return world.builders


USES = {
    "an approver's card answers": lambda world: world.admit().countersigning("alice"),
    "it signed evidence": lambda world: signed_by(world, "tests.dsse.json", "alice"),
    "it is the submitter's": lambda world: submitted_by(world, "alice"),
    "an artifact names it": lambda world: holders_named(KEYS["alice"].public.fingerprint, world.trust.roster),
}


@pytest.mark.parametrize("use", USES)
def test_a_key_that_never_agreed_is_nobodys_wherever_it_is_used(use):
    with pytest.raises(Untrusted, match="did not sign to be enrolled for alice and these uses"):
        USES[use](unproved("alice"))


def test_a_deployer_takes_no_countersignature_by_a_key_that_never_agreed(monkeypatch):
    """The workstation is owned, and looked at nothing."""
    world = unproved("alice").admit()
    with monkeypatch.context() as patched:
        for module in ("approver", "signers"):
            patched.setattr(f"workstation.core.{module}.refuse_false_proof", lambda _held: None)
        for name in ("alice", "carol"):
            world.countersign(name)
        released = world.release()

    with pytest.raises(Untrusted, match="did not sign to be enrolled for alice"):
        released.recomputed(world.trust, now=world.now)


def test_a_lint_names_every_key_whose_proof_does_not_hold(console, tmp_path):
    path = tmp_path / "roster.json"
    path.write_bytes(changed(FIRST, lambda d: key_of(d, "alice")["proof"].update(BAD)))

    assert console.run("roster", "lint", path) == 1

    # The second: whoever enrolled it signed for another challenge.
    assert [found["rule"] for found in console.said["violations"]] == ["ROSTER-PROOF"] * 2
    assert edwards("alice").public.fingerprint in console.told
    path.write_bytes(FIRST)
    assert console.run("roster", "lint", path) == 0


def test_bytes_that_are_no_point_are_found_when_the_whole_roster_is_looked_at(console, tmp_path):
    """No key of Ed25519 has this y: such bytes can be read and verify nothing."""
    spki = bytes.fromhex("302a300506032b6570032100") + bytes([2]) + bytes(31)

    def add(document):
        credential = key_of(document, "ci-7")
        credential.update(
            spki=base64.b64encode(spki).decode(),
            fingerprint=hashlib.sha256(
                f"countersign-key-v1\ned25519\n{spki[12:].hex()}\n".encode()
            ).hexdigest(),
        )

    found = roster(changed(FIRST, add))

    with pytest.raises(Untrusted, match="not a point of the curve"):
        refuse_false_proofs(found)
    with pytest.raises(Untrusted):
        found.services["ci-7"].credentials[0].key.verify(bytes(64), b"", where="anything")
