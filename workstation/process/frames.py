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

Deadline: TypeAlias = float | None  # monotonic seconds


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
        raise Malformed("frame", f"{length} bytes announced, at most {MAX_FRAME} wanted")
    return _read_exactly(fd, length, deadline)


def send_json(fd: int, message: JsonObject) -> None:
    """Write one JSON document as a frame."""
    send(fd, json.dumps(message, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode())


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
    buffer = bytearray(length)
    got = 0
    with memoryview(buffer) as view:
        while got < length:
            _wait_readable(fd, deadline)
            try:
                count = os.readv(fd, [view[got:]])
            except ConnectionResetError as error:
                raise PeerGone from error
            if not count:
                raise PeerGone
            got += count
    return buffer


def _wait_readable(fd: int, deadline: Deadline) -> None:
    if deadline is None:
        return
    left = deadline - time.monotonic()
    if left <= 0 or not select.select([fd], [], [], left)[0]:
        raise PeerSilent
