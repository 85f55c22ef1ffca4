"""The virtual card itself, command by command and with no reader."""

from __future__ import annotations

import hashlib

import pytest
from card.piv_card import MANAGEMENT_KEY, PIN, PivCard
from card.piv_key import Maker
from card.piv_tlv import tlv, values
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from roster.attesting_maker import SINCE

from workstation.core.attestation import PinPolicy, TouchPolicy, verify_attestation
from workstation.core.public_key import parse_spki

MAKER = Maker()
SPKI = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
VERIFY = bytes.fromhex("0020008008")
WRONG = VERIFY + b"000000\xff\xff"
RIGHT = VERIFY + PIN.ljust(8, b"\xff")


@pytest.fixture
def card():
    return PivCard(MAKER)


def told(card, *apdus):
    """Return the last answer's data and status after these commands."""
    for apdu in apdus:
        answer = card.answer(apdu)
    return answer[:-2], answer[-2:].hex()


def managed(card):
    """Log the management key in, as a host does."""
    decryptor = Cipher(algorithms.AES(MANAGEMENT_KEY), modes.ECB()).decryptor()
    witness, _ = told(card, bytes.fromhex("00870a9b047c02800000"))
    plain = decryptor.update(values(values(witness)[0x7C])[0x80])
    proof = tlv(0x7C, tlv(0x80, plain), tlv(0x81, bytes(16)))
    return told(card, bytes.fromhex("00870a9b") + bytes([len(proof)]) + proof)


def made(card, slot=0x9C):
    """Have a P-256 key made that is touched."""
    managed(card)
    wanted = tlv(0xAC, tlv(0x80, b"\x11"), tlv(0xAB, b"\x02"))
    return told(card, bytes([0, 0x47, 0, slot, len(wanted)]) + wanted)


@given(st.integers(1, 0xFE).filter(lambda tag: tag & 0x1F != 0x1F), st.binary(max_size=70_000))
def test_a_value_is_read_as_it_was_written(tag, content):
    assert values(tlv(tag, content) + tlv(0x5F2F, b"x")) == {tag: content, 0x5F2F: b"x"}


def test_a_wrong_pin_takes_a_try_and_the_right_one_gives_them_back(card):
    assert told(card, WRONG)[1] == "63c2"
    assert told(card, bytes.fromhex("00200080"))[1] == "63c2"
    assert told(card, RIGHT)[1] == "9000"
    assert told(card, WRONG)[1] == "63c2"


def test_after_three_wrong_pins_the_right_one_is_refused(card):
    assert told(card, WRONG, WRONG, WRONG)[1] == "6983"
    assert told(card, RIGHT)[1] == "6983"


def test_nothing_is_made_or_written_without_the_management_key(card):
    wanted = tlv(0xAC, tlv(0x80, b"\x11"))

    assert told(card, bytes([0, 0x47, 0, 0x9C, len(wanted)]) + wanted)[1] == "6982"
    assert told(card, bytes.fromhex("00db3fff085c035fc10a53017000"))[1] == "6982"
    assert made(card)[1] == "9000"


def test_the_signing_key_wants_the_pin_right_before_each_signature(card):
    made(card)
    digest = tlv(0x7C, tlv(0x82), tlv(0x81, hashlib.sha256(b"").digest()))
    sign = bytes([0, 0x87, 0x11, 0x9C, len(digest)]) + digest

    assert told(card, sign)[1] == "6982"
    assert told(card, RIGHT, sign)[1] == "9000"
    assert told(card, sign)[1] == "6982"


def test_long_answers_come_in_parts_and_long_commands_in_chains(card):
    managed(card)
    content = tlv(0x53, bytes(300))
    whole = tlv(0x5C, bytes.fromhex("5fc10a")) + content
    told(card, bytes([0x10, 0xDB, 0x3F, 0xFF, 255]) + whole[:255])
    told(card, bytes([0x00, 0xDB, 0x3F, 0xFF, len(whole) - 255]) + whole[255:])

    first, status = told(card, bytes.fromhex("00cb3fff055c035fc10a00"))
    rest, end = told(card, bytes.fromhex("00c0000000"))

    assert (len(first), status, end) == (256, "6130", "9000")
    assert first + rest == content


def test_it_attests_the_key_it_made_and_no_other(card):
    made(card)
    leaf, status = told(card, bytes.fromhex("00f99c00000000"))
    f9 = values(card.objects[0x5FFF01])[0x70]
    root = MAKER.root.public_bytes(Encoding.DER)
    key = parse_spki(card.keys[0x9C].private.public_key().public_bytes(*SPKI), where="key")

    found = verify_attestation((leaf, f9), (root,), key, SINCE, where="attestation")

    assert status == "9000"
    assert (found.serial, found.pin, found.touch) == ("4711", PinPolicy.ALWAYS, TouchPolicy.ALWAYS)
    assert told(card, bytes.fromhex("00f99a00"))[1] == "6a88"
