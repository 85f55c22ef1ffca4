"""A list of entries, for everything on the screen that is a handful of things to be said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QListView, QSizePolicy

from ui.entry import ENTRY_ROLE, Entry, entry_at
from ui.entry_delegate import EntryDelegate
from ui.look import Look
from ui.qt_gaps import append_row

_LOWEST: Final = 64
_NARROWEST: Final = 160


class EntryList(QListView):
    """Shows entries; `chosen` gives the entry that was activated, where `can_choose`.

    Where nothing can be chosen, Return is the page's. With `fit` the list is no higher than its
    entries; with `large` they are written a step larger.
    """

    chosen = Signal(object)

    def __init__(
        self,
        look: Look,
        name: str,
        accessible: str,
        *,
        bare: bool = False,
        large: bool = False,
        fit: bool = False,
        can_choose: bool = False,
    ) -> None:
        super().__init__()
        self._can_choose = can_choose
        self._fit = fit
        if fit:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setProperty("bare", "true" if bare else "false")
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.setItemDelegate(EntryDelegate(look, self, large=large, keep_cursor=can_choose))
        self.activated.connect(self._activated)
        look.changed.connect(self.scheduleDelayedItemsLayout)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Replace what is shown."""
        self._items.clear()
        for entry in entries:
            item = QStandardItem()
            item.setEditable(False)
            item.setData(entry, ENTRY_ROLE)
            item.setData(entry.spoken(), Qt.ItemDataRole.AccessibleTextRole)
            append_row(self._items, [item])
        if entries:
            self.setCurrentIndex(self._items.index(0, 0))
        self.scrollToTop()
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the height all entries need together, or little: a list that does not fit scrolls."""
        usual = super().sizeHint()
        if not self._fit:
            return QSize(usual.width(), _LOWEST)
        rows = range(self._items.rowCount())
        height = sum(self.sizeHintForIndex(self._items.index(row, 0)).height() for row in rows)
        return QSize(usual.width(), height + 2 * self.frameWidth() + 6)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return room for one entry."""
        return QSize(_NARROWEST, min(_LOWEST, self.sizeHint().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Ask for another height when the texts wrap otherwise."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def entries(self) -> tuple[Entry, ...]:
        """Return what is shown."""
        indexes = (self._items.index(row, 0) for row in range(self._items.rowCount()))
        return tuple(entry for index in indexes if (entry := entry_at(index)))

    def current(self) -> Entry | None:
        """Return the entry the cursor is on."""
        return entry_at(self.currentIndex())

    def go_to(self, key: str) -> None:
        """Put the cursor on the entry with this key, where there is one."""
        for number, entry in enumerate(self.entries()):
            if entry.key == key:
                self.setCurrentIndex(self._items.index(number, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Keep Return here where something can be chosen: the page would take it as leaving."""
        super().keyPressEvent(event)
        if self._can_choose and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()

    def _activated(self, index: QModelIndex) -> None:
        entry = entry_at(index)
        if entry is not None and self._can_choose:
            self.chosen.emit(entry)
