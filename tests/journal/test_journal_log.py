"""The journal as one append-only thing: durable, recovered after an accident, poisoned by a failure."""

from __future__ import annotations

import os

import pytest
from journal.journal_world import KEY, ORIGIN, SEAL_KEY, TIME, boot

from workstation.core import merkle
from workstation.core.entry import NO_LEAF, Draft, Kind, Outcome, parse_entry
from workstation.core.errors import Malformed
from workstation.journal import leaf_log as leaf_log_module
from workstation.journal import log as log_module
from workstation.journal.audit import audit
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.leaf_format import FRAME_BYTES, HEADER_BYTES
from workstation.journal.log import Log
from workstation.journal.store import Store


def entries(log):
    return [parse_entry(body) for body in log.bodies(0, log.head().size)]


def append_many(log, count):
    for number in range(count):
        log.append(boot(number), TIME)


def failure_name(raised):
    return raised.value.name


def test_a_new_journal_begins_by_naming_the_stations_key_and_its_seal(world):
    log = world.create()

    (genesis,) = entries(log)
    assert (genesis.kind, genesis.seq, genesis.prev, genesis.log) == (
        Kind.JOURNAL_GENESIS,
        0,
        NO_LEAF,
        ORIGIN,
    )
    assert genesis.payload["station"] == log.station_key.hex()
    log.close()


def test_entries_come_back_in_order_each_after_the_leaf_before_it(world):
    log = world.create(count=5)
    log.close()

    again = world.open()
    found = entries(again)
    assert [entry.seq for entry in found] == list(range(6))
    assert [entry.prev for entry in found[1:]] == [entry.leaf().hex() for entry in found[:-1]]
    assert again.head().root == merkle.root([entry.leaf() for entry in found])
    again.close()


def test_a_journal_verifies_with_and_without_its_seal_key(world):
    log = world.create(count=300)

    assert audit(log).findings == ()
    assert audit(log, bytearray(SEAL_KEY)).findings == ()
    assert (audit(log).size, audit(log).root) == (301, log.head().root)
    log.close()
    again = world.open()
    assert audit(again, bytearray(SEAL_KEY)).findings == ()
    again.close()


def test_proofs_made_from_the_kept_subtrees_verify(world):
    log = world.create(count=599)
    leaves = [entry.leaf() for entry in entries(log)]

    for size in (1, 255, 256, 257, 512, 600):
        root = merkle.root(leaves[:size])
        seq = size * 2 // 3
        merkle.verify_inclusion(leaves[seq], seq, size, log.tree.inclusion(seq, size), root)
        merkle.verify_consistency(size, 600, root, log.head().root, log.tree.consistency(size, 600))
    log.close()


@pytest.mark.parametrize("ask", [lambda log: log.tree.inclusion(3, 3), lambda log: log.tree.inclusion(0, 9)])
def test_no_proof_is_made_for_what_is_not_there(world, ask):
    log = world.create(count=4)

    with pytest.raises(JournalFailure) as raised:
        ask(log)

    assert failure_name(raised) is FailureName.REFUSED
    with pytest.raises(JournalFailure, match="cannot begin"):
        log.tree.consistency(4, 3)
    log.close()


def test_a_draft_that_could_not_be_read_back_is_refused_and_nothing_is_written(world):
    log = world.create()
    before = log.head()

    with pytest.raises(Malformed):
        log.append(Draft(kind=Kind.BOOT, outcome=Outcome.INFO, reason="x" * 3000), TIME)

    assert log.head() == before
    log.append(boot(), TIME)
    assert audit(log).findings == ()
    log.close()


def test_a_missing_file_is_an_alarm_and_never_a_fresh_start(world):
    world.create().close()
    for path in (world.database, world.leaf_log):
        kept = path.read_bytes()
        path.unlink()

        with pytest.raises(JournalFailure, match="is not there") as raised:
            world.open()

        assert failure_name(raised) is FailureName.MISSING
        assert not path.exists()
        path.write_bytes(kept)


def test_a_journal_is_not_made_over_another(world):
    world.create().close()
    before = world.database.read_bytes()

    with pytest.raises(JournalFailure) as raised:
        world.create()

    assert failure_name(raised) is FailureName.EXISTS
    assert world.database.read_bytes() == before


@pytest.mark.parametrize("key", [bytes(32), KEY[:31], KEY + b"\0", b""])
def test_another_key_does_not_open_the_journal(world, key):
    world.create().close()

    with pytest.raises(JournalFailure) as raised:
        Log.open(world.directory, bytearray(key))

    assert failure_name(raised) is FailureName.WRONG_KEY


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00" + bytes(4080)])
def test_a_database_that_is_empty_or_not_encrypted_is_refused(world, content):
    world.create().close()
    world.database.write_bytes(content)

    with pytest.raises(JournalFailure) as raised:
        world.open()

    assert failure_name(raised) is FailureName.DAMAGED
    assert world.database.read_bytes() == content


def test_no_change_is_possible_through_the_store_itself(world):
    log = world.create(count=2)
    connection = log.parts().store._newest._connection

    for statement in (
        "update entry set body = x'00'",
        "delete from entry",
        "drop table entry",
        "drop trigger entry_no_delete",
        "attach ':memory:' as other",
        "pragma writable_schema = on",
        "insert into station values(2, 'a', zeroblob(32))",
    ):
        with pytest.raises(Exception, match="not authorized"):
            connection.execute(statement)
    assert audit(log).findings == ()
    log.close()


def test_the_triggers_hold_even_without_the_authorizer(world):
    world.create(count=2).close()
    store = Store.open(world.database, bytearray(KEY))
    store._connection.set_authorizer(None)

    for statement in ("update entry set body = x'00'", "delete from entry", "delete from station"):
        with pytest.raises(Exception, match="append-only"):
            store._connection.execute(statement)
    store.close()


def abandon(log):
    """Leave a journal as a killed process does: nothing closed in order."""
    os.close(log._leaf_log._fd)
    log._store.close()


def test_an_entry_the_leaf_log_had_not_got_yet_is_recovered(world):
    log = world.create(count=3)
    real, log._leaf_log.append = log._leaf_log.append, lambda *_: (_ for _ in ()).throw(OSError("cut short"))
    with pytest.raises(JournalFailure, match="cut short"):
        log.append(boot(4), TIME)
    log._leaf_log.append = real
    abandon(log)

    again = world.open()
    assert (again.recovered, again.head().size) == (1, 5)
    assert audit(again, bytearray(SEAL_KEY)).findings == ()
    again.append(boot(5), TIME)
    again.close()
    third = world.open()
    assert third.recovered == 0
    assert audit(third, bytearray(SEAL_KEY)).findings == ()
    third.close()


@pytest.mark.parametrize("torn", [1, 40, 79, 80])
def test_a_torn_frame_at_the_end_is_written_again(world, torn):
    log = world.create(count=3)
    size = world.leaf_log.stat().st_size
    header = world.leaf_log.read_bytes()[:HEADER_BYTES]
    log.append(boot(4), TIME)
    abandon(log)
    whole = world.leaf_log.read_bytes()
    frame = (whole[size : size + torn])[:-1] + b"\x00" if torn == FRAME_BYTES else whole[size : size + torn]
    world.leaf_log.write_bytes(header + whole[HEADER_BYTES:size] + frame)

    again = world.open()
    assert (again.recovered, again.head().size) == (1, 5)
    assert audit(again, bytearray(SEAL_KEY)).findings == ()
    again.close()
    world.open().close()


@pytest.mark.parametrize("place", [0, 2048])
def test_a_torn_seal_slot_is_replaced_from_the_other(world, place):
    log = world.create(count=3)
    abandon(log)
    with world.leaf_log.open("r+b") as file:
        file.seek(place + 20)
        file.write(b"torn")

    again = world.open()
    assert audit(again, bytearray(SEAL_KEY)).findings == ()
    again.append(boot(4), TIME)
    assert audit(again, bytearray(SEAL_KEY)).findings == ()
    again.close()
    world.open().close()


def test_a_write_that_fails_poisons_the_journal_until_it_is_opened_again(world, monkeypatch):
    log = world.create(count=2)
    monkeypatch.setattr(
        leaf_log_module.os, "fdatasync", lambda _: (_ for _ in ()).throw(OSError(5, "I/O error"))
    )

    with pytest.raises(JournalFailure) as first:
        log.append(boot(3), TIME)
    monkeypatch.undo()
    with pytest.raises(JournalFailure) as second:
        log.append(boot(4), TIME)
    with pytest.raises(JournalFailure):
        log.sign(b"anything")

    assert (failure_name(first), failure_name(second)) == (FailureName.DISK, FailureName.POISONED)
    log.close()
    again = world.open()
    assert again.head().size == 4
    assert audit(again, bytearray(SEAL_KEY)).findings == ()
    again.close()


def test_a_short_write_to_the_leaf_log_is_an_error(world, monkeypatch):
    log = world.create(count=2)
    real = os.pwrite
    monkeypatch.setattr(leaf_log_module.os, "pwrite", lambda fd, data, at: real(fd, data[:-1], at))

    with pytest.raises(JournalFailure, match="short write"):
        log.append(boot(3), TIME)

    monkeypatch.undo()
    log.close()
    again = world.open()
    assert again.head().size == 4
    assert audit(again, bytearray(SEAL_KEY)).findings == ()
    again.close()


def test_a_write_ahead_log_that_cannot_be_emptied_stops_the_next_append(world, monkeypatch):
    monkeypatch.setattr(log_module, "FLUSH_EVERY", 3)
    log = world.create(count=1)

    def refuse():
        raise JournalFailure(FailureName.DISK, "busy")

    log._store.flush = refuse
    with pytest.raises(JournalFailure, match="busy"):
        append_many(log, 9)
    size = log.head().size
    abandon(log)

    again = world.open()
    assert again.head().size == size
    again.close()


def test_the_write_ahead_log_is_emptied_now_and_then(world, monkeypatch):
    monkeypatch.setattr(log_module, "FLUSH_EVERY", 8)
    log = world.create(count=100)

    assert (world.directory / "journal.db-wal").stat().st_size < 300_000
    assert audit(log).findings == ()
    log.close()
    assert not (world.directory / "journal.db-wal").exists()


def test_nothing_written_is_readable_without_the_key(world):
    log = world.create(count=3)
    log.append(Draft(kind=Kind.BOOT, outcome=Outcome.INFO, reason="a needle in no haystack"), TIME)
    while_open = {path.name: path.read_bytes() for path in world.directory.iterdir()}
    log.close()

    assert set(while_open) == {"journal.db", "journal.db-wal", "leaf.log"}
    for content in (*while_open.values(), *(path.read_bytes() for path in world.directory.iterdir())):
        for needle in (
            b"needle",
            ORIGIN.encode(),
            b"genesis",
            KEY,
            b"\x07" * 32,
            SEAL_KEY,
            KEY.hex().encode(),
        ):
            assert needle not in content
