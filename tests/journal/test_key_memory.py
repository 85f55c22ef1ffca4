"""No copy of a key stays in the writer's memory once the journal is closed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]
# What the writer does, in one process that lives on: open, append, remove a holder, close; then look.
STORY = """
import ctypes, json, os, resource, sys
from pathlib import Path
from journal.journal_world import ORIGIN, PASSPHRASE, TIME, boot
from workstation.journal import opening
from workstation.journal.secret import quoted
from workstation.journal.opened import database_key

directory, way = Path(sys.argv[1]), sys.argv[2]
MASK = bytes(os.urandom(64))

def masked(data):
    return bytearray(one ^ two for one, two in zip(data, MASK))

def everything(needles):
    # Unmasked one at a time into a buffer that is wiped: the search must not find itself.
    found = {}
    for name, hidden in needles.items():
        needle = masked(hidden)
        count, own = 0, ctypes.addressof((ctypes.c_char * len(needle)).from_buffer(needle))
        with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
            for line in maps:
                start, stop = (int(part, 16) for part in line.split()[0].split("-"))
                if "r" not in line.split()[1] or "[v" in line:
                    continue
                try:
                    memory.seek(start)
                    data = memory.read(stop - start)
                except (OSError, OverflowError, ValueError):
                    continue
                at = data.find(needle)
                while at >= 0:
                    count += start + at != own
                    at = data.find(needle, at + 1)
                del data
        needle[:] = bytes(len(needle))
        found[name] = count
    return found

created, seal_key = opening.create(directory, ORIGIN, bytearray(PASSPHRASE), TIME)
seal_key[:] = bytes(32)
created.close()
phrase = bytearray(PASSPHRASE)
opened = opening.unlock_with_passphrase(directory, phrase)
phrase[:] = bytes(len(phrase))
opened.append(boot(), TIME)
if way == "rotate":
    other = opening.passphrase_slot("other", bytearray(b"quite another phrase"), opening.Argon2Cost())
    opened.replace_slot("passphrase", other, TIME)
    opened.append(boot(), TIME)
needles = {"journal key": masked(opened.key)}
for number in range(opened.log.segment_number + 1):
    key = database_key(opened.key, number)
    if number == opened.log.segment_number:
        needles["database key"] = masked(key)
        text = quoted(key)
        del text[66:], text[:2]
        needles["database key as text"] = masked(text)
        text[:] = bytes(64)
    key[:] = bytes(32)
while_open = everything(needles)
opened.close()
del opened, created
print(json.dumps({"open": while_open, "closed": everything(needles),
                  "cores": resource.getrlimit(resource.RLIMIT_CORE)}))
"""


@pytest.mark.parametrize("way", ["open", "rotate"])
def test_no_copy_of_a_key_is_left_when_the_journal_is_closed(tmp_path, way):
    done = subprocess.run(
        [sys.executable, "-c", STORY, str(tmp_path), way],
        capture_output=True,
        text=True,
        cwd=HERE,
        env={"PYTHONPATH": f"{HERE}:{HERE / 'tests'}", "PATH": "/usr/bin:/bin"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    story = json.loads(done.stdout)

    # The search works: it finds the key where it has to be.
    assert story["open"]["journal key"] >= 1
    assert story["closed"] == {"journal key": 0, "database key": 0, "database key as text": 0}
