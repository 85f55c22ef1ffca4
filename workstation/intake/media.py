"""Removable media: which are here, what bundles lie on them, and letting go of one.

Only mounts under the places where this system mounts removable media are looked at (proc(5),
/proc/self/mountinfo), and directories the workstation was started with. Mounting is left to the system.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workstation.core.errors import MediaError
from workstation.core.inert_text import inert
from workstation.process.child import clean_environment
from workstation.process.command import run

MOUNTS: Final = Path("/proc/self/mountinfo")
PLACES: Final = (Path("/media"), Path("/run/media"))
_MARK: Final = "oci-layout"
_DEEPEST: Final = 2
_MOST_BUNDLES: Final = 64
_MOST_NAMES: Final = 512
_UNMOUNT_SECONDS: Final = 120
_POINT: Final = 4
"""The field of a mount that says where it is, counted from zero."""
_ESCAPED: Final = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stick:
    """A medium: where it is, the bundles on it, bytes in all and free, and whether it can be written.

    `mounted` is False for a plain directory the workstation was told to look at.
    """

    path: Path
    bundles: tuple[Path, ...]
    size: int
    free: int
    writable: bool
    mounted: bool


def sticks(named: Sequence[Path] = (), mounts: Path = MOUNTS) -> tuple[Stick, ...]:
    """Return the media that are here now; one that vanishes meanwhile is left out."""
    mounted = [path for path in _mounted(mounts) if any(path.is_relative_to(place) for place in PLACES)]
    found = [_stick(path, mounted=True) for path in mounted]
    found += [_stick(path, mounted=path in _mounted(mounts)) for path in named if path not in mounted]
    return tuple(stick for stick in found if stick is not None)


def let_go(stick: Stick) -> None:
    """Write everything out and unmount a medium; raises MediaError when the system will not."""
    os.sync()
    if not stick.mounted:
        return
    ended = run(("umount", "--", str(stick.path)), environment=clean_environment(), seconds=_UNMOUNT_SECONDS)
    if ended.status:
        raise MediaError(str(stick.path), f"cannot be unmounted: {inert(ended.err.strip())[:200]}")


def _stick(path: Path, *, mounted: bool) -> Stick | None:
    try:
        room = os.statvfs(path)
        bundles = tuple(_bundles(path, _DEEPEST))[:_MOST_BUNDLES]
    except OSError:
        return None
    return Stick(
        path=path,
        bundles=bundles,
        size=room.f_blocks * room.f_frsize,
        free=room.f_bavail * room.f_frsize,
        writable=not room.f_flag & os.ST_RDONLY,
        mounted=mounted,
    )


def _bundles(directory: Path, deeper: int) -> Iterator[Path]:
    """Yield the directories that look like a bundle; a link is never followed."""
    with os.scandir(directory) as entries:
        found = sorted((entry for _, entry in zip(range(_MOST_NAMES), entries, strict=False)), key=os.fspath)
    if any(entry.name == _MARK for entry in found):
        yield directory
    elif deeper:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                yield from _bundles(Path(entry.path), deeper - 1)


def _mounted(mounts: Path) -> list[Path]:
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    points = [fields[_POINT] for fields in (line.split(" ") for line in lines) if len(fields) > _POINT]
    return [Path(_ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), point)) for point in points]
