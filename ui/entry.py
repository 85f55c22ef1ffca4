"""An entry: a mark, a headline, what there is to say about it, and a note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

from ui.theme import Tone

ENTRY_ROLE: Final = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry; every text is plain, and already made fit to be shown.

    `key` is what activating it is about. With `fixed` the detail stands in the typeface of fixed
    pitch, for digests.
    """

    headline: str
    detail: str = ""
    note: str = ""
    mark: str = ""
    tone: Tone = Tone.PLAIN
    fixed: bool = False
    key: str = ""

    def spoken(self) -> str:
        """Return the entry as a screen reader says it."""
        return ". ".join(text for text in (self.headline, self.detail, self.note) if text)


def entry_at(index: QModelIndex | QPersistentModelIndex) -> Entry | None:
    """Return the entry behind an index."""
    found: object = index.data(ENTRY_ROLE)
    return found if isinstance(found, Entry) else None
