"""The rows of the diff table: what a change did to the member itself, then its text, long lines wrapped."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Final

from ui.shown import row_text, size_shown, value_text
from workstation.core.release_diff import FileChange, Member, RowKind, TextRow

_NARROWEST: Final = 20
_NO_TEXT: Final = "no lines to show: compared by digest"
_LEFT_OUT: Final = "unchanged lines left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """One row as painted; `continued` when it goes on with the line above."""

    kind: RowKind
    old: str
    new: str
    mark: str
    text: str
    continued: bool

    def spoken(self) -> str:
        """Return the row as a screen reader says it."""
        number = self.new or self.old
        line = f", line {number}" if number else ", continued" if self.continued else ""
        return f"{self.kind.value}{line}: {self.text}"


class DiffRows:
    """The rows of one change, every line wrapped after `columns` characters."""

    def __init__(self, change: FileChange, columns: int) -> None:
        self._columns = max(_NARROWEST, columns)
        self._rows = (*_member_rows(change), *_fact_rows(change), *_text_rows(change))
        pieces = [self._pieces(row.text) for row in self._rows]
        self._source = array("q", chain.from_iterable(map(repeat, range(len(pieces)), pieces)))
        self._piece = array("q", chain.from_iterable(map(range, pieces)))

    def _pieces(self, text: str) -> int:
        """Return over how many rows a text goes; what is made inert may be longer than it came."""
        if len(text) <= self._columns and text.isascii() and text.isprintable():
            return 1
        return max(1, -(-len(row_text(text)) // self._columns))

    def __len__(self) -> int:
        return len(self._source)

    def row(self, place: int) -> ShownRow:
        """Return the row at a place, counted from zero."""
        source, piece = self._rows[self._source[place]], self._piece[place]
        text = row_text(source.text)[piece * self._columns : (piece + 1) * self._columns]
        return ShownRow(
            kind=source.kind,
            old="" if piece or source.old is None else str(source.old),
            new="" if piece or source.new is None else str(source.new),
            mark="\u21aa" if piece else _MARKS[source.kind],
            text=text,
            continued=piece > 0,
        )

    @property
    def changed_lines(self) -> int:
        """How many lines were added or removed, those about the member itself among them."""
        return sum(row.kind in (RowKind.ADDED, RowKind.REMOVED) for row in self._rows)

    def changed_at(self, place: int) -> bool:
        """Whether the row at a place is one that was added or removed."""
        return self._changed(place)

    def pieces_of(self, line: int) -> int:
        """Return over how many rows a line goes."""
        return bisect_left(self._source, line + 1) - self.place_of(line)

    def marks(self, place: int) -> tuple[tuple[int, int], ...]:
        """Return the changed words of the row at a place: from and up to which character of it."""
        row, piece = self._rows[self._source[place]], self._piece[place]
        start = piece * self._columns
        stop = start + self._columns
        clipped = ((max(low, start) - start, min(high, stop) - start) for low, high in row.marks)
        # Places are those of the text as it came; where it had to be made inert here they are others.
        return (
            tuple((low, high) for low, high in clipped if low < high)
            if row_text(row.text) == row.text
            else ()
        )

    def line_at(self, place: int) -> int:
        """Return which line a row belongs to, to find it again after wrapping anew."""
        return self._source[place]

    def place_of(self, line: int) -> int:
        """Return where a line begins."""
        return bisect_left(self._source, line)

    def next_change(self, place: int, step: int) -> int | None:
        """Return where the next run of changed rows begins, forwards (1) or backwards (-1)."""
        place += step
        while 0 <= place < len(self):
            if self._begins_change(place):
                return place
            place += step
        return None

    def _begins_change(self, place: int) -> bool:
        return self._changed(place) and (place == 0 or not self._changed(place - 1))

    def _changed(self, place: int) -> bool:
        return self._rows[self._source[place]].kind in (RowKind.ADDED, RowKind.REMOVED)


_MARKS: Final = {
    RowKind.CONTEXT: "",
    RowKind.ADDED: "+",
    RowKind.REMOVED: "\u2212",
    RowKind.SKIPPED: "\u22ef",
}


def counts(change: FileChange) -> tuple[int, int]:
    """Return how many lines were added and how many removed."""
    kinds = [row.kind for row in change.rows]
    return kinds.count(RowKind.ADDED), kinds.count(RowKind.REMOVED)


def _text_rows(change: FileChange) -> Iterator[TextRow]:
    if not change.rows:
        yield TextRow(kind=RowKind.SKIPPED, text=_NO_TEXT)
    for row in change.rows:
        left_out = row.kind is RowKind.SKIPPED and not row.text
        yield TextRow(kind=row.kind, text=_LEFT_OUT) if left_out else row


def _fact_rows(change: FileChange) -> Iterator[TextRow]:
    """Yield what a member says about itself, as it was and as it is."""
    for fact in change.facts:
        for kind, said in ((RowKind.REMOVED, fact.old), (RowKind.ADDED, fact.new)):
            if said and fact.old != fact.new:
                yield TextRow(kind=kind, text=f"{value_text(fact.name)}: {value_text(said)}")


def _member_rows(change: FileChange) -> Iterator[TextRow]:
    """Yield a removed and an added row for every property of the member that is not what it was."""
    for name, say in _PROPERTIES:
        old = say(change.old) if change.old else ""
        new = say(change.new) if change.new else ""
        if old == new:
            continue
        if old:
            yield TextRow(kind=RowKind.REMOVED, text=f"{name} {old}")
        if new:
            yield TextRow(kind=RowKind.ADDED, text=f"{name} {new}")


def _size(member: Member) -> str:
    return size_shown(member.size).replace("\u2009", " ")


_PROPERTIES: Final[tuple[tuple[str, Callable[[Member], str]], ...]] = (
    ("path  ", lambda member: value_text(member.path)),
    ("kind  ", lambda member: member.kind.value),
    ("mode  ", lambda member: f"{member.mode:04o}"),
    ("owner ", lambda member: value_text(member.owner)),
    ("target", lambda member: value_text(member.target)),
    ("size  ", _size),
    ("sha256", lambda member: member.digest),
)
