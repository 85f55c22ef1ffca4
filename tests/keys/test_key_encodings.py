"""One key has one fingerprint, in whatever encoding it comes."""

from __future__ import annotations

import pytest
from core.keys import edwards, p256, p384, rsa_2048
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from keys.key_forms import FORMS, cms, fingerprint_by_hand, pss_spki, spki, ssh_line, x509_certificate
from keys.openpgp_writer import PgpKey, certificate

from workstation.core.key_readers.files import read_keys

KEYS = {
    "p256": lambda: p256("bob").private,
    "p384": lambda: p384("bob").private,
    "ed25519": lambda: edwards("bob").private,
    "rsa": lambda: rsa_2048().private,
}


def fingerprints(data: bytes) -> set[str]:
    return {found.key.fingerprint for found in read_keys(data, where="file").keys}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KEYS)
def test_a_key_has_one_fingerprint_in_every_encoding(kind, form):
    private = KEYS[kind]()

    found = read_keys(FORMS[form](private), where="file")

    assert {one.key.fingerprint for one in found.keys} == {fingerprint_by_hand(private)}
    assert found.sole_key("file").spki == spki(private)
    assert found.passed_over == ()


@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM])
@pytest.mark.parametrize("kind", ["p256", "p384", "rsa"])
def test_a_cms_signature_gives_the_signers_key_and_no_other_certificates(kind, encoding):
    private = KEYS[kind]()
    bystander = x509_certificate(p256("alice").private, name="alice", serial=1)

    found = fingerprints(cms(private, encoding, bystander))

    assert found == {fingerprint_by_hand(private)}


def test_an_rsa_key_under_rsassa_pss_is_the_same_key():
    private = KEYS["rsa"]()

    found = read_keys(pss_spki(private), where="file")

    assert found.sole_key("file").fingerprint == fingerprint_by_hand(private)
    assert found.sole_key("file").spki == spki(private)


@pytest.mark.parametrize("kind", ["p256", "p384", "ed25519", "rsa"])
def test_a_version_6_openpgp_key_has_the_same_numbers(kind):
    private = KEYS[kind]()
    key = PgpKey(private, version=6)

    found = read_keys(certificate(key), where="file").keys

    assert [(one.key.fingerprint, one.alias) for one in found] == [(fingerprint_by_hand(private), key.alias)]


def test_an_openpgp_key_says_the_name_openpgp_gives_it():
    key = PgpKey(KEYS["ed25519"]())

    (found,) = read_keys(certificate(key), where="file").keys

    assert found.alias == key.alias
    assert found.part == "primary key"


def test_a_file_with_several_keys_gives_each_in_its_place():
    names = ["bob", "alice", "bob"]
    lines = b"\n".join(ssh_line(edwards(name).private) for name in names)

    found = read_keys(lines, where="file").keys

    assert [one.key.fingerprint for one in found] == [edwards(name).public.fingerprint for name in names]
    assert [one.part for one in found] == ["line 1", "line 2", "line 3"]


@given(first=st.sampled_from(sorted(FORMS)), second=st.sampled_from(sorted(FORMS)))
@settings(max_examples=25, deadline=None)
def test_two_encodings_agree_only_when_the_key_is_the_same(first, second):
    bob, alice = p256("bob").private, p256("alice").private

    assert fingerprints(FORMS[first](bob)) == fingerprints(FORMS[second](bob))
    assert fingerprints(FORMS[first](bob)) != fingerprints(FORMS[second](alice))


def test_the_vectors_of_the_specification_hold():
    assert p256("vector").public.fingerprint == P256_VECTOR
    assert edwards("vector").public.fingerprint == ED25519_VECTOR


P256_VECTOR = "1533199ece30eb3883fc61a71da4bcc7cf5f990027e7c03165eaaf14282be41a"
ED25519_VECTOR = "c9ef9dc1f0831e9fe09723d2848739ea61e7214e743bd18e72b6cad3afc82ebc"
