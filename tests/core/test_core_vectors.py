"""The files of docs/spec/vectors: made again they are the same, and they are what the specs say."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from core.vectors import SHOWN, VECTORS, named, pems, vectors
from core.world import NOW, Released, policy_of, roster_of
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from workstation.core.dsse import parse_envelope
from workstation.core.identity import digest_of
from workstation.core.public_key import from_loaded
from workstation.core.receipt import parse_receipt
from workstation.core.release_contents import PROOF_TITLE, is_reserved
from workstation.core.request import REQUEST_TITLE
from workstation.core.roster import Use
from workstation.core.signers import sole_signer
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.core.verdict import Allowed

MADE = vectors()
RELEASE = VECTORS / "release"
SPECS = VECTORS.parent


def files():
    return {str(path.relative_to(VECTORS)) for path in VECTORS.rglob("*") if path.is_file()}


def trust():
    return TrustSnapshot(
        root_version=1,
        targets_version=1,
        expires=NOW + timedelta(days=30),
        roster=roster_of((RELEASE / "roster.json").read_bytes()),
        policy=policy_of((RELEASE / "policy.json").read_bytes()),
    )


def released():
    """Return the release of the vectors, as it would travel."""
    beside = {"refusal.dsse.json", "receipt.dsse.json", "roster.json", "policy.json"}
    documents = {p.name: p.read_bytes() for p in RELEASE.iterdir() if p.name not in beside}
    artifacts = {"pump-2.4.0.bin": documents.pop("pump-2.4.0.bin")}
    return Released(documents, artifacts)


def payload_of(name):
    return json.loads(parse_envelope((RELEASE / name).read_bytes(), where=name).payload)


def first_example(page):
    """Return the first JSON a spec page shows."""
    found = re.search(r"^```json\n(.*?)^```", (SPECS / page).read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return json.loads(found.group(1))


def test_there_is_a_vector_for_every_file_made_and_no_other():
    assert files() == MADE.keys()


@pytest.mark.parametrize("name", sorted(MADE))
def test_a_vector_made_again_is_the_same(name):
    assert (VECTORS / name).read_bytes() == MADE[name]


def test_the_release_of_the_vectors_is_allowed():
    found = released().recomputed(trust(), now=NOW + timedelta(hours=1))

    assert found.verdict == Allowed()
    assert [person.id for person in found.quorum.approvers] == ["alice", "carol"]
    assert found.builders.people == {"bob", "ned"}
    assert found.station.holder.id == "station-1"


@pytest.mark.parametrize("name", sorted(path.name for path in RELEASE.iterdir() if is_reserved(path.name)))
def test_no_document_of_the_vectors_release_can_be_left_out(name):
    documents = {title: data for title, data in released().documents.items() if title != name}

    with pytest.raises(Exception, match=r"found|names"):
        Released(documents, released().artifacts).recomputed(trust(), now=NOW + timedelta(hours=1))


def test_the_receipt_and_the_refusal_of_the_vectors_are_signed_by_deployer_and_workstation():
    receipt = parse_receipt((RELEASE / "receipt.dsse.json").read_bytes(), where="receipt")
    refusal = parse_envelope((RELEASE / "refusal.dsse.json").read_bytes(), where="refusal")

    assert sole_signer(receipt.envelope, trust().roster, Use.RECEIPT, where="receipt").holder.id == "frank"
    assert sole_signer(refusal, trust().roster, Use.STATION, where="refusal").holder.id == "station-1"
    assert receipt.receipt.release == digest_of((RELEASE / "release.dsse.json").read_bytes())


def test_digests_are_those_of_the_files():
    listed = json.loads((VECTORS / "digests.json").read_bytes())

    assert listed == {name: digest_of((RELEASE / name).read_bytes()) for name in listed}
    assert listed[REQUEST_TITLE] == released().recomputed(trust(), now=NOW + timedelta(hours=1)).request.id


@pytest.mark.parametrize("name", sorted(pems()))
def test_a_key_has_the_fingerprint_that_is_written_down(name):
    listed = json.loads((VECTORS / "keys" / "fingerprints.json").read_bytes())

    assert listed[name] == named((VECTORS / "keys" / f"{name}.pem").read_bytes())


@pytest.mark.parametrize("name", sorted(pems()))
def test_a_fingerprint_can_be_computed_from_the_words_of_its_spec(name):
    page = (SPECS / "fingerprint.md").read_text("utf-8")
    public = load_pem_public_key((VECTORS / "keys" / f"{name}.pem").read_bytes())
    numbers = getattr(public, "public_numbers", lambda: None)()
    lines = {
        "p256": lambda: ["ec", "secp256r1", f"{numbers.x:064x}", f"{numbers.y:064x}"],
        "p384": lambda: ["ec", "secp384r1", f"{numbers.x:096x}", f"{numbers.y:096x}"],
        "rsa": lambda: ["rsa", f"{numbers.n:x}", f"{numbers.e:x}"],
        "ed25519": lambda: ["ed25519", public.public_bytes_raw().hex()],
    }[name]()
    text = "".join(f"{line}\n" for line in ("countersign-key-v1", *lines))

    found = digest_of(text.encode())

    assert found == from_loaded(public, where="vector").fingerprint
    assert found in page


@pytest.mark.parametrize("page", SHOWN)
def test_a_spec_shows_the_statement_of_the_vector(page):
    assert first_example(page) == payload_of(SHOWN[page])


@pytest.mark.parametrize("name", ["roster", "policy"])
def test_a_spec_shows_a_part_of_the_vector(name):
    whole = json.loads((RELEASE / f"{name}.json").read_bytes())

    shown = first_example(f"{name}.md")

    assert is_part(shown, whole)


def is_part(part, whole):
    """Answer whether every field shown stands in the whole, each item of a list in one of its items."""
    match part, whole:
        case dict(), dict():
            return all(name in whole and is_part(value, whole[name]) for name, value in part.items())
        case list(), list():
            return all(any(is_part(item, other) for other in whole) for item in part)
        case _:
            return part == whole


def test_the_proof_of_the_vectors_discloses_the_admission_and_two_openings_and_signatures():
    document = json.loads((RELEASE / PROOF_TITLE).read_bytes())

    assert len(document["entries"]) == 5
    assert len(document["earlier"]) == 2
