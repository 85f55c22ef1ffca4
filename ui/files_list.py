"""The list of changed files, riskiest first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QListView

from ui.files_delegate import FilesDelegate
from ui.files_model import CHANGE_ROLE, FilesModel
from ui.look import Look
from ui.risk import RankedChange
from workstation.core.release_diff import FileChange

_AT_ONCE: Final = 5000


class FilesList(QListView):
    """Shows the changed files; `picked` gives the change the cursor came to, or None."""

    picked = Signal(object)

    def __init__(self, look: Look, name: str, accessible: str, said: Callable[[FileChange], str]) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setUniformItemSizes(True)
        # A million rows are laid out by and by; the first are there at once.
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_AT_ONCE)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self._files = FilesModel(self)
        self.setModel(self._files)
        self.setItemDelegate(FilesDelegate(look, self, said))
        look.changed.connect(self.scheduleDelayedItemsLayout)

    def show_changes(self, changes: tuple[RankedChange, ...]) -> None:
        """Replace the files and go to the first."""
        self._files.show_changes(changes)
        self.step_to(0)

    def filter_by(self, text: str) -> None:
        """Keep the files whose path holds `text`, and go to the first of them."""
        self._files.filter_by(text)
        self.step_to(0)

    def step(self, by: int) -> bool:
        """Go `by` files further; answer False at the end."""
        return self.step_to(self.currentIndex().row() + by)

    def step_to(self, place: int) -> bool:
        """Go to the file at a place; answer False when there is none."""
        if not 0 <= place < self._files.rowCount():
            if not self._files.rowCount():
                self.picked.emit(None)
            return False
        self.setCurrentIndex(self._files.index(place, 0))
        return True

    def go_to(self, path: str) -> bool:
        """Go to the member at `path`; answer False when it is not among the files shown."""
        place = self._files.place_of(path)
        return place is not None and self.step_to(place)

    def current(self) -> FileChange | None:
        """Return the change the cursor is on."""
        found: object = self.currentIndex().data(CHANGE_ROLE)
        return found.change if isinstance(found, RankedChange) else None

    def currentChanged(  # noqa: N802 (Qt's name)
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Tell which change the cursor came to."""
        super().currentChanged(current, previous)
        if current.isValid():
            self.picked.emit(self.current())
