"""What leaves: countersignature, refusal, declination, receipt, release, and the proof from the journal."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from core.documents import KEYS, bundle_of, json_bytes, signed
from core.receipts import receipt_of
from core.world import ORIGIN, World

from workstation.core import statement
from workstation.core.countersignature import Head, bind, parse_countersignature
from workstation.core.declination import declination_statement
from workstation.core.dsse import parse_envelope
from workstation.core.errors import Malformed, Untrusted
from workstation.core.journal_proof import JournalProof, parse_journal_proof, prove
from workstation.core.oci_layout import RELEASE_BUNDLE
from workstation.core.receipt import parse_receipt
from workstation.core.recompute import ED25519_PREFIX
from workstation.core.refusal import refusal_statement
from workstation.core.release_contents import (
    PROOF_TITLE,
    RELEASE_TITLE,
    countersignature_title,
    is_reserved,
    taken_apart,
    trust_title,
)
from workstation.core.release_statement import parse_release
from workstation.core.verdict import Blocked, Violation

BLOCKED = Blocked((Violation("SOD-BUILDER", "bob built it"),))
STATION = KEYS["station"].public.spki.removeprefix(ED25519_PREFIX)


def binding(world):
    return bind(
        world.request,
        world.trust,
        world.builders,
        review=world.review.digest,
        renderer="countersign-review-1",
        station=KEYS["station"].public.fingerprint,
        at=world.now,
        journal=world.head,
    )


def resigned(payload, change, key="alice"):
    """Return an envelope around a changed statement, signed anew."""
    document = json.loads(payload)
    change(document["predicate"])
    return signed(json_bytes(document), KEYS[key]).received


def test_a_countersignature_is_read_as_it_was_signed():
    world = World().admit()
    made = world.said_by("alice")

    read = parse_countersignature(
        signed(made.to_statement(world.request.manifest), KEYS["alice"]).received, where="here"
    )

    assert read.countersignature == made
    assert read.artifacts == world.request.manifest


CHANGES = {
    "another decision": (
        lambda p: p.update(decision="decline"),
        "decision: 'decline' found, 'approve' wanted",
    ),
    "an unknown field": (lambda p: p.update(onlyIf="tested"), "onlyIf: unknown field"),
    "no review": (lambda p: p.pop("review"), "review: nothing found"),
    "a review that says more": (lambda p: p["review"].update(opened=[]), "review.opened: unknown field"),
    "another clock": (lambda p: p["clock"].update(source="card"), "clock.source: 'card' found"),
    "a reason that is empty": (lambda p: p["builders"][0].update(because=[]), "because: 0 items found"),
    "a long comment": (lambda p: p.update(comment="x" * 1001), "comment: "),
    "a negative journal": (lambda p: p["journal"].update(size=-1), "journal.size: -1 found"),
    "another request id": (lambda p: p["request"].update(digest="x"), "request.digest: 'x' found"),
    "version nought": (lambda p: p["roster"].update(version=0), "roster.version: 0 found"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_countersignature_in_another_form_is_refused(what):
    world = World().admit()
    change, message = CHANGES[what]
    payload = world.said_by("alice").to_statement(world.request.manifest)

    with pytest.raises(Malformed, match=message):
        parse_countersignature(resigned(payload, change), where="here")


@pytest.mark.parametrize(("name", "person"), [("bob-second", "bob"), ("mallory", None)])
def test_a_refusal_says_whom_and_why_and_what_it_was_about(name, person):
    world = World().admit()

    made = refusal_statement(world.request.manifest, binding(world), world.card(name), BLOCKED)

    read = statement.own_statement(made, statement.REFUSAL, where="refusal")
    assert read.artifacts == world.request.manifest
    assert read.predicate.value == {
        **binding(world).to_json(),
        "attemptedBy": {
            "person": person,
            "fingerprint": KEYS[name].public.fingerprint,
            "tokenSerial": f"token-{name}",
        },
        "violations": [
            {"rule": "SOD-BUILDER", "control": "built-in", "code": "sod-builder", "detail": "bob built it"}
        ],
    }


@pytest.mark.parametrize(("name", "person"), [("alice", "alice"), ("mallory", None)])
def test_a_declination_says_who_objects_and_why(name, person):
    world = World().admit()

    made = declination_statement(world.request.manifest, binding(world), world.card(name), "it leaks")

    read = statement.own_statement(made, statement.DECLINATION, where="declination")
    assert read.predicate.value == {
        **binding(world).to_json(),
        "decision": "decline",
        "decliner": person,
        "fingerprint": KEYS[name].public.fingerprint,
        "tokenSerial": f"token-{name}",
        "reason": "it leaks",
    }


def test_a_receipt_is_read_as_it_was_signed():
    world = World().quorate()
    made = receipt_of(world)

    read = parse_receipt(
        signed(made.to_statement(world.request.manifest), KEYS["frank"]).received, where="here"
    )

    assert (read.receipt, read.artifacts) == (made, world.request.manifest)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p.update(result="fine"), "result: 'fine' found, one of installed, rejected, rolled-back"),
        (lambda p: p["clock"].update(source="workstation"), "clock.source: "),
        (lambda p: p.update(verified=["x"] * 101), "verified: 101 items"),
        (lambda p: p.update(more=1), "more: unknown field"),
    ],
)
def test_a_receipt_in_another_form_is_refused(change, message):
    world = World().quorate()

    with pytest.raises(Malformed, match=message):
        parse_receipt(resigned(receipt_of(world).to_statement(world.request.manifest), change), where="here")


def test_a_release_is_read_as_it_was_signed():
    world = World().quorate()

    read = parse_release(world.release().documents[RELEASE_TITLE], where="here")

    assert (read.said.purl, read.said.request) == ("pkg:generic/pump-firmware@2.4.0", world.request.id)
    assert [named.person for named in read.said.countersignatures] == ["alice", "carol"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p.update(packageId="pkg:generic/other stable"), "here.packageId: a package other than"),
        (lambda p: p.update(purl="pkg:generic/pump-firmware"), "with a version wanted"),
        (lambda p: p["clock"].update(source="deployer"), "clock.source: "),
        (lambda p: p["countersignatures"][0].update(role="x"), r"countersignatures\[0\].role: unknown field"),
        (lambda p: p.pop("policy"), "policy: nothing found"),
    ],
)
def test_a_release_in_another_form_is_refused(change, message):
    world = World().quorate()
    envelope = parse_envelope(world.release().documents[RELEASE_TITLE], where="here")

    with pytest.raises(Malformed, match=message):
        parse_release(resigned(envelope.payload, change, "station"), where="here")


def test_a_release_bundle_is_taken_apart_by_its_titles():
    documents = {
        RELEASE_TITLE: b"r",
        PROOF_TITLE: b"p",
        countersignature_title("alice"): b"a",
        trust_title("metadata/1.root.json"): b"root",
        trust_title("targets/ab.roster.json"): b"roster",
        "request.dsse.json": b"q",
    }
    bundle = bundle_of(RELEASE_BUNDLE, documents, {"a.bin": b"x"})

    found = taken_apart(bundle, documents, where="here")

    assert [layer.title for layer in found.request_bundle.layers] == ["request.dsse.json", "a.bin"]
    assert (found.release, found.proof) == (b"r", b"p")
    assert found.countersignatures == {"countersignature.alice.dsse.json": b"a"}
    assert found.trust == {"metadata/1.root.json": b"root", "targets/ab.roster.json": b"roster"}


@pytest.mark.parametrize("title", ["trust.metadata", "trust.elsewhere.x", "trust."])
def test_a_trust_root_file_belongs_in_one_of_two_folders(title):
    documents = {RELEASE_TITLE: b"r", PROOF_TITLE: b"p", title: b""}
    bundle = bundle_of(RELEASE_BUNDLE, {"a.json": b"x"}, {})

    with pytest.raises(Malformed, match=f"here/{title}: a trust root file in metadata or targets wanted"):
        taken_apart(bundle, documents, where="here")


@pytest.mark.parametrize("missing", [RELEASE_TITLE, PROOF_TITLE])
def test_a_release_bundle_without_statement_or_proof_is_none(missing):
    documents = {title: b"x" for title in (RELEASE_TITLE, PROOF_TITLE) if title != missing}

    with pytest.raises(Malformed, match=f"here/{missing}: nothing found, a document wanted"):
        taken_apart(bundle_of(RELEASE_BUNDLE, documents, {}), documents, where="here")


def test_the_workstations_own_titles_are_its_own():
    own = (RELEASE_TITLE, PROOF_TITLE, countersignature_title("x"), trust_title("metadata/x"))

    assert all(is_reserved(title) for title in own)
    assert not is_reserved("request.dsse.json")


def proof_of(world):
    return world.proof()


def test_a_proof_shows_the_entries_it_holds():
    world = World().quorate()
    proof = proof_of(world)

    shown = prove(parse_journal_proof(proof.to_bytes(), where="here"), STATION)

    assert [entry.outcome.value for entry in shown.entries] == ["done"] * 5
    assert shown.head == world.head


def test_a_proof_under_another_key_shows_nothing():
    with pytest.raises(Untrusted, match="no known key signed this"):
        prove(proof_of(World().quorate()), KEYS["dave"].public.spki[-32:])


def altered(whole, **changes):
    first, *rest = whole.entries
    return replace(whole, entries=(replace(first, **changes), *rest))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: altered(p, seq=p.entries[0].seq + 1), "does not lead to the root|longer than"),
        (lambda p: altered(p, seq=10_000), "no such leaf"),
        (lambda p: altered(p, body=p.entries[1].body), "does not lead to the root"),
        (lambda p: altered(p, proof=p.entries[0].proof[:-1]), "does not lead to the root"),
    ],
)
def test_an_entry_that_is_not_in_the_tree_is_not_in_the_journal(change, message):
    proof = proof_of(World().quorate())

    with pytest.raises(Untrusted, match=message):
        prove(change(proof), STATION)


def test_an_entry_of_another_journal_is_not_of_this_one():
    world = World().admit()
    world.entries[0] = replace(world.entries[0], log="elsewhere")
    world.entries[2] = replace(world.entries[2], log="elsewhere")

    with pytest.raises(
        Untrusted, match="journal entry 2: it says it is another entry, or of another journal"
    ):
        prove(proof_of(world), STATION)


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (Head(origin="elsewhere", size=1, root="ab" * 32), "of elsewhere found"),
        (Head(origin=ORIGIN, size=1, root="ab" * 32), "consistency"),
        (Head(origin=ORIGIN, size=1000, root="ab" * 32), "history got shorter"),
    ],
)
def test_a_head_that_never_was_is_refused(head, message):
    world = World().quorate()
    proof = parse_journal_proof(proof_of(world).to_bytes(), where="here")
    document = json.loads(proof.to_bytes())
    document["earlier"] = [{"head": head.to_json(), "consistency": []}]

    with pytest.raises(Untrusted, match=message):
        prove(parse_journal_proof(json_bytes(document), where="here"), STATION)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(more=1), "here.more: unknown field"),
        (lambda d: d["entries"][0].update(seq=-1), r"here.entries\[0\].seq: "),
        (lambda d: d["entries"][0].update(inclusion=["QQ=="] * 65), r"inclusion: 65 items"),
        (lambda d: d.update(checkpoint="no note"), "here.checkpoint: not base64"),
    ],
)
def test_a_proof_in_another_form_is_refused(change, message):
    document = json.loads(proof_of(World().quorate()).to_bytes())
    change(document)

    with pytest.raises(Malformed, match=message):
        parse_journal_proof(json_bytes(document), where="here")


def test_a_proof_is_read_as_it_was_written():
    proof = proof_of(World().quorate())

    assert parse_journal_proof(proof.to_bytes(), where="here") == proof
    assert isinstance(proof, JournalProof)
