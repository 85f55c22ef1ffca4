"""The artifacts at a path: one file, or every file of a folder by its path within it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.core.errors import MediaError
from workstation.review.prepare import NamedFile, release_diff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.glimpse import Watch
    from workstation.core.release_diff import ReleaseDiff


def diff_of_paths(
    old: Path,
    new: Path,
    *,
    seconds: float = 120,
    unsafe_without_walls: bool = False,
    watch: Watch | None = None,
) -> ReleaseDiff:
    """Return what changed from one file or folder to another; raises as `release_diff` does."""
    return release_diff(
        named_files(old),
        named_files(new),
        seconds=seconds,
        unsafe_without_walls=unsafe_without_walls,
        watch=watch,
    )


def named_files(path: Path) -> tuple[NamedFile, ...]:
    """Return the artifacts at `path`, ordered by name.

    Raises MediaError for a link or special file anywhere in a folder, and where nothing can be read.
    """
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            return tuple(sorted(_within(path, ""), key=lambda file: file.name))
    except OSError as error:
        raise MediaError(str(path), f"cannot be read: {error.strerror}") from error
    # What was named on purpose may be a link; what lies in a folder may not.
    return (NamedFile(name=path.name, path=path.resolve()),)


def _within(folder: Path, prefix: str) -> Iterator[NamedFile]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            if entry.is_symlink():
                raise MediaError(entry.path, "a symbolic link found, a file or folder wanted")
            if entry.is_dir():
                yield from _within(Path(entry.path), f"{name}/")
            elif entry.is_file():
                yield NamedFile(name=name, path=Path(entry.path))
            else:
                raise MediaError(entry.path, "a special file found, a file or folder wanted")
