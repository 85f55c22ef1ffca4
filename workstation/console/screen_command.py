"""`desk`: the screen, in a process of its own that reaches nothing but this desk."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

from workstation.console.opening import desk_of
from workstation.console.reply import Reply
from workstation.desk.journal_room import JournalRoom
from workstation.desk.server import serve
from workstation.process.child import Child, clean_environment

# What Qt needs to find a display; nothing that names our state or a token.
_DISPLAY = (
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XDG_RUNTIME_DIR",
    "XAUTHORITY",
    "QT_QPA_PLATFORM",
    "QT_SCALE_FACTOR",
)


def desk(arguments: Namespace) -> Reply:
    """Show the screen and answer it until it is closed."""
    media = [Path(path).absolute() for path in arguments.medium]
    with desk_of(arguments, media) as opened:
        JournalRoom(opened.parts).expect_remembered(everywhere=True)
        screen = Child("ui", environment=screen_environment())
        try:
            serve(screen.fd, opened)
        finally:
            screen.close()
    return Reply(document={"closed": True}, lines=("The desk is closed.",))


def screen_environment() -> dict[str, str]:
    """Return the environment of the screen's process."""
    found = clean_environment(_DISPLAY)
    if not any(name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        found.setdefault("QT_QPA_PLATFORM", "offscreen")
    return found
