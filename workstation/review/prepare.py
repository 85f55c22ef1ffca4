"""The parent's side of a review: open the artifacts, hand them to a locked child, take its answer."""

from __future__ import annotations

import os
import stat
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from workstation.core.artifact_signer import ArtifactSigner, read_artifact_signer
from workstation.core.errors import Malformed, MediaError
from workstation.core.release_diff_reader import from_json
from workstation.core.shape import Shape
from workstation.process.child import Child
from workstation.process.frames import PeerGone, PeerSilent
from workstation.process.sandbox import WallsUnavailable
from workstation.review.child import UNSAFE_WITHOUT_WALLS, signers_of_artifacts
from workstation.review.job import Given, Job, Task, check_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workstation.core.release_diff import ReleaseDiff
    from workstation.core.strict_json import JsonObject

_WHERE: Final = "release diff"
_CHILD: Final = "workstation.review.child"
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
) -> ReleaseDiff:
    """Return what changed from the artifacts `old` to `new`, found out by a locked child.

    The files have to stay as they are meanwhile. Raises Malformed when they could not be reviewed
    (the child died or ran out of time), MediaError when one cannot be read, WallsUnavailable when
    this machine cannot lock the child.
    `unsafe_without_walls` is for machines without Landlock, and never for the workstation.
    """
    with ExitStack() as open_files:
        job = Job(
            task=Task.COMPARE,
            old=_opened(old, open_files, "old artifacts"),
            new=_opened(new, open_files, "new artifacts"),
        )
        answer = _ask(job, seconds, unsafe_without_walls=unsafe_without_walls)
    document = answer.get("diff")
    if not isinstance(document, dict):
        raise Malformed(_WHERE, "the review child gave no release diff")
    return from_json(document, where=_WHERE)


def artifact_signers(
    artifacts: Sequence[NamedFile], *, seconds: float = 120, unsafe_without_walls: bool = False
) -> tuple[ArtifactSigner, ...]:
    """Return who signed these artifacts themselves, found out by a locked child; raises as `release_diff`."""
    with ExitStack() as open_files:
        job = Job(task=Task.SIGNERS, new=_opened(artifacts, open_files, "artifacts"))
        answer = _ask(job, seconds, unsafe_without_walls=unsafe_without_walls)
    listed = Shape(answer, "artifact signers").open_fields()["signers"].items(at_most=_MOST_SIGNERS)
    return tuple(read_artifact_signer(item) for item in listed)


def artifact_signers_in_process(artifacts: Sequence[NamedFile]) -> tuple[ArtifactSigner, ...]:
    """Return the same without a child, for a deployer: their process holds nothing, and may be walled itself.

    Never for the desk. Raises Malformed for odd names and MediaError when a file cannot be read.
    """
    names = [file.name for file in artifacts]
    check_names(names, "artifacts")
    return signers_of_artifacts(_one_by_one(artifacts), names)


def standing_walls(*, seconds: float = 30) -> dict[str, bool]:
    """Let a locked child try what it must not; return each attempt, and whether it was refused."""
    refused = _ask(Job(task=Task.TRY_WALLS), seconds, unsafe_without_walls=False).get("refused")
    if not isinstance(refused, dict):
        raise Malformed(_WHERE, "the review child did not try its walls")
    return {name: value is True for name, value in refused.items()}


def _ask(job: Job, seconds: float, *, unsafe_without_walls: bool) -> JsonObject:
    descriptors = [one.fd for one in (*job.old, *job.new)]
    arguments = [UNSAFE_WITHOUT_WALLS] if unsafe_without_walls else []
    child = Child(_CHILD, arguments, pass_fds=descriptors)
    try:
        return _with_walls(child.ask(job.to_json(), seconds=seconds))
    except PeerGone as error:
        raise Malformed(_WHERE, "could not be reviewed: the review child ended without an answer") from error
    except PeerSilent as error:
        raise Malformed(_WHERE, f"could not be reviewed within {seconds:g} seconds") from error
    finally:
        child.kill()


def _with_walls(answer: JsonObject) -> JsonObject:
    wall, why = answer.get("wall"), answer.get("why")
    if isinstance(wall, str) and isinstance(why, str):
        raise WallsUnavailable(wall, why)
    return answer


def _opened(files: Sequence[NamedFile], open_files: ExitStack, where: str) -> tuple[Given, ...]:
    check_names([file.name for file in files], where)
    return tuple(Given(name=file.name, fd=_open(file.path, open_files)) for file in files)


def _one_by_one(files: Sequence[NamedFile]) -> Iterator[Given]:
    """Lend each file while it is looked at, so that there may be more of them than open files."""
    for file in files:
        with ExitStack() as open_file:
            yield Given(name=file.name, fd=_open(file.path, open_file))


def _open(path: Path, open_files: ExitStack) -> int:
    """Open a regular file, and nothing else: no link is followed, no pipe waited for."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise MediaError(str(path), f"cannot be opened: {error.strerror}") from error
    open_files.callback(os.close, fd)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        raise MediaError(str(path), "a folder or special file found, a regular file wanted")
    return fd
