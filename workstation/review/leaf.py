"""Reading one file of a release once: its digest, its text, and its bytes where it is a container."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import Member
from workstation.review import sniff
from workstation.review.ledger import TooMuch
from workstation.review.lenses.looking import is_program, look
from workstation.review.sniff import Container
from workstation.review.source import chunks, exactly
from workstation.review.zip_index import hides_a_zip

if TYPE_CHECKING:
    from workstation.review.ledger import Ledger
    from workstation.review.source import Entry

_TAIL: Final = 1 << 16
_SAMPLE: Final = 1 << 16
_HIDDEN_ZIP_RANK: Final = 88


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What a file turned out to be; `data` is its bytes when it is a container to look into."""

    container: Container | None
    data: bytes


def member_of(entry: Entry, path: str, *, size: int = 0, digest: str = "") -> Member:
    """Return the member an entry is."""
    return Member(
        path=path,
        kind=entry.kind,
        size=size,
        mode=entry.mode,
        owner=entry.owner,
        target=entry.target,
        digest=digest,
    )


def read_leaf(entry: Entry, path: str, ledger: Ledger, *, in_place: bool = False) -> Leaf:
    """Read a file to its end and write it down; `in_place` holds no container's bytes.

    Raises TooMuch, and whatever the container's reader raises.
    """
    head = exactly(entry.read, sniff.HEAD)
    container = sniff.container_of(head)
    reading = _Reading(head, path, ledger, holds=container is not None and not in_place)
    for piece in chunks(entry.read):
        reading.take(piece)
    text = reading.judged(head) if container is None else None
    ledger.add(member_of(entry, path, size=reading.size, digest=reading.digest), text)
    return Leaf(container=container, data=bytes(reading.held))


class _Reading:
    def __init__(self, head: bytes, path: str, ledger: Ledger, *, holds: bool) -> None:
        self._path, self._ledger, self._holds = path, ledger, holds
        self._program = is_program(head)
        self._hash = hashlib.sha256()
        self._tail = b""
        self.size = 0
        self.held = bytearray()
        self.take(head)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def take(self, piece: bytes) -> None:
        limits = self._ledger.limits
        self._hash.update(piece)
        self.size += len(piece)
        if self.size > limits.member:
            raise TooMuch(self._path, f"more than {limits.member} bytes in one member")
        self._tail = (self._tail + piece)[-_TAIL:] if self._tail else piece[-_TAIL:]
        other = limits.program if self._program else limits.text_member
        most = limits.nested_container if self._holds else other
        if len(self.held) + len(piece) <= most:
            self.held += piece
        elif self._holds:
            raise TooMuch(self._path, f"a nested container of more than {most} bytes")

    def judged(self, head: bytes) -> bytes | None:
        """Write down what a file that is no container is, and may hide; return its text, if any."""
        if hides_a_zip(self._tail):
            sentence = "a zip archive hides behind other data; some programs would open it"
            self._ledger.odd(_HIDDEN_ZIP_RANK, self._path, sentence)
            self._ledger.cannot_inspect(self._path, "the zip archive behind other data")
        if closed := sniff.closed_container(head):
            self._ledger.cannot_inspect(self._path, f"{closed} is a container this review does not open")
        elif not sniff.is_text(head):
            self._judge_binary()
        elif len(self.held) == self.size:
            return bytes(self.held)
        else:
            self._ledger.cannot_inspect(self._path, f"text of {self.size} bytes is too long to compare")
        return None

    def _judge_binary(self) -> None:
        digest = self.digest
        if len(self.held) == self.size and digest not in self._ledger.looked:
            self._ledger.looked[digest] = self._ledger.keeping(look(bytes(self.held)))
        if sniff.is_dense(bytes(self.held[:_SAMPLE])):
            self._ledger.dense.add(self._path)
