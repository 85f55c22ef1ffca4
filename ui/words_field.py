"""The field the release words are typed in, from the sheet that came apart from the medium."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.language import t
from ui.parts import column, label, set_tone
from ui.stylesheet import Type
from ui.theme import Tone
from workstation.core.identity import RequestId
from workstation.core.release_words import COUNT, release_words, same_words, whole_word


class TypedLine(QLineEdit):
    """A line that is typed: nothing is pasted or dropped into it."""

    def __init__(self, name: str, accessible: str, placeholder: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setPlaceholderText(placeholder)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAcceptDrops(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Take letters; pasting is nobody's typing."""
        if event.matches(QKeySequence.StandardKey.Paste):
            event.accept()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        """Let the middle button paste nothing."""
        if event.button() is not Qt.MouseButton.MiddleButton:
            super().mouseReleaseEvent(event)


class WordsField(QWidget):
    """Takes the words and says how far they are right; `changed` says whether all of them are."""

    changed = Signal(bool)

    def __init__(self, screen: str) -> None:
        super().__init__()
        self._request: RequestId | None = None
        self.edit = TypedLine(
            f"{screen}.words.edit",
            t("The {count} words from the printed sheet", count=COUNT),
            t("type them; four letters of each are enough"),
        )
        self._state = label(f"{screen}.words-state.label", step=Type.CAPTION, wrap=True)
        box = column(self, gap=4)
        box.addWidget(label(f"{screen}.words-heading.label", t("Words from the sheet"), step=Type.HEADING))
        box.addWidget(self.edit)
        box.addWidget(self._state)
        self.edit.textChanged.connect(self._tell)

    @property
    def right(self) -> bool:
        """Whether these are the words of the request, all of them."""
        return self._request is not None and same_words(self.edit.text(), self._request)

    @property
    def typed(self) -> str:
        """What was typed."""
        return self.edit.text()

    def begin(self, request: RequestId) -> None:
        """Ask for the words of a request; those typed before are forgotten."""
        self._request = request
        self.edit.clear()
        self._tell()

    def _tell(self) -> None:
        words, tone = self._words()
        self._state.setText(words)
        set_tone(self._state, tone)
        self.changed.emit(self.right)

    def _words(self) -> tuple[str, Tone]:
        if self.right:
            return "\u2713 " + t("These are the words of this request."), Tone.GOOD
        wrong = self._first_wrong()
        if wrong:
            return "\u25a0 " + t(
                "Word {number} is another one. If the sheet says so, do not sign: tell the builder.",
                number=wrong,
            ), Tone.DANGER
        typed = len(self.edit.text().split())
        said = t("{typed} of {count} words. The PIN is asked for after them.", typed=typed, count=COUNT)
        return said, Tone.PLAIN

    def _first_wrong(self) -> int:
        """Return which word is not the request's, counted from one; a last one may still be typed."""
        typed = self.edit.text().casefold().split()
        wanted = release_words(self._request) if self._request else ()
        for place, word in enumerate(typed):
            last = place == len(typed) - 1 and not self.edit.text().endswith(" ")
            if place >= len(wanted) or not (
                whole_word(word, place) == wanted[place] or (last and wanted[place].startswith(word))
            ):
                return place + 1
        return 0
