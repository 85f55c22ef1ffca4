"""The key envelope: each way to open a journal, and how none of them can be moved or bent."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from journal.journal_world import KEY, ORIGIN, PASSPHRASE, TIME, derived_by, unlock_key

from workstation.core.canonical import canonical
from workstation.core.errors import Malformed
from workstation.journal import hpke, keyring, opening
from workstation.journal.envelope import Envelope, Slot, TokenWay, binding, parse_envelope
from workstation.journal.envelope import unlock_key as parsed_key
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.slot_way import Argon2Cost, SharesWay

CHEAP = Argon2Cost(memory_kib=512, iterations=1, lanes=1)
TOKEN, SPKI = unlock_key()
HOLDER = parsed_key(SPKI, where="test")
POINT = TOKEN.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


SECRET = bytes(range(100, 132))


def sealed(slot, origin=ORIGIN):
    return keyring.sealed(origin, bytearray(KEY), slot)


def passphrase_slot(origin=ORIGIN, phrase=PASSPHRASE, name="words"):
    return sealed(keyring.passphrase_slot(name, bytearray(phrase), CHEAP), origin)


def shares_slot(secret=SECRET):
    return sealed(keyring.secret_slot("shares", SharesWay(threshold=3, count=5), bytearray(secret)))


def envelope(origin=ORIGIN):
    slots = (passphrase_slot(origin), sealed(keyring.token_slot("alice", HOLDER), origin))
    return Envelope(origin=origin, slots=slots)


def token_slot(found):
    return found.token_slot(HOLDER.fingerprint)


def shared(found, token=TOKEN):
    return derived_by(token)(token_slot(found).ephemeral, HOLDER.fingerprint)


def test_an_envelope_comes_back_from_its_bytes():
    made = envelope()

    assert parse_envelope(made.to_bytes()) == made


def test_the_passphrase_and_the_token_give_the_same_key():
    found = parse_envelope(envelope().to_bytes())

    assert keyring.open_with_passphrase(found, bytearray(PASSPHRASE)) == KEY
    assert keyring.open_with_token(found, HOLDER.fingerprint, shared(found)) == KEY


def test_the_key_is_not_in_the_file():
    assert KEY not in envelope().to_bytes()
    assert KEY.hex().encode() not in envelope().to_bytes()


def test_any_of_several_passphrases_opens_the_journal():
    found = envelope().with_slot(passphrase_slot(phrase=b"another passphrase", name="more words"))

    assert keyring.open_with_passphrase(found, bytearray(b"another passphrase")) == KEY


@pytest.mark.parametrize("phrase", [b"", b"correct horse battery staplf", PASSPHRASE + b" "])
def test_a_wrong_passphrase_is_told_in_plain_words(phrase):
    with pytest.raises(JournalFailure, match="passphrase does not open the journal") as raised:
        keyring.open_with_passphrase(envelope(), bytearray(phrase))

    assert raised.value.name is FailureName.WRONG_KEY


def test_a_passphrase_that_is_hardly_one_is_refused():
    with pytest.raises(JournalFailure) as raised:
        passphrase_slot(phrase=b"1234567")

    assert raised.value.name is FailureName.REFUSED


def test_another_token_does_not_open_the_slot():
    found, (other, _) = envelope(), unlock_key()

    with pytest.raises(JournalFailure) as raised:
        keyring.open_with_token(found, HOLDER.fingerprint, shared(found, other))

    assert raised.value.name is FailureName.WRONG_KEY


@pytest.mark.parametrize("secret", [b"", bytes(32), bytes(31)])
def test_a_token_that_answers_nonsense_does_not_open_the_slot(secret):
    with pytest.raises(JournalFailure):
        keyring.open_with_token(envelope(), HOLDER.fingerprint, bytearray(secret))


def test_a_key_without_a_slot_is_told():
    with pytest.raises(JournalFailure, match="no slot"):
        keyring.open_with_token(envelope(), "ab" * 32, bytearray(32))


def test_no_slot_can_be_moved_to_another_journal():
    other = Envelope(origin="other.example/journal", slots=envelope().slots)

    with pytest.raises(JournalFailure):
        keyring.open_with_passphrase(other, bytearray(PASSPHRASE))
    with pytest.raises(JournalFailure):
        keyring.open_with_token(other, HOLDER.fingerprint, shared(other))


def test_a_slot_that_names_another_holder_does_not_open():
    _, spki = unlock_key()
    mine = token_slot(envelope())
    other = parsed_key(spki, where="test")
    moved = Slot(name="alice", way=TokenWay(), recipient=other, ephemeral=mine.ephemeral, sealed=mine.sealed)
    found = Envelope(origin=ORIGIN, slots=(moved,))

    with pytest.raises(JournalFailure):
        keyring.open_with_token(found, other.fingerprint, derived_by(TOKEN)(mine.ephemeral, ""))


def test_a_slot_that_was_renamed_does_not_open():
    mine = token_slot(envelope())
    found = Envelope(origin=ORIGIN, slots=(replace(mine, name="bob"),))

    with pytest.raises(JournalFailure):
        keyring.open_with_token(found, HOLDER.fingerprint, shared(found))


def test_what_three_of_five_people_hold_opens_the_journal_too():
    found = parse_envelope(envelope().with_slot(shares_slot()).to_bytes())

    assert keyring.open_with_secret(found, "shares", bytearray(SECRET)) == KEY


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("shares", bytes(32)),
        ("shares", SECRET[:31]),
        ("words", SECRET),
        ("alice", SECRET),
        ("nobody", SECRET),
    ],
)
def test_another_secret_or_name_opens_nothing(name, secret):
    found = envelope().with_slot(shares_slot())

    with pytest.raises(JournalFailure) as raised:
        keyring.open_with_secret(found, name, bytearray(secret))

    assert raised.value.name is FailureName.WRONG_KEY


def test_every_way_opens_what_was_sealed_anew_while_nobody_was_there():
    fresh = bytearray(range(50, 82))
    found = keyring.sealed_anew(envelope().with_slot(shares_slot()), fresh, 7)

    assert found.since == 7
    assert keyring.open_with_passphrase(found, bytearray(PASSPHRASE)) == fresh
    assert keyring.open_with_token(found, HOLDER.fingerprint, shared(found)) == fresh
    assert keyring.open_with_secret(found, "shares", bytearray(SECRET)) == fresh


def test_a_key_pair_is_made_from_a_secret_as_rfc_9180_says():
    # Appendix A.3.1: ikmE and pkEm of DHKEM(P-256, HKDF-SHA256).
    material = "4270e54ffd08d79d5928020af4686d8f6b7d35dbe470265f1f5aa22816ce860e"
    point = (
        "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac9"
        "8536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4"
    )

    found = hpke.key_pair(bytearray.fromhex(material)).public_key()

    assert found.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex() == point


def test_a_cost_that_was_lowered_does_not_open():
    document = json.loads(envelope().to_bytes())
    document["slots"][0]["iterations"] = 2

    with pytest.raises(JournalFailure):
        keyring.open_with_passphrase(parse_envelope(canonical(document)), bytearray(PASSPHRASE))


def test_the_librarys_own_opening_agrees_with_ours():
    info, secret = b"some context", bytearray(os.urandom(32))
    ephemeral, sealed = hpke.seal(secret, TOKEN.public_key(), info)
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

    ours = hpke.unseal(derived_by(TOKEN)(ephemeral, ""), ephemeral, POINT, info, sealed)

    assert ours == suite.decrypt(ephemeral + sealed, TOKEN, info) == secret


def test_what_another_implementation_sealed_is_opened():
    slot = token_slot(envelope())
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

    assert suite.decrypt(slot.ephemeral + slot.sealed, TOKEN, binding(ORIGIN, slot, 0)) == KEY


def test_a_sealed_secret_shorter_than_its_tag_is_refused():
    ephemeral, _ = hpke.seal(bytearray(32), TOKEN.public_key(), b"")

    with pytest.raises(JournalFailure):
        hpke.unseal(derived_by(TOKEN)(ephemeral, ""), ephemeral, POINT, b"", b"short")


def test_a_token_key_on_another_curve_is_refused():
    key = ec.generate_private_key(ec.SECP384R1()).public_key()

    with pytest.raises(Malformed, match="P-256 wanted"):
        parsed_key(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), where="spki")


def test_every_flipped_bit_of_the_file_is_refused_or_does_not_open():
    whole = Envelope(origin=ORIGIN, slots=(token_slot(envelope()),)).to_bytes()
    secret = shared(parse_envelope(whole))
    unnoticed = []
    for bit in range(len(whole) * 8):
        altered = bytearray(whole)
        altered[bit // 8] ^= 1 << bit % 8
        try:
            found = parse_envelope(bytes(altered))
            keyring.open_with_token(found, HOLDER.fingerprint, bytearray(secret))
        except (Malformed, JournalFailure):
            continue
        unnoticed.append(bit)

    assert unnoticed == []


def document(**changes):
    return json.loads(envelope().to_bytes()) | changes


def slot_with(index, **changes):
    found = json.loads(envelope().to_bytes())
    found["slots"][index] |= changes
    return found


@pytest.mark.parametrize(
    "spoiled",
    [
        document(v=3),
        document(origin=""),
        document(origin="two words"),
        document(slots=[]),
        document(slots=[1]),
        document(slots=[{}]),
        document(slots=[{"kind": "shamir"}]),
        document(slots=[{"kind": 5}]),
        document(since=-1),
        document(extra=1),
        slot_with(0, memory_kib=8 * 1024 * 1024),
        slot_with(0, memory_kib=1),
        slot_with(0, iterations=0),
        slot_with(0, lanes=65),
        slot_with(0, salt="AAAA"),
        slot_with(0, name="two words"),
        slot_with(0, kind="token"),
        slot_with(0, sealed="AAAA"),
        slot_with(0, extra="AAAA"),
        slot_with(1, fingerprint="ab" * 32),
        slot_with(1, ephemeral="AAAA"),
        slot_with(1, sealed="AAAA"),
        slot_with(1, spki="AAAA"),
    ],
)
def test_a_file_that_is_not_quite_an_envelope_is_refused(spoiled):
    with pytest.raises(Malformed, match="envelope"):
        parse_envelope(canonical(spoiled))


def test_two_slots_of_one_token_are_refused():
    found = document()
    found["slots"].append(found["slots"][1] | {"name": "alice-again"})

    with pytest.raises(Malformed, match="two slots"):
        parse_envelope(canonical(found))


def test_a_written_envelope_is_readable_by_its_owner_only(tmp_path):
    path = tmp_path / "envelope.json"
    keyring.write_envelope(path, envelope())

    assert path.stat().st_mode & 0o777 == 0o600
    assert keyring.read_envelope(path).origin == ORIGIN
    assert [each.name for each in tmp_path.iterdir()] == ["envelope.json"]


def test_an_envelope_that_cannot_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "envelope.json"
    keyring.write_envelope(path, envelope())
    before = path.read_bytes()
    (tmp_path / "envelope.new").mkdir()

    with pytest.raises(JournalFailure) as raised:
        keyring.write_envelope(path, envelope())

    assert raised.value.name is FailureName.DISK
    assert path.read_bytes() == before


def test_a_missing_envelope_is_an_alarm(tmp_path):
    with pytest.raises(JournalFailure, match="never started afresh") as raised:
        keyring.read_envelope(tmp_path / "envelope.json")

    assert raised.value.name is FailureName.MISSING


def test_an_envelope_that_is_no_file_is_a_failure(tmp_path):
    with pytest.raises(JournalFailure) as raised:
        keyring.read_envelope(tmp_path)

    assert raised.value.name is FailureName.DISK


def test_an_envelope_sealed_anew_for_another_origin_does_not_open_this_journal(tmp_path):
    opened, _ = opening.create(tmp_path, ORIGIN, bytearray(PASSPHRASE), TIME)
    other = "other.example/journal"
    slot = keyring.sealed(other, opened.key, keyring.passphrase_slot("words", bytearray(PASSPHRASE), CHEAP))
    opened.close()
    keyring.write_envelope(tmp_path / opening.ENVELOPE, Envelope(origin=other, slots=(slot,)))

    with pytest.raises(JournalFailure) as raised:
        opening.unlock_with_passphrase(tmp_path, bytearray(PASSPHRASE))

    assert raised.value.name is FailureName.DAMAGED
