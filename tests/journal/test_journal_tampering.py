"""What someone at the disk can do to a closed journal, and how it comes out."""

from __future__ import annotations

import hashlib
import random
import shutil

import pytest
from journal.journal_world import SEAL_KEY, TIME, LogWorld, boot

from workstation.core.canonical import canonical
from workstation.core.merkle import Frontier, leaf_hash
from workstation.core.strict_json import parse_object
from workstation.journal.audit import audit
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.leaf_format import (
    FRAME_BYTES,
    HEADER_BYTES,
    MARK_OFFSET,
    SLOT_OFFSETS,
    Frame,
    Slot,
    mark_bytes,
    parse_frame,
    parse_header,
)
from workstation.journal.seal import next_key, seal_of

COUNT = 12


def verdict(world, seal_key=None):
    """Return what opening and verifying says: nothing for a sound journal."""
    try:
        log = world.open()
    except JournalFailure as error:
        return (str(error),)
    try:
        return audit(log, None if seal_key is None else bytearray(seal_key)).findings
    finally:
        log.close()


@pytest.fixture
def closed(world):
    world.create(count=COUNT).close()
    return world


def test_an_untouched_journal_has_no_findings(closed):
    assert verdict(closed, SEAL_KEY) == ()


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def reading(data):
    """Return everything a closed leaf log says, or None where its format says it is damaged."""
    try:
        header = parse_header(data[:HEADER_BYTES], (len(data) - HEADER_BYTES) // FRAME_BYTES)
    except JournalFailure:
        return None
    frames = [parse_frame(data[at : at + FRAME_BYTES]) for at in range(HEADER_BYTES, len(data), FRAME_BYTES)]
    return None if None in (*frames, *header.slots) else (header, frames)


def torn_marks():
    """Return what a closing mark may be while it is written, and while it is taken away."""
    mark = mark_bytes(COUNT + 1)
    return [
        *(mark[:stop].ljust(len(mark), b"\0") for stop in range(1, 13)),
        *(mark[stop:].rjust(len(mark), b"\0") for stop in range(1, len(mark))),
    ]


def test_a_closing_mark_torn_before_its_check_or_at_its_beginning_is_an_accident(closed):
    found = []
    for torn in torn_marks():
        data = bytearray(closed.leaf_log.read_bytes())
        data[MARK_OFFSET : MARK_OFFSET + len(torn)] = torn
        closed.leaf_log.write_bytes(data)
        found.append(verdict(closed, SEAL_KEY))

    assert set(found) == {()}


def test_a_mark_torn_elsewhere_or_of_another_size_is_damage(closed):
    sound, found = closed.leaf_log.read_bytes(), []
    for torn in (
        mark_bytes(COUNT + 1)[:14],
        mark_bytes(COUNT)[:12],
        b"SHOT",
        mark_bytes(COUNT)[1:].rjust(20),
    ):
        data = bytearray(sound)
        data[MARK_OFFSET : MARK_OFFSET + 20] = torn.ljust(20, b"\0")
        closed.leaf_log.write_bytes(data)
        found.append(verdict(closed))

    assert all("closing mark is damaged" in str(each) for each in found)


def test_every_flipped_bit_of_a_closed_leaf_log_damages_something_that_is_checked(closed):
    data = closed.leaf_log.read_bytes()
    assert reading(data) is not None

    unnoticed = [bit for bit in range(len(data) * 8) if reading(flipped(data, bit)) is not None]

    assert unnoticed == []


def test_flipped_bits_of_a_closed_leaf_log_are_told_when_it_is_opened_and_verified(closed):
    data = closed.leaf_log.read_bytes()
    database = closed.database.read_bytes()
    chance = random.Random(1)
    regions = ((0, 52), (52, 1024), (1024, 1044), (2048, 2100), (2100, 4096), (4096, len(data)))
    bits = [chance.randrange(start * 8, stop * 8) for start, stop in regions for _ in range(25)]

    unnoticed = []
    for bit in bits:
        closed.leaf_log.write_bytes(flipped(data, bit))
        closed.database.write_bytes(database)
        if not verdict(closed):
            unnoticed.append(bit)

    assert unnoticed == []


def test_flipped_bits_of_the_closed_database_are_told(closed):
    leaf_log, data = closed.leaf_log.read_bytes(), closed.database.read_bytes()
    chance = random.Random(2)
    bits = [*range(0, 128, 16), *(chance.randrange(len(data) * 8) for _ in range(120))]

    unnoticed = []
    for bit in bits:
        closed.database.write_bytes(flipped(data, bit))
        closed.leaf_log.write_bytes(leaf_log)
        if not verdict(closed):
            unnoticed.append(bit)

    assert unnoticed == []


@pytest.mark.parametrize(
    "sql",
    [
        "update entry set body = cast(replace(body, 'boot', 'root') as blob) where seq = 5",
        "update entry set seal = zeroblob(32) where seq = 5",
        "update entry set leaf = zeroblob(32) where seq = 5",
        "delete from entry where seq = 5",
        "delete from entry where seq = 0",
        "update entry set seq = 99 where seq = 5",
        "insert into entry select 13, leaf, seal, body from entry where seq = 12",
        "update station set private_key = zeroblob(32)",
        "update station set origin = 'other.example/journal'",
        "delete from station",
    ],
)
def test_a_row_changed_by_someone_with_the_key_is_told(closed, sql):
    with closed.intruder() as connection:
        connection.execute(sql)

    assert verdict(closed)


def test_two_entries_that_changed_places_are_told(closed):
    with closed.intruder() as connection:
        for before, after in ((5, 99), (6, 5), (99, 6)):
            connection.execute("update entry set seq = ? where seq = ?", (after, before))

    assert verdict(closed)


def test_a_kept_subtree_that_was_changed_is_told(world):
    world.create(count=600).close()
    with world.intruder() as connection:
        connection.execute("update node set hash = zeroblob(32) where level = 8 and idx = 0")

    assert any("kept hash" in finding for finding in verdict(world))


def test_a_guard_that_was_taken_down_is_told(closed):
    with closed.intruder() as connection:
        pass
    with closed.intruder() as connection:
        connection.execute("create table spare(x)")

    assert "schema" in verdict(closed)[0]


def test_the_database_put_back_to_an_older_copy_is_loss(world):
    log = world.create(count=5)
    log.close()
    older = world.database.read_bytes()
    log = world.open()
    for _ in range(3):
        log.append(boot(99), TIME)
    log.close()
    world.database.write_bytes(older)

    with pytest.raises(JournalFailure) as raised:
        world.open()

    assert raised.value.name is FailureName.LOSS


def test_the_leaf_log_put_back_to_an_older_copy_is_loss(world):
    world.create(count=5).close()
    older = world.leaf_log.read_bytes()
    log = world.open()
    log.append(boot(99), TIME)
    log.append(boot(99), TIME)
    log.close()
    world.leaf_log.write_bytes(older)

    with pytest.raises(JournalFailure) as raised:
        world.open()

    assert raised.value.name is FailureName.LOSS


@pytest.mark.parametrize("cut", [1, FRAME_BYTES - 1, FRAME_BYTES, 3 * FRAME_BYTES, COUNT * FRAME_BYTES])
def test_a_closed_leaf_log_cut_short_is_told(closed, cut):
    data = closed.leaf_log.read_bytes()
    closed.leaf_log.write_bytes(data[:-cut])

    assert verdict(closed)


@pytest.mark.parametrize("extra", [b"\0", b"x" * 80, bytes(80)])
def test_bytes_behind_a_closed_leaf_log_are_told(closed, extra):
    closed.leaf_log.write_bytes(closed.leaf_log.read_bytes() + extra)

    assert verdict(closed)


def test_a_write_ahead_log_taken_away_is_loss(world):
    log = world.create(count=2)
    for _ in range(4):
        log.append(boot(99), TIME)
    for path in list(world.directory.iterdir()):
        if path.name != "journal.db-wal":
            shutil.copy(path, path.with_name(path.name + ".kept"))
    log.close()
    for path in (world.database, world.leaf_log):
        path.with_name(path.name + ".kept").replace(path)

    with pytest.raises(JournalFailure) as raised:
        world.open()

    assert raised.value.name is FailureName.LOSS


def test_flipped_bits_of_an_outstanding_write_ahead_log_are_told_or_healed(world, tmp_path_factory):
    log = world.create(count=COUNT)
    wal = world.directory / "journal.db-wal"
    kept = {path: path.read_bytes() for path in (world.database, world.leaf_log, wal)}
    log.close()
    other = LogWorld(directory=tmp_path_factory.mktemp("crashed"))
    chance = random.Random(3)

    lost = []
    for _ in range(80):
        bit = chance.randrange(len(kept[wal]) * 8)
        for path, data in kept.items():
            (other.directory / path.name).write_bytes(flipped(data, bit) if path == wal else data)
        if not told_or_whole(other):
            lost.append(bit)

    assert lost == []


def told_or_whole(world):
    try:
        log = world.open()
    except JournalFailure:
        return True
    size, findings = log.head().size, audit(log, bytearray(SEAL_KEY)).findings
    log.close()
    return bool(findings) or size == COUNT + 1


def rewritten(world, bodies, key):
    """Rewrite the whole journal consistently, as someone can who holds every key there is on the machine."""
    prev, frontier, frames = "0" * 64, Frontier(), []
    with world.intruder() as connection:
        connection.execute("delete from entry")
        for seq, body in enumerate(bodies):
            said = parse_object(body, where="entry")
            forged = canonical({**said, "seq": seq, "prev": prev})
            leaf = leaf_hash(forged)
            frame = Frame(seq=seq, leaf=leaf, seal=seal_of(key, seq, leaf))
            connection.execute("insert into entry values(?, ?, ?, ?)", (seq, leaf, frame.seal, forged))
            prev, before, key = leaf.hex(), key, bytes(next_key(key))
            frontier, _ = frontier.grown(leaf)
            frames.append(frame.to_bytes())
    header = bytearray(HEADER_BYTES)
    put(header, SLOT_OFFSETS[0], Slot(index=len(frames) - 1, key=before).to_bytes())
    put(header, SLOT_OFFSETS[1], Slot(index=len(frames), key=key).to_bytes())
    put(header, MARK_OFFSET, mark_bytes(len(frames)))
    world.leaf_log.write_bytes(bytes(header) + b"".join(frames))


def put(header, at, data):
    header[at : at + len(data)] = data


def stored(world):
    log = world.open()
    bodies = list(log.bodies(0, COUNT + 1))
    key = bytes(log.parts().key)
    root = log.head().root
    log.close()
    return bodies, key, root


def test_a_consistent_rewrite_is_told_by_the_seal_key_and_by_an_outside_checkpoint_only(closed):
    bodies, key, root = stored(closed)
    rewritten(closed, [body for seq, body in enumerate(bodies) if seq != 5], key)

    assert verdict(closed) == ()
    assert any("seal" in finding for finding in verdict(closed, SEAL_KEY))
    assert stored(closed)[2] != root


def test_a_consistent_truncation_is_told_by_the_seal_key(closed):
    bodies, _, _ = stored(closed)
    guessed = hashlib.sha256(b"not the key").digest()
    rewritten(closed, bodies[:8], guessed)
    genuine = SEAL_KEY
    frames = []
    with closed.intruder() as connection:
        # The earlier seals are on the disk and can be kept; only the key after them cannot be made.
        for seq, body in enumerate(bodies[:8]):
            frame = Frame(seq=seq, leaf=leaf_hash(body), seal=seal_of(genuine, seq, leaf_hash(body)))
            connection.execute("update entry set seal = ? where seq = ?", (frame.seal, seq))
            genuine = next_key(genuine)
            frames.append(frame.to_bytes())
    header = bytearray(closed.leaf_log.read_bytes()[:HEADER_BYTES])
    put(header, SLOT_OFFSETS[0], bytes(52))
    closed.leaf_log.write_bytes(bytes(header) + b"".join(frames))

    assert verdict(closed) == ()
    assert any("cut off" in finding for finding in verdict(closed, SEAL_KEY))


def test_another_journals_seal_key_is_recognised(closed):
    assert any("not this journal's" in finding for finding in verdict(closed, bytes(32)))


def test_a_seal_key_that_was_used_is_nowhere_in_the_files(closed):
    keys, key = [], bytearray(SEAL_KEY)
    for _ in range(COUNT):
        keys.append(bytes(key))
        key = next_key(key)
    content = b"".join(path.read_bytes() for path in closed.directory.iterdir())

    # The very last one stands in the older slot until the next entry.
    assert [each for each in keys if each in content] == []
