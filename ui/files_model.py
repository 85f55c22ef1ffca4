"""The model under the tree of changed files: a branch is made when it is looked at."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ui.diff_rows import counts
from ui.files_tree import Branch, FilesTree
from ui.language import t
from ui.risk import RankedChange, risk_of
from ui.shown import value_text

_ROOT: Final = QModelIndex()
_AT_ONCE: Final = 2000
SHOWN_ROLE: Final = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBranch:
    """A branch as it is painted: itself, the riskiest change in it, and its own change if it has one.

    `best` is the place of that change in risk order. Of a branch with very many others in it, those are told
    in stretches: `stretch` are the numbers of one, from zero.
    """

    branch: Branch
    best: int
    riskiest: RankedChange
    own: RankedChange | None
    stretch: range | None

    @property
    def label(self) -> str:
        """Its path from what it lies in; a folder's ends with a stroke."""
        if self.stretch is not None:
            return t("{first} to {last}", first=self.stretch.start + 1, last=self.stretch.stop)
        folder = self.own is None and not self.branch.label.endswith("!")
        return value_text(self.branch.label) + ("/" if folder else "")

    def spoken(self) -> str:
        """Return the branch as a screen reader says it."""
        risk = t(risk_of(self.riskiest.rank).word)
        if self.stretch is not None:
            return f"{risk}: {self.label}"
        if self.own is None:
            return t(
                "{risk}: folder {path}, {count} changed files in it",
                risk=risk,
                path=value_text(self.branch.label),
                count=self.branch.inside,
            )
        return spoken(self.own)


@dataclass(slots=True, kw_only=True)
class _Knot:
    """A branch, or a stretch of one: where it lies, and what lies in it once somebody looked inside."""

    branch: Branch
    row: int
    above: int
    best: int
    inside: Sequence[int] | None = None
    stretch: range | None = None
    knots: dict[int, int] = field(default_factory=dict)


class FilesModel(QAbstractItemModel):
    """Gives the changes whose path holds the filter's text, as a tree."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._all = self._tree = FilesTree.of(())
        self._folded: list[str] = []
        self._knots: list[_Knot] = []
        self._begin(self._all)

    def show_tree(self, tree: FilesTree) -> None:
        """Replace the changes, without a filter."""
        self._all, self._folded = tree, []
        self._begin(tree)

    def filter_by(self, text: str) -> None:
        """Keep the changes whose path, as it is shown, holds `text`; case does not count."""
        wanted = text.casefold()
        if wanted and not self._folded:
            self._folded = [value_text(one.change.path).casefold() for one in self._all.changes]
        self._begin(self._all.only([wanted in path for path in self._folded]) if wanted else self._all)

    @property
    def tree(self) -> FilesTree:
        """What is shown."""
        return self._tree

    def index_of(self, place: int) -> QModelIndex:
        """Return the index of the change at a place."""
        index = QModelIndex()
        for best in self._tree.way_to(place):
            inside = self._inside(self._knot(index))
            number = bisect_left(inside, best)
            if len(inside) > _AT_ONCE:
                index = self.index(number // _AT_ONCE, 0, index)
            index = self.index(number % _AT_ONCE, 0, index)
        return index

    def shown(self, index: QModelIndex | QPersistentModelIndex) -> ShownBranch | None:
        """Return the branch at an index."""
        if not index.isValid():
            return None
        knot, changes = self._knot(index), self._tree.changes
        own = None if knot.branch.own is None or knot.stretch is not None else changes[knot.branch.own]
        return ShownBranch(
            branch=knot.branch, best=knot.best, riskiest=changes[knot.best], own=own, stretch=knot.stretch
        )

    def index(
        self, row: int, column: int, parent: QModelIndex | QPersistentModelIndex = _ROOT
    ) -> QModelIndex:
        """Return the index of a row within another."""
        above = self._number(parent)
        if column or not 0 <= row < self._rows(self._knots[above]):
            return QModelIndex()
        return self.createIndex(row, 0, self._child(above, row))

    def parent(self, index: QModelIndex | QPersistentModelIndex) -> QModelIndex:  # type: ignore[override]  # Qt's other parent() is the object's
        """Return what a row lies in."""
        above = self._knots[self._number(index)].above
        return self.createIndex(self._knots[above].row, 0, above) if above else QModelIndex()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:  # noqa: N802 (Qt's name)
        """Return how many rows lie in a branch."""
        return self._rows(self._knot(parent))

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:  # noqa: N802, ARG002 (Qt's name and signature)
        """Return that there is one column."""
        return 1

    def hasChildren(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> bool:  # noqa: N802 (Qt's name)
        """Whether anything lies in a branch."""
        return self._knot(parent).branch.inside > 0

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a branch, or how it is spoken."""
        shown = self.shown(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shown.label if shown else None
            case Qt.ItemDataRole.AccessibleTextRole:
                return shown.spoken() if shown else None
            case _:
                return shown if role == SHOWN_ROLE else None

    def _begin(self, tree: FilesTree) -> None:
        self.beginResetModel()
        self._tree = tree
        self._knots = []
        self._knots.append(_Knot(branch=tree.root(), row=0, above=0, best=0))
        self.endResetModel()

    def _inside(self, knot: _Knot) -> Sequence[int]:
        if knot.inside is None:
            knot.inside = self._tree.children(knot.branch)
        return knot.inside

    def _rows(self, knot: _Knot) -> int:
        """Return how many rows lie in a knot: all that is in it, or the stretches of that."""
        count = len(self._inside(knot))
        return count if count <= _AT_ONCE else -(-count // _AT_ONCE)

    def _child(self, above: int, row: int) -> int:
        knot = self._knots[above]
        if row not in knot.knots:
            self._knots.append(self._made(knot, row, above))
            knot.knots[row] = len(self._knots) - 1
        return knot.knots[row]

    def _made(self, knot: _Knot, row: int, above: int) -> _Knot:
        inside = self._inside(knot)
        if len(inside) > _AT_ONCE:
            stretch = range(row * _AT_ONCE, min((row + 1) * _AT_ONCE, len(inside)))
            part = inside[stretch.start : stretch.stop]
            return _Knot(branch=knot.branch, row=row, above=above, best=part[0], inside=part, stretch=stretch)
        branch = self._tree.child(knot.branch, inside[row])
        return _Knot(branch=branch, row=row, above=above, best=branch.best)

    def _number(self, index: QModelIndex | QPersistentModelIndex) -> int:
        return index.internalId() if index.isValid() else 0

    def _knot(self, index: QModelIndex | QPersistentModelIndex) -> _Knot:
        return self._knots[self._number(index)]


def spoken(one: RankedChange) -> str:
    """Return a change as a screen reader says it."""
    added, removed = counts(one.change)
    risk = t(risk_of(one.rank).word)
    path = value_text(one.change.path)
    return t(
        "{risk}, {value}: {path}, {added} lines added, {removed} removed",
        risk=risk,
        value=one.change.kind.value,
        path=path,
        added=added,
        removed=removed,
    )
