"""The rail: the screens one can go to, each with its key, down the left edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QToolButton

from ui.icons import Icon, icon_of, pixmap
from ui.language import t
from ui.look import Look
from ui.parts import column, label


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A screen on the rail: its name, its icon, what it is called, and the key that leads to it."""

    name: str
    icon: Icon
    words: str
    keys: str


STOPS: Final = (
    Stop(name="home", icon=Icon.QUEUE, words="Queue", keys="Ctrl+1"),
    Stop(name="intake", icon=Icon.STICK, words="Intake", keys="Ctrl+2"),
    Stop(name="ceremony", icon=Icon.CEREMONY, words="Ceremony", keys="Ctrl+3"),
    Stop(name="journal", icon=Icon.JOURNAL, words="Journal", keys="Ctrl+4"),
    Stop(name="receipts", icon=Icon.RECEIPT, words="Receipts", keys="Ctrl+5"),
    Stop(name="policy", icon=Icon.POLICY, words="Policy", keys="Ctrl+6"),
    Stop(name="people", icon=Icon.PEOPLE, words="People", keys="Ctrl+7"),
    Stop(name="device", icon=Icon.DEVICE, words="Device", keys="Ctrl+8"),
)
_WITHIN: Final[dict[str, str]] = dict.fromkeys(
    ("progress", "review", "sign", "decline", "refusal", "done", "released", "identify"), "home"
)
_SIDE: Final = 22
_WIDTH: Final = 88


class Rail(QFrame):
    """One button for each screen; `chosen` gives the name of the one that was pressed."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("rail.whole.panel")
        self.setProperty("surface", "rail")
        self._look = look
        self._seal = label("rail.seal.label")
        self._seal.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons = {stop.name: self._button(stop) for stop in STOPS}
        box = column(self, gap=2)
        box.setContentsMargins(6, 14, 6, 10)
        box.addWidget(self._seal)
        box.addSpacing(10)
        for button in self._buttons.values():
            box.addWidget(button)
        box.addStretch(1)
        look.changed.connect(self._draw)
        self._draw()

    def show_where(self, page: str) -> None:
        """Mark the screen a page belongs to."""
        here = _WITHIN.get(page, page)
        for name, button in self._buttons.items():
            button.setChecked(name == here)

    def _button(self, stop: Stop) -> QToolButton:
        made = QToolButton()
        made.setObjectName(f"rail.{stop.name}.button")
        made.setText(t(stop.words))
        made.setAccessibleName(f"{t(stop.words)} ({stop.keys})")
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setCheckable(True)
        made.setProperty("rail", "true")
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(self._pressed)
        return made

    def _pressed(self) -> None:
        pressed = self.sender()
        for name, button in self._buttons.items():
            if button is pressed:
                # Which one is marked follows from the page in front, not from the press.
                button.setChecked(not button.isChecked())
                self.chosen.emit(name)

    def _draw(self) -> None:
        theme, percent = self._look.theme, self._look.percent
        side, ratio = _SIDE * percent // 100, self.devicePixelRatioF()
        width = max(_WIDTH * percent // 100, _WIDTH)
        self.setFixedWidth(width)
        self._seal.setPixmap(pixmap(Icon.SEAL, self._look.named("on_rail"), side * 4 // 3, ratio))
        for stop in STOPS:
            button = self._buttons[stop.name]
            normal, chosen = self._look.named("on_rail"), self._look.named("on_rail_chosen")
            button.setIcon(icon_of(stop.icon, normal, chosen, side, ratio))
            button.setIconSize(QSize(side, side))
            button.setFixedWidth(width - 12)
        self.setProperty("theme", theme.name.value)
