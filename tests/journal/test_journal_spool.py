"""The spool: written with no secret, read by the journal alone, and nothing of it can be changed or lost."""

from __future__ import annotations

import random
import shutil

import pytest
from journal.journal_world import ORIGIN, PASSPHRASE, TIME, unlock_key

from workstation.core.entry import Kind, Outcome, parse_entry, time_to_json
from workstation.journal import opening
from workstation.journal.envelope import TokenWay
from workstation.journal.envelope import unlock_key as parsed_key
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.keyring import token_slot
from workstation.journal.spool import SPOOL, SPOOL_HEAD, read_head, records, spool, write_head
from workstation.journal.spool_import import import_spool, read_spool


@pytest.fixture
def opened(tmp_path):
    journal, _ = opening.create(tmp_path, ORIGIN, bytearray(PASSPHRASE), TIME)
    yield journal
    journal.close()


def said(number=0, kind=Kind.PIN_FAILED):
    return {"kind": kind.value, "payload": {"token": f"card {number}"}, "time": time_to_json(TIME)}


def imported(opened, directory):
    before = opened.log.tree.size
    import_spool(opened, directory, TIME)
    return [parse_entry(body) for body in opened.log.bodies(before, 10_000)]


def test_what_happened_before_is_told_in_its_order_with_its_own_time(opened, tmp_path):
    for number in range(3):
        spool(tmp_path, said(number))

    summary, *told = imported(opened, tmp_path)

    assert (summary.kind, summary.outcome) == (Kind.JOURNAL_SPOOL, Outcome.DONE)
    assert (summary.payload["records"], summary.payload["findings"]) == (3, [])
    assert [entry.payload["token"] for entry in told] == ["card 0", "card 1", "card 2"]
    assert all(entry.payload["spooled"] == time_to_json(TIME) for entry in told)
    assert imported(opened, tmp_path) == []


def test_an_empty_spool_writes_nothing(opened, tmp_path):
    assert imported(opened, tmp_path) == []


def test_nobody_reads_what_is_in_the_spool(opened, tmp_path):
    spool(tmp_path, {**said(), "payload": {"token": "needle-in-a-spool"}})
    spool(tmp_path, {**said(), "payload": {"token": "x"}})

    data = (tmp_path / SPOOL).read_bytes()

    assert b"needle" not in data
    assert len({len(record.sealed) for record in records(data)[0]}) == 1


def test_every_flipped_bit_of_the_spool_and_its_head_is_found(opened, tmp_path):
    for number in range(3):
        spool(tmp_path, said(number))
    chance, unnoticed = random.Random(3), []
    for name in (SPOOL, SPOOL_HEAD):
        whole = (tmp_path / name).read_bytes()
        for bit in chance.sample(range(len(whole) * 8), 120):
            altered = bytearray(whole)
            altered[bit // 8] ^= 1 << bit % 8
            (tmp_path / name).write_bytes(altered)
            if not read_spool(opened, tmp_path).findings:
                unnoticed.append((name, bit))
        (tmp_path / name).write_bytes(whole)

    assert unnoticed == []
    assert read_spool(opened, tmp_path).findings == ()


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_records_taken_from_the_end_are_missed(opened, tmp_path, kept):
    for number in range(3):
        spool(tmp_path, said(number))
    data = (tmp_path / SPOOL).read_bytes()
    (tmp_path / SPOOL).write_bytes(data[: kept * len(data) // 3])

    summary = imported(opened, tmp_path)[0]

    assert summary.outcome is Outcome.FAILED
    assert f"{kept} records are there, 3 were written" in summary.payload["findings"][0]


def test_a_record_that_was_moved_is_found(opened, tmp_path):
    for number in range(2):
        spool(tmp_path, said(number))
    data = (tmp_path / SPOOL).read_bytes()
    half = len(data) // 2
    (tmp_path / SPOOL).write_bytes(data[half:] + data[:half])

    assert read_spool(opened, tmp_path).findings


def test_power_that_went_between_a_record_and_its_keys_end_is_no_alarm(opened, tmp_path):
    spool(tmp_path, said(0))
    before = read_head(tmp_path)
    spool(tmp_path, said(1))
    write_head(tmp_path, before)
    assert read_spool(opened, tmp_path).findings == ()

    spool(tmp_path, said(2))

    found = read_spool(opened, tmp_path)
    assert found.findings == ()
    assert len(found.drafts) == 3


def test_a_torn_record_at_the_end_is_written_over(opened, tmp_path):
    spool(tmp_path, said(0))
    with (tmp_path / SPOOL).open("ab") as file:
        file.write(b"SPL1torn")

    spool(tmp_path, said(1))

    found = read_spool(opened, tmp_path)
    assert (len(found.drafts), found.findings) == (2, ())


def test_a_missing_spool_is_told(opened, tmp_path):
    spool(tmp_path, said())
    (tmp_path / SPOOL).unlink()

    assert "0 records are there, 1 were written" in read_spool(opened, tmp_path).findings[0]
    (tmp_path / SPOOL_HEAD).unlink()
    assert read_spool(opened, tmp_path).findings
    with pytest.raises(JournalFailure) as raised:
        spool(tmp_path, said())
    assert raised.value.name is FailureName.MISSING


def test_a_spool_of_another_journal_is_not_believed(opened, tmp_path):
    (tmp_path / "other").mkdir()
    other, _ = opening.create(tmp_path / "other", ORIGIN, bytearray(PASSPHRASE), TIME)
    spool(tmp_path / "other", said())
    for name in (SPOOL, SPOOL_HEAD):
        shutil.copy(tmp_path / "other" / name, tmp_path / name)

    assert read_spool(opened, tmp_path).findings
    assert read_spool(opened, tmp_path).drafts == ()
    other.close()


@pytest.mark.parametrize(
    "spoiled",
    [
        {"kind": "release", "payload": {}, "time": time_to_json(TIME)},
        {"kind": "boot", "payload": {"key": 1}, "time": time_to_json(TIME)},
        {"kind": "boot", "payload": [], "time": time_to_json(TIME)},
        {"kind": "boot"},
    ],
)
def test_nothing_else_comes_into_the_journal_through_the_spool(opened, tmp_path, spoiled):
    spool(tmp_path, spoiled)

    (summary,) = imported(opened, tmp_path)

    assert summary.outcome is Outcome.FAILED
    assert "spool record 0" in summary.payload["findings"][0]


def test_a_new_key_takes_the_old_spool_over_first(opened, tmp_path, unlock_point):
    spool(tmp_path, said())

    opened.replace_slot("passphrase", token_slot("alice", unlock_point), TIME)
    spool(tmp_path, said(1))

    kinds = [parse_entry(body).kind for body in opened.log.bodies(1, 99)]
    assert kinds == [Kind.JOURNAL_SPOOL, Kind.PIN_FAILED, Kind.JOURNAL_SEGMENT]
    assert [draft.payload["token"] for draft in read_spool(opened, tmp_path).drafts] == ["card 1"]
    assert isinstance(opened.envelope().slots[0].way, TokenWay)


@pytest.fixture
def unlock_point():
    return parsed_key(unlock_key()[1], where="test")
