"""Checkpoints as signed notes: what verifies, and every spelling that does not."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from workstation.core import checkpoint
from workstation.core.checkpoint import Checkpoint, SignatureType, Signer
from workstation.core.errors import Malformed, Untrusted

ORIGIN = "station.example/journal"
ROOT = bytes(range(32))
SAID = Checkpoint(origin=ORIGIN, size=7, root=ROOT)
STATION = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
WITNESS = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
CARD = ec.derive_private_key(3, ec.SECP256R1())


def signer(name, kind, key):
    spki = kind is SignatureType.ECDSA
    encoding, form = (
        (Encoding.DER, PublicFormat.SubjectPublicKeyInfo) if spki else (Encoding.Raw, PublicFormat.Raw)
    )
    return Signer(name=name, type=kind, key=key.public_key().public_bytes(encoding, form))


BY_STATION = signer(ORIGIN, SignatureType.ED25519, STATION)
BY_CARD = signer("approver.example/alice", SignatureType.ECDSA, CARD)
BY_WITNESS = signer("witness.example/laptop", SignatureType.COSIGNATURE, WITNESS)
EVERYONE = (BY_STATION, BY_CARD, BY_WITNESS)


def lines(said=SAID):
    seconds = 1_795_000_000
    return (
        checkpoint.signature_line(BY_STATION, STATION.sign(said.body())),
        checkpoint.signature_line(BY_CARD, CARD.sign(said.body(), ec.ECDSA(hashes.SHA256()))),
        checkpoint.cosignature_line(
            BY_WITNESS, seconds, WITNESS.sign(checkpoint.cosigned_bytes(said, seconds))
        ),
    )


def note(said=SAID):
    return checkpoint.signed_note(said, lines(said))


def test_a_body_is_origin_size_and_root_a_line_each():
    assert SAID.body() == b"station.example/journal\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


def test_station_card_and_witness_are_all_recognised():
    found = checkpoint.verify_note(note(), EVERYONE)

    assert (found.origin, found.size, found.root) == (ORIGIN, 7, ROOT)
    assert found.signers == EVERYONE


def test_a_line_by_an_unknown_key_is_passed_over():
    found = checkpoint.verify_note(note(), (BY_CARD,))

    assert found.signers == (BY_CARD,)


def test_a_note_nobody_known_signed_is_untrusted():
    other = signer(ORIGIN, SignatureType.ED25519, WITNESS)

    with pytest.raises(Untrusted, match="no known key"):
        checkpoint.verify_note(note(), (other,))


@pytest.mark.parametrize("position", [0, 1, 2])
def test_one_bad_signature_by_a_known_key_spoils_the_note(position):
    mixed = list(lines())
    mixed[position] = lines(Checkpoint(origin=ORIGIN, size=8, root=ROOT))[position]

    with pytest.raises(Untrusted, match="does not verify"):
        checkpoint.verify_note(checkpoint.signed_note(SAID, mixed), EVERYONE)


def test_a_cosignature_too_short_for_its_time_is_untrusted():
    short = checkpoint.signature_line(BY_WITNESS, b"\x00\x01")

    with pytest.raises(Untrusted):
        checkpoint.verify_note(checkpoint.signed_note(SAID, [short]), EVERYONE)


def test_a_stations_signature_is_no_cosignature():
    posing = Signer(name=BY_WITNESS.name, type=SignatureType.ED25519, key=BY_WITNESS.key)

    with pytest.raises(Untrusted, match="no known key"):
        checkpoint.verify_note(note(), (posing,))


def test_extension_lines_are_signed_and_returned():
    said = Checkpoint(origin=ORIGIN, size=7, root=ROOT, extensions=("boot 3",))

    assert checkpoint.verify_note(note(said), EVERYONE).extensions == ("boot 3",)


def test_every_flipped_bit_is_noticed():
    whole = note()
    unnoticed = []
    for bit in range(len(whole) * 8):
        altered = bytearray(whole)
        altered[bit // 8] ^= 1 << bit % 8
        try:
            found = checkpoint.verify_note(bytes(altered), EVERYONE)
        except (Malformed, Untrusted):
            continue
        if len(found.signers) == len(EVERYONE):
            unnoticed.append(bit)

    assert unnoticed == []


def spoiled(old, new):
    text = note().decode()
    assert old in text
    return text.replace(old, new, 1).encode()


LINE = lines()[0].text()


@pytest.mark.parametrize(
    "data",
    [
        spoiled("\n7\n", "\n07\n"),
        spoiled("\n7\n", "\n+7\n"),
        spoiled("\n7\n", "\n\u0667\n"),
        spoiled("\n7\n", "\n9007199254740992\n"),
        spoiled("\n7\n", "\r\n7\r\n"),
        spoiled("\n7\n", "\n7\u2028\n"),
        spoiled("Hh8=", "Hh9="),
        spoiled("Hh8=", "Hh8"),
        spoiled("AAEC", "AAE"),
        spoiled(ORIGIN, "station example"),
        spoiled(ORIGIN, ""),
        spoiled("\n\n", "\n"),
        spoiled("\n\n", "\n\n\n"),
        spoiled("— ", "- "),
        spoiled(LINE, LINE + LINE),
        spoiled(LINE, LINE.replace(" station", "  station")),
        note()[:-1],
        note() + b"\n",
        SAID.body() + b"\n",
        SAID.body(),
        b"a\n1\n\n\xe2\x80\x94 a AAAAAAA=\n",
        b"\xff" + note(),
        b"",
        b"x" * (checkpoint.MAX_NOTE_BYTES + 1),
        checkpoint.signed_note(SAID, [checkpoint.SignatureLine(name="a", key_id=b"1234", signature=b"")]),
        SAID.body()
        + b"\n"
        + b"".join(b"\xe2\x80\x94 a%d %s\n" % (n, base64.b64encode(b"12345")) for n in range(101)),
    ],
)
def test_another_spelling_of_a_note_is_refused(data):
    with pytest.raises(Malformed):
        checkpoint.parse_note(data)


def test_a_root_of_another_length_is_refused():
    with pytest.raises(Malformed, match="root"):
        checkpoint.parse_note(note(Checkpoint(origin=ORIGIN, size=7, root=b"short")))


def test_a_card_key_that_is_no_curve_point_is_refused():
    spki = STATION.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    wrong = Signer(name=BY_CARD.name, type=SignatureType.ECDSA, key=spki)
    line = checkpoint.signature_line(wrong, b"anything")

    with pytest.raises(Malformed, match="elliptic"):
        checkpoint.verify_note(checkpoint.signed_note(SAID, [line]), (wrong,))
