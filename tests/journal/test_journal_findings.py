"""Recovery and verification, finding by finding."""

from __future__ import annotations

import pytest
from journal.journal_world import KEY, ORIGIN, SEAL_KEY, STATION_KEY, TIME, boot

from workstation.core.canonical import canonical
from workstation.core.merkle import leaf_hash
from workstation.core.strict_json import parse_object
from workstation.journal import store as store_module
from workstation.journal.audit import MOST_FINDINGS, audit
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.leaf_format import HEADER_BYTES, MARK_BYTES, MARK_OFFSET, SLOT_OFFSETS, Frame, Slot
from workstation.journal.leaf_log import LeafLog
from workstation.journal.log import Log
from workstation.journal.store import Station, Store


def unclosed(world, header):
    """Put a header in place as a killed process could have left it: without its closing mark."""
    data = bytearray(header)
    data[MARK_OFFSET : MARK_OFFSET + MARK_BYTES] = bytes(MARK_BYTES)
    with world.leaf_log.open("r+b") as file:
        file.write(data)


def put_slots(world, first, second):
    header = bytearray(world.leaf_log.read_bytes()[:HEADER_BYTES])
    for place, slot in zip(SLOT_OFFSETS, (first, second), strict=True):
        header[place : place + 52] = slot.to_bytes()
    unclosed(world, header)


def open_failure(world):
    with pytest.raises(JournalFailure) as raised:
        world.open()
    return raised.value.name


def slots(world):
    log = LeafLog.open(world.leaf_log)
    log.close()
    return {slot.index: slot for slot in log.header.slots}


def test_seals_that_are_ahead_of_the_database_are_loss(world):
    world.create(count=3).close()
    put_slots(world, Slot(index=9, key=bytes(32)), Slot(index=8, key=bytes(32)))

    assert open_failure(world) is FailureName.LOSS


def test_seals_that_are_behind_the_database_are_loss(world):
    world.create(count=3).close()
    put_slots(world, Slot(index=1, key=bytes(32)), Slot(index=2, key=bytes(32)))

    assert open_failure(world) is FailureName.LOSS


def test_a_seal_key_that_did_not_make_the_last_seal_is_damage(world):
    world.create(count=3).close()
    put_slots(world, Slot(index=3, key=bytes(32)), slots(world)[4])

    assert open_failure(world) is FailureName.DAMAGED


def test_seal_keys_that_do_not_follow_each_other_are_damage(world):
    world.create(count=3).close()
    put_slots(world, slots(world)[3], Slot(index=4, key=bytes(32)))

    assert open_failure(world) is FailureName.DAMAGED


def test_another_last_frame_is_damage_even_after_a_crash(world):
    world.create(count=3).close()
    data = world.leaf_log.read_bytes()
    world.leaf_log.write_bytes(data[:-80] + Frame(seq=3, leaf=bytes(32), seal=bytes(32)).to_bytes())
    unclosed(world, data[:HEADER_BYTES])

    assert open_failure(world) is FailureName.DAMAGED


def test_a_frame_in_the_wrong_place_is_damage(world):
    world.create(count=3).close()
    data = world.leaf_log.read_bytes()
    world.leaf_log.write_bytes(data + data[-80:])

    assert open_failure(world) is FailureName.DAMAGED


def test_something_behind_the_last_frame_is_damage_even_after_a_crash(world):
    world.create(count=3).close()
    data = world.leaf_log.read_bytes()
    world.leaf_log.write_bytes(data + b"x")
    unclosed(world, data[:HEADER_BYTES])

    assert open_failure(world) is FailureName.DAMAGED


def test_a_journal_whose_making_was_cut_short_verifies_as_one_without_a_beginning(world):
    station = Station(origin=ORIGIN, private_key=STATION_KEY)
    Store.create(world.database, bytearray(KEY), station).close()
    LeafLog.create(world.leaf_log, Slot(index=0, key=SEAL_KEY)).close()

    log = world.open()
    assert any(finding.startswith("entry 0") for finding in audit(log).findings)
    log.close()


@pytest.mark.parametrize("left", ["journal.db", "leaf.log"])
def test_a_file_left_from_a_making_that_failed_is_not_reused(world, left):
    (world.directory / left).write_bytes(b"left")

    with pytest.raises(JournalFailure) as raised:
        world.create()

    assert raised.value.name is FailureName.EXISTS
    assert (world.directory / left).read_bytes() == b"left"


def test_no_journal_is_made_where_there_is_no_directory(world):
    with pytest.raises(JournalFailure) as raised:
        Log.create(
            world.directory / "nowhere",
            bytearray(KEY),
            station=Station(origin=ORIGIN, private_key=STATION_KEY),
            seal_key=bytearray(SEAL_KEY),
            now=TIME,
        )

    assert raised.value.name is FailureName.DISK


def test_a_leaf_log_that_is_a_link_is_not_followed(world):
    world.create().close()
    elsewhere = world.directory / "elsewhere"
    world.leaf_log.rename(elsewhere)
    world.leaf_log.symlink_to(elsewhere)

    assert open_failure(world) is FailureName.DISK


def test_an_older_database_library_is_not_written_with(world, monkeypatch):
    monkeypatch.setattr(store_module, "LEAST_SQLITE", (99, 0, 0))

    with pytest.raises(JournalFailure) as raised:
        world.create()

    assert raised.value.name is FailureName.UNSAFE
    assert not world.database.exists()


def test_a_setting_the_database_does_not_take_is_told(world, monkeypatch):
    monkeypatch.setattr(store_module, "SETTINGS", (("synchronous", "OFF", "3"),))

    with pytest.raises(JournalFailure) as raised:
        world.create()

    assert raised.value.name is FailureName.UNSAFE


def test_a_database_made_without_a_key_is_never_used(world, monkeypatch):
    monkeypatch.setattr(store_module, "_quoted", lambda _key: bytearray())

    with pytest.raises(JournalFailure):
        world.create()
    with pytest.raises(JournalFailure):
        Store.open(world.database, bytearray(KEY))


def forge(world, seq, change):
    """Replace one entry's bytes, with a leaf hash that fits them."""
    with world.intruder() as connection:
        ((body,),) = connection.execute("select body from entry where seq = ?", (seq,)).fetchall()
        forged = change(body)
        connection.execute(
            "update entry set body = ?, leaf = ? where seq = ?", (forged, leaf_hash(forged), seq)
        )


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (lambda body: canonical({**parse_object(body, where="entry"), "seq": 7}), "does not follow"),
        (lambda body: canonical({**parse_object(body, where="entry"), "log": "other"}), "does not follow"),
        (lambda _: b"no json", "does not follow"),
        (lambda _: b"[]", "does not follow"),
        (lambda _: b"{}", "does not follow"),
    ],
)
def test_an_entry_that_is_out_of_place_is_named(world, change, finding):
    world.create(count=5).close()
    forge(world, 2, change)

    log = world.open()
    assert any(each.startswith("entry 2") and finding in each for each in audit(log).findings)
    log.close()


def test_a_first_entry_that_is_no_entry_is_named(world):
    world.create(count=5).close()
    forge(world, 0, lambda body: body.replace(b'"info"', b'"nope"'))

    log = world.open()
    assert any("outcome" in each for each in audit(log).findings)
    log.close()


def test_a_journal_full_of_damage_is_told_in_a_bounded_number_of_findings(world):
    world.create(count=150).close()
    with world.intruder() as connection:
        connection.execute("update entry set seal = zeroblob(32) where seq < 140")

    log = world.open()
    assert len(audit(log).findings) == MOST_FINDINGS
    log.close()


def test_a_missing_entry_is_told_as_loss_where_the_tree_needs_it(world):
    world.create(count=5).close()
    with world.intruder() as connection:
        connection.execute("delete from entry where seq = 2")

    assert open_failure(world) is FailureName.LOSS


@pytest.mark.parametrize("place", SLOT_OFFSETS)
def test_damage_to_the_leaf_log_under_an_open_journal_is_told(world, place):
    log = world.create(count=5)
    with world.leaf_log.open("r+b") as file:
        file.seek(place + 20)
        file.write(b"damage")

    assert "leaf log: the header is damaged" in audit(log).findings
    log.append(boot(), TIME)
    log.append(boot(), TIME)
    assert audit(log).findings == ()
    log.close()


def test_a_stray_byte_in_the_leaf_logs_header_is_told_under_an_open_journal(world):
    log = world.create(count=5)
    with world.leaf_log.open("r+b") as file:
        file.seek(3000)
        file.write(b"x")

    assert any("header is damaged" in finding for finding in audit(log).findings)
    log.close()


def test_something_written_behind_the_leaf_log_of_an_open_journal_is_told(world):
    log = world.create(count=5)
    with world.leaf_log.open("ab") as file:
        file.write(Frame(seq=6, leaf=bytes(32), seal=bytes(32)).to_bytes())

    assert audit(log).findings == ("leaf log: something stands behind frame 5",)
    log.close()


def test_a_leaf_hash_that_is_not_of_its_bytes_is_named(world):
    world.create(count=5).close()
    with world.intruder() as connection:
        connection.execute("update entry set leaf = zeroblob(32) where seq = 2")

    log = world.open()
    assert "entry 2: its bytes do not have its leaf hash" in audit(log).findings
    log.close()


def test_a_leaf_log_cut_by_more_than_one_frame_is_loss_even_after_a_crash(world):
    world.create(count=5).close()
    data = world.leaf_log.read_bytes()
    world.leaf_log.write_bytes(data[: -3 * 80])
    unclosed(world, data[:HEADER_BYTES])

    assert open_failure(world) is FailureName.LOSS


def test_a_database_one_entry_behind_is_loss_even_after_a_crash(world):
    world.create(count=3).close()
    older, before = world.database.read_bytes(), world.leaf_log.read_bytes()[:HEADER_BYTES]
    log = world.open()
    log.append(boot(), TIME)
    log.close()
    world.database.write_bytes(older)
    unclosed(world, before)

    assert open_failure(world) is FailureName.LOSS


def test_the_only_seal_key_left_after_a_crash_has_to_fit_the_last_seal(world):
    world.create(count=3).close()
    header = bytearray(world.leaf_log.read_bytes()[:HEADER_BYTES])
    for place, data in zip(
        SLOT_OFFSETS, (Slot(index=3, key=bytes(32)).to_bytes(), b"torn" * 13), strict=True
    ):
        header[place : place + 52] = data
    unclosed(world, header)

    assert open_failure(world) is FailureName.DAMAGED
