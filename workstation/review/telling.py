"""What a review has seen so far, told over its channel while it goes on."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from workstation.core.glimpse import Glimpse
from workstation.core.release_diff import Finding
from workstation.core.shape import Shape
from workstation.process import frames

if TYPE_CHECKING:
    from workstation.core.strict_json import JsonObject
    from workstation.review.earlier import Earlier
    from workstation.review.index import Facts
    from workstation.review.ledger import Ledger
    from workstation.review.source import Source

SEEN: Final = "seen"
_EVERY: Final = 0.1  # seconds
_MOST: Final = 5000  # paths told of each kind
_LONGEST: Final = 40_000


def glimpse_message(glimpse: Glimpse) -> JsonObject:
    """Return the message that tells a glimpse; the total is known to whoever asked."""
    return {
        "bytes": glimpse.bytes_read,
        "entries": glimpse.entries,
        "paths": list(glimpse.paths),
        "changed": list(glimpse.changed),
        "findings": [[one.rule, one.rank, one.path, one.sentence] for one in glimpse.findings],
    }


def read_glimpse(message: JsonObject, *, total: int) -> Glimpse:
    """Return what a message tells; raises Malformed."""
    seen = Shape(message, "review child").fields(SEEN)[SEEN]
    fields = seen.fields("bytes", "entries", "paths", "changed", "findings")
    findings = [one.items(at_most=4) for one in fields["findings"].items(at_most=_MOST)]
    return Glimpse(
        bytes_read=fields["bytes"].integer(0, 1 << 60),
        bytes_total=total,
        entries=fields["entries"].integer(0, 1 << 40),
        paths=tuple(one.text(at_most=_LONGEST) for one in fields["paths"].items(at_most=_MOST)),
        changed=tuple(one.text(at_most=_LONGEST) for one in fields["changed"].items(at_most=_MOST)),
        findings=tuple(
            Finding(
                rule=rule.identifier(),
                rank=rank.integer(0, 100),
                path=path.text(at_most=_LONGEST),
                sentence=sentence.text(at_most=_LONGEST),
            )
            for rule, rank, path, sentence in findings
        ),
    )


class Telling:
    """Watches two sides being walked and tells about it over the channel, ten times a second at most."""

    def __init__(self, channel: int, old: Ledger, new: Ledger, earlier: Earlier) -> None:
        self._channel, self._old, self._new, self._earlier = channel, old, new, earlier
        self._read = 0
        self._last = time.monotonic() - _EVERY
        self._told = [0, 0, 0]  # paths, changed paths and findings
        self._paths: list[str] = []
        self._changed: list[str] = []
        new.on_member = self._saw

    def watched(self, source: Source) -> Source:
        """Return a source whose reading is counted."""
        return _Watched(source, self)

    def count(self, size: int) -> None:
        """Count bytes read, and tell what was seen if it is time."""
        self._read += size
        if self._first() or time.monotonic() - self._last >= _EVERY:
            self.tell()

    def _first(self) -> bool:
        """Whether the first change or the first finding is still to be told: those are told at once."""
        change = bool(self._changed) and self._told[1] == len(self._changed) == 1
        return change or (not self._told[2] and bool(self._new.findings))

    def tell(self) -> None:
        """Tell what was seen since the last time."""
        findings = self._new.findings[self._told[2] : _MOST]
        self._told[2] += len(findings)
        glimpse = Glimpse(
            bytes_read=self._read,
            entries=self._old.entries + self._new.entries,
            paths=tuple(self._paths),
            changed=tuple(self._changed),
            findings=tuple(replace(one, sentence=one.sentence[:_LONGEST]) for one in findings),
        )
        self._paths, self._changed = [], []
        frames.send_json(self._channel, {SEEN: glimpse_message(glimpse)})
        self._last = time.monotonic()

    def _saw(self, path: str, facts: Facts) -> None:
        if self._told[0] < _MOST:
            self._told[0] += 1
            self._paths.append(path)
        if self._told[1] < _MOST and facts.is_file and self._differs(path, facts):
            self._told[1] += 1
            self._changed.append(path)
        self.count(0)

    def _differs(self, path: str, facts: Facts) -> bool:
        """Whether a file is not as it was before, as far as its path tells."""
        was = self._earlier.facts(path)
        return was is None or was.digest != facts.digest


class _Watched:
    def __init__(self, source: Source, telling: Telling) -> None:
        self._source, self._telling = source, telling

    @property
    def size(self) -> int:
        return self._source.size

    def at(self, offset: int, count: int) -> bytes:
        data = self._source.at(offset, count)
        self._telling.count(len(data))
        return data
