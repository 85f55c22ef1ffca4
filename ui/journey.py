"""A journey through the real pages: `python -m ui.journey FD --screenshots DIR`, its steps on stdin.

FD is a channel to the desk. The steps are a JSON list of objects with one key each; they are done
with keys and clicks, as a person would, and each picture is left as DIR/NN-name.png:

    {"open": "home"}       go to a page by its key and wait: home, opening, review, sign, decline, help
                           (from home, review is opened without a card)
    {"wait": "refusal"}    wait until a page is in front: also refusal, done, released, ended
    {"select": "urllib3"}  on home: the request whose row or id holds this text
    {"tick": ""}           on sign: tick the findings whose words hold this text ("" for all)
    {"look": ""}           on review: page through every change that has to be displayed
    {"words": "…"}         on sign: type the release words from the sheet
    {"card": "alice"}      on opening, sign or decline: the card whose words hold this text
    {"pin": "…"}           type a PIN where it is asked for; PINs come this way only
    {"type": "…"}          type where the keyboard is
    {"press": "Alt+C"}     press keys
    {"click": "done.release.button"}   click the widget with this object name
    {"picture": "review"}  take a picture

Exit 0 when every step was done, 1 when something did not appear (a sentence on stderr says what),
2 for wrong arguments, 3 when the steps are not what is said here.
"""

from __future__ import annotations

import sys
from typing import Final, assert_never

from PySide6.QtWidgets import QCheckBox

from ui.hands import PATIENCE_S, Hands, NotThere
from ui.journey_steps import (
    Card,
    Click,
    Look,
    Open,
    Picture,
    Pin,
    Press,
    Select,
    Step,
    Tick,
    Type,
    Wait,
    Words,
    parse_journey,
)
from ui.looking import look_through
from ui.pictures import Pictures
from ui.qt_gaps import children_of
from ui.start import Options, Screen, parse, start
from workstation.core.errors import Malformed

_KEYS: Final = {
    "home": "Ctrl+1",
    "opening": "Return",
    "review": "Alt+W",
    "sign": "Alt+C",
    "decline": "Alt+D",
    "help": "F1",
}
_BOX: Final = "sign.finding-"


class Journey:
    """Does steps on a running screen."""

    def __init__(self, screen: Screen, options: Options, seconds: float = PATIENCE_S) -> None:
        self._screen = screen
        self._hands = Hands(screen.app, screen.window, screen.link, seconds)
        self._pictures = Pictures(options.screenshots) if options.screenshots else None

    def go(self, steps: tuple[Step, ...]) -> None:
        """Do every step in order; raises NotThere, OSError."""
        self._hands.wait_for_page("home")
        for number, step in enumerate(steps):
            try:
                self._do(step)
            except NotThere as error:
                raise NotThere(f"step {number + 1}: {error}") from error

    def _do(self, step: Step) -> None:  # noqa: C901, PLR0912 (one case for each step)
        hands, page = self._hands, self._screen.window.page().name
        match step:
            case Open(page=name):
                self._open(name)
            case Wait(page=name):
                hands.wait_for_page(name)
            case Select(text=text):
                hands.choose("home.queue.table", text)
            case Card(text=text):
                hands.settle()
                hands.choose(f"{page}.cards.list", text)
            case Pin(text=text):
                hands.tab_to(f"{page}.pin.edit")
                hands.type(text)
            case Type(text=text):
                hands.type(text)
            case Press(keys=keys):
                hands.press(keys)
            case Click(name=name):
                hands.click(name)
            case Tick(text=text):
                self._tick(text)
            case Words(text=text):
                hands.tab_to("sign.words.edit")
                hands.type(text)
            case Look():
                look_through(hands, self._screen.flow.pages.review)
            case Picture(name=name):
                self._picture(name)
            case _:
                assert_never(step)

    def _open(self, name: str) -> None:
        if name not in _KEYS:
            raise NotThere(f"no key leads to {name}; there are {', '.join(_KEYS)}")
        if name == "review":
            self._open("opening")
        if name == "opening":
            self._hands.tab_to("home.queue.table")
        self._hands.press(_KEYS[name])
        self._hands.wait_for_page(name)

    def _tick(self, text: str) -> None:
        for box in children_of(self._screen.window, QCheckBox):
            wanted = text.casefold() in box.accessibleName().casefold()
            if box.isVisible() and box.objectName().startswith(_BOX) and wanted and not box.isChecked():
                self._hands.tab_to(box.objectName())
                self._hands.press("Space")

    def _picture(self, name: str) -> None:
        if self._pictures is None:
            raise NotThere("a picture was asked for without --screenshots")
        self._hands.settle()
        self._pictures.take(self._screen.window, name)


def main() -> int:
    """Run the journey on stdin; return the exit status."""
    options = parse(sys.argv[1:], "countersign-journey")
    try:
        steps = parse_journey(sys.stdin.buffer.read())
        Journey(start(options), options).go(steps)
    except Malformed as error:
        sys.stderr.write(f"{error}\n")
        return 3
    except (NotThere, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
