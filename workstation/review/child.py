"""The locked review child: hostile bytes in, one release diff out, and nothing else possible.

Run as `python -m workstation.review.child FD [--unsafe-without-walls]`, where FD is its end of the
channel. It imports everything, puts its walls up (no file, no socket, no process), does one job and
ends.
"""

from __future__ import annotations

import codecs
import ctypes
import os
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import REFUSE, Finding, ReleaseDiff
from workstation.process import frames
from workstation.process.sandbox import Walls, WallsUnavailable, confine_to, limit
from workstation.review.answering import tell_changes
from workstation.review.compare import compare
from workstation.review.earlier import Earlier
from workstation.review.job import CPU_SECONDS, NEW, OLD, UNSAFE_WITHOUT_WALLS, Job, Task, parse_job
from workstation.review.ledger import LIMIT, Ledger
from workstation.review.lending import Borrower
from workstation.review.limits import GIB, Limits
from workstation.review.pairing import pair_artifacts
from workstation.review.signed_files import signers_of_artifacts
from workstation.review.source import FileSource
from workstation.review.telling import Telling
from workstation.review.walk import walk_artifact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from workstation.core.strict_json import JsonObject, JsonValue

_MEMORY: Final = 2 * GIB
_OPEN_FILES: Final = 32
# Python imports an encoding when it first meets it, and behind the walls that is too late: zip names want
# cp437, Joliet's big-endian UTF-16, names in certificates and XML the others.
_ENCODINGS: Final = (
    "cp437",
    "latin-1",
    "utf-16",
    "utf-16-be",
    "utf-16-le",
    "utf-32-be",
    "utf-32",
    "idna",
    "utf-8-sig",
)


def review(job: Job, channel: int, borrower: Borrower) -> ReleaseDiff:
    """Compare two releases; running out of memory refuses, like any limit.

    An artifact of before is walked just before its counterpart of now, so that changes show early.
    """
    artifacts = pair_artifacts(job.old, job.new)
    old = Ledger(Limits())
    earlier = Earlier(old.members, artifacts)
    new = Ledger(Limits(), beside=old, earlier=earlier)
    telling = Telling(channel, old, new, earlier)
    try:
        for side, one in borrower.files(_in_pairs(job, artifacts)):
            source = telling.watched(FileSource(one.fd, os.fstat(one.fd).st_size))
            walk_artifact(one.name, source, old if side == OLD else new)
        telling.tell()
        return compare(old, new)
    except MemoryError:
        why = "looking into it takes more memory than a review has"
        return ReleaseDiff(findings=(Finding(rule=LIMIT, rank=REFUSE, path="", sentence=why),))


def _in_pairs(job: Job, artifacts: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """Return every artifact by side, number and name, each of before next to its counterpart."""
    left = {name: number for number, name in enumerate(job.old)}
    found = list[tuple[str, int, str]]()
    for number, name in enumerate(job.new):
        before = artifacts.get(name)
        if before is not None and before in left:
            found.append((OLD, left.pop(before), before))
        found.append((NEW, number, name))
    return found + [(OLD, number, name) for name, number in left.items()]


def _standing_walls() -> JsonObject:
    """Try what no review needs; return which attempts the walls stopped."""
    attempts: dict[str, Callable[[], object]] = {
        "open": lambda: os.open("/", os.O_RDONLY),
        "create": lambda: os.open("review-child-was-here", os.O_CREAT | os.O_WRONLY),
        "socket": socket.socket,
        "fork": _fork,
        "execute": lambda: os.execv("/", ["/"]),  # noqa: S606 (shown to be refused)
        "trace": _trace,
        "memory": lambda: bytearray(8 * GIB),
    }
    return {name: _refused(attempt) for name, attempt in attempts.items()}


def _refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (PermissionError, MemoryError):
        return True
    except OSError:
        return False
    return False


def _fork() -> None:
    if (child := os.fork()) == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _trace() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(0, 0, None, None) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _answer(job: Job, walls: Walls, channel: int, borrower: Borrower) -> JsonObject:
    match job.task:
        case Task.COMPARE:
            diff = tell_changes(channel, review(job, channel, borrower))
            return {"walls": walls.landlock_abi, "diff": diff}
        case Task.SIGNERS:
            given = (one for _, one in borrower.files([(NEW, *one) for one in enumerate(job.new)]))
            signers: list[JsonValue] = [one.to_json() for one in signers_of_artifacts(given, set(job.new))]
            return {"walls": walls.landlock_abi, "signers": signers}
        case Task.TRY_WALLS:
            refused: JsonObject = {**_standing_walls()}
            return {"walls": walls.landlock_abi, "refused": refused}


def main(arguments: Sequence[str]) -> None:
    """Put up the walls and serve the one job that comes over the channel."""
    channel = int(arguments[0])
    borrower = Borrower(channel)
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)
    limit(memory_bytes=_MEMORY, cpu_seconds=CPU_SECONDS, open_files=_OPEN_FILES)
    try:
        walls = confine_to(deny_files=True, best_effort=UNSAFE_WITHOUT_WALLS in arguments[1:])
    except WallsUnavailable as error:
        frames.receive_json(channel)  # the job is asked for first, so that the answer finds a reader
        frames.send_json(channel, {"wall": error.wall, "why": error.why})
        return
    with suppress(frames.PeerGone):
        job = parse_job(frames.receive_json(channel))
        frames.send_json(channel, _answer(job, walls, channel, borrower))


if __name__ == "__main__":
    main(sys.argv[1:])
