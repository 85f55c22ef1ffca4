"""Home: which requests are here, and what machine this is."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import QApplication, QHeaderView, QStackedWidget, QWidget

from ui.language import t
from ui.look import Look
from ui.page import Page, Wishes
from ui.pages.queue_table import HEADERS, REQUEST_ROLE, queue_row, queue_table
from ui.pages.station_panel import StationPanel
from ui.parts import button, column, label, row
from ui.qt_gaps import append_row, set_headers
from ui.shown import person_text, prose, value_text
from ui.stylesheet import Type
from ui.wording import NO_QUEUE
from workstation.core.identity import RequestId
from workstation.desk.face import AskQueue, AskStation, Queue, QueueItem, Stage, Station
from workstation.desk.records_face import AskSlip, Slip

_WIDE: Final = HEADERS.index("Built by")
_ALSO_BELOW: Final = tuple(map(HEADERS.index, ("Replaces", "Channel", "Built by")))
_OPEN_STAGES: Final = (Stage.ADMITTED, Stage.REVIEWED, Stage.COUNTERSIGNED, Stage.QUORATE)


class HomePage(Page):
    """The queue, and a line about the station."""

    def __init__(self, look: Look, wishes: Wishes) -> None:
        super().__init__("home", t("Requests at this workstation"), wishes)
        self._look = look
        self._items: dict[str, QueueItem] = {}
        self._title = label("home.title.label", t("Requests"), step=Type.TITLE)
        self._summary = label("home.summary.label", step=Type.LEAD, wrap=True)
        self.table = queue_table(look)
        self._rows = QStandardItemModel(self)
        self.table.setModel(self._rows)
        self._lacks = label("home.lacks.label", wrap=True)
        self._open = button("home.open.button", t("&Open the review"), kind="main")
        self.sheet = button("home.sheet.button", t("&Print sheet"))
        self._again = button("home.again.button", t("Ask again (F5)"))
        self._empty = QWidget()
        self._either = QStackedWidget()
        self._station = StationPanel()
        self._lay_out()
        self.table.activated.connect(self._open_index)
        self.table.selectionModel().currentChanged.connect(self._tell_lacks)
        self._open.clicked.connect(self.open_current)
        self._again.clicked.connect(self.refresh)
        look.changed.connect(self._fit_columns)
        self.sheet.clicked.connect(self.print_sheet)

    def panes(self) -> tuple[QWidget, ...]:
        """Return the queue and the buttons."""
        return (self.table, self._open) if self._items else (self._again,)

    def refresh(self) -> None:
        """Ask what machine this is; the queue is asked for when that is answered."""
        self.wishes.ask(AskStation())

    def show_station(self, station: Station) -> None:
        """Show what machine this is, and ask for the queue."""
        self._station.show_station(station)
        self.wishes.ask(AskQueue())

    def show_queue(self, queue: Queue) -> None:
        """Show which requests are here, the cursor on the one it was on before."""
        before = self._current()
        self._items = {item.request: item for item in queue.items}
        self._rows.clear()
        set_headers(self._rows, [t(header) for header in HEADERS])
        for item in queue.items:
            append_row(self._rows, queue_row(item))
        self._either.setCurrentIndex(0 if queue.items else 1)
        for made in (self._open, self.sheet):
            made.setVisible(bool(queue.items))
        self._fit_columns()
        self._summary.setText(_summary(queue))
        places = [item.request for item in queue.items]
        at = places.index(before.request) if before and before.request in places else 0
        self.table.selectRow(at)
        focused = QApplication.focusWidget()
        if self.isVisible() and (focused is None or focused is self._again or not self.isAncestorOf(focused)):
            self.panes()[0].setFocus()

    def open_current(self) -> None:
        """Open the review of the request the cursor is on."""
        item = self._current()
        if item:
            self.wishes.go_open(item)

    def print_sheet(self) -> None:
        """Ask for the sheet of the request the cursor is on."""
        item = self._current()
        if item:
            self.wishes.ask(AskSlip(slip=Slip.REQUEST, about=item.request))

    def _open_index(self, index: QModelIndex) -> None:
        if index.isValid():
            self.open_current()

    def _current(self) -> QueueItem | None:
        row_number = self.table.currentIndex().row()
        found: object = self._rows.index(row_number, 0).data(REQUEST_ROLE) if row_number >= 0 else None
        return self._items.get(RequestId(found)) if isinstance(found, str) else None

    def _tell_lacks(self) -> None:
        item = self._current()
        self._lacks.setText(_about(item) if item else "")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Fit the columns to another width."""
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Give the builders what the others leave; where that is little, leave out what is said below too."""
        header, columns = self.table.horizontalHeader(), range(self._rows.columnCount())
        for place in columns:
            self.table.setColumnHidden(place, False)
            stretched = place == _WIDE
            header.setSectionResizeMode(
                place,
                QHeaderView.ResizeMode.Stretch if stretched else QHeaderView.ResizeMode.ResizeToContents,
            )
        for place in _ALSO_BELOW if columns else ():
            widths = {one: self._wanted(one) for one in columns if not self.table.isColumnHidden(one)}
            self.table.setColumnHidden(place, sum(widths.values()) > self.table.viewport().width())

    def _wanted(self, place: int) -> int:
        header = self.table.horizontalHeader()
        least = header.sectionSizeHint(place)
        return least if place == _WIDE else max(least, self.table.sizeHintForColumn(place))

    def _lay_out(self) -> None:
        box = column(self, margin=28, gap=6)
        box.addWidget(self._title)
        box.addWidget(self._summary)
        box.addSpacing(10)
        inside = column(self._empty, gap=8)
        inside.addStretch(2)
        for text, step in zip(NO_QUEUE, (Type.TITLE, Type.LEAD), strict=True):
            words = label(f"home.empty-{step.value}.label", t(text), step=step, wrap=True)
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            inside.addWidget(words)
        inside.addStretch(3)
        self._either.addWidget(self.table)
        self._either.addWidget(self._empty)
        box.addWidget(self._either, 1)
        below = row(gap=12)
        below.addWidget(self._lacks, 1)
        below.addWidget(self.sheet)
        below.addWidget(self._again)
        below.addWidget(self._open)
        box.addLayout(below)
        box.addSpacing(10)
        box.addWidget(self._station)


def _about(item: QueueItem) -> str:
    """Say in full what a narrow table leaves out or cuts: what it replaces, who built it, what it lacks."""
    replaces = t(
        "Replaces {before} on {channel}.",
        before=value_text(item.previous_version) or t("nothing"),
        channel=value_text(item.channel),
    )
    builders = ", ".join(person_text(name) for name in item.builders) or t("nobody known")
    lacking = ", ".join(prose(one) for one in item.lacks)
    lacks = t("Still lacks: {lacking}.", lacking=lacking) if lacking else ""
    return " ".join(one for one in (replaces, t("Built by {builders}.", builders=builders), lacks) if one)


def _summary(queue: Queue) -> str:
    still = sum(item.stage in _OPEN_STAGES for item in queue.items)
    match still:
        case 0:
            return t("Nothing is waiting for a decision.")
        case 1:
            return t("One request is waiting for a decision.")
        case _:
            return t("{still} requests are waiting for a decision.", still=still)
