"""What was displayed: rows that were wholly in the viewport of an active window for long enough.

This proves display, not reading. A row that is scrolled past, covered by another window or shown
while nobody has the keyboard here does not count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from ui.diff_rows import DiffRows
from ui.diff_table import DiffTable
from workstation.core.identity import Digest
from workstation.core.release_diff import FileChange
from workstation.core.seen import change_key

LONG_ENOUGH_MS: Final = 400
_GLANCE_MS: Final = 100


@dataclass(slots=True, kw_only=True)
class Reading:
    """How far one change was displayed: changed lines in all and displayed, and milliseconds in front."""

    total: int
    lines: set[int] = field(default_factory=set)
    pieces: dict[int, set[int]] = field(default_factory=dict)
    in_front_ms: int = 0

    @property
    def whole(self) -> bool:
        """Whether every changed line was displayed."""
        return len(self.lines) >= self.total


class Dwell(QObject):
    """Watches one table; `grew` says that more was displayed than before."""

    grew = Signal()

    def __init__(self, table: DiffTable) -> None:
        super().__init__(table)
        self._table = table
        self._patience_ms = LONG_ENOUGH_MS
        self._rows: DiffRows | None = None
        self._change: FileChange | None = None
        self._key: Digest | None = None
        self._since: dict[int, int] = {}
        self._readings: dict[Digest, Reading] = {}
        self._clock = QElapsedTimer()
        self._clock.start()
        self._last_ms = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_GLANCE_MS)
        self._timer.timeout.connect(self._glance)
        self._timer.start()

    @property
    def patience_ms(self) -> int:
        """How long a row has to be in sight, in milliseconds."""
        return self._patience_ms

    def set_patience(self, patience_ms: int) -> None:
        """Ask for another time in sight, and look as much more often."""
        self._patience_ms = patience_ms
        self._timer.setInterval(max(1, min(_GLANCE_MS, patience_ms // 4)))

    def reading(self, change: FileChange) -> Reading | None:
        """Return how far a change was displayed, None when it never was in front."""
        return self._readings.get(change_key(change))

    def whole(self, change: FileChange) -> bool:
        """Whether all of a change was displayed."""
        found = self.reading(change)
        return found is not None and found.whole

    def known(self, key: Digest) -> bool:
        """Whether a change with this key ever was in front."""
        return key in self._readings

    def first_unseen(self) -> int | None:
        """Return the place of the first changed row of the change in front that was not displayed yet."""
        self._follow()
        reading = self._readings.get(self._key) if self._key else None
        rows = self._rows
        if reading is None or rows is None:
            return None
        places = (place for place in range(len(rows)) if rows.changed_at(place))
        return next((place for place in places if rows.line_at(place) not in reading.lines), None)

    def forget(self) -> None:
        """Forget all that was displayed: somebody else sits here now."""
        self._readings.clear()
        self._since.clear()
        self._rows, self._change, self._key = None, None, None

    def readings(self) -> tuple[Reading, ...]:
        """Return how far each change was displayed that ever was in front."""
        return tuple(self._readings.values())

    def _glance(self) -> None:
        now = self._clock.elapsed()
        passed, self._last_ms = now - self._last_ms, now
        reading = self._follow()
        if reading is None or self._rows is None or not self._watched():
            self._since.clear()
            return
        reading.in_front_ms += passed
        shown = {place for place in self._table.displayed() if self._rows.changed_at(place)}
        self._since = {place: self._since.get(place, now) for place in shown}
        long_enough = [place for place, since in self._since.items() if now - since >= self._patience_ms]
        before = len(reading.lines)
        for place in long_enough:
            self._note(reading, self._rows, place)
        if len(reading.lines) > before:
            self.grew.emit()

    def _follow(self) -> Reading | None:
        """Notice another change in front, or the same one wrapped anew."""
        change, rows = self._table.change, self._table.rows
        if change is None or rows is None:
            self._rows, self._change, self._key = None, None, None
            return None
        if rows is not self._rows:
            self._since.clear()
            if change is not self._change:
                self._key = change_key(change)
            self._rows, self._change = rows, change
            self._readings.setdefault(self._key or change_key(change), Reading(total=rows.changed_lines))
            # Pieces of a line wrapped otherwise are other pieces.
            self._readings[self._key or change_key(change)].pieces.clear()
        return self._readings[self._key] if self._key else None

    def _note(self, reading: Reading, rows: DiffRows, place: int) -> None:
        line = rows.line_at(place)
        if line in reading.lines:
            return
        pieces = reading.pieces.setdefault(line, set())
        pieces.add(place)
        if len(pieces) >= rows.pieces_of(line):
            reading.lines.add(line)
            del reading.pieces[line]

    def _watched(self) -> bool:
        return self._table.isVisible() and self._table.window().isActiveWindow()
