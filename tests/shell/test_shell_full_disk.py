"""A full disk: what was not written did not happen, and it can be done again when there is room."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from shell.journey import Journey, World
from shell.station import TREE, Station

from workstation.process.child import clean_environment

SMALL_DISK = """
import json, sys
from pathlib import Path
from shell.station import Station, told

disk, home, cards, room, pin, words = Path(sys.argv[1]), *sys.argv[2:6], sys.argv[6:]
station = Station(home=Path(home), cards=Path(cards)).copied_to(disk / "station")
ballast = disk / "ballast"
with ballast.open("wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(4096))
    except OSError:
        pass
    file.truncate(max(0, ballast.stat().st_size - int(room)))
before = station.on_disk()
full = station.run(*words, pins=(pin,))
after = station.on_disk()
ballast.unlink()
verified = station.run("journal", "verify", "--seal", str(station.seal))
have = {one["version"]: one["have"] for one in station.run("queue").document["requests"]}
again = station.run(*words, pins=(pin,))
print(json.dumps({
    "full": full.status, "words": full.words, "same": before == after, "verified": verified.status,
    "have": have, "again": again.status,
}))
"""


def on_a_small_disk(tmp_path: Path, station: Station, room: int, pin: str, *words: str) -> dict[str, Any]:
    """Run a command on a disk with `room` bytes left; skips where no disk can be made."""
    disk = tmp_path / "small"
    disk.mkdir()
    mount = 'mount -t tmpfs -o size=6m,mode=700 tmpfs "$1" && shift && exec "$@"'
    inside = [
        sys.executable,
        "-c",
        SMALL_DISK,
        str(disk),
        str(station.home),
        str(station.cards),
        str(room),
        pin,
    ]
    ended = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", mount, "sh", str(disk), *inside, *words],
        env=clean_environment() | {"PYTHONPATH": f"{TREE}:{TREE / 'tests'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode and ("unshare" in ended.stderr or "mount" in ended.stderr):
        pytest.skip(f"no small disk can be made here: {ended.stderr.strip()}")
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


@pytest.mark.parametrize("room", [0, 64 * 1024])
def test_on_a_full_disk_a_countersignature_counts_with_its_entry_or_not_at_all(
    journey: Journey, tmp_path: Path, room: int
) -> None:
    words = ("countersign", journey.request, "--token", "pkcs11:token=alice")

    found = on_a_small_disk(tmp_path, journey.admitted, room, journey.world.pins["alice"], *words)

    # What was not acknowledged may yet have reached the disk: never more than that one entry.
    made = found["have"]["1.1"]
    assert (found["full"], made) in ((6, 0), (6, 1), (0, 1))
    assert room or (made == 0 and found["same"])
    assert found["full"] == 0 or "disk" in found["words"]
    assert found["verified"] == 0
    assert found["again"] == made


@pytest.mark.parametrize("room", [0, 300 * 1024])
def test_an_intake_without_room_leaves_nothing_and_can_be_done_again(
    world: World, tmp_path: Path, room: int
) -> None:
    bundle = tmp_path / "large"
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(400 * 1024))
    words = world.after.words(world.keys / "bob-build.pem", bundle, world.first_release)
    assert world.station.run(*words, "--artifact", str(large)).status == 0

    found = on_a_small_disk(tmp_path, world.station, room, "none", "intake", str(bundle))

    assert found["full"] in (3, 6)
    assert found["same"]
    assert found["verified"] == 0
    assert found["again"] == 0
