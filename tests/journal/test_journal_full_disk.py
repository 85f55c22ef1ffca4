"""A full disk: nothing is half done, and the journal is whole again when there is room."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOM = 40 * 1024
ON_A_SMALL_DISK = """
import json, sys
from pathlib import Path
from journal.journal_world import boot, commissioned
from workstation.core.errors import JournalError

disk = Path(sys.argv[1])
station = commissioned(disk / "journal")
ballast = disk / "filler"

def fill(room):
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
        file.truncate(max(0, ballast.stat().st_size - room))

def refused(journal):
    try:
        journal.append(boot())
    except JournalError as error:
        return getattr(error, "name", "unnamed")
    return ""

journal = station.open()
fill(int(sys.argv[2]))
acknowledged = []
while len(acknowledged) < 1000:
    try:
        acknowledged.append(journal.append(boot(len(acknowledged))).to_bytes())
    except JournalError as error:
        first = getattr(error, "name", "unnamed")
        break
second = refused(journal)
journal.close()
try:
    with station.open() as journal:
        while_full = journal.head().size
except JournalError as error:  # it can be read, and says so when it cannot be closed in order
    assert error.name == "disk", error
ballast.unlink()
with station.open() as journal:
    found = [entry.to_bytes() for entry in journal.entries()]
    findings = journal.verify(bytearray(station.seal_key)).findings
    third = refused(journal)
    again = journal.verify(bytearray(station.seal_key)).findings
print(json.dumps({
    "first": first,
    "second": second,
    "third": third,
    "findings": findings + again,
    "while_full": while_full,
    "acknowledged": len(acknowledged),
    "kept": [body for body in found if body in set(acknowledged)] == acknowledged,
    "found": len(found),
    "full": [json.loads(body)["payload"]["free"] for body in found if b'"journal.disk_full"' in body],
}))
"""


def alone(*command, **options):
    """Run a command as the root of a user and mount namespace of its own."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("unshare is not on this machine")
    return subprocess.run([unshare, "-Urm", *command], capture_output=True, text=True, check=False, **options)


@pytest.fixture
def on_a_small_disk(tmp_path):
    """Give a way to run the story above on a disk of one megabyte."""
    probe = alone("mount", "-t", "tmpfs", "-o", "size=1m", "none", str(tmp_path))
    if probe.returncode:
        pytest.skip(f"no namespace with a disk of its own can be made here: {probe.stderr.strip()}")
    here = Path(__file__).parents[2]

    def run(room):
        mount = 'mount -t tmpfs -o size=1m none "$1" && exec "$2" -c "$3" "$1" "$4"'
        command = ("sh", "-c", mount, "sh", str(tmp_path), sys.executable, ON_A_SMALL_DISK, str(room))
        environment = os.environ | {"PYTHONPATH": f"{here}:{here / 'tests'}"}
        told = alone(*command, cwd=here, env=environment, timeout=60)
        assert told.returncode == 0, told.stderr
        return json.loads(told.stdout)

    return run


@pytest.mark.parametrize("room", [0, ROOM, 2 * ROOM + 4096])
def test_a_full_disk_loses_nothing_and_leaves_nothing_half_done(on_a_small_disk, room):
    story = on_a_small_disk(room)

    assert (story["first"], story["second"], story["third"]) == ("disk", "poisoned", "")
    assert story["kept"]
    assert story["while_full"] == story["found"]
    # What was refused may have reached the database; it is never more than that one entry. Beside it
    # stand the first entry, the token that was let in, and the full disk, written in the ballast's room.
    assert story["found"] - 3 - story["acknowledged"] in {0, 1}
    assert len(story["full"]) == 1
    assert story["full"][0] < ROOM
    assert story["findings"] == []
