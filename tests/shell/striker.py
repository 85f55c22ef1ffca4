"""A library that kills a process, or it and all it started, at one of their system calls (striker.c).

What the outside can see of a process changes at its system calls alone, and only at those that write,
send, sync, name, start or end: before and after each of them is every moment that makes a difference.
"""

from __future__ import annotations

import ctypes
import os
import signal
from contextlib import contextmanager
from pathlib import Path

from journal.io_shim import compiled

SOURCE = Path(__file__).with_name("striker.c")
NEVER = -1


def built(directory):
    """Compile the library into `directory`; skips when there is no C compiler."""
    return compiled(SOURCE, directory)


@contextmanager
def counted():
    """Have whoever follows this process count, and strike, in here."""
    os.kill(os.getpid(), signal.SIGUSR1)
    yield
    os.kill(os.getpid(), signal.SIGUSR2)


class Striker:
    """Follows one child after another."""

    def __init__(self, library):
        loaded = ctypes.CDLL(str(library))
        self._follow, self._run = loaded.striker_follow, loaded.striker_run
        self._run.restype = ctypes.c_long
        self._run.argtypes = (ctypes.c_int, ctypes.c_long, ctypes.c_int, ctypes.POINTER(ctypes.c_int))

    def strike(self, work, at, *, group):
        """Run `work()` in a child and end it, or with `group` all it started, at stop `at`.

        Returns how many stops there were, and which process had stopped. This process may have no
        other child. Raises OSError where no process may be followed.
        """
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            os.read(reading, 1)
            work()
        refused = self._follow(pid)
        if refused:
            raise OSError(refused, "the child cannot be followed")
        os.write(writing, b"!")
        struck = ctypes.c_int()
        stops = self._run(pid, at, int(group), ctypes.byref(struck))
        os.close(reading)
        os.close(writing)
        return stops, struck.value
