"""Where bytes come from: an open file or a buffer, read at a place or as a stream."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from workstation.core.release_diff import MemberKind
from workstation.review.ledger import Lie

if TYPE_CHECKING:
    from collections.abc import Iterator

Read: TypeAlias = Callable[[int], bytes]
"""At most so many of the next bytes; none at the end."""

CHUNK = 1 << 18


class Source(Protocol):
    """Bytes of known size that can be read anywhere."""

    @property
    def size(self) -> int:
        """How many bytes there are."""
        ...

    def at(self, offset: int, count: int) -> bytes:
        """Return up to `count` bytes from `offset`."""
        ...


@dataclass(frozen=True, slots=True)
class FileSource:
    """An open file, by its descriptor."""

    fd: int
    size: int

    def at(self, offset: int, count: int) -> bytes:
        """Return up to `count` bytes from `offset`."""
        return os.pread(self.fd, max(0, min(count, self.size - offset)), offset)


@dataclass(frozen=True, slots=True)
class BytesSource:
    """A buffer."""

    data: bytes

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self.data)

    def at(self, offset: int, count: int) -> bytes:
        """Return up to `count` bytes from `offset`."""
        return self.data[offset : offset + count]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of another source, as it stands."""

    whole: Source
    start: int
    size: int

    def at(self, offset: int, count: int) -> bytes:
        """Return up to `count` bytes from `offset`."""
        return self.whole.at(self.start + offset, max(0, min(count, self.size - offset)))


class Entry(NamedTuple):
    """One entry of a container as its reader found it; `read` has to be used before the next entry.

    Made for every file there is, and a tuple is made in a third of the time.
    """

    name: str
    kind: MemberKind
    read: Read
    size: int = 0
    mode: int = 0
    owner: str = ""
    target: str = ""
    attributes: str = ""
    whole: bytes | None = None
    """What `read` gives, where it is at hand as one piece: nobody needs to ask for it twice."""


def nothing(_: int) -> bytes:
    """Read nothing: what an entry without content holds."""
    return b""


def stream(source: Source, start: int = 0, length: int | None = None) -> Read:
    """Return a reader of `length` bytes from `start`, or of all that follow."""
    place = start
    end = source.size if length is None else min(source.size, start + length)

    def read(count: int) -> bytes:
        nonlocal place
        data = source.at(place, min(count, end - place)) if place < end else b""
        place += len(data)
        return data

    return read


class Counted:
    """A reader of the next `size` bytes of a stream, of which none may be missing."""

    __slots__ = ("_path", "_read", "left")

    def __init__(self, read: Read, size: int, path: str) -> None:
        self.left = size
        self._read, self._path = read, path

    def read(self, count: int) -> bytes:
        """Return up to `count` bytes; raises Lie where the stream ends too soon."""
        if not self.left:
            return b""
        data = self._read(min(count, self.left))
        if not data:
            raise Lie(self._path, f"cut short: {self.left} bytes are missing")
        self.left -= len(data)
        return data


class Buffered:
    """A reader of the same bytes that asks for them in large pieces."""

    __slots__ = ("_place", "_read", "_waiting")

    def __init__(self, read: Read) -> None:
        self._read = read
        self._waiting, self._place = b"", 0

    def read(self, count: int) -> bytes:
        """Return up to `count` of the next bytes; none at the end."""
        place = self._place
        if place >= len(self._waiting):
            self._waiting, place = self._read(CHUNK), 0
        data = self._waiting[place : place + count]
        self._place = place + len(data)
        return data

    def exactly(self, count: int) -> bytes:
        """Return `count` bytes, or fewer only where the stream ends."""
        place = self._place
        end = place + count
        if end <= len(self._waiting):
            self._place = end
            return self._waiting[place:end]
        return exactly(self.read, count)

    def at_hand(self, count: int) -> bytes | None:
        """Return `count` bytes where they are here already, else None and nothing is taken."""
        place = self._place
        end = place + count
        if end > len(self._waiting):
            return None
        self._place = end
        return self._waiting[place:end]


def exactly(read: Read, count: int) -> bytes:
    """Return `count` bytes, or fewer only where the stream ends."""
    first = read(count) if count else b""  # nothing asked for is anything to a decompressor
    if len(first) == count or not first:
        return first
    return first + _joined(read, count - len(first))


def _joined(read: Read, count: int) -> bytes:
    parts: list[bytes] = []
    left = count
    while left > 0 and (part := read(min(left, CHUNK))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def chunks(read: Read) -> Iterator[bytes]:
    """Return everything a reader still has, piece by piece."""
    while piece := read(CHUNK):
        yield piece


def chained(parts: Iterator[Read]) -> Read:
    """Return a reader of one stream after the other."""
    current: Read = nothing

    def joined(count: int) -> bytes:
        nonlocal current
        while not (data := current(count)):
            following = next(parts, None)
            if following is None:
                return b""
            current = following
        return data

    return joined


def digest_of_all(read: Read) -> str:
    """Return the SHA-256 of everything a reader still has."""
    found = hashlib.sha256()
    for piece in chunks(read):
        found.update(piece)
    return found.hexdigest()


def after(head: bytes, read: Read) -> Read:
    """Return a reader of `head` and then of everything `read` still has."""
    waiting = head

    def joined(count: int) -> bytes:
        nonlocal waiting
        if not waiting:
            return read(count)
        part, waiting = waiting[:count], waiting[count:]
        return part

    return joined


def text_of(name: bytes) -> str:
    """Return a name or link target as text; a byte that is not UTF-8 is spelled with its hex digits."""
    return name.decode("utf-8", "backslashreplace")
