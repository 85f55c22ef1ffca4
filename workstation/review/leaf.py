"""Reading one file of a release once: its digest, its text, and its bytes where it is a container."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

from workstation.review import sniff
from workstation.review.index import NO_TEXT, NUMBER, Facts
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


class Leaf(NamedTuple):
    """What a file turned out to be; `data` is its bytes when it is a container to look into."""

    container: Container | None
    digest: bytes
    data: bytes


def facts_of_entry(entry: Entry, size: int = 0, digest: bytes = b"", text: int = NO_TEXT) -> Facts:
    """Return what is known of an entry."""
    rights = entry.mode, entry.owner, entry.target
    return Facts(NUMBER[entry.kind], size, *rights, digest, entry.attributes, text)


def read_leaf(entry: Entry, path: str, ledger: Ledger, *, in_place: bool = False) -> Leaf:
    """Read a file to its end and write it down; `in_place` holds no container's bytes.

    Raises TooMuch, and whatever the container's reader raises.
    """
    head = exactly(entry.read, sniff.HEAD) if entry.whole is None else entry.whole
    container = sniff.container_of(head)
    holds = container is not None and not in_place
    content = _Content(head, path, ledger, holds=holds)
    if entry.whole is None and len(head) == sniff.HEAD:
        for piece in chunks(entry.read):
            content.take(piece, path)
    digest = content.hash.digest()
    text = None if container else _judged(content, digest, path, ledger)
    place = NO_TEXT if text is None else ledger.hold(path, text, digest)
    ledger.add(path, facts_of_entry(entry, content.size, digest, place))
    return Leaf(container, digest, bytes(content.held) if holds else b"")


class _Content:
    """What has been read of one file: a small one is its head and nothing else."""

    __slots__ = ("_holds", "_limits", "_most", "hash", "head", "held", "size", "tail")

    def __init__(self, head: bytes, path: str, ledger: Ledger, *, holds: bool) -> None:
        self.head, self.tail = head, head[-_TAIL:]
        self.held: bytes | bytearray = head
        self.size = len(head)
        self.hash = hashlib.sha256(head)
        self._holds, self._limits = holds, ledger.limits
        other = self._limits.program if is_program(head) else self._limits.text_member
        self._most = self._limits.nested_container if holds else other
        self._check_size(path)
        if self.size > self._most:
            self.held = b""
            self._let_go(path)

    def _check_size(self, path: str) -> None:
        if self.size > self._limits.member:
            raise TooMuch(path, f"more than {self._limits.member} bytes in one member")

    @property
    def is_whole(self) -> bool:
        """Whether all of it is held."""
        return len(self.held) == self.size

    def take(self, piece: bytes, path: str) -> None:
        """Take what follows; raises TooMuch."""
        self.hash.update(piece)
        self.size += len(piece)
        self._check_size(path)
        self.tail = piece[-_TAIL:] if len(piece) >= _TAIL else (self.tail + piece)[-_TAIL:]
        if len(self.held) + len(piece) <= self._most:
            if not isinstance(self.held, bytearray):
                self.held = bytearray(self.held)
            self.held += piece
        else:
            self._let_go(path)

    def _let_go(self, path: str) -> None:
        """Hold no more of it; raises TooMuch where all of it is needed."""
        if self._holds:
            raise TooMuch(path, f"a nested container of more than {self._most} bytes")
        self._most = len(self.held)


def _judged(content: _Content, digest: bytes, path: str, ledger: Ledger) -> bytes | None:
    """Write down what a file that is no container is, and may hide; return its text, if any."""
    if hides_a_zip(content.tail):
        sentence = "a zip archive hides behind other data; some programs would open it"
        ledger.odd(_HIDDEN_ZIP_RANK, path, sentence)
        ledger.cannot_inspect(path, "the zip archive behind other data")
    if closed := sniff.closed_container(content.head):
        ledger.cannot_inspect(path, f"{closed} is a container this review does not open")
    elif not sniff.is_text(content.head):
        _judge_binary(content, digest.hex(), path, ledger)
    elif content.is_whole:
        return bytes(content.held)
    else:
        ledger.cannot_inspect(path, f"text of {content.size} bytes is too long to compare")
    return None


def _judge_binary(content: _Content, digest: str, path: str, ledger: Ledger) -> None:
    if content.is_whole and digest not in ledger.looked:
        ledger.looked[digest] = ledger.keeping(look(bytes(content.held)))
    if sniff.is_dense(bytes(content.held[:_SAMPLE])):
        ledger.dense.add(path)
