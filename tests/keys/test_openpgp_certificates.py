"""Subkeys belong to the primary key's holder, and only subkeys that both keys say are bound."""

from __future__ import annotations

import pytest
from core.keys import edwards, p256, p384, rsa_2048
from keys.key_forms import fingerprint_by_hand
from keys.openpgp_writer import (
    ENCRYPT,
    PgpKey,
    armored,
    bound,
    certificate,
    mpi,
    packet,
    subpacket,
)

from workstation.core.errors import Malformed
from workstation.core.key_readers.files import read_keys, signer_names

PRIMARY = PgpKey(edwards("bob").private)
SUBKEY = PgpKey(p256("bob-sub").private, created=1_710_000_000)
STRANGER = PgpKey(p256("alice").private)
REFUSAL = "no binding to the primary key holds"


def shown(data: bytes) -> list[str]:
    found = read_keys(data, where="cert")
    return [key.key.fingerprint for key in found.keys] + [part.why for part in found.refused]


def of(*keys: PgpKey) -> list[str]:
    return [fingerprint_by_hand(key.private) for key in keys]


@pytest.mark.parametrize(
    "subkey",
    [
        PgpKey(p256("sub").private),
        PgpKey(p384("sub").private),
        PgpKey(edwards("sub").private),
        PgpKey(rsa_2048().private),
    ],
)
@pytest.mark.parametrize(
    "primary", [PgpKey(p256("bob").private), PgpKey(p384("bob").private), PRIMARY, PgpKey(rsa_2048().private)]
)
def test_a_bound_subkey_of_any_kind_is_found(primary, subkey):
    data = certificate(primary, bound(primary, subkey, answered_by=subkey))

    found = read_keys(data, where="cert")

    assert [key.alias for key in found.keys] == [primary.alias, subkey.alias]
    assert found.passed_over == ()


def test_a_version_6_subkey_is_found():
    primary, subkey = PgpKey(p256("bob").private, version=6), PgpKey(edwards("sub").private, version=6)
    data = certificate(primary, bound(primary, subkey, answered_by=subkey))

    assert [key.alias for key in read_keys(data, where="cert").keys] == [primary.alias, subkey.alias]


def test_a_subkey_that_only_encrypts_has_nothing_to_answer():
    wrapping = PgpKey(SUBKEY.private, derives=True)
    data = certificate(PRIMARY, bound(PRIMARY, wrapping, flags=ENCRYPT))

    assert shown(data) == of(PRIMARY, SUBKEY)


def test_a_retired_binding_still_tells_whose_key_it_was():
    revoked = PRIMARY.sign(0x28, PRIMARY.hashed + SUBKEY.hashed)
    data = certificate(PRIMARY, bound(PRIMARY, SUBKEY, answered_by=SUBKEY), packet(2, revoked))

    assert shown(data) == of(PRIMARY, SUBKEY)


@pytest.mark.parametrize(
    "subkey",
    [
        packet(14, STRANGER.body),
        bound(STRANGER, STRANGER, answered_by=STRANGER),
        bound(PRIMARY, STRANGER),
        bound(PRIMARY, STRANGER, flags=None),
        bound(PRIMARY, STRANGER, answered_by=PRIMARY),
        bound(PRIMARY, STRANGER, answered_by=SUBKEY),
        bound(PRIMARY, SUBKEY, answered_by=SUBKEY).replace(SUBKEY.body, STRANGER.body),
        bound(PRIMARY, STRANGER, answered_by=STRANGER, hashed_with="sha1"),
        packet(14, STRANGER.body) + packet(2, PRIMARY.sign(0x13, PRIMARY.hashed + STRANGER.hashed)),
        packet(14, STRANGER.body)
        + packet(2, PRIMARY.sign(0x18, STRANGER.hashed, extra=subpacket(27, bytes([ENCRYPT])))),
    ],
    ids=[
        "no signature",
        "bound by itself",
        "not answered",
        "not answered, and silent about signing",
        "answered by the primary key",
        "answered by another subkey",
        "another key's binding",
        "over SHA-1",
        "a signature of another kind",
        "a signature over less",
    ],
)
def test_somebody_elses_key_is_not_ones_subkey_for_the_asking(subkey):
    data = certificate(PRIMARY, subkey)

    assert shown(data) == [*of(PRIMARY), REFUSAL]
    with pytest.raises(Malformed, match=REFUSAL):
        read_keys(data, where="cert").sole_key("cert")


def test_a_binding_with_a_critical_part_nobody_understands_proves_nothing():
    notation = subpacket(20 | 0x80, b"\x80\0\0\0\0\x01\0\x01xy")
    message = PRIMARY.hashed + SUBKEY.hashed
    flags = subpacket(27, bytes([ENCRYPT]))
    data = certificate(
        PRIMARY, packet(14, SUBKEY.body) + packet(2, PRIMARY.sign(0x18, message, extra=flags + notation))
    )

    assert shown(data) == [*of(PRIMARY), REFUSAL]


def test_one_altered_bit_in_a_binding_unbinds_the_subkey():
    whole = bound(PRIMARY, SUBKEY, answered_by=SUBKEY)
    altered = whole[:-1] + bytes([whole[-1] ^ 1])

    assert shown(certificate(PRIMARY, altered)) == [*of(PRIMARY), REFUSAL]


def test_each_certificate_of_a_keyring_keeps_its_own_subkeys():
    ring = certificate(PRIMARY, bound(PRIMARY, SUBKEY, answered_by=SUBKEY)) + certificate(STRANGER)
    swapped = certificate(PRIMARY) + certificate(STRANGER, bound(PRIMARY, SUBKEY, answered_by=SUBKEY))

    assert shown(ring) == of(PRIMARY, SUBKEY, STRANGER)
    assert shown(swapped) == [*of(PRIMARY, STRANGER), REFUSAL]


def test_a_key_of_a_kind_without_a_fingerprint_is_passed_over_and_said():
    elgamal = b"\x04" + bytes(4) + bytes([16]) + mpi(5) * 3
    found = read_keys(certificate(PRIMARY, packet(14, elgamal)), where="cert")

    assert [part.why for part in found.passed_over] == ["keys of algorithm ElGamal have no fingerprint here"]
    assert found.refused == ()
    assert found.sole_key("cert").fingerprint == of(PRIMARY)[0]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xc6\xff\x00", "cut short"),
        (packet(13, b"Bob"), "a public key wanted"),
        (packet(5, PRIMARY.body), "private key"),
        (certificate(PRIMARY) + packet(7, SUBKEY.body), "private key"),
        (packet(6, b"\x03" + PRIMARY.body[1:]), "version 3 found"),
        (packet(6, b"\x05" + PRIMARY.body[1:]), "version 5 found"),
        (packet(6, PRIMARY.body + b"\0"), "after the end"),
        (packet(6, PRIMARY.body[:-1]), "cut short"),
        (b"\x9b" + PRIMARY.body, "indeterminate length"),
        (b"\xc6\xe1" + PRIMARY.body, "partial length"),
        (certificate(PRIMARY) + b"text", "no OpenPGP packet"),
        (packet(6, SUBKEY.body.replace(b"\x02\x03\x04", b"\x02\x04\x04")), "announced"),
    ],
)
def test_what_is_no_whole_public_certificate_is_refused(data, why):
    with pytest.raises(Malformed, match=why):
        read_keys(data, where="cert")


def test_armor_with_the_checksum_of_other_bytes_is_refused():
    text = armored(certificate(PRIMARY)).decode()
    ending = "-----END PGP PUBLIC KEY BLOCK-----"

    with pytest.raises(Malformed, match="checksum"):
        read_keys(text.replace(ending, "=AAAA\n" + ending).encode(), where="cert")


def test_a_detached_signature_names_its_maker_by_fingerprint_or_by_key_id():
    by_fingerprint = PRIMARY.sign(0x00, b"document")
    old = b"\x03\x05\x00" + bytes(4) + PRIMARY.fingerprint[-8:] + b"\x16\x08" + bytes(2)

    assert signer_names(packet(2, by_fingerprint), where="sig") == (PRIMARY.alias,)
    assert signer_names(armored(packet(2, by_fingerprint), "SIGNATURE"), where="sig") == (PRIMARY.alias,)
    assert signer_names(packet(2, old), where="sig") == (f"openpgp:{PRIMARY.alias[-16:]}",)
    assert signer_names(packet(2, by_fingerprint, old=True), where="sig") == (PRIMARY.alias,)


def test_a_signature_with_two_names_on_it_gives_both():
    both = subpacket(33, b"\x04" + STRANGER.fingerprint) + subpacket(16, SUBKEY.fingerprint[-8:])

    found = signer_names(packet(2, PRIMARY.sign(0x00, b"document", extra=both)), where="sig")

    assert found == (PRIMARY.alias, STRANGER.alias, f"openpgp:{SUBKEY.alias[-16:]}")


def test_a_signature_that_names_nobody_is_refused():
    nobody = b"\x04\x00\x16\x08" + bytes(4) + bytes(2)

    with pytest.raises(Malformed, match="names nobody"):
        signer_names(packet(2, nobody), where="sig")
