"""The quorum as a bar of names: who has countersigned, and how many are wanting."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.language import t
from ui.parts import label, panel, row, set_tone
from ui.shown import person_text
from ui.stylesheet import Type
from ui.theme import Tone
from ui.wording import have_need


class QuorumBar(QWidget):
    """One field for each countersignature that is needed, its maker's name in it."""

    def __init__(self, screen: str) -> None:
        super().__init__()
        self._screen = screen
        self._row: QHBoxLayout = row(self, gap=6)
        self._fields: list[QWidget] = []
        self.setObjectName(f"{screen}.quorum.panel")

    def show_quorum(self, names: Sequence[str], need: int) -> None:
        """Show the people whose countersignatures count, and an empty field for each that is wanting."""
        for old in self._fields:
            self._row.removeWidget(old)
            old.deleteLater()
        self._fields = [self._field(number, name) for number, name in enumerate(names, start=1)]
        wanting = range(len(names) + 1, need + 1)
        self._fields += [self._field(number, "") for number in wanting]
        for field in self._fields:
            self._row.addWidget(field, 1)
        self.setAccessibleName(
            ". ".join((have_need(min(len(names), need), need), *(person_text(name) for name in names)))
        )

    def _field(self, number: int, name: str) -> QWidget:
        frame = panel(f"{self._screen}.quorum-{number}.panel", "made" if name else "wanting")
        words = label(
            f"{self._screen}.quorum-{number}.label",
            f"\u2713 {person_text(name)}" if name else "\u25cb " + t("still wanting"),
            step=Type.STRONG if name else Type.BODY,
        )
        set_tone(words, Tone.GOOD if name else Tone.PLAIN)
        inside = row(frame, gap=0)
        inside.setContentsMargins(12, 7, 12, 7)
        inside.addWidget(words)
        return frame
