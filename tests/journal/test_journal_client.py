"""The journal through its writer process: what the desk can ask, and what it is told when it cannot."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from journal.journal_world import (
    ORIGIN,
    PASSPHRASE,
    START,
    TIME,
    boot,
    commissioned,
    countersign,
    derived_by,
    unlock_key,
)

from workstation.core import merkle
from workstation.core.checkpoint import verify_note
from workstation.core.dsse import pae
from workstation.core.entry import Draft, Kind, Outcome, parse_entry
from workstation.core.errors import JournalError, Malformed
from workstation.core.identity import digest_of
from workstation.journal.client import Journal, PassphraseUnlock, TokenUnlock
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.signing import station_signer

IN_TOTO = "application/vnd.in-toto+json"


def by_passphrase(directory, phrase=PASSPHRASE):
    return Journal.open(directory, PassphraseUnlock(passphrase=bytearray(phrase)), clock=lambda: TIME)


def test_what_is_appended_comes_back_with_its_exact_bytes_after_reopening(station):
    with station.open() as journal:
        said = [journal.append(boot(number)) for number in range(3)]
        head = journal.head()

    with station.open() as journal:
        found = journal.entries()
        assert found[START:] == tuple(said)
        assert journal.head() == head
        assert journal.recovered == 0
    assert [parse_entry(entry.to_bytes()) for entry in found] == list(found)
    assert head.root == merkle.root([entry.leaf() for entry in found])
    assert (head.origin, head.size) == (ORIGIN, START + 3)


def test_an_entry_carries_the_clocks_time_and_a_nonce_of_its_own(station):
    with station.open() as journal:
        first, second = journal.append(boot()), journal.append(boot())

    assert first.time == second.time == TIME
    assert first.nonce != second.nonce


def test_entries_can_be_asked_for_in_part_and_in_more_than_one_answer(station):
    with station.open() as journal:
        for number in range(300):
            journal.append(boot(number))

        assert [entry.seq for entry in journal.entries()] == list(range(START + 300))
        assert [entry.seq for entry in journal.entries(5, 8)] == [5, 6, 7]
        assert [entry.seq for entry in journal.entries(START + 298)] == [START + 298, START + 299]
        assert journal.entries(0, 0) == journal.entries(9, 9) == journal.entries(400) == ()


def test_a_checkpoint_is_verified_with_the_stations_key(station):
    with station.open() as journal:
        note, head = journal.checkpoint(), journal.head()

    found = verify_note(note, [station_signer(ORIGIN, station.station_key)])
    assert (found.origin, found.size, found.root) == (head.origin, head.size, head.root)


def test_proofs_from_the_writer_verify_against_its_checkpoints(station):
    with station.open() as journal:
        before = journal.head()
        entries = [journal.append(boot(number)) for number in range(5)]
        after = journal.head()
        inclusion, consistency = (
            journal.inclusion(START + 2, START + 5),
            journal.consistency(before.size, after.size),
        )

    merkle.verify_inclusion(entries[2].leaf(), START + 2, START + 5, inclusion, after.root)
    merkle.verify_consistency(before.size, after.size, before.root, after.root, consistency)


def test_a_sound_journal_verifies_with_and_without_its_seal_key(station):
    with station.open() as journal:
        journal.append(boot())
        seal_key = bytearray(station.seal_key)

        assert journal.verify().findings == ()
        assert journal.verify(seal_key).findings == ()
        assert journal.verify().root == journal.head().root
    assert not any(seal_key)


def test_another_seal_key_is_told_by_the_verification(station):
    with station.open() as journal:
        found = journal.verify(bytearray(32))

    assert any("not this journal's" in finding for finding in found.findings)


def test_a_passphrase_opens_the_journal_and_is_wiped(station):
    phrase = bytearray(PASSPHRASE)
    with Journal.open(station.directory, PassphraseUnlock(passphrase=phrase), clock=lambda: TIME) as journal:
        assert journal.station_key == station.station_key

    assert not any(phrase)


def test_a_wrong_passphrase_is_told_in_plain_words(station):
    with pytest.raises(JournalError, match="this passphrase does not open the journal"):
        by_passphrase(station.directory, b"wrong passphrase")


def test_a_token_without_a_slot_is_told(station):
    unlock = TokenUnlock(fingerprint="ab" * 32, shared_secret=derived_by(station.token))

    with pytest.raises(JournalFailure, match="no slot"):
        Journal.open(station.directory, unlock, clock=lambda: TIME)


def test_what_goes_wrong_at_the_token_reaches_the_caller(station):
    def refuse(_ephemeral, _fingerprint):
        raise LookupError("no token")

    unlock = TokenUnlock(fingerprint=station.fingerprint, shared_secret=refuse)

    with pytest.raises(LookupError, match="no token"):
        Journal.open(station.directory, unlock, clock=lambda: TIME)
    station.open().close()


def test_the_slots_can_be_listed_without_any_key(station):
    first, slot = Journal.slots_of(station.directory)

    assert [first.name, slot.name] == ["passphrase", "tester"]
    assert slot.fingerprint == station.fingerprint
    assert len(slot.ephemeral) == 65


def test_a_key_gets_one_slot_and_no_second(station):
    _, spki = unlock_key()
    with station.open() as journal:
        journal.add_token_slot(spki)

        with pytest.raises(JournalFailure, match="a slot already"):
            journal.add_token_slot(spki)
        with pytest.raises(Malformed):
            journal.add_token_slot(b"no key")
    assert len(Journal.slots_of(station.directory)) == 3


def test_a_second_process_is_refused_and_told_who_has_the_journal(station):
    with station.open() as journal:
        with pytest.raises(
            JournalFailure, match=f"process {journal._writer.pid} has this journal open"
        ) as raised:
            station.open()

        assert raised.value.name is FailureName.HELD
        journal.append(boot())
    station.open().close()


@pytest.mark.parametrize("name", ["envelope.json", "journal.db", "leaf.log"])
def test_a_missing_file_is_an_alarm_and_nothing_is_made_in_its_place(station, name):
    (station.directory / name).unlink()

    with pytest.raises(JournalFailure) as raised:
        by_passphrase(station.directory)

    assert raised.value.name is FailureName.MISSING
    assert not (station.directory / name).exists()


def test_a_directory_that_is_not_there_is_an_alarm(tmp_path):
    with pytest.raises(JournalFailure) as raised:
        by_passphrase(tmp_path / "nowhere")

    assert raised.value.name is FailureName.MISSING
    assert list(tmp_path.iterdir()) == []


def test_a_journal_is_not_made_over_another(station):
    before = (station.directory / "envelope.json").read_bytes()

    with pytest.raises(JournalFailure) as raised:
        Journal.create(station.directory, origin=ORIGIN, passphrase=bytearray(PASSPHRASE), now_ms=1)

    assert raised.value.name is FailureName.EXISTS
    assert (station.directory / "envelope.json").read_bytes() == before


@pytest.mark.parametrize(
    ("origin", "phrase"), [("two words", PASSPHRASE), ("", PASSPHRASE), (ORIGIN, b"short")]
)
def test_a_journal_is_not_made_with_a_bad_origin_or_a_short_passphrase(tmp_path, origin, phrase):
    with pytest.raises((Malformed, JournalFailure)):
        Journal.create(tmp_path / "journal", origin=origin, passphrase=bytearray(phrase), now_ms=1)

    assert [path.name for path in (tmp_path / "journal").iterdir() if path.name != "journal.lock"] == []


def test_a_directory_that_cannot_be_made_is_told(tmp_path):
    with pytest.raises(JournalFailure, match="could not be made"):
        Journal.create(tmp_path / "a" / "b", origin=ORIGIN, passphrase=bytearray(PASSPHRASE), now_ms=1)


def test_every_file_of_a_journal_is_for_its_owner_only(tmp_path):
    made = commissioned(tmp_path / "journal")

    assert made.directory.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in made.directory.iterdir()} == {0o600}


def test_a_draft_with_too_long_a_reason_is_refused_and_the_journal_goes_on(station):
    with station.open() as journal:
        with pytest.raises(Malformed, match="reason"):
            journal.append(Draft(kind=Kind.BOOT, outcome=Outcome.INFO, reason="x" * 2001))

        assert journal.append(boot()).seq == START


def test_a_statement_in_the_newest_entry_is_signed_by_the_station(station):
    statement = b'{"_type":"https://in-toto.io/Statement/v1"}'
    with station.open() as journal:
        entry = journal.append(countersign(digest_of(statement)))
        signature = journal.attest(entry.seq, IN_TOTO, statement)

    Ed25519PublicKey.from_public_bytes(station.station_key).verify(signature, pae(IN_TOTO, statement))


def test_no_statement_is_signed_without_its_entry(station):
    with station.open() as journal:
        with pytest.raises(JournalFailure, match="does not name"):
            journal.attest(START - 1, IN_TOTO, b"a statement")
        entry = journal.append(countersign(digest_of(b"a statement")))
        with pytest.raises(JournalFailure, match="does not name"):
            journal.attest(entry.seq, IN_TOTO, b"another statement")
        with pytest.raises(JournalFailure, match="not the newest"):
            journal.attest(entry.seq + 1, IN_TOTO, b"a statement")
        journal.append(boot())
        with pytest.raises(JournalFailure, match="not the newest"):
            journal.attest(entry.seq, IN_TOTO, b"a statement")


def test_a_writer_that_was_killed_is_a_failure_with_a_name_at_every_question(station):
    journal = station.open()
    os.kill(journal._writer.pid, signal.SIGKILL)

    for ask in (lambda: journal.append(boot()), journal.head, journal.checkpoint, journal.close):
        with pytest.raises(JournalFailure) as raised:
            ask()
        assert raised.value.name is FailureName.WRITER_GONE


def test_a_writer_that_stopped_answering_is_ended_and_named(station):
    journal = station.open()
    os.kill(journal._writer.pid, signal.SIGSTOP)

    with pytest.raises(JournalFailure) as raised:
        journal._writer.ask({"op": "head"}, seconds=0.2)

    assert raised.value.name is FailureName.WRITER_SILENT
    station.open().close()


def test_a_closed_journal_answers_nothing_more(station):
    journal = station.open()
    journal.close()

    with pytest.raises(JournalFailure, match="was closed"):
        journal.head()


def test_a_parent_that_disappears_leaves_a_journal_closed_in_order(station):
    journal = station.open()
    journal.append(boot())
    journal._writer._child.close()

    assert not (station.directory / "journal.db-wal").exists()
    with station.open() as again:
        assert (again.head().size, again.recovered) == (START + 1, 0)
    journal._writer.end()


@pytest.mark.parametrize(
    "asked",
    [
        {"op": "drop"},
        {"op": "head", "extra": 1},
        {"op": 5},
        {},
        {"op": "append", "draft": {}, "time": {}},
        {"op": "entries", "start": -1, "stop": 5},
        {"op": "inclusion", "seq": 9, "size": 9},
        {"op": "create", "origin": "other", "now_ms": 1},
        {"op": "open-token", "fingerprint": "x"},
        {"op": "attest", "seq": 0, "payload_type": "", "payload": "AA"},
    ],
)
def test_a_request_that_makes_no_sense_is_refused_and_the_writer_goes_on(station, asked):
    with station.open() as journal:
        with pytest.raises((Malformed, JournalFailure)):
            journal._writer.ask(asked)

        assert journal.head().size == START


@pytest.mark.parametrize("asked", [{"op": "open-passphrase"}, {"op": "create", "origin": "o", "now_ms": 1}])
def test_an_open_journal_is_not_opened_or_made_again(station, asked):
    with station.open() as journal, pytest.raises(JournalFailure, match="open already"):
        journal._writer.ask(asked, secret=bytearray(PASSPHRASE))


def test_the_writer_has_walls_around_it(station):
    with station.open() as journal:
        status = Path(f"/proc/{journal._writer.pid}/status").read_text()

    assert "NoNewPrivs:\t1" in status
    assert "Seccomp:\t2" in status


def test_nothing_an_entry_says_is_readable_in_any_file(station):
    with station.open() as journal:
        journal.append(Draft(kind=Kind.BOOT, outcome=Outcome.INFO, reason="a needle in no haystack"))
        while_open = [path.read_bytes() for path in station.directory.iterdir()]
    after = [path.read_bytes() for path in station.directory.iterdir()]

    assert not any(
        needle in content for content in (*while_open, *after) for needle in (b"needle", PASSPHRASE)
    )


def test_asking_a_dead_writer_never_hangs(station):
    journal = station.open()
    os.kill(journal._writer.pid, signal.SIGKILL)
    started = time.monotonic()

    with pytest.raises(JournalFailure):
        journal.verify()

    assert time.monotonic() - started < 5
