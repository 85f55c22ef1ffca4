"""Marks on changes, kept by content: a change with other bytes has none. For as long as one reader reads."""

from __future__ import annotations

from ui.dwell import Dwell
from ui.language import t
from workstation.core.identity import Digest, Fingerprint
from workstation.core.release_diff import FileChange, ReleaseDiff
from workstation.core.seen import change_key, to_be_seen

_MINUTE_MS = 60_000
_HOUR_MINUTES = 60
_COUNTED = 5000
"""In larger reviews, marks of an earlier opening are counted once their file is opened again."""


class Marks:
    """What was reviewed, and what still has to be displayed before somebody countersigns."""

    def __init__(self, dwell: Dwell) -> None:
        self._dwell = dwell
        self._reviewed: set[Digest] = set()
        self._here: set[Digest] = set()
        self._count = 0
        self._wanted: dict[Digest, FileChange] = {}
        self._reader: Fingerprint | None = None

    def read_by(self, reader: Fingerprint | None) -> None:
        """Begin anew when another card opens a review: what one person saw, the next one has not seen."""
        if reader != self._reader:
            self._reader = reader
            self._reviewed.clear()
            self._dwell.forget()

    def show_diff(self, diff: ReleaseDiff, must_open: int) -> None:
        """Follow the changes of a review; marks on the same content stay."""
        self._count = len(diff.changes)
        keys = map(change_key, diff.changes) if self._count <= _COUNTED else ()
        self._here = {key for key in keys if key in self._reviewed or self._dwell.known(key)}
        self._wanted = {change_key(change): change for change in to_be_seen(diff, must_open)}

    def open(self, change: FileChange) -> None:
        """Note that a change is in front."""
        self._here.add(change_key(change))

    def unseen(self) -> tuple[FileChange, ...]:
        """Return the changes that still have to be displayed whole."""
        return tuple(change for change in self._wanted.values() if not self._dwell.whole(change))

    def seen(self) -> tuple[Digest, ...]:
        """Return the keys of those that had to be displayed, and were."""
        return tuple(key for key, change in self._wanted.items() if self._dwell.whole(change))

    def review(self, change: FileChange) -> bool:
        """Mark a change reviewed, or take the mark away; answer False where it has not been displayed."""
        key = change_key(change)
        if key in self._reviewed:
            self._reviewed.discard(key)
            return True
        if key in self._wanted and not self._dwell.whole(change):
            return False
        self._reviewed.add(key)
        return True

    def reviewed(self, change: FileChange) -> bool:
        """Whether a change is marked reviewed."""
        return bool(self._reviewed) and change_key(change) in self._reviewed

    def words(self, change: FileChange) -> str:
        """Say how far a change that has to be displayed was, and whether it was reviewed."""
        if self.reviewed(change):
            return "\u2713 " + t("reviewed")
        if not self._wanted or change_key(change) not in self._wanted:
            return ""
        reading = self._dwell.reading(change)
        if reading is None or not reading.total:
            return t("not displayed")
        return t("{percent} % displayed", percent=100 * len(reading.lines) // reading.total)

    def pace(self) -> str:
        """Say how much was opened, reviewed and displayed, and how fast. It never blocks."""
        found = self._dwell.readings()
        minutes = sum(reading.in_front_ms for reading in found) // _MINUTE_MS
        lines = sum(len(reading.lines) for reading in found)
        said = [
            t("{opened} of {all} files opened", opened=len(self._here), all=self._count),
            t("{reviewed} reviewed", reviewed=len(self._here & self._reviewed)),
            t("{lines} changed lines displayed", lines=lines),
            t("{minutes} min", minutes=minutes),
        ]
        if minutes:
            said.append(t("{pace} lines an hour", pace=lines * _HOUR_MINUTES // minutes))
        return " \u00b7 ".join(said)
