"""Envelopes, statements and manifests: what is signed, and what no signature makes readable."""

from __future__ import annotations

import json

import pytest
from core.documents import KEYS, json_bytes, signed
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.core.dsse import IN_TOTO, Signature, in_toto_payload, make_envelope, pae, parse_envelope
from workstation.core.errors import Malformed
from workstation.core.identity import digest_of
from workstation.core.manifest import Artifact
from workstation.core.statement import (
    PROVENANCE,
    REQUEST,
    STATEMENT_TYPE,
    foreign_statement,
    make_statement,
    own_statement,
)

ARTIFACT = Artifact(name="a.bin", size=3, digest=digest_of(b"abc"))


def envelope(**changes):
    found = {"payloadType": IN_TOTO, "payload": "e30=", "signatures": [{"keyid": "k", "sig": "c2ln"}]}
    return json_bytes({name: value for name, value in (found | changes).items() if value is not None})


def statement(**changes):
    found = {
        "_type": STATEMENT_TYPE,
        "subject": [ARTIFACT.to_subject()],
        "predicateType": REQUEST,
        "predicate": {"a": 1},
    }
    return json_bytes({name: value for name, value in (found | changes).items() if value is not None})


def test_the_signed_bytes_are_the_ones_of_the_specification():
    # protocol.md of DSSE v1, its test vector
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=20), st.binary(max_size=20), st.text(max_size=20), st.binary(max_size=20))
def test_no_two_payloads_are_signed_as_the_same_bytes(kind, payload, other_kind, other_payload):
    same = (kind, payload) == (other_kind, other_payload)

    assert (pae(kind, payload) == pae(other_kind, other_payload)) is same


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=40), st.lists(st.binary(max_size=40), min_size=1, max_size=4))
def test_an_envelope_is_read_as_it_was_written(payload, values):
    made = make_envelope(payload, tuple(Signature(keyid="k", value=value) for value in values))

    read = parse_envelope(made.received, where="here")

    assert read == made
    assert in_toto_payload(read, where="here") == payload
    assert read.digest == digest_of(made.received)


def test_an_envelope_keeps_the_bytes_it_was_read_from():
    spaced = json.dumps(json.loads(envelope()), indent=2).encode()

    assert parse_envelope(spaced, where="here").received == spaced


def test_a_signature_may_come_without_a_keyid():
    read = parse_envelope(envelope(signatures=[{"sig": "c2ln"}]), where="here")

    assert read.signatures == (Signature(keyid="", value=b"sig"),)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"payload": None}, "here.payload: nothing found"),
        ({"payload": "e30"}, "here.payload: not base64"),
        ({"payload": "e31="}, "here.payload: base64 with stray bits"),
        ({"payload": "-_8="}, "here.payload: not base64"),
        ({"payloadType": "a b\n"}, "here.payloadType: .* printable ASCII wanted"),
        ({"signatures": []}, "here.signatures: 0 items found, 1 to 64 wanted"),
        ({"signatures": [{"sig": "YQ=="}] * 65}, "here.signatures: 65 items found, 1 to 64 wanted"),
        ({"signatures": [{"keyid": "k"}]}, r"here.signatures\[0\].sig: nothing found"),
        ({"signatures": [{"sig": "YQ==", "cert": "x"}]}, r"here.signatures\[0\].cert: unknown field"),
        ({"signatures": [{"sig": "YQ==", "keyid": "k" * 257}]}, r"here.signatures\[0\].keyid: "),
        ({"comment": "x"}, "here.comment: unknown field"),
    ],
)
def test_an_envelope_in_another_form_is_refused(changes, message):
    with pytest.raises(Malformed, match=message):
        parse_envelope(envelope(**changes), where="here")


def test_a_payload_that_says_it_is_something_else_is_no_statement():
    read = parse_envelope(envelope(payloadType="text/plain"), where="here")

    with pytest.raises(Malformed, match=r"here.payloadType: 'text/plain' found, application/vnd.in-toto"):
        in_toto_payload(read, where="here")


def test_a_statement_of_ours_is_read_as_it_was_written():
    made = make_statement((ARTIFACT,), REQUEST, {"a": 1})

    read = own_statement(made, REQUEST, where="here")

    assert made == statement()
    assert (read.artifacts, read.predicate.value) == ((ARTIFACT,), {"a": 1})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"_type": "https://in-toto.io/Statement/v0.1"}, "here._type: "),
        ({"predicateType": PROVENANCE}, f"here.predicateType: '{PROVENANCE}' found, '{REQUEST}' wanted"),
        ({"predicate": None}, "here.predicate: nothing found"),
        ({"extra": 1}, "here.extra: unknown field"),
        ({"subject": []}, "here.subject: 0 items found, 1 to 2000 wanted"),
        ({"subject": [ARTIFACT.to_subject()] * 2}, "here.subject: 'a.bin' found twice, once wanted"),
        ({"subject": [{"name": "a"}]}, r"here.subject\[0\].digest: nothing found"),
        ({"subject": [{**ARTIFACT.to_subject(), "uri": "x"}]}, r"here.subject\[0\].uri: unknown field"),
        (
            {"subject": [{**ARTIFACT.to_subject(), "digest": {"sha256": "ab" * 32, "sha1": "00"}}]},
            r"here.subject\[0\].digest.sha1: unknown field",
        ),
        (
            {"subject": [{**ARTIFACT.to_subject(), "annotations": {"size": -1}}]},
            r"here.subject\[0\].annotations.size: -1 found",
        ),
        ({"subject": [{**ARTIFACT.to_subject(), "name": "../a"}]}, r"here.subject\[0\].name: "),
    ],
)
def test_a_statement_of_ours_has_no_other_form(changes, message):
    with pytest.raises(Malformed, match=message):
        own_statement(statement(**changes), REQUEST, where="here")


def test_a_statement_of_others_may_say_more_than_we_read():
    read = foreign_statement(
        statement(subject=[{"name": "x", "digest": {"sha256": "ab" * 32, "sha512": "00"}, "uri": "u"}]),
        where="here",
    )

    assert read.subjects == {"ab" * 32}
    assert read.predicate["a"].value == 1


def test_a_statement_of_others_may_have_no_predicate():
    read = foreign_statement(statement(predicate=None), where="here")

    assert list(read.predicate.each()) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"_type": "x"}, "here._type: "),
        ({"subject": []}, "here.subject: 0 items"),
        ({"subject": [{"digest": {"sha512": "00"}}]}, r"here.subject\[0\].digest.sha256: nothing found"),
        ({"subject": [{"digest": {"sha256": "AB" * 32}}]}, r"here.subject\[0\].digest.sha256: "),
        ({"predicate": [1]}, "here.predicate: an array found"),
        ({"more": 1}, "here.more: unknown field"),
    ],
)
def test_a_statement_of_others_has_subjects_by_digest(changes, message):
    with pytest.raises(Malformed, match=message):
        foreign_statement(statement(**changes), where="here")


def test_every_signature_of_ours_is_over_the_encoded_payload():
    made = signed(b"{}", KEYS["alice"], KEYS["dave"])

    for name, signature in zip(("alice", "dave"), made.signatures, strict=True):
        KEYS[name].public.verify(signature.value, made.signed_bytes, where="here")
