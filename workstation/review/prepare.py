"""The parent's side of a review: open the artifacts, hand them to a locked child, take its answer."""

from __future__ import annotations

import os
import select
import signal
import stat
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from workstation.core.artifact_signer import ArtifactSigner, read_artifact_signer
from workstation.core.errors import Malformed, MediaError
from workstation.core.glimpse import Glimpse, Watch
from workstation.core.release_diff_reader import from_json
from workstation.core.shape import Shape
from workstation.process import frames
from workstation.process.child import Child
from workstation.process.frames import PeerGone, PeerSilent
from workstation.process.sandbox import WallsUnavailable
from workstation.review.answering import CHANGES, Told
from workstation.review.job import CPU_SECONDS, NEW, OLD, UNSAFE_WITHOUT_WALLS, Job, Task, check_names
from workstation.review.lending import LEND, asked_for, lend
from workstation.review.telling import SEEN, read_glimpse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workstation.core.release_diff import ReleaseDiff
    from workstation.core.strict_json import JsonObject

_WHERE: Final = "release diff"
_CHILD: Final = "workstation.review.child"
_PATIENCE: Final = 0.1  # seconds between two looks at the child
_MOST_SIGNERS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """An artifact: the name it goes by in the release, and where its bytes are."""

    name: str
    path: Path


def release_diff(
    old: Sequence[NamedFile],
    new: Sequence[NamedFile],
    *,
    seconds: float = 120,
    unsafe_without_walls: bool = False,
    watch: Watch | None = None,
) -> ReleaseDiff:
    """Return what changed from the artifacts `old` to `new`, found out by a locked child.

    The files have to stay as they are meanwhile. Raises Malformed when they could not be reviewed
    (the child died or ran out of time), MediaError when one cannot be read, WallsUnavailable when
    this machine cannot lock the child.
    `unsafe_without_walls` is for machines without Landlock, and never for the workstation.
    `watch` is shown what was seen so far, ten times a second; whatever it raises ends the child and is
    raised, so that raising `Cancelled` cancels.
    """
    asking = _Asking(old, new, seconds=seconds, unsafe_without_walls=unsafe_without_walls, watch=watch)
    answer = asking.ask(Task.COMPARE)
    document = answer.get("diff")
    if not isinstance(document, dict):
        raise Malformed(_WHERE, "the review child gave no release diff")
    return from_json(document, where=_WHERE, before=asking.told.changes)


def artifact_signers(
    artifacts: Sequence[NamedFile], *, seconds: float = 120, unsafe_without_walls: bool = False
) -> tuple[ArtifactSigner, ...]:
    """Return who signed these artifacts themselves, found out by a locked child; raises as `release_diff`."""
    asking = _Asking((), artifacts, seconds=seconds, unsafe_without_walls=unsafe_without_walls)
    answer = asking.ask(Task.SIGNERS)
    listed = Shape(answer, "artifact signers").open_fields()["signers"].items(at_most=_MOST_SIGNERS)
    return tuple(read_artifact_signer(item) for item in listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingWalls:
    """What a locked child met: each attempt and whether it was refused, and Landlock's ABI (0: none)."""

    refused: Mapping[str, bool]
    landlock_abi: int


def standing_walls(*, seconds: float = 30) -> StandingWalls:
    """Let a locked child try what it must not; raises as `release_diff`."""
    answer = _Asking((), (), seconds=seconds).ask(Task.TRY_WALLS)
    refused, abi = answer.get("refused"), answer.get("walls")
    if not isinstance(refused, dict) or not isinstance(abi, int):
        raise Malformed(_WHERE, "the review child did not try its walls")
    return StandingWalls(refused={name: value is True for name, value in refused.items()}, landlock_abi=abi)


class _Asking:
    """One job for one child: lends it the files it asks for, and hears what it has seen."""

    def __init__(
        self,
        old: Sequence[NamedFile],
        new: Sequence[NamedFile],
        *,
        seconds: float,
        unsafe_without_walls: bool = False,
        watch: Watch | None = None,
    ) -> None:
        check_names([file.name for file in old], "old artifacts")
        check_names([file.name for file in new], "new artifacts")
        self._sides = {OLD: old, NEW: new}
        self._seconds = seconds
        self._arguments = [UNSAFE_WITHOUT_WALLS] if unsafe_without_walls else []
        self._watch = watch
        self.told = Told()
        self._glimpse = Glimpse(bytes_total=sum(_size(file.path) for file in (*old, *new)))

    def ask(self, task: Task) -> JsonObject:
        """Return the child's answer; raises Malformed when there is none."""
        names = {side: tuple(file.name for file in files) for side, files in self._sides.items()}
        child = Child(_CHILD, self._arguments)
        try:
            frames.send_json(child.fd, Job(task=task, old=names[OLD], new=names[NEW]).to_json())
            return _with_walls(self._heard(child))
        except PeerGone as error:
            raise Malformed(_WHERE, f"could not be reviewed: {_end_of(child)}") from error
        except PeerSilent as error:
            raise Malformed(_WHERE, f"could not be reviewed within {self._seconds:g} seconds") from error
        finally:
            child.kill()

    def _heard(self, child: Child) -> JsonObject:
        """Listen until the answer comes."""
        deadline = frames.deadline_in(self._seconds)
        while True:
            while not select.select([child.fd], [], [], _PATIENCE)[0] and frames.deadline_in(0) < deadline:
                self._show(replace(self._glimpse, paths=(), changed=(), findings=()))
            message = frames.receive_json(child.fd, deadline)
            if LEND in message:
                self._lend(child, message)
            elif CHANGES in message:
                self.told.take(message)
            elif SEEN in message:
                self._show(read_glimpse(message, total=self._glimpse.bytes_total))
            else:
                return message

    def _show(self, glimpse: Glimpse) -> None:
        self._glimpse = glimpse
        if self._watch is not None:
            self._watch(glimpse)

    def _lend(self, child: Child, message: JsonObject) -> None:
        with ExitStack() as open_files:
            fds = list[int]()
            for side, number in asked_for(message):
                files = self._sides.get(side, ())
                if number >= len(files):
                    raise Malformed(_WHERE, "the review child asked for a file that is not there")
                fds.append(open_regular(files[number].path, open_files))
            lend(child.fd, fds)


def _end_of(child: Child) -> str:
    """Return how a child ended that gave no answer."""
    status = child.wait(_PATIENCE)
    if status == -signal.SIGXCPU:
        return f"it takes more than {CPU_SECONDS} seconds of processor time"
    if status is not None and status < 0:
        return f"the review child was ended by {signal.Signals(-status).name} without an answer"
    return "the review child ended without an answer"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # opening it will say what is wrong


def _with_walls(answer: JsonObject) -> JsonObject:
    wall, why = answer.get("wall"), answer.get("why")
    if isinstance(wall, str) and isinstance(why, str):
        raise WallsUnavailable(wall, why)
    return answer


def open_regular(path: Path, open_files: ExitStack) -> int:
    """Open a regular file, and nothing else: no link is followed, no pipe waited for; raises MediaError."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise MediaError(str(path), f"cannot be opened: {error.strerror}") from error
    open_files.callback(os.close, fd)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        raise MediaError(str(path), "a folder or special file found, a regular file wanted")
    return fd
