"""The screen's line to the desk: asks one question at a time and hears the answer without waiting for it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal

from ui.collector import keep, sweep
from workstation.core.errors import Malformed
from workstation.core.glimpse import Glimpse
from workstation.desk.client import DeskClient
from workstation.desk.face import AskReview, Question, ReviewPage
from workstation.process import frames

PATIENCE_MS: Final = 300
"""After this long without an answer, the screen says that it waits."""


class DeskLink(QObject):
    """Carries questions to the desk at the far end of `fd`.

    `answered` gives the question and its answer, `slow` the question that takes its time, `seen` what was
    seen so far, and `ended` the question that will never be answered (None when none was asked).
    """

    answered = Signal(object, object)
    slow = Signal(object)
    seen = Signal(object)
    ended = Signal(object)

    def __init__(self, fd: int, parent: QObject) -> None:
        super().__init__(parent)
        self._client = DeskClient(fd)
        self._asked: Question | None = None
        self._over = False
        self._notifier = QSocketNotifier(fd, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._readable)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._impatient)

    @property
    def asked(self) -> Question | None:
        """The question the desk is answering now."""
        return self._asked

    def ask(self, question: Question, secret: bytearray | None = None) -> bool:
        """Send a question; answer False, the secret wiped, while another is being answered."""
        if self._asked is not None or self._over:
            if secret is not None:
                frames.wipe(secret)
            return False
        if isinstance(question, AskReview):
            sweep()
        self._asked = question
        self._patience.start()
        try:
            self._client.ask(question, secret)
        except frames.PeerGone:
            self._end()
        return True

    def cancel(self) -> None:
        """Say that the answer is wanted no more; one comes all the same, and may be the one asked for."""
        if self._asked is not None and not self._over:
            try:
                self._client.cancel()
            except frames.PeerGone:
                self._end()

    def _readable(self) -> None:
        try:
            answer = self._client.receive()
        except (frames.PeerGone, Malformed):
            # After nonsense nobody knows where the next frame begins: the line is as good as cut.
            self._end()
            return
        if answer is None:
            return
        if isinstance(answer, Glimpse):
            self.seen.emit(answer)
            return
        asked, self._asked = self._asked, None
        self._patience.stop()
        self.answered.emit(asked, answer)
        if isinstance(answer, ReviewPage):
            keep()

    def _impatient(self) -> None:
        if self._asked is not None:
            self.slow.emit(self._asked)

    def _end(self) -> None:
        self._over = True
        self._notifier.setEnabled(False)
        self._patience.stop()
        asked, self._asked = self._asked, None
        self.ended.emit(asked)
