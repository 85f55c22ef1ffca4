"""A journal over several databases: one history, and a key for each part of it."""

from __future__ import annotations

import os
import shutil

import pytest
from journal.journal_world import (
    KEY,
    ORIGIN,
    PASSPHRASE,
    SEAL_KEY,
    START,
    TIME,
    boot,
    commissioned,
    derived_by,
    unlock_key,
)

from workstation.core import merkle
from workstation.core.entry import Kind, time_to_json
from workstation.core.errors import Malformed
from workstation.journal import log as log_module
from workstation.journal import opened as opened_module
from workstation.journal import opening, upkeep
from workstation.journal.audit import audit
from workstation.journal.client import Journal, PassphraseUnlock, SecretUnlock, TokenUnlock
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.log import Log
from workstation.journal.segments import segment_name
from workstation.journal.slot_way import PassphraseWay, SharesWay, TokenWay

KEYS = [KEY, b"\x11" * 32, b"\x22" * 32]


@pytest.fixture
def divided(world):
    """Return a closed journal of three segments with 300 entries in the first and some in the others."""
    log = world.create(count=300)
    for key in KEYS[1:]:
        upkeep.begin_segment(log, bytearray(key), "size", TIME)
        for number in range(250):
            log.append(boot(number), TIME)
    log.close()
    return world


def opened(world, key=KEYS[2]):
    return Log.open(world.directory, bytearray(key))


def verdict(world):
    """Return what opening and verifying says: nothing for a sound journal."""
    try:
        log = opened(world)
    except JournalFailure as error:
        return (str(error),)
    try:
        return audit(log).findings
    finally:
        log.close()


def test_history_goes_on_from_database_to_database(divided):
    log = opened(divided)

    bodies = list(log.bodies(0, 10_000))
    leaves = [merkle.leaf_hash(body) for body in bodies]

    assert len(bodies) == log.tree.size == 301 + 2 * 251
    assert log.tree.root() == merkle.root(leaves)
    assert list(log.bodies(299, 303)) == bodies[299:303]
    assert audit(log, bytearray(SEAL_KEY)).findings == ()
    log.close()


def test_proofs_and_tiles_reach_across_databases(divided):
    log = opened(divided)
    leaves = [merkle.leaf_hash(body) for body in log.bodies(0, 10_000)]
    root, size = log.tree.root(), len(leaves)

    for seq in (0, 255, 299, 301, 302, 511, 512, size - 1):
        merkle.verify_inclusion(leaves[seq], seq, size, log.tree.inclusion(seq, size), root)
    for old in (1, 256, 300, 301, 500, 552, size):
        merkle.verify_consistency(old, size, merkle.root(leaves[:old]), root, log.tree.consistency(old, size))
    assert log.tree.tile(0, 1) == b"".join(leaves[256:512])
    assert log.tree.tile(1, 0, 3) == b"".join(merkle.root(leaves[at : at + 256]) for at in (0, 256, 512))
    log.close()


@pytest.mark.parametrize("asked", [(0, 9, 256), (1, 0, 4), (0, 0, 0), (0, 0, 257), (4, 0, 1)])
def test_there_is_no_tile_of_what_is_not_there(divided, asked):
    log = opened(divided)

    with pytest.raises(JournalFailure) as raised:
        log.tree.tile(*asked)

    assert raised.value.name is FailureName.REFUSED
    log.close()


def test_no_earlier_key_opens_what_came_after(divided):
    for key in KEYS[:2]:
        with pytest.raises(JournalFailure) as raised:
            opened(divided, key)
        assert raised.value.name is FailureName.WRONG_KEY


@pytest.mark.parametrize("number", [0, 1])
def test_a_missing_segment_is_an_alarm(divided, number):
    (divided.directory / segment_name(number)).unlink()

    with pytest.raises(JournalFailure, match="never started afresh") as raised:
        opened(divided)

    assert raised.value.name is FailureName.MISSING


def test_a_missing_last_segment_is_loss_and_no_smaller_journal(divided):
    (divided.directory / segment_name(2)).unlink()

    with pytest.raises(JournalFailure) as raised:
        opened(divided, KEYS[1])

    assert raised.value.name is FailureName.LOSS


def test_two_segments_that_changed_places_are_told(divided):
    first, second = (divided.directory / segment_name(number) for number in (0, 1))
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)

    assert verdict(divided)


def test_a_flipped_bit_of_an_earlier_segment_is_told(divided):
    path = divided.directory / segment_name(1)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)

    assert verdict(divided)


def test_a_segment_whose_making_was_cut_short_leaves_the_journal_as_it_was(tmp_path):
    journal, _ = opening.create(tmp_path, ORIGIN, bytearray(PASSPHRASE), TIME)
    journal.log.segments.prepare(bytearray(32))
    journal.close()

    again = opening.unlock_with_passphrase(tmp_path, bytearray(PASSPHRASE))

    assert again.log.segment_number == 0
    assert list(tmp_path.glob("*.new*")) == []
    assert again.append(boot(), TIME).seq == 1
    again.close()


def test_a_change_of_keys_that_was_decided_is_finished_when_the_journal_is_opened(tmp_path, monkeypatch):
    journal, _ = opening.create(tmp_path, ORIGIN, bytearray(PASSPHRASE), TIME)
    real = opened_module.write_envelope

    def decided_and_cut(path, envelope):
        real(path, envelope)
        raise OSError(5, "I/O error")

    monkeypatch.setattr(opened_module, "write_envelope", decided_and_cut)
    slot = opening.passphrase_slot("other", bytearray(b"other passphrase"), opening.Argon2Cost())
    with pytest.raises(JournalFailure):
        journal.replace_slot("passphrase", slot, TIME)
    journal.close()
    monkeypatch.undo()

    with pytest.raises(JournalFailure) as raised:
        opening.unlock_with_passphrase(tmp_path, bytearray(PASSPHRASE))
    again = opening.unlock_with_passphrase(tmp_path, bytearray(b"other passphrase"))

    assert raised.value.name is FailureName.WRONG_KEY
    assert again.log.segment_number == 1
    assert again.append(boot(), TIME).seq == 1
    assert audit(again.log).findings == ()
    again.close()


def test_a_change_of_keys_that_was_not_decided_never_was(tmp_path, monkeypatch):
    journal, _ = opening.create(tmp_path, ORIGIN, bytearray(PASSPHRASE), TIME)

    def cut(_path, _envelope):
        raise OSError(5, "I/O error")

    monkeypatch.setattr(opened_module, "write_envelope", cut)
    slot = opening.passphrase_slot("other", bytearray(b"other passphrase"), opening.Argon2Cost())
    with pytest.raises(JournalFailure):
        journal.replace_slot("passphrase", slot, TIME)
    journal.close()
    monkeypatch.undo()

    again = opening.unlock_with_passphrase(tmp_path, bytearray(PASSPHRASE))

    assert again.log.segment_number == 0
    assert audit(again.log).findings == ()
    again.close()


def test_a_segment_that_is_full_is_followed_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(upkeep, "SEGMENT_BYTES", 80_000)
    monkeypatch.setattr(log_module, "FLUSH_EVERY", 16)
    journal, _ = opening.create(tmp_path, ORIGIN, bytearray(PASSPHRASE), TIME)
    said = [journal.append(boot(number), TIME) for number in range(400)]
    sizes = [path.stat().st_size for path in tmp_path.glob("journal*.db")]
    journal.close()

    again = opening.unlock_with_passphrase(tmp_path, bytearray(PASSPHRASE))

    assert len(sizes) > 2
    assert max(sizes) < 160_000
    bodies = list(again.log.bodies(0, 10_000))
    assert [entry.to_bytes() for entry in said] == [body for body in bodies if b'"kind":"boot"' in body]
    assert audit(again.log).findings == ()
    again.close()


def token_unlock(key, fingerprint):
    return TokenUnlock(fingerprint=fingerprint, shared_secret=derived_by(key))


def test_a_holder_who_was_removed_opens_nothing_that_is_written_from_now_on(station, tmp_path):
    key, spki = unlock_key()
    with station.open() as journal:
        fingerprint = journal.add_token_slot(spki, "mallory")
    shutil.copytree(station.directory, tmp_path / "before")
    with station.open() as journal:
        journal.remove_slot("mallory")
        journal.append(boot())

    with pytest.raises(JournalFailure) as raised:
        Journal.open(station.directory, token_unlock(key, fingerprint), clock=lambda: TIME)
    assert raised.value.name is FailureName.WRONG_KEY
    # Not even with the envelope and the database they could open once.
    for name in ("envelope.json",):
        shutil.copy(tmp_path / "before" / name, station.directory / name)
    with pytest.raises(JournalFailure):
        Journal.open(station.directory, token_unlock(key, fingerprint), clock=lambda: TIME)


def test_whoever_stays_opens_the_journal_as_before_when_a_holder_is_removed(station):
    _, spki = unlock_key()
    with station.open() as journal:
        journal.add_token_slot(spki, "mallory")
        journal.remove_slot("mallory")

    by_passphrase = PassphraseUnlock(passphrase=bytearray(PASSPHRASE))
    with station.open() as journal:
        kinds = [(entry.kind, entry.payload) for entry in journal.entries()][-2:]
        assert journal.verify(bytearray(station.seal_key)).findings == ()
        assert {slot.name for slot in journal.slots()} == {"passphrase", "tester"}
    with Journal.open(station.directory, by_passphrase, clock=lambda: TIME) as journal:
        assert journal.head().size == START + 3
    assert [kind for kind, _ in kinds] == [Kind.JOURNAL_SEGMENT, Kind.HOLDER]
    assert kinds[0][1] == {"number": 1, "first": START + 1, "cause": "holder"}
    assert (kinds[1][1]["change"], kinds[1][1]["name"]) == ("removed", "mallory")


def test_a_holders_token_is_replaced_by_another(station):
    old, old_spki = unlock_key()
    new, new_spki = unlock_key()
    with station.open() as journal:
        before = journal.add_token_slot(old_spki, "alice")
        after = journal.put_slot("alice-2", TokenWay(), spki=new_spki, replaces="alice")

    with pytest.raises(JournalFailure):
        Journal.open(station.directory, token_unlock(old, before), clock=lambda: TIME)
    with Journal.open(station.directory, token_unlock(new, after), clock=lambda: TIME) as journal:
        assert journal.entries()[-1].payload["replaces"] == "alice"


def test_a_secret_and_a_second_passphrase_open_the_journal(station):
    secret = os.urandom(32)
    with station.open() as journal:
        journal.put_slot("shares", SharesWay(threshold=3, count=5), secret=bytearray(secret))
        journal.put_slot("words", PassphraseWay(salt=bytes(16)), secret=bytearray(b"more words than one"))

    for unlock in (
        SecretUnlock(name="shares", secret=bytearray(secret)),
        PassphraseUnlock(passphrase=bytearray(b"more words than one")),
    ):
        with Journal.open(station.directory, unlock, clock=lambda: TIME) as journal:
            assert journal.head().size == START + 2


def test_the_last_way_to_open_a_journal_is_never_taken_away(station):
    with station.open() as journal:
        journal.remove_slot("passphrase")
        with pytest.raises(JournalFailure, match="nobody could open"):
            journal.remove_slot("tester")
        with pytest.raises(JournalFailure, match="no slot"):
            journal.remove_slot("nobody")
        assert journal.append(boot()).seq > START

    station.open().close()


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "token", "spki": "AAAA"},
        {"kind": "shares", "threshold": 3, "count": 5},
        {"kind": "shares", "threshold": 6, "count": 5},
        {"kind": "passphrase"},
        {"kind": "tpm", "public": "", "private": ""},
        {"kind": "magic"},
        {"kind": "token"},
    ],
)
def test_a_slot_that_makes_no_sense_is_not_put_in(station, asked):
    with station.open() as journal:
        with pytest.raises((Malformed, JournalFailure)):
            journal._writer.ask(
                {"op": "put-slot", "name": "x", "replaces": None, "time": time_to_json(TIME), **asked}
            )

        assert len(journal.slots()) == 2


def test_a_token_that_is_used_again_after_commissioning_twice_is_another_holder(tmp_path):
    first, second = commissioned(tmp_path / "one"), commissioned(tmp_path / "two")

    unlock = TokenUnlock(fingerprint=first.fingerprint, shared_secret=derived_by(first.token))
    with pytest.raises(JournalFailure, match="no slot"):
        Journal.open(second.directory, unlock, clock=lambda: TIME)
