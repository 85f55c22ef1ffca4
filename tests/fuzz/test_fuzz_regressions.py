"""What once broke a reader never does again, and a little fuzzing of each in every run."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from fuzz.targets import TARGETS, walked_twice

KEPT = sorted((Path(__file__).parent / "kept").glob("*/*"))
TRIES = 40


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_broke_a_reader_is_read_or_refused(path: Path) -> None:
    walked_twice(TARGETS[path.parent.name].name, path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_a_reader_holds_against_changed_bytes(name: str) -> None:
    chance = random.Random(name)
    for seed in TARGETS[name].seeds():
        for _ in range(TRIES):
            walked_twice(TARGETS[name].name, _changed(seed, chance))


def _changed(seed: bytes, chance: random.Random) -> bytes:
    """Change some bytes, cut some out, or double some."""
    data = bytearray(seed)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                data[place : place + chance.randint(1, 40)] = b""
            case 2:
                data[place:place] = data[place : place + chance.randint(1, 600)]
            case _:
                data[place : place + 4] = chance.choice((b"\xff" * 4, bytes(4), b"\0\0\0\x80", b"7777"))
    return bytes(data)
