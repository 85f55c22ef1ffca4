"""Starting the screen: its arguments, its walls, and its window, in that order."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from ui import walls
from ui.collector import Collector
from ui.flow import Flow
from ui.keys import Keys, bind
from ui.language import Language, language_of, speak
from ui.link import DeskLink
from ui.look import Look
from ui.pictures import Pictures
from ui.theme import ThemeName
from ui.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the screen is started with; `percent` is the text size, `size` the window's in pixels."""

    fd: int
    screenshots: Path | None
    theme: ThemeName
    percent: int
    size: QSize
    full: bool
    language: Language = Language.ENGLISH


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """The parts of a running screen."""

    app: QApplication
    look: Look
    window: Window
    flow: Flow
    link: DeskLink


def parse(arguments: Sequence[str], program: str) -> Options:
    """Return the options in a command line; ends the process with status 2 for any other."""
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("fd", type=int, help="the channel to the desk, an open file descriptor")
    parser.add_argument("--screenshots", type=Path, help="directory for pictures (F12 takes one)")
    parser.add_argument("--theme", type=ThemeName, choices=list(ThemeName), default=ThemeName.LIGHT)
    parser.add_argument("--text", type=int, default=100, help="text size, percent of the usual")
    parser.add_argument("--size", type=_size, default=QSize(1280, 800), help="window size, as 1280x800")
    parser.add_argument("--full-screen", action="store_true")
    parser.add_argument(
        "--language",
        type=Language,
        choices=list(Language),
        default=language_of(os.environ.get("LANG", "")),
        help="what the screen speaks; else as LANG says",
    )
    found = parser.parse_args(arguments)
    return Options(
        fd=found.fd,
        screenshots=found.screenshots,
        theme=found.theme,
        percent=found.text,
        size=found.size,
        full=found.full_screen,
        language=found.language,
    )


def start(options: Options) -> Screen:
    """Put the walls up and show the window; raises WallsUnavailable.

    Nothing is asked of the desk before the last wall stands.
    """
    speak(options.language)
    walls.before_display(options.screenshots)
    app = QApplication(["countersign"])
    walls.after_display(options.screenshots)
    Collector(app)
    look = Look(app, options.theme, options.percent)
    return assemble(app, look, options)


def assemble(app: QApplication, look: Look, options: Options) -> Screen:
    """Put the window, the pages and the desk's line together, and ask for the queue."""
    window = Window(app, look)
    link = DeskLink(options.fd, window)
    flow = Flow(look, window, link)
    Keys(look, window, flow)
    if options.screenshots:
        pictures = Pictures(options.screenshots)
        bind(window, "F12", lambda: pictures.take(window, window.page().name))
    window.resize(options.size)
    window.showFullScreen() if options.full else window.show()
    window.activateWindow()
    flow.go_home()
    return Screen(app=app, look=look, window=window, flow=flow, link=link)


def _size(text: str) -> QSize:
    width, _, height = text.partition("x")
    return QSize(int(width), int(height))
