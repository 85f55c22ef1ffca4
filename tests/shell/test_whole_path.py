"""The whole path of a release, and that every step can be checked by others."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from shell.deliveries import blob_of, payload_of
from shell.journey import Journey
from shell.station import Station, told

from workstation.core.card_checkpoint import card_signer
from workstation.core.checkpoint import verify_note
from workstation.core.countersignature import parse_countersignature
from workstation.core.dsse import parse_envelope
from workstation.core.entry import Entry, Kind, parse_entry
from workstation.core.identity import digest_of
from workstation.core.journal_proof import parse_journal_proof
from workstation.core.oci_layout import RELEASE_BUNDLE
from workstation.core.public_key import parse_spki
from workstation.core.roster import Holder
from workstation.core.roster_document import parse_roster
from workstation.desk.kept_checkpoints import checkpoint_findings
from workstation.intake.release_reader import read_release

Own = Callable[[Station], Station]

STEPS = {
    "show": 0,
    "intake": 0,
    "review": 0,
    "bob-second": 1,
    "ned": 1,
    "alice": 0,
    "carol": 0,
    "queue": 0,
    "release": 0,
    "verify": 0,
    "receipt create": 0,
    "receipt admit": 0,
    "journal verify": 0,
    "journal show": 0,
}


def entries_of(journey: Journey) -> list[Entry]:
    """Return what `journal show` told of, deed by deed there, in the journal's own order."""
    told_of = journey.said["journal show"].document["entries"]
    return sorted((parse_entry(base64.b64decode(one)) for one in told_of), key=lambda entry: entry.seq)


def key_of(station: Station, person: str) -> bytes:
    roster = parse_roster((station.home / "roster.json").read_bytes())
    holders: list[Holder] = [*roster.people.values(), *roster.services.values()]
    return next(holder.credentials[0].key.spki for holder in holders if holder.id == person)


def entry_of(journey: Journey, step: str) -> Entry:
    seq: int = journey.said[step].document["entry"]
    return entries_of(journey)[seq]


def test_every_step_ends_with_the_status_of_the_contract(journey: Journey) -> None:
    found = {step: said.status for step, said in journey.said.items()}

    assert found == STEPS


def test_the_builder_is_told_the_identity_the_workstation_finds(journey: Journey) -> None:
    made = journey.world.made.document

    assert made["request"] == digest_of(blob_of(journey.world.bundle, "request.dsse.json").read_bytes())
    assert journey.said["show"].document["request"] == made["request"]
    assert journey.said["intake"].document["request"] == made["request"]


def test_the_review_says_what_changed_and_who_built_it(journey: Journey) -> None:
    shown = journey.said["review"].document

    assert {line["person"] for line in shown["builders"]} == {"p-bob", "p-ned"}
    assert shown["unresolved"] == []
    assert shown["blockers"] == []
    assert (shown["have"], shown["need"]) == (0, 2)
    assert any(path.endswith("!/tidemark/__init__.py") for path in shown["diff"]["content_changed"])


def test_the_builders_second_card_is_refused_by_name_and_rule(journey: Journey) -> None:
    said = journey.said["bob-second"]

    assert said.document["verdict"] == "blocked"
    assert said.rules == ["SOD-BUILDER"]
    assert all(set(one) == {"rule", "control", "code", "detail"} for one in said.document["violations"])
    assert said.document["violations"][0]["code"] == "sod-builder"
    assert "Bob" in said.words


def test_whoever_controls_the_building_service_is_refused(journey: Journey) -> None:
    said = journey.said["ned"]

    assert said.rules == ["SOD-BUILDER"]
    assert any("controls ci-7" in one["detail"] for one in said.document["violations"])


def test_two_approvers_make_the_quorum_and_only_they(journey: Journey) -> None:
    first, second = journey.said["alice"].document, journey.said["carol"].document

    assert (first["have"], first["need"], first["quorate"]) == (1, 2, False)
    assert (second["have"], second["need"], second["quorate"]) == (2, 2, True)
    assert journey.said["queue"].document["requests"][0]["stage"] == "quorate"


def test_the_deployer_recomputes_builders_approvers_and_verdict(journey: Journey) -> None:
    found = journey.said["verify"].document

    assert found["verdict"] == "allowed"
    assert found["violations"] == []
    assert {one["person"] for one in found["builders"]} == {"p-bob", "p-ned"}
    assert [one["person"] for one in found["approvers"]] == ["p-alice", "p-carol"]
    assert found["release"] == journey.said["release"].document["release"]
    assert found["request"] == journey.request


def test_the_journal_tells_each_action_as_intended_judged_and_ended(journey: Journey) -> None:
    story = told(tuple(entries_of(journey)))
    identified = [("token.identify", outcome) for outcome in ("intent", "allowed", "done")]
    signed = [*identified, *(("countersign", outcome) for outcome in ("intent", "allowed", "done"))]
    refused = [*identified, ("countersign", "intent"), ("countersign", "blocked")]
    opened = [("review.open", outcome) for outcome in ("intent", "allowed", "done")]
    taken = [("intake.bundle", outcome) for outcome in ("intent", "allowed", "done")]
    left = [("release", outcome) for outcome in ("intent", "allowed", "info", "done")]
    received = [("receipt", outcome) for outcome in ("intent", "allowed", "done")]

    beginning = len(story) - story[::-1].index(("intake.bundle", "intent")) - 1
    attempts = (refused, refused, signed, signed)
    wanted = [*taken, *opened]
    for attempt in attempts:
        wanted += [*identified, *opened, *attempt]

    assert story[beginning:] == [*wanted, *left, *received]


def test_each_entry_answers_the_intent_it_belongs_to(journey: Journey) -> None:
    entries = entries_of(journey)

    ended = [entry for entry in entries if entry.outcome.value in ("allowed", "blocked", "done", "failed")]

    assert ended
    for entry in ended:
        if entry.ref is not None:
            assert entries[entry.ref].outcome.value == "intent"
            assert entries[entry.ref].kind is entry.kind


@pytest.mark.parametrize("name", ["bob-second", "ned"])
def test_a_refusal_lies_in_the_store_signed_by_the_workstation(journey: Journey, name: str) -> None:
    blocked = entry_of(journey, name)
    statement = blocked.payload["statement"]
    store = [path.read_bytes() for path in (journey.released.state / "store").iterdir()]
    (found,) = [
        data
        for data in store
        if data.startswith(b'{"payloadType"')
        and digest_of(parse_envelope(data, where="store").payload) == statement
    ]
    envelope = parse_envelope(found, where="refusal")
    key = parse_spki(key_of(journey.released, "ws-1"), where="station")

    key.verify(envelope.signatures[0].value, envelope.signed_bytes, where="refusal")
    said = payload_of(found)
    assert said["predicateType"] == "urn:countersign:refusal:v1"
    assert said["predicate"]["attemptedBy"]["person"] == {"bob-second": "p-bob", "ned": "p-ned"}[name]
    assert {one["rule"] for one in said["predicate"]["violations"]} == {"SOD-BUILDER"}
    assert said["predicate"]["request"]["digest"] == journey.request


def test_a_countersignature_is_bound_to_the_journal_as_it_was_when_allowed(journey: Journey) -> None:
    done = entry_of(journey, "alice")

    said = json.loads(
        parse_envelope(
            (journey.released.state / "store" / str(done.payload["envelope"])).read_bytes(), where="store"
        ).payload
    )["predicate"]

    assert done.ref is not None
    # intent, allowed: the head that was signed is the one after the entry that allowed it
    assert said["journal"]["size"] == done.ref + 2


def test_a_countersignature_carries_the_checkpoint_its_card_signed_and_the_journal_keeps_it(
    journey: Journey,
) -> None:
    done = entry_of(journey, "alice")
    envelope = (journey.released.state / "store" / str(done.payload["envelope"])).read_bytes()
    said = parse_countersignature(envelope, where="store").countersignature
    card = card_signer(parse_spki(key_of(journey.released, "p-alice"), where="card"))

    signed = verify_note(said.checkpoint.encode(), [card])

    assert signed.signers == (card,)
    assert (signed.size, signed.root.hex()) == (said.binding.journal.size, said.binding.journal.root)
    kept = [one for one in entries_of(journey) if one.payload.get("note") == said.checkpoint]
    assert [(one.kind, one.payload["cause"], one.ref) for one in kept] == [
        (Kind.JOURNAL_CHECKPOINT, "countersign", signed.size - 1)
    ]


def test_what_is_wrong_with_a_checkpoint_inside_the_journal_is_told(journey: Journey, own: Own) -> None:
    with own(journey.released).desk() as desk:
        journal, entries = desk.parts.journal, desk.parts.journal.entries()
        kept = next(one for one in entries if one.payload.get("cause") == "countersign")
        station, card = str(kept.payload["note"]).splitlines(keepends=True)[-2:]
        body = str(kept.payload["note"]).removesuffix(station + card)

        def told_of(note: str) -> str:
            altered = replace(kept, payload=kept.payload | {"note": note})
            found = [altered if one.seq == kept.seq else one for one in entries]
            return "; ".join(checkpoint_findings(journal, found, desk.roster))

        sound = checkpoint_findings(journal, entries, desk.roster)
        wrong = [told_of(body + station), told_of(body + card), told_of(body + station[:-8] + "AAAAAA=\n")]

    assert sound == ()
    assert "which countersigned" in wrong[0]
    assert "no known key" in wrong[1]
    assert f"the checkpoint in entry {kept.seq}" in wrong[2]


def test_openssl_alone_verifies_a_countersignature(journey: Journey, tmp_path: Path) -> None:
    title = "countersignature.p-alice.dsse.json"
    envelope = parse_envelope(read_release(journey.release).documents[title], where=title)
    (tmp_path / "signature").write_bytes(envelope.signatures[0].value)
    (tmp_path / "signed").write_bytes(envelope.signed_bytes)
    key = base64.encodebytes(key_of(journey.released, "p-alice")).decode()
    (tmp_path / "key.pem").write_text(f"-----BEGIN PUBLIC KEY-----\n{key}-----END PUBLIC KEY-----\n")
    command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "signed"]

    verified = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    (tmp_path / "signed").write_bytes(envelope.signed_bytes.replace(b"approve", b"decline"))
    altered = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (verified.returncode, verified.stdout) == (0, "Verified OK\n")
    assert altered.returncode == 1


def test_the_release_holds_the_very_bytes_that_were_built(journey: Journey) -> None:
    for path in journey.world.after.artifacts:
        assert blob_of(journey.release, path.name, RELEASE_BUNDLE).read_bytes() == path.read_bytes()


def test_the_story_is_told_in_plain_words_with_names(journey: Journey) -> None:
    words = journey.said["journal show"].words

    assert "Bob was REFUSED to countersign pkg:pypi/tidemark@1.1." in words
    assert "Alice countersigned pkg:pypi/tidemark@1.1." in words


def test_the_workstation_signs_checkpoints_of_the_journal_that_travels(journey: Journey) -> None:
    proof = parse_journal_proof(read_release(journey.release).contents.proof, where="proof")
    body, _, lines = proof.checkpoint.partition(b"\n\n")
    signature = base64.b64decode(lines.decode().split()[-1])[4:]
    raw = key_of(journey.released, "ws-1")[-32:]

    ed25519.Ed25519PublicKey.from_public_bytes(raw).verify(signature, body + b"\n")
    assert body.startswith(b"shell.example/journal\n")
