"""The table of requests on the home page."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem
from PySide6.QtWidgets import QAbstractItemView, QTableView

from ui.language import t
from ui.look import Look
from ui.shown import person_text, time_shown, value_text
from ui.wording import stage_words
from workstation.desk.face import QueueItem

HEADERS: Final = ("Release", "Replaces", "Channel", "Built by", "Countersigned", "Stage", "Arrived")
REQUEST_ROLE: Final = Qt.ItemDataRole.UserRole


def queue_table(look: Look) -> QTableView:
    """Return an empty table for the queue."""
    table = QTableView()
    table.setObjectName("home.queue.table")
    table.setAccessibleName(t("Requests, those still to be decided first"))
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setCornerButtonEnabled(False)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.verticalHeader().hide()
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setSectionsClickable(False)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def measure() -> None:
        table.verticalHeader().setDefaultSectionSize(look.percent * 40 // 100)

    look.changed.connect(measure)
    measure()
    return table


def queue_row(item: QueueItem) -> list[QStandardItem]:
    """Return the cells of one request."""
    texts = (
        f"{value_text(item.product)} {value_text(item.version)}",
        value_text(item.previous_version) or t("first release"),
        value_text(item.channel),
        ", ".join(person_text(name) for name in item.builders),
        f"{item.have} of {item.need}",
        stage_words(item),
        time_shown(item.admitted),
    )
    cells = [QStandardItem(text) for text in texts]
    cells[0].setData(item.request, REQUEST_ROLE)
    for cell, header in zip(cells, HEADERS, strict=True):
        cell.setData(f"{t(header)}: {cell.text()}", Qt.ItemDataRole.AccessibleTextRole)
    return cells
