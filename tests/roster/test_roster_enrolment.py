"""Enrolment: a key agrees to whose it is to be and what for, before two people who are somebody else."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from core.keys import edwards, p256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from roster.roster_world import (
    BY,
    DAY,
    FIRST,
    LATER,
    START,
    changed,
    enrolment,
    holder,
    key_of,
    person,
    proof,
    roster,
    second_roster,
)

from workstation.core.credential_proof import refuse_false_proofs
from workstation.core.enrolment import CHALLENGE_BYTES, proof_message, verify_proof
from workstation.core.errors import Malformed, Untrusted
from workstation.core.public_key import parse_spki
from workstation.core.roster import Use
from workstation.core.roster_draft import with_credential, with_person
from workstation.core.uniqueness import secret_check, uniqueness_tag

USES = st.frozensets(st.sampled_from(list(Use)), min_size=1)
NAMES = st.sampled_from(["alice", "bob", "alice.2", "p-1"])
KEYS = st.sampled_from(["one", "two"])
SECRET = b"a secret of thirty-two characters"


def test_what_a_key_signs_at_enrolment_is_five_plain_lines():
    key = edwards("alice").public

    message = proof_message("alice", key, [Use.TRUST, Use.COUNTERSIGN], bytes(range(32)))

    assert message.decode() == (
        "countersign-enrol-v1\n"
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
        "alice\n"
        f"{key.fingerprint}\n"
        "countersign,trust\n"
    )


@settings(max_examples=60, deadline=None)
@given(st.tuples(KEYS, NAMES, USES), st.tuples(KEYS, NAMES, USES))
def test_a_proof_is_good_for_its_own_key_holder_and_uses_and_for_nothing_else(made, asked):
    given_proof = proof(*made)
    key, name, uses = asked

    try:
        verify_proof(given_proof, edwards(key).public, name, uses, where="proof")
        accepted = True
    except Untrusted:
        accepted = False

    assert accepted == (made == asked)


def test_an_enrolled_key_carries_its_proof_into_the_roster():
    credential = roster(FIRST).people["alice"].credentials[0]

    assert credential.proof == proof("alice", "alice", [Use.COUNTERSIGN])
    assert credential.enrolled_by == BY


PROOFS = {
    "another challenge": lambda d: key_of(d, "alice")["proof"].update(challenge="A" * 43 + "="),
    "another's proof": lambda d: key_of(d, "alice").update(proof=key_of(d, "kim")["proof"]),
    "another use": lambda d: key_of(d, "alice").update(uses=["countersign", "trust"]),
    "fewer uses": lambda d: key_of(d, "alice").update(uses=["receipt"]),
    "another id": lambda d: holder(d, "alice").update(id="alicia"),
    "another holder": lambda d: holder(d, "bob")["credentials"].append(
        holder(d, "alice")["credentials"].pop()
    ),
}


@pytest.mark.parametrize("change", PROOFS.values(), ids=PROOFS)
def test_a_proof_that_does_not_fit_makes_the_whole_roster_untrusted(change):
    found = roster(changed(FIRST, change))

    with pytest.raises(Untrusted, match="the key did not sign to be enrolled for"):
        refuse_false_proofs(found)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda d: key_of(d, "alice")["proof"].update(challenge="AAAA"), "proof.challenge"),
        (lambda d: key_of(d, "alice")["proof"].update(signature="?"), "proof.signature"),
        (lambda d: key_of(d, "alice")["proof"].update(more=1), "proof.more"),
        (lambda d: key_of(d, "alice").update(proof=None), "proof"),
    ],
)
def test_a_proof_of_an_odd_form_is_malformed(change, where):
    with pytest.raises(Malformed) as raised:
        roster(changed(FIRST, change))

    assert raised.value.where == f"roster.json.people[3].credentials[0].{where}"


@pytest.mark.parametrize("use", [Use.COUNTERSIGN, Use.TRUST, Use.RECEIPT])
def test_a_persons_key_that_decides_something_is_nothing_without_its_proof(use):
    wanted = enrolment("new", "alice", use)

    with pytest.raises(Malformed, match=r"proof of possession: nothing found"):
        with_credential(FIRST, "alice", replace(wanted, proof=None))
    with pytest.raises(Malformed, match=rf"of alice for {use.value} without a proof of possession"):
        roster(
            changed(
                with_credential(FIRST, "alice", wanted),
                lambda d: holder(d, "alice")["credentials"][1].pop("proof"),
            )
        )


@pytest.mark.parametrize("use", [Use.REQUEST, Use.EVIDENCE])
def test_a_builders_key_in_a_file_may_be_enrolled_without_a_proof(use):
    data = with_credential(FIRST, "bob", enrolment("file", "bob", use, proof=None, token_serial=None))

    assert roster(data).people["bob"].credentials[1].proof is None


def test_a_machines_key_needs_no_proof_and_an_offered_one_has_to_hold():
    good = enrolment("machine", "ci-7", Use.EVIDENCE)

    assert roster(with_credential(FIRST, "ci-7", replace(good, proof=None)))
    assert roster(with_credential(FIRST, "ci-7", good))
    with pytest.raises(Untrusted):
        with_credential(FIRST, "ci-7", replace(good, proof=proof("machine", "ci-8", good.uses)))


@pytest.mark.parametrize(
    ("by", "why"),
    [
        ((), "was enrolled by 0 people, 2 wanted"),
        (("kim",), "was enrolled by 1 people, 2 wanted"),
        (("kim", "kim"), "names one enroller twice; .* was enrolled by 1 people"),
        (("alice", "kim"), "was enrolled by alice themselves"),
        (("kim", "zoe"), "was enrolled by zoe, who is not in the roster"),
        (("kim", "ci-7"), "was enrolled by ci-7, who is not in the roster"),
        (("kim", "lars", "lars"), "names one enroller twice"),
    ],
)
def test_a_countersigning_key_takes_two_enrollers_who_are_somebody_else(by, why):
    with pytest.raises(Malformed, match=f"^enrolled by: key [0-9a-f]{{64}} of alice {why}"):
        with_credential(FIRST, "alice", enrolment("new", "alice", by=by))


def test_any_two_people_of_the_roster_may_enrol():
    data = with_credential(FIRST, "alice", enrolment("new", "alice", by=("bob", "mona")))

    assert roster(data).people["alice"].credentials[1].enrolled_by == ("bob", "mona")


def test_nobody_enrols_before_they_are_in_the_roster_themselves():
    draft = person(FIRST, "nora", at=LATER)
    draft = with_credential(draft, "nora", enrolment("nora", "nora", Use.REQUEST, at=LATER, by=()))

    with pytest.raises(Malformed, match="was enrolled by nora before they were in the roster"):
        with_credential(draft, "alice", enrolment("new", "alice", by=("kim", "nora"), at=LATER - DAY))

    assert with_credential(draft, "alice", enrolment("new", "alice", by=("kim", "nora"), at=LATER))


def test_before_there_are_two_custodians_nobody_can_be_asked_for_two_enrollers():
    alone = person(person(None, "kim", "custodian"), "alice", "approver")

    assert with_credential(alone, "alice", enrolment("new", "alice", by=()))
    with pytest.raises(Malformed, match="0 people, 2 wanted"):
        with_credential(person(alone, "lars", "custodian"), "alice", enrolment("new", "alice", by=()))


def test_a_key_for_something_else_than_countersigning_needs_no_enrollers():
    data = with_credential(FIRST, "bob", enrolment("evidence", "bob", Use.EVIDENCE, by=()))

    assert len(roster(data).people["bob"].credentials) == 2


@pytest.mark.parametrize("who", ["zoe", "", "p-alice"])
def test_a_key_is_not_enrolled_for_a_stranger(who):
    with pytest.raises(Malformed, match="0 found in the roster, one wanted"):
        with_credential(FIRST, who, enrolment("new", who))


def test_a_key_that_somebody_ever_held_is_enrolled_for_nobody_else():
    with pytest.raises(Malformed, match="found twice"):
        with_credential(FIRST, "alice", enrolment("bob", "alice"))


EXPLICIT = (  # prime256v1 with its parameters written out, by `openssl ec -param_enc explicit`
    "3082014b3082010306072a8648ce3d02013081f7020101302c06072a8648ce3d0101022100ffffffff00000001000000000000"
    "000000000000ffffffffffffffffffffffff305b0420ffffffff00000001000000000000000000000000fffffffffffffffff"
    "ffffffc04205ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b031500c49d360886e704936a66"
    "78e1139d26b7819f7e900441046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1"
    "a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5022100ffffffff00000000ffffffffffffffffbce6faada71"
    "79e84f3b9cac2fc632551020101034200"
)


P256 = p256("alice").private.public_key()
COMPRESSED = P256.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
POINT = P256.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
ED25519 = bytes.fromhex("302a300506032b6570032100")
ODD_KEYS = {
    "a point of order four": (ED25519 + bytes(32), "of small order"),
    "the neutral element": (ED25519 + b"\1" + bytes(31), "of small order"),
    "a coordinate beyond the prime": (ED25519 + b"\xff" * 31 + b"\x7f", "not canonically encoded"),
    "explicit parameters": (bytes.fromhex(EXPLICIT) + POINT, "in an odd encoding"),
    "a compressed point": (
        bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + COMPRESSED,
        "in an odd encoding",
    ),
}


@pytest.mark.parametrize("odd", ODD_KEYS)
def test_a_weak_or_oddly_written_key_is_refused_in_clear_words(odd):
    spki, words = ODD_KEYS[odd]

    with pytest.raises(Malformed, match=words):
        parse_spki(spki, where="key")
    with pytest.raises(Malformed, match=words):
        roster(changed(FIRST, lambda d: key_of(d, "ci-7").update(spki=base64.b64encode(spki).decode())))


def test_uniqueness_tags_with_a_secret_say_nothing_to_those_who_have_it_not():
    keyed, plain = uniqueness_tag("staff 4711", SECRET), uniqueness_tag("staff 4711", None)

    assert keyed != plain
    assert keyed != uniqueness_tag("staff 4711", SECRET + b"!")
    assert keyed == uniqueness_tag("staff 4711", SECRET)
    assert secret_check(SECRET) != keyed


def test_a_short_roster_secret_is_refused():
    with pytest.raises(Malformed, match="15 bytes found, at least 16 wanted"):
        person(None, "kim", secret=b"x" * 15)


def test_one_human_is_found_under_two_names_with_a_secret_and_without():
    for secret in (None, SECRET):
        draft = person(None, "kim", secret=secret)

        with pytest.raises(Malformed, match=r"uniqueness tag [0-9a-f]{64} found twice"):
            person(draft, "kimberly", secret=secret, mark="staff kim")


def test_everybodys_tag_is_made_with_one_secret_or_nobodys():
    keyed = person(None, "kim", secret=SECRET)

    assert roster(person(keyed, "lars", secret=SECRET)).uniqueness == secret_check(SECRET)
    for draft, secret in ((keyed, None), (keyed, b"another" + SECRET), (person(None, "kim"), SECRET)):
        with pytest.raises(Malformed, match="roster secret: another than this roster's found"):
            person(draft, "lars", secret=secret)


@pytest.mark.parametrize(
    "uniqueness", [{"scheme": "none", "check": "ab" * 32}, {"scheme": "hmac-sha256"}, "hmac-sha256"]
)
def test_an_odd_uniqueness_scheme_is_malformed(uniqueness):
    with pytest.raises(Malformed):
        roster(changed(FIRST, lambda d: d.update(uniqueness=uniqueness)))


def test_the_proof_travels_in_plain_base64():
    found = key_of(json.loads(FIRST), "alice")["proof"]

    assert sorted(found) == ["challenge", "signature"]
    assert len(found["challenge"]) == 4 * -(-CHALLENGE_BYTES // 3)


def test_a_draft_can_go_on_after_it_was_written_down():
    data = with_person(second_roster(), person="nora", name="Nora", roles=[], aliases=[], mark="n", now=LATER)

    assert roster(data).version == 2
    assert roster(data).people["nora"].status[0].since == LATER > START
