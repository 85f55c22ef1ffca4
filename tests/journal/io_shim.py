"""The library that stands between a process and its files: built, put in place, armed and read.

A process runs under it with `environment`. In that process `Shim` arms it; afterwards `recorded`
reads what it wrote down.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("io_shim.c")
TESTS = Path(__file__).parents[1]
_HEAD = struct.Struct("<sHqI")


@dataclass(frozen=True, slots=True)
class Call:
    """One call that changed a file: C made, W written, F synced, T cut, U unlinked, R renamed; M: a mark."""

    what: str
    name: str
    at: int
    data: bytes


def built(directory):
    """Compile the library into `directory`; skips when there is no C compiler."""
    return compiled(SOURCE, directory)


def compiled(source, directory):
    """Compile one file of C into a library in `directory`; skips when there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler (cc) is on this machine")
    library = directory / source.with_suffix(".so").name
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", library, source], check=True
    )
    return library


def quick_directory():
    """Return where files cost the least: in memory, when there is such a place."""
    memory = Path("/dev/shm")
    return tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None)


def run(module, *words, library=None, directory=None, record=None):
    """Run a driver of the harness as a process of its own; return what it printed."""
    environment = os.environ | {"PYTHONPATH": f"{TESTS.parent}:{TESTS}"}
    if library is not None:
        environment |= {"LD_PRELOAD": str(library), "IO_SHIM_DIRECTORY": str(directory)}
    if record is not None:
        environment["IO_SHIM_RECORD"] = str(record)
    command = [sys.executable, "-m", module, *map(str, words)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def shared_out(work):
    """Return what `work(first, step)` gives for each share of a long lane, one for each processor."""
    step = os.cpu_count() or 1
    with ThreadPoolExecutor(step) as pool:
        return list(pool.map(work, range(step), repeat(step)))


class Shim:
    """The library, from inside the process it was loaded into."""

    def __init__(self):
        library = ctypes.CDLL(None)
        self._arm, self._calls, self._mark = (
            library.io_shim_arm,
            library.io_shim_calls,
            library.io_shim_mark,
        )
        self._arm.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_long, ctypes.c_int]
        self._calls.restype = ctypes.c_long
        self._struck = library.io_shim_struck
        self._struck.restype = ctypes.c_char_p
        self._mark.argtypes = [ctypes.c_char_p]

    def arm(self, at, kind, partial=0, *, sticky=False):
        """Let call number `at`, from now on, end in `kind`: K killed, E EIO, N ENOSPC, S short write."""
        self._arm(at, ord(kind), partial, int(sticky))

    def count(self):
        """Count from here on and let nothing fail."""
        self._arm(-1, 0, 0, 0)

    @property
    def calls(self):
        """How many calls there were since it was armed."""
        return self._calls()

    @property
    def struck(self):
        """The call that went wrong: what it was, as in the record, and on which file."""
        return self._struck().decode()

    def mark(self, text):
        """Write a line of our own into the record."""
        self._mark(text.encode())


def recorded(path):
    """Return what was written down, in order."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        what, name_length, where, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        name = data[at : at + name_length].decode()
        at += name_length
        found.append(Call(what.decode(), name, where, data[at : at + length]))
        at += length
    return found
