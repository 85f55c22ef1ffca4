"""Framed messages between our processes: four bytes of length (big endian), then that many bytes.

A frame is either one JSON document or one raw secret. A secret is announced by the message
before it and travels as its own frame, so it is never part of a JSON text.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import Final, TypeAlias

from workstation.core.errors import Malformed
from workstation.core.strict_json import JsonObject, parse_object

MAX_FRAME: Final = 256 * 1024 * 1024
_HEADER: Final = struct.Struct(">I")
_PIECE: Final = 64 * 1024

Deadline: TypeAlias = float | None  # monotonic seconds


class FrameTooLong(Malformed):
    """More bytes were announced than a frame has: what follows cannot be read."""


class PeerGone(Exception):
    """The process at the other end closed the channel."""


class PeerSilent(Exception):
    """The process at the other end did not answer before the deadline."""


def deadline_in(seconds: float) -> float:
    """Return the monotonic time `seconds` from now."""
    return time.monotonic() + seconds


def send(fd: int, payload: bytes | bytearray) -> None:
    """Write one frame; raises PeerGone when nobody reads."""
    _write_all(fd, _HEADER.pack(len(payload)))
    _write_all(fd, payload)


def receive(fd: int, deadline: Deadline = None) -> bytearray:
    """Read one frame into a buffer the caller may wipe; raises PeerGone, PeerSilent, Malformed."""
    (length,) = _HEADER.unpack(_read_exactly(fd, _HEADER.size, deadline))
    if length > MAX_FRAME:
        raise FrameTooLong("frame", f"{length} bytes announced, at most {MAX_FRAME} wanted")
    return _read_exactly(fd, length, deadline)


def send_json(fd: int, message: JsonObject) -> None:
    """Write one JSON document as a frame; raises Malformed, before anything is sent, when it is none."""
    text = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise Malformed("message", "text that is no Unicode found, such as half a character") from error
    send(fd, data)


def receive_json(fd: int, deadline: Deadline = None) -> JsonObject:
    """Read one JSON object; raises Malformed when the frame is anything else."""
    return parse_object(bytes(receive(fd, deadline)), where="frame", limit=MAX_FRAME)


def wipe(secret: bytearray) -> None:
    """Overwrite a secret in place."""
    secret[:] = bytes(len(secret))


def _write_all(fd: int, payload: bytes | bytearray) -> None:
    view = memoryview(payload)
    try:
        while view:
            view = view[os.write(fd, view) :]
    except (BrokenPipeError, ConnectionResetError) as error:
        raise PeerGone from error
    finally:
        view.release()


def _read_exactly(fd: int, length: int, deadline: Deadline) -> bytearray:
    # Room only for what has come: a length is announced by four bytes, and could be anything. A secret
    # is shorter than the first piece, so it is never moved, which would leave a copy of it behind.
    buffer = bytearray()
    while (got := len(buffer)) < length:
        buffer += bytes(min(max(got, _PIECE), length - got))
        _fill(fd, buffer, got, deadline)
    return buffer


def _fill(fd: int, buffer: bytearray, got: int, deadline: Deadline) -> None:
    with memoryview(buffer) as view:
        while got < len(buffer):
            _wait_readable(fd, deadline)
            try:
                count = os.readv(fd, [view[got:]])
            except ConnectionResetError as error:
                raise PeerGone from error
            if not count:
                raise PeerGone
            got += count


def _wait_readable(fd: int, deadline: Deadline) -> None:
    if deadline is None:
        return
    left = deadline - time.monotonic()
    if left <= 0 or not select.select([fd], [], [], left)[0]:
        raise PeerSilent
