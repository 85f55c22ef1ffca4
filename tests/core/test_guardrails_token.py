"""TOKEN-UNPROVED: what the policy wants a token to prove, at the workstation and at the deployer."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from core.documents import KEYS
from core.world import World, details, violations
from roster.attesting_maker import Authority, maker, token

from workstation.core.verdict import Allowed, Violation


def attested(world, *names, f9=None, **said):
    """Give these people's cards an attestation, by a token of their own each."""
    for number, name in enumerate(names, start=4711):
        card = world.person(name)["credentials"][0]
        leaf = (f9 or token()).attest(KEYS[name].public.spki, serial=number, **said)
        listed = [base64.b64encode(one).decode() for one in (leaf, (f9 or token()).der)]
        card["attestation"] = {"serial": str(number), "certificates": listed}
    world.roster["attestationRoots"] = [base64.b64encode(maker().der).decode()]
    return world


def asking(**control):
    world = World()
    world.rule["token"] = control
    return world


NOT_PROVED = "the token of Alice did not prove"
WANTED = {"serial": True, "attested": True, "touch": True, "firmwareAtLeast": "5.4.3"}


def test_an_attested_key_countersigns_what_asks_for_everything():
    world = attested(asking(**WANTED), "alice", "carol").admit()

    assert world.judge(world.countersigning("alice")) == Allowed()


def test_the_deployer_computes_the_same_from_what_travels():
    world = attested(asking(**WANTED), "alice", "carol").admit()
    for name in ("alice", "carol"):
        world.now += timedelta(minutes=1)
        world.countersign(name)
    released = world.release()

    assert released.recomputed(world.trust, now=world.now).verdict == Allowed()


REFUSED = {
    "no attestation": (lambda w: w, "attested", f"{NOT_PROVED} that its key was made on it"),
    "no touch": (lambda w: attested(w, "alice", touch=1), "touch", f"{NOT_PROVED} that it was touched"),
    "no PIN": (lambda w: attested(w, "alice", pin=1), "attested", f"{NOT_PROVED} that it asks for a PIN"),
    "old firmware": (
        lambda w: attested(w, "alice", firmware=(5, 4, 2)),
        "firmwareAtLeast", f"{NOT_PROVED} firmware 5.4.3 or newer",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_a_token_did_not_prove_is_not_taken_for_granted(what):
    change, control, words = REFUSED[what]
    world = change(asking(**WANTED)).admit()

    alone = change(asking(**{control: WANTED[control]})).admit()

    said = Violation("TOKEN-UNPROVED", words, f"token.{control}")
    assert said in violations(world.judge(world.countersigning("alice")))
    assert said in violations(alone.judge(alone.countersigning("alice")))


def test_of_what_no_maker_stands_for_nothing_is_taken_to_be_proved():
    stranger = Authority("Test Token", Authority("Test Token Maker Root"))
    world = attested(asking(attested=True), "alice", f9=stranger).admit()

    found = violations(world.judge(world.countersigning("alice")))

    key, said = (
        KEYS["alice"].public.fingerprint,
        "certificates of no maker found, one the roster believes wanted",
    )
    assert found == (
        Violation("TOKEN-UNPROVED", f"attestation of key {key}: {said}", "token.attested"),
        Violation("TOKEN-UNPROVED", f"{NOT_PROVED} that its key was made on it", "token.attested"),
    )


def test_a_key_enrolled_in_no_token_named_is_in_none_that_was_proved():
    world = asking(serial=True)
    del world.person("alice")["credentials"][0]["tokenSerial"]
    world.admit()

    found = violations(world.judge(world.countersigning("alice")))

    said = f"{NOT_PROVED} which token its key was enrolled in"
    assert Violation("TOKEN-UNPROVED", said, "token.serial") in found


def test_a_strangers_token_proves_nothing():
    world = asking(serial=True, attested=True).admit()

    found = details(world.judge(world.countersigning("mallory")), "TOKEN-UNPROVED")

    label = f"key {KEYS['mallory'].public.fingerprint[:16]}"
    assert found == [
        f"the token of {label} did not prove which token its key was enrolled in",
        f"the token of {label} did not prove that its key was made on it",
    ]


@pytest.mark.parametrize("firmware", [(5, 4, 3), (5, 10, 0), (6, 0, 0)])
def test_firmware_is_compared_number_by_number(firmware):
    world = attested(asking(firmwareAtLeast="5.4.3"), "alice", firmware=firmware).admit()

    assert world.judge(world.countersigning("alice")) == Allowed()


def test_a_policy_that_asks_for_nothing_looks_at_no_attestation():
    world = attested(World(), "alice", f9=Authority("stranger", Authority("nobody"))).admit()

    assert world.judge(world.countersigning("alice")) == Allowed()
