"""The screen's end of the desk: one question at a time, one answer each, over an open channel.

Nothing here blocks: `ask` writes a small frame; `receive` is called when the channel is readable.
"""

from __future__ import annotations

from workstation.core.errors import Malformed
from workstation.core.glimpse import Glimpse
from workstation.core.release_diff import FileChange
from workstation.core.release_diff_reader import from_json
from workstation.core.strict_json import JsonObject
from workstation.desk import codec
from workstation.desk.face import Answer, Question
from workstation.desk.pieces import joined
from workstation.desk.watching import CANCEL
from workstation.process import frames


class DeskClient:
    """Asks the desk at the far end of `fd`."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._waiting = False
        self._changes: list[FileChange] = []

    @property
    def fd(self) -> int:
        """The channel, for a notifier."""
        return self._fd

    @property
    def waiting(self) -> bool:
        """Whether an answer is still to come."""
        return self._waiting

    def ask(self, question: Question, secret: bytearray | None = None) -> None:
        """Send a question, and its secret as a raw frame that is wiped here; raises PeerGone.

        Raises RuntimeError when an answer is still to come: the desk does one thing at a time.
        """
        if self._waiting:
            raise RuntimeError("the desk is still answering")
        message: JsonObject = {"secret": secret is not None, "question": codec.question_to_json(question)}
        try:
            frames.send_json(self._fd, message)
            if secret is not None:
                frames.send(self._fd, secret)
        finally:
            if secret is not None:
                frames.wipe(secret)
        self._waiting = True

    def cancel(self) -> None:
        """Say that the answer is wanted no more: one comes all the same. Raises PeerGone."""
        frames.send_json(self._fd, CANCEL)

    def receive(self) -> Answer | Glimpse | None:
        """Read the answer, or how far it is, or a piece of it (None: there is more to come).

        Raises PeerGone when the desk has ended, Malformed for nonsense.
        """
        message = frames.receive_json(self._fd)
        piece = message.get("changes")
        if isinstance(piece, dict):
            self._changes += from_json(piece, where="changes").changes
            return None
        progress = message.get("progress")
        if isinstance(progress, dict):
            return codec.glimpse_from_json(progress)
        self._waiting = False
        answer = message.get("answer")
        if not isinstance(answer, dict):
            raise Malformed("answer", "nothing found, an answer wanted")
        changes, self._changes = tuple(self._changes), []
        return joined(changes, codec.answer_from_json(answer))
