"""Making a worker process one that leaves nothing behind (Linux, prctl(2) and mlockall(2))."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from contextlib import suppress
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
_MCL_CURRENT_FUTURE_ONFAULT: Final = 1 | 2 | 4


def harden() -> None:
    """Die with the parent, write no core, be no debuggee, gain no privilege, swap nothing out.

    Locking memory is best effort; raises OSError when any of the others is refused.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for option, value in (
        (_PR_SET_PDEATHSIG, int(signal.SIGKILL)),
        (_PR_SET_DUMPABLE, 0),
        (_PR_SET_NO_NEW_PRIVS, 1),
    ):
        if libc.prctl(option, value, 0, 0, 0):
            raise OSError(ctypes.get_errno(), f"prctl option {option}")
    _lock_memory(libc)
    # Ctrl-C is meant for the parent, which then closes our channel.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _give_stdout_to_stderr()


def _lock_memory(libc: ctypes.CDLL) -> None:
    # Under a limit, a locked future would make later allocations fail: without limit or not at all.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        libc.mlockall(_MCL_CURRENT_FUTURE_ONFAULT)


def _give_stdout_to_stderr() -> None:
    # A chatty module must not write into what our parent prints.
    os.dup2(2, 1)
