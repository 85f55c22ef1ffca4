"""A page that tells one thing that happened, and has one way on: released, declined, ended, help."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from ui.entries import EntryList
from ui.entry import Entry
from ui.look import Look
from ui.page import Page, Wishes
from ui.parts import button, column, label, row, set_tone
from ui.stylesheet import Type
from ui.theme import Tone


class ToldPage(Page):
    """A title, a sentence, a list of facts, and a button back where there is a way back."""

    def __init__(self, look: Look, name: str, accessible: str, wishes: Wishes, *, back: str = "") -> None:
        super().__init__(name, accessible, wishes)
        self._title = label(f"{name}.title.label", step=Type.TITLE, wrap=True)
        self._sentence = label(f"{name}.sentence.label", step=Type.LEAD, wrap=True)
        self.facts = EntryList(look, f"{name}.facts.list", accessible, fit=True)
        self.back = button(f"{name}.back.button", back)
        self.back.setVisible(bool(back))
        self.back.clicked.connect(self._leave)
        self._lay_out()

    def panes(self) -> tuple[QWidget, ...]:
        """Return the facts and the way back."""
        return (self.facts, self.back) if self.back.isVisibleTo(self) else (self.facts,)

    def tell(self, title: str, sentence: str, facts: Sequence[Entry], tone: Tone | None = None) -> None:
        """Show what happened."""
        self._title.setText(title)
        set_tone(self._title, tone)
        self._sentence.setText(sentence)
        self.facts.show_entries(facts)

    def _leave(self) -> None:
        self.wishes.go_back()

    def _lay_out(self) -> None:
        box = column(self, margin=28, gap=8)
        box.addWidget(self._title)
        box.addWidget(self._sentence)
        box.addSpacing(12)
        box.addWidget(self.facts)
        box.addStretch(1)
        buttons = row()
        buttons.addWidget(self.back)
        buttons.addStretch(1)
        box.addLayout(buttons)
