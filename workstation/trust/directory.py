"""Reading a repository directory within bounds: only regular files, only under the layout's names."""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from workstation.core.errors import Malformed, MediaError
from workstation.core.roster_document import MAX_BYTES as MAX_TARGET_BYTES
from workstation.trust.tuf_metadata import MAX_METADATA_BYTES

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from pathlib import Path

MAX_FILES: Final = 1000
MAX_TOTAL_BYTES: Final = 2 * MAX_TARGET_BYTES

_METADATA: Final = r"metadata/(?:timestamp|[1-9][0-9]{0,8}\.(?:root|targets|snapshot))\.json"
_TARGET: Final = r"targets/[0-9a-f]{64}\.[A-Za-z0-9][A-Za-z0-9._+@-]{0,127}"
_NAME: Final = re.compile(rf"root\.json|{_METADATA}|{_TARGET}", re.ASCII)
_FOLDERS: Final = frozenset({"metadata", "targets"})
_OPEN: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def read_repository(directory: Path) -> dict[str, bytes]:
    """Return the files of a repository by name, such as `metadata/timestamp.json`.

    Raises Malformed for links, devices, names outside the layout, and beyond MAX_FILES or the
    bounds on size; MediaError when the disk will not give a file.
    """
    found: dict[str, bytes] = {}
    total = 0
    with _opened(str(directory), os.O_DIRECTORY, directory.name) as top:
        for name, data in _walk(top, ""):
            found[name] = data
            total += len(data)
            if len(found) > MAX_FILES or total > MAX_TOTAL_BYTES:
                raise Malformed(name, f"more than {MAX_FILES} files or {MAX_TOTAL_BYTES} bytes found")
    return found


def read_named(directory: Path, limits: Mapping[str, int], *, folders: frozenset[str]) -> dict[str, bytes]:
    """Return the files `limits` names, each with its bound in bytes, of a directory of nothing else.

    Of `folders` each may be there and is left to others. Raises what `read_repository` raises.
    """
    found: dict[str, bytes] = {}
    with _opened(str(directory), os.O_DIRECTORY, directory.name) as top:
        # By descriptor, as it was opened: a path could lead elsewhere by now.
        strange = set(os.listdir(top)) - limits.keys() - folders  # noqa: PTH208 (pathlib has no descriptors)
        if strange:
            raise Malformed(ascii(min(strange)[:80]), "a name outside the layout found")
        for name, limit in limits.items():
            with _opened(name, 0, name, top) as file:
                found[name] = _content(file, name, limit)
    return found


def _walk(folder: int, prefix: str) -> Iterator[tuple[str, bytes]]:
    entries = os.listdir(folder)
    if len(entries) > MAX_FILES:
        raise Malformed(prefix or ".", f"{len(entries)} files found, at most {MAX_FILES} wanted")
    for entry in sorted(entries):
        name = prefix + entry
        if name in _FOLDERS:
            with _opened(entry, os.O_DIRECTORY, name, folder) as inner:
                yield from _walk(inner, f"{name}/")
        elif _NAME.fullmatch(name):
            with _opened(entry, 0, name, folder) as file:
                limit = MAX_TARGET_BYTES if name.startswith("targets/") else MAX_METADATA_BYTES
                yield name, _content(file, name, limit)
        else:
            raise Malformed(ascii(name[:80]), "a name outside the layout of a trust root found")


@contextmanager
def _opened(entry: str, flags: int, name: str, folder: int | None = None) -> Generator[int]:
    try:
        descriptor = os.open(entry, _OPEN | flags, dir_fd=folder)
    except OSError as error:
        # A symbolic link is ELOOP, or ENOTDIR where a directory is asked for (open(2), O_NOFOLLOW).
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            raise Malformed(name, "a link or other odd file found, a plain one wanted") from error
        raise MediaError(name, error.strerror or "cannot be opened") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _content(descriptor: int, name: str, limit: int) -> bytes:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        raise Malformed(name, "a device or hard link found, a regular file with one name wanted")
    try:
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise MediaError(name, error.strerror or "cannot be read") from error
    if len(data) > limit:
        raise Malformed(name, f"more than {limit} bytes found")
    return data
