"""Telling the screen how far an answer is while it is worked out, and noticing that it is wanted no more."""

from __future__ import annotations

import select
from dataclasses import replace
from typing import Final

from workstation.core.errors import Cancelled, Malformed
from workstation.core.glimpse import Glimpse
from workstation.core.strict_json import JsonObject
from workstation.desk import codec
from workstation.process import frames

CANCEL: Final[JsonObject] = {"cancel": True}
"""What the screen sends when it wants an answer no more; too late, it means nothing."""
_EVERY: Final = 0.1  # seconds


class Watching:
    """A `Watch` for one answer: tells of it ten times a second at most."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._due = frames.deadline_in(0)
        self._kept = Glimpse()

    def __call__(self, glimpse: Glimpse) -> None:
        """Tell what was seen, if it is time; raises Cancelled when the screen said so, and PeerGone."""
        self._listen()
        kept = self._kept
        self._kept = replace(
            glimpse,
            paths=(*kept.paths, *glimpse.paths),
            changed=(*kept.changed, *glimpse.changed),
            findings=(*kept.findings, *glimpse.findings),
        )
        if frames.deadline_in(0) >= self._due:
            frames.send_json(self._fd, {"progress": codec.glimpse_to_json(self._kept)})
            self._kept, self._due = Glimpse(), frames.deadline_in(_EVERY)

    def _listen(self) -> None:
        if select.select([self._fd], [], [], 0)[0]:
            if frames.receive_json(self._fd) != CANCEL:
                raise Malformed("question", "another one found while one is answered")
            raise Cancelled("nobody waits for it any more")
