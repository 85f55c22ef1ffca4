"""A page of records: a list on the left, everything about the chosen one on the right, what to do below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QWidget

from ui.empty import EmptyPlace
from ui.entries import EntryList
from ui.entry import Entry
from ui.icons import Icon
from ui.language import t
from ui.look import Look
from ui.page import Page, Wishes
from ui.parts import button, column, label, panel, row, set_tone
from ui.qt_gaps import set_sizes
from ui.stylesheet import Type
from ui.theme import Tone
from workstation.desk.face import Question

_LIST_SHARE = 440
_DETAIL_SHARE = 640


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A line of the list and what there is to say about it."""

    entry: Entry
    details: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a page of records is called: its name, titles, drawing, and words for when it is empty."""

    name: str
    title: str
    lead: str
    icon: Icon
    nothing: str
    what_to_do: str
    items: str
    details: str


class RecordPage(Page):
    """Lists records; `question` is what F5 asks the desk."""

    def __init__(self, look: Look, place: Place, wishes: Wishes, question: Question) -> None:
        super().__init__(place.name, t(place.title), wishes)
        self._place = place
        self._question = question
        self._records: dict[str, Record] = {}
        self._lead = label(f"{place.name}.lead.label", t(place.lead), step=Type.LEAD, wrap=True)
        self._notice = label(f"{place.name}.notice.label", step=Type.STRONG, wrap=True)
        self.items = EntryList(look, f"{place.name}.items.list", t(place.items), can_choose=True)
        self.details = EntryList(look, f"{place.name}.details.list", t(place.details), bare=True)
        self._either = QStackedWidget()
        self._buttons: QHBoxLayout = row(gap=8)
        self.again = self.add_button("again", t("Ask again (F5)"), self.refresh)
        self._lay_out(look)
        self.items.selectionModel().currentChanged.connect(self._tell_details)
        self.items.chosen.connect(self._go_to_details)
        self.notice("")

    def panes(self) -> tuple[QWidget, ...]:
        """Return the list, what is said about the chosen one, and the buttons."""
        return (self.items, self.details, self.again) if self._records else (self.again,)

    def refresh(self) -> None:
        """Ask the desk for these records again."""
        self.wishes.ask(self._question)

    def show_records(self, records: Sequence[Record]) -> None:
        """Show records, the cursor on the one it was on before."""
        before = self.items.current()
        self._records = {record.entry.key: record for record in records}
        self.items.show_entries([record.entry for record in records])
        self._either.setCurrentIndex(0 if records else 1)
        if before:
            self.items.go_to(before.key)
        self._tell_details()
        if records and self.again.hasFocus():
            self.items.setFocus()

    def lead(self, words: str) -> None:
        """Say in a sentence what all of it comes to."""
        self._lead.setText(words)

    def notice(self, words: str, tone: Tone = Tone.WARN) -> None:
        """Say what just happened, or nothing."""
        self._notice.setText(words)
        self._notice.setVisible(bool(words))
        set_tone(self._notice, tone)

    def current(self) -> str:
        """Return the key of the record the cursor is on, empty where there is none."""
        entry = self.items.current()
        return entry.key if entry else ""

    def add_button(self, part: str, text: str, action: Callable[[], None], *, kind: str = "") -> QPushButton:
        """Add a button below the lists, left of those added before."""
        made = button(f"{self.name}.{part}.button", text, kind=kind)
        made.clicked.connect(action)
        self._buttons.addWidget(made)
        return made

    def leave(self) -> None:
        """Forget what just happened."""
        self.notice("")

    def _tell_details(self) -> None:
        record = self._records.get(self.current())
        self.details.show_entries(record.details if record else ())

    def _go_to_details(self) -> None:
        self.details.setFocus()

    def _lay_out(self, look: Look) -> None:
        place = self._place
        box = column(self, margin=28, gap=6)
        box.addWidget(label(f"{place.name}.title.label", t(place.title), step=Type.TITLE))
        box.addWidget(self._lead)
        box.addWidget(self._notice)
        box.addSpacing(10)
        self._either.addWidget(self._side_by_side())
        self._either.addWidget(
            EmptyPlace(look, place.name, place.icon, t(place.nothing), t(place.what_to_do))
        )
        self._either.setCurrentIndex(1)
        box.addWidget(self._either, 1)
        box.addSpacing(6)
        across = row(gap=8)
        across.addStretch(1)
        across.addLayout(self._buttons)
        box.addLayout(across)

    def _side_by_side(self) -> QWidget:
        sides = QSplitter()
        sides.setObjectName(f"{self.name}.sides.splitter")
        sides.setChildrenCollapsible(False)
        sides.setHandleWidth(14)
        frame = panel(f"{self.name}.details.panel", "panel")
        column(frame, margin=8).addWidget(self.details)
        for widget in (self.items, frame):
            sides.addWidget(widget)
        set_sizes(sides, (_LIST_SHARE, _DETAIL_SHARE))
        return sides
