"""A release diff told over the channel piece by piece, so that neither side ever holds all of its JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.errors import Malformed
from workstation.core.release_diff_parts import parted
from workstation.core.release_diff_reader import read_changes
from workstation.core.release_diff_writer import change_document, head
from workstation.core.shape import Shape
from workstation.process import frames

if TYPE_CHECKING:
    from workstation.core.release_diff import FileChange, ReleaseDiff
    from workstation.core.strict_json import JsonObject

CHANGES: Final = "changes"
_WHERE: Final = "review child"
_MOST: Final = 1_000_000
_ROWS: Final = 5000  # and changes, of one piece


def tell_changes(channel: int, diff: ReleaseDiff) -> JsonObject:
    """Send the changes; return the rest of the document, which goes with the answer."""
    for some in parted(diff.changes, _ROWS):
        frames.send_json(channel, {CHANGES: [change_document(change) for change in some]})
    return head(diff)


class Told:
    """The changes that were told so far: no more of them than a child that does its job ever tells."""

    def __init__(self) -> None:
        self.changes: list[FileChange] = []
        self._rows = 0

    def take(self, message: JsonObject) -> None:
        """Take the changes of one message; raises Malformed."""
        listed = Shape(message, _WHERE).fields(CHANGES)[CHANGES]
        for change in read_changes(listed):
            self.changes.append(change)
            self._rows += len(change.rows)
            if len(self.changes) > _MOST or self._rows > _MOST:
                raise Malformed(_WHERE, f"more than {_MOST} changes or rows told")
