"""The worker's channel: frames of four bytes of length (big endian) and that many bytes.

A frame is one JSON object, or one secret in the raw announced by the object before it.
"""

from __future__ import annotations

import json
import struct
import time
from typing import TYPE_CHECKING, Final, TypeAlias, cast

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

Message: TypeAlias = "Mapping[str, object]"

LONGEST_FRAME: Final = 4 * 1024 * 1024
_LENGTH: Final = struct.Struct(">I")


class ChannelClosed(Exception):
    """The other end is gone."""


class ChannelSilent(Exception):
    """The other end neither read nor answered before the deadline."""


class BadFrame(Exception):
    """A frame is not what was announced or agreed."""


def deadline_in(seconds: float) -> float:
    """Return the monotonic time, in seconds, at which `seconds` will have passed."""
    return time.monotonic() + seconds


def send(channel: socket.socket, payload: bytes | bytearray, deadline: float | None = None) -> None:
    """Write one frame; raises ChannelClosed, ChannelSilent."""
    if len(payload) > LONGEST_FRAME:
        raise BadFrame(f"{len(payload)} bytes to send, at most {LONGEST_FRAME} wanted")
    try:
        for part in (_LENGTH.pack(len(payload)), payload):
            channel.settimeout(_left(deadline))
            channel.sendall(part)
    except TimeoutError as error:
        raise ChannelSilent from error
    except OSError as error:
        raise ChannelClosed from error


def receive(channel: socket.socket, deadline: float | None = None) -> bytearray:
    """Read one frame into a buffer the caller may wipe; raises ChannelClosed, ChannelSilent, BadFrame."""
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size, deadline))
    if length > LONGEST_FRAME:
        raise BadFrame(f"{length} bytes announced, at most {LONGEST_FRAME} wanted")
    return _exactly(channel, length, deadline)


def send_message(channel: socket.socket, message: Message, deadline: float | None = None) -> None:
    """Write one JSON object as a frame; raises as `send` does."""
    send(channel, json.dumps(message, separators=(",", ":")).encode("ascii"), deadline)


def receive_message(channel: socket.socket, deadline: float | None = None) -> Message:
    """Read one JSON object; raises as `receive` does."""
    try:
        value: object = json.loads(receive(channel, deadline))
    except (ValueError, RecursionError) as error:
        raise BadFrame("no JSON found, an object wanted") from error
    if not isinstance(value, dict):
        raise BadFrame(f"{type(value).__name__} found, an object wanted")
    return cast("dict[str, object]", value)  # JSON has no other keys than strings


def wipe(secret: bytearray | None) -> None:
    """Overwrite a secret in place."""
    if secret is not None:
        secret[:] = bytes(len(secret))


def _exactly(channel: socket.socket, length: int, deadline: float | None) -> bytearray:
    buffer = bytearray(length)
    got = 0
    with memoryview(buffer) as view:
        while got < length:
            got += _some(channel, view[got:], deadline)
    return buffer


def _some(channel: socket.socket, view: memoryview, deadline: float | None) -> int:
    with view:
        try:
            channel.settimeout(_left(deadline))
            count = channel.recv_into(view)
        except TimeoutError as error:
            raise ChannelSilent from error
        except OSError as error:
            raise ChannelClosed from error
    if not count:
        raise ChannelClosed
    return count


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    # A timeout of zero would mean "do not block", which is another error altogether.
    return max(deadline - time.monotonic(), 0.001)
