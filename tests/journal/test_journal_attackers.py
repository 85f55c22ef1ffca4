"""The attacker table, row by row: what somebody did to the files, and what tells of it.

Four who look: opening the journal, verifying it without any secret, verifying it with K_0, and a
checkpoint that was kept elsewhere.
"""

from __future__ import annotations

import shutil

import pytest
from journal.journal_world import ORIGIN, SEAL_KEY, TIME, LogWorld, boot
from journal.test_journal_tampering import COUNT, rewritten, stored

from workstation.core.checkpoint import verify_note
from workstation.core.merkle import leaf_hash, root
from workstation.journal.audit import audit
from workstation.journal.failure import JournalFailure
from workstation.journal.signing import checkpoint_note, station_signer

OPENING, VERIFYING, K_0, ELSEWHERE = "opening", "verifying", "K_0", "elsewhere"
EVERYBODY = {VERIFYING, K_0, ELSEWHERE}


def one_edited(world):
    with world.intruder() as connection:
        connection.execute(
            "update entry set body = cast(replace(body, 'boot', 'root') as blob) where seq = 5"
        )


def one_deleted(world):
    with world.intruder() as connection:
        connection.execute("delete from entry where seq = 9")


def two_swapped(world):
    with world.intruder() as connection:
        for before, after in ((5, 99), (6, 5), (99, 6)):
            connection.execute("update entry set seq = ? where seq = ?", (after, before))


def one_more(world):
    with world.intruder() as connection:
        connection.execute("insert into entry select 13, leaf, seal, body from entry where seq = 12")


def database_put_back(world):
    shutil.copy(world.directory / "earlier" / world.database.name, world.database)


def leaf_log_put_back(world):
    shutil.copy(world.directory / "earlier" / world.leaf_log.name, world.leaf_log)


def one_page_put_back(world):
    """Put an earlier, rightly encrypted copy of the last page both copies have in its place."""
    earlier = (world.directory / "earlier" / world.database.name).read_bytes()
    data = bytearray(world.database.read_bytes())
    pages = [
        at
        for at in range(0, min(len(earlier), len(data)), 4096)
        if earlier[at : at + 4096] != data[at : at + 4096]
    ]
    at = pages[-1]
    data[at : at + 4096] = earlier[at : at + 4096]
    world.database.write_bytes(data)


def history_rewritten(world):
    bodies, key, _ = stored(world)
    rewritten(world, [body for seq, body in enumerate(bodies) if seq != 5], key)


def history_cut(world):
    bodies, key, _ = stored(world)
    rewritten(world, bodies[:8], key)


def whole_disk_put_back(world):
    database_put_back(world)
    leaf_log_put_back(world)


TABLE = {
    one_edited: EVERYBODY,
    one_deleted: {OPENING, *EVERYBODY},
    two_swapped: EVERYBODY,
    one_more: {OPENING, *EVERYBODY},
    one_page_put_back: EVERYBODY,
    database_put_back: {OPENING, *EVERYBODY},
    leaf_log_put_back: {OPENING, *EVERYBODY},
    history_rewritten: {K_0, ELSEWHERE},
    history_cut: {K_0, ELSEWHERE},
    # The blind spot: nothing on the machine can tell, and we say so.
    whole_disk_put_back: {ELSEWHERE},
}


@pytest.fixture
def world_with_a_past(tmp_path):
    """Give a closed journal, its files of an earlier day, and a checkpoint kept elsewhere."""
    world = LogWorld(directory=tmp_path)
    world.create(count=COUNT // 2).close()
    (tmp_path / "earlier").mkdir()
    for path in (world.database, world.leaf_log):
        shutil.copy(path, tmp_path / "earlier" / path.name)
    log = world.open()
    for number in range(COUNT // 2, COUNT):
        log.append(boot(number, pad=200), TIME)
    kept = checkpoint_note(log)
    log.close()
    return world, kept


def goes_through(log, note):
    """Say whether this history has, at the checkpoint's size, the checkpoint's root."""
    said = verify_note(note, [station_signer(ORIGIN, log.station_key)])
    leaves = [leaf_hash(body) for body in log.bodies(0, said.size)]
    return len(leaves) == said.size and root(leaves) == said.root


def tells(world, note):
    """Return who tells of what was done."""
    try:
        log = world.open()
    except JournalFailure:
        return {OPENING, *EVERYBODY}
    try:
        return {
            *([VERIFYING] if audit(log).findings else []),
            *([K_0] if audit(log, bytearray(SEAL_KEY)).findings else []),
            *([] if goes_through(log, note) else [ELSEWHERE]),
        }
    finally:
        log.close()


@pytest.mark.parametrize("done", TABLE, ids=lambda done: done.__name__)
def test_what_was_done_to_the_journal_is_told_by_whom_the_table_says(world_with_a_past, done):
    world, kept = world_with_a_past

    done(world)

    found = tells(world, kept)
    # Whoever is quicker to tell than the table says is no loss; whoever is silent is.
    assert TABLE[done] <= found, found
    if done is whole_disk_put_back:
        assert found == {ELSEWHERE}
    if done in (history_rewritten, history_cut):
        assert VERIFYING not in found


def test_an_untouched_journal_is_told_of_by_nobody(world_with_a_past):
    assert tells(*world_with_a_past) == set()
