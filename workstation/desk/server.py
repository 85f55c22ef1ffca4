"""The desk's end of the screen's channel: answers until the screen is gone.

A defect of ours is not answered away: it ends the desk, and the gate has journaled it.
"""

from __future__ import annotations

from typing import Protocol

from workstation.core.errors import Malformed
from workstation.core.glimpse import Watch
from workstation.desk import codec
from workstation.desk.face import Answer, AskCountersign, Question
from workstation.desk.pieces import in_pieces
from workstation.desk.watching import CANCEL, Watching
from workstation.process import frames


class Answering(Protocol):
    """Whoever can answer the desk's questions."""

    def answer(
        self, question: Question, secret: bytearray | None = None, watch: Watch | None = None
    ) -> Answer:
        """Answer one question; the world's troubles come back as a Problem."""
        ...


def serve(fd: int, desk: Answering) -> None:
    """Answer questions from `fd` until the other end closes it; raises Malformed for nonsense."""
    try:
        while True:
            _serve_one(fd, desk)
    except frames.PeerGone:
        return


def _serve_one(fd: int, desk: Answering) -> None:
    message = frames.receive_json(fd)
    if message == CANCEL:
        # It came when the answer was already on its way.
        return
    secret = frames.receive(fd) if message.get("secret") is True else None
    try:
        question = message.get("question")
        if not isinstance(question, dict):
            raise Malformed("question", "nothing found, a question wanted")
        asked = codec.question_from_json(question)
        if isinstance(asked, AskCountersign) and asked.at_screen is None:
            raise Malformed("question.at_screen", "nothing found; a screen says what was typed and displayed")
        answer = desk.answer(asked, secret, Watching(fd))
    finally:
        if secret is not None:
            frames.wipe(secret)
    pieces, rest = in_pieces(answer)
    for piece in pieces:
        frames.send_json(fd, {"changes": piece.to_json()})
    frames.send_json(fd, {"answer": codec.answer_to_json(rest)})
