"""The layers of a container image flattened into the files a container sees (image-spec 1.1, layer.md).

From the uppermost layer down, so that every file is read once and nothing has to be taken back: what
an upper layer has or whites out hides what lies below it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import MemberKind
from workstation.review import sniff
from workstation.review.ledger import Ledger, Lie
from workstation.review.sniff import PACKED, Container
from workstation.review.source import Entry, after, chunks, exactly, stream
from workstation.review.tar_reader import tar_entries
from workstation.review.unpack import unpacked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workstation.review.source import Read, Source

_WHITEOUT: Final = ".wh."
_OPAQUE: Final = ".wh..wh..opq"


class _Above:
    """What the layers above hide: paths, and everything below a folder."""

    def __init__(self) -> None:
        self._kinds: dict[str, MemberKind] = {}
        self._gone: set[str] = set()
        self._emptied: set[str] = set()

    def hides(self, name: str) -> bool:
        """Whether nobody sees `name` of a layer below."""
        if name in self._kinds or name in self._gone:
            return True
        parent = name.rpartition("/")[0]
        while parent:
            replaced = self._kinds.get(parent, MemberKind.FOLDER) is not MemberKind.FOLDER
            if replaced or parent in self._gone or parent in self._emptied:
                return True
            parent = parent.rpartition("/")[0]
        return "" in self._emptied

    def add(self, layer: _Layer) -> None:
        """Put a layer that was read above those to come."""
        self._kinds.update(layer.kinds)
        self._gone |= layer.gone
        self._emptied |= layer.emptied


class _Layer:
    """What one layer holds itself, and what it whites out below."""

    def __init__(self, where: str, ledger: Ledger) -> None:
        self._where, self._ledger = where, ledger
        self.kinds: dict[str, MemberKind] = {}
        self.gone: set[str] = set()
        self.emptied: set[str] = set()

    def whites_out(self, name: str) -> bool:
        """Whether an entry is a mark and no file."""
        folder, _, last = name.rpartition("/")
        if not last.startswith(_WHITEOUT):
            return False
        hidden = last.removeprefix(_WHITEOUT)
        if last == _OPAQUE:
            self.emptied.add(folder)
        elif hidden and not hidden.startswith(_WHITEOUT):
            self.gone.add(f"{folder}/{hidden}" if folder else hidden)
        else:
            self._ledger.lie(self._where, f"a whiteout that is none: {name[:200]!a}")
        return True

    def add(self, entry: Entry) -> None:
        """Note an entry; two of one name in one layer are a lie."""
        known = self.kinds.get(entry.name)
        if known and not (known is entry.kind is MemberKind.FOLDER):
            self._ledger.lie(f"{self._where}!/{entry.name}", "this name is there twice in one layer")
        self.kinds[entry.name] = entry.kind


def flattened(
    layers: Sequence[Source], digests: Sequence[str], where: str, ledger: Ledger
) -> Iterator[Entry]:
    """Return the entries a container sees, of layers given lowest first with the digests they unpack to.

    Raises Lie and TooMuch.
    """
    above = _Above()
    for number in reversed(range(len(layers))):
        yield from _seen(layers[number], digests[number], f"{where} layer {number + 1}", above, ledger)


def _seen(source: Source, digest: str, where: str, above: _Above, ledger: Ledger) -> Iterator[Entry]:
    layer = _Layer(where, ledger)
    unpacking = _Unpacking(source, where, ledger)
    for entry in tar_entries(unpacking.read, where, ledger):
        if layer.whites_out(entry.name):
            continue
        hidden = above.hides(entry.name)
        layer.add(entry)
        if entry.kind is MemberKind.HARD_LINK and not hidden and above.hides(entry.target):
            ledger.cannot_inspect(
                f"{where}!/{entry.name}", "a hard link to a file that a layer above replaces"
            )
        if not hidden:
            yield entry
    if digest and unpacking.digest() != digest:
        ledger.lie(where, "the layer unpacks to another digest than the image's config says")
    above.add(layer)


class _Unpacking:
    """Reads a layer, packed or not, and takes the digest of what comes out."""

    def __init__(self, source: Source, where: str, ledger: Ledger) -> None:
        read = stream(source)
        head = exactly(read, sniff.HEAD)
        container = sniff.container_of(head)
        self._read: Read = after(head, read)
        self._hash = hashlib.sha256()
        if container in PACKED:
            self._read = unpacked(self._read, PACKED[container], ledger, where, source.size)
        elif container is not Container.TAR:
            raise Lie(where, "the layer is no tar archive, packed or not")

    def read(self, count: int) -> bytes:
        """Return up to `count` bytes of the tar archive."""
        data = self._read(count)
        self._hash.update(data)
        return data

    def digest(self) -> str:
        """Read to the end and return the digest as configs spell it."""
        for _ in chunks(self.read):
            pass
        return f"sha256:{self._hash.hexdigest()}"
