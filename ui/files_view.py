"""The tree of changed files, riskiest first on every level."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeView

from ui.files_delegate import FilesDelegate
from ui.files_model import FilesModel, ShownBranch
from ui.files_tree import FilesTree
from ui.look import Look
from ui.risk import RankedChange
from workstation.core.release_diff import FileChange

_INDENT: Final = 14
_ALL_OPEN: Final = 200
"""So many files are few enough to be shown without opening a folder."""


class FilesView(QTreeView):
    """Shows the changed files; `picked` gives the change the cursor came to, None on a folder or nothing.

    Right opens a folder and Left closes it. Steps follow the risk, wherever the files lie.
    """

    picked = Signal(object)

    def __init__(self, look: Look, name: str, accessible: str, said: Callable[[FileChange], str]) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self._order: Sequence[int] = ()
        self._files = FilesModel(self)
        self.setModel(self._files)
        self.setItemDelegate(FilesDelegate(look, self, said))
        self._behave()
        look.changed.connect(self.scheduleDelayedItemsLayout)

    def show_changes(self, changes: tuple[RankedChange, ...]) -> None:
        """Replace the files, given in risk order, and go to the first."""
        self.show_tree(FilesTree.of(changes))

    def show_tree(self, tree: FilesTree) -> None:
        """Replace the files by a tree made already, and go to its first."""
        self._files.show_tree(tree)
        self._go_to_first()

    def filter_by(self, text: str) -> None:
        """Keep the files whose path holds `text`, and go to the first of them."""
        self._files.filter_by(text)
        self._go_to_first()

    def step(self, by: int) -> bool:
        """Go `by` files further, in risk order; answer False at the end."""
        shown = self.branch()
        if shown is None:
            return self.step_to(0)
        if shown.own is None and by > 0:
            return self.step_to(bisect_left(self._order, shown.best) + by - 1)
        at = shown.best if shown.own is None or shown.branch.own is None else shown.branch.own
        return self.step_to(bisect_left(self._order, at) + by)

    def step_to(self, number: int) -> bool:
        """Go to a file by its number in risk order; answer False when there is none."""
        if not 0 <= number < len(self._order):
            return False
        self.setCurrentIndex(self._files.index_of(self._order[number]))
        return True

    def go_to(self, path: str) -> bool:
        """Go to the member at `path`; answer False when it is not among the files shown."""
        place = self._files.tree.find(path)
        return place is not None and self.step_to(bisect_right(self._order, place) - 1)

    def branch(self) -> ShownBranch | None:
        """Return the file or folder the cursor is on."""
        return self._files.shown(self.currentIndex())

    def current(self) -> FileChange | None:
        """Return the change the cursor is on."""
        shown = self.branch()
        return shown.own.change if shown and shown.own else None

    def currentChanged(  # noqa: N802 (Qt's name)
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Tell which change the cursor came to."""
        super().currentChanged(current, previous)
        if current.isValid():
            self.picked.emit(self.current())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Go out with Left and in with Right; open everything with no key: it may be a million files."""
        here = self.currentIndex()
        # Qt calls a file expanded as well, once everything was.
        opened = self.isExpanded(here) and self._files.hasChildren(here)
        match event.key():
            case Qt.Key.Key_Left if not opened and here.parent().isValid():
                self.setCurrentIndex(here.parent())
            case Qt.Key.Key_Right if opened:
                self.setCurrentIndex(self._files.index(0, 0, here))
            case Qt.Key.Key_Asterisk:
                return
            case _:
                super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802 (Qt's name)
        """Search for nothing: the filter does, and does not walk through a million rows."""

    def _go_to_first(self) -> None:
        self._order = self._files.tree.in_order
        if 0 < len(self._order) <= _ALL_OPEN:
            self.expandAll()
        if not self.step_to(0):
            self.picked.emit(None)

    def _behave(self) -> None:
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(_INDENT)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
