"""Artifacts handed over as open files, a few at a time, when the review child asks for them.

So a folder may have more files than a process may have open, and the child still opens none.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Final

from workstation.core.shape import Shape
from workstation.process import frames
from workstation.review.job import MOST_ARTIFACTS, Given

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workstation.core.strict_json import JsonObject, JsonValue

LEND: Final = "lend"
BATCH: Final = 16
_MARK: Final = b"\1"  # descriptors travel beside a byte


class Borrower:
    """The child's side: asks for files and gives each back when the next one is wanted.

    To be made before the walls stand.
    """

    def __init__(self, channel: int) -> None:
        self._channel = channel
        self._socket = socket.socket(fileno=os.dup(channel))

    def files(self, names: Sequence[tuple[str, int, str]]) -> Iterator[tuple[str, Given]]:
        """Yield side and open file of every artifact, named by its side, its number there and its name."""
        for start in range(0, len(names), BATCH):
            batch = names[start : start + BATCH]
            asked: list[JsonValue] = [[side, number] for side, number, _ in batch]
            frames.send_json(self._channel, {LEND: asked})
            lent = self._received(len(batch))
            for (side, _, name), fd in zip(batch, lent, strict=True):
                try:
                    yield side, Given(name=name, fd=fd)
                finally:
                    os.close(fd)

    def _received(self, count: int) -> list[int]:
        data, fds, _, _ = socket.recv_fds(self._socket, len(_MARK), BATCH)
        if data != _MARK or len(fds) != count:
            raise frames.PeerGone
        return fds


def asked_for(message: JsonObject) -> list[tuple[str, int]]:
    """Return the files a message asks for, by side and number; raises Malformed."""
    asked = Shape(message, "review child").fields(LEND)[LEND].items(at_most=BATCH)
    pairs = [one.items(at_most=2) for one in asked]
    return [(side.text(), number.integer(0, MOST_ARTIFACTS)) for side, number in pairs]


def lend(channel: int, fds: Sequence[int]) -> None:
    """Hand open files over; raises PeerGone when nobody takes them."""
    with socket.socket(fileno=os.dup(channel)) as sender:
        try:
            socket.send_fds(sender, [_MARK], list(fds))
        except (BrokenPipeError, ConnectionResetError) as error:
            raise frames.PeerGone from error
