"""The screen's walls: it reads what Qt and Python need, and nothing of the workstation's state.

They go up in two steps. Landlock binds the thread that asks and those it starts, so files and
processes are closed before Qt exists: its threads are born inside. Once the display is connected,
sockets are closed too, and of the system's libraries, PKCS#11 modules among them, none can be opened.
"""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import ui
import workstation
from workstation.process.sandbox import Walls, confine_to

_DISPLAY: Final = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/fontconfig",
    "/usr/share/X11",
    "/usr/share/locale",
    "/usr/share/zoneinfo",
    "/usr/lib/locale",
    "/var/cache/fontconfig",
    "/etc/fonts",
    "/etc/localtime",
    "/proc/self",
    "/dev/null",
    "/dev/urandom",
    "/dev/dri",
    "/tmp/.X11-unix",  # noqa: S108 (where the X11 display's socket is, by that protocol's convention)
)
_LIBRARIES: Final = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d")
_PYTHON: Final = ("stdlib", "platstdlib", "purelib", "platlib")


def before_display(screenshots: Path | None) -> Walls:
    """Close processes and all files but libraries and those of `after_display`; raises WallsUnavailable."""
    libraries = tuple(Path(name) for name in _LIBRARIES)
    # An X11 display may be reached by an abstract socket only, which a closed network scopes away.
    return confine_to(
        read=(*_readable(), *_authority(), *libraries), write=_writable(screenshots), network=True
    )


def after_display(screenshots: Path | None) -> Walls:
    """Close sockets and the libraries as well; raises WallsUnavailable.

    Call it once everything is imported and the display is connected.
    """
    return confine_to(read=_readable(), write=_writable(screenshots))


def _readable() -> tuple[Path, ...]:
    python = (Path(sysconfig.get_path(name)) for name in _PYTHON)
    packages = (Path(path) for package in (ui, workstation) for path in package.__path__)
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    display = (Path(name) for name in (*_DISPLAY, *([runtime] if runtime else [])))
    return (*display, *python, *packages)


def _authority() -> tuple[Path, ...]:
    named = os.environ.get("XAUTHORITY")
    return (Path(named) if named else Path.home() / ".Xauthority",)


def _writable(screenshots: Path | None) -> Sequence[Path]:
    return (screenshots,) if screenshots else ()
