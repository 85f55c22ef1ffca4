"""RPM packages: what they say about themselves, and their payload held against it.

Sources: rpm's docs/manual/format.md and tags.md. What is installed has the mode and owner the header
gives, so those of the payload have to agree, and its bytes have to have the header's digests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import MemberKind
from workstation.review.attributes import capability_text
from workstation.review.ledger import Ledger, Lie
from workstation.review.names import clean
from workstation.review.rpm_about import about, all_values
from workstation.review.rpm_header import LEAD, RpmHeader, read_header
from workstation.review.source import BytesSource, Entry, Source, digest_of_all, stream

if TYPE_CHECKING:
    from workstation.review.source import Read

PAYLOAD: Final = "payload"
_FOLDERS, _BASE_NAMES, _IN_FOLDER = 1118, 1117, 1116
_MODES, _DIGESTS, _FLAGS, _USERS, _GROUPS, _CAPABILITIES = 1030, 1035, 1037, 1039, 1040, 5010
_DIGEST_KIND, _SHA256 = 5011, 8
_GHOST: Final = 1 << 6
_PACKING: Final = 1125
_SHA256_OF_HEADER, _SHA256_OF_PAYLOAD = 273, 5092
_ALIGNMENT: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """A file as the header lists it."""

    mode: int
    owner: str
    digest: str
    flags: int
    capabilities: str


class RpmPackage:
    """An RPM package whose headers were read; raises Lie where they are damaged."""

    def __init__(self, source: Source, where: str, ledger: Ledger) -> None:
        self._source, self._where, self._ledger = source, where, ledger
        self._signature = read_header(source, LEAD, where)
        start = -(-self._signature.end // _ALIGNMENT) * _ALIGNMENT
        self._header = read_header(source, start, where)
        self._files = _listed(self._header, where)
        self._check_digests()

    @property
    def payload(self) -> Read:
        """A reader of the packed payload."""
        return stream(self._source, self._header.end)

    @property
    def packing(self) -> str:
        """How the header says the payload is packed."""
        return self._header.text(_PACKING)

    @property
    def payload_size(self) -> int:
        """The size of the packed payload, in bytes."""
        return self._source.size - self._header.end

    def about(self) -> Iterator[Entry]:
        """Yield what the package says about itself, as files of a folder `about`."""
        yield from (_text(name, text) for name, text in about(self._header))
        yield _text("signature", all_values(self._signature))
        yield _text("files", "".join(_file_lines(self._files)))

    def installed(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        """Yield the payload's entries as they get installed; what the header does not say is a lie."""
        missing = {name for name, one in self._files.items() if not one.flags & _GHOST}
        inside = f"{self._where}!/{PAYLOAD}"
        for entry in entries:
            listed = self._files.get(entry.name)
            if listed is None:
                self._ledger.lie(f"{inside}!/{entry.name}", "the RPM's header does not list it")
                yield entry
                continue
            missing.discard(entry.name)
            if listed.mode & 0o7777 != entry.mode:
                sentence = f"mode {entry.mode:04o} in the payload, {listed.mode & 0o7777:04o} in the header"
                self._ledger.lie(f"{inside}!/{entry.name}", sentence)
            yield entry._replace(owner=listed.owner, attributes=capability_text(listed.capabilities))
            self._check_bytes(entry, listed, f"{inside}!/{entry.name}")
        for name in sorted(missing):
            self._ledger.lie(f"{inside}!/{name}", "the RPM's header lists it, and it is not there")

    def _check_bytes(self, entry: Entry, listed: _Listed, path: str) -> None:
        if self._header.numbers(_DIGEST_KIND) != (_SHA256,) or entry.kind is not MemberKind.FILE:
            return
        facts = self._ledger.members.facts(path)
        if facts is not None and facts.digest.hex() != listed.digest:
            self._ledger.lie(path, "its digest is another than the RPM's header says", rule="DIFF-RECORD")

    def _check_digests(self) -> None:
        """Hold the header and the payload against the digests that stand beside them."""
        size = self._header.end - self._header.start
        wanted = (
            (
                self._signature.text(_SHA256_OF_HEADER),
                "header",
                stream(self._source, self._header.start, size),
            ),
            (self._header.text(_SHA256_OF_PAYLOAD), "payload", self.payload),
        )
        for digest, what, read in wanted:
            if digest and digest != digest_of_all(read):
                sentence = f"the {what} has another digest than the RPM says"
                self._ledger.lie(self._where, sentence, rule="DIFF-RECORD")


def _listed(header: RpmHeader, where: str) -> dict[str, _Listed]:
    folders, names, places = header.texts(_FOLDERS), header.texts(_BASE_NAMES), header.numbers(_IN_FOLDER)
    modes, flags, digests = header.numbers(_MODES), header.numbers(_FLAGS), header.texts(_DIGESTS)
    users, groups = header.texts(_USERS), header.texts(_GROUPS)
    capabilities = header.texts(_CAPABILITIES) or ("",) * len(names)
    columns = (places, modes, flags, digests, users, groups, capabilities)
    if any(len(column) != len(names) for column in columns) or max(places, default=-1) >= len(folders):
        raise Lie(where, "the RPM header's list of files contradicts itself")
    return {
        clean((folders[places[row]] + name).removeprefix("/")): _Listed(
            mode=modes[row],
            owner=f"{users[row]}:{groups[row]}",
            digest=digests[row],
            flags=flags[row],
            capabilities=capabilities[row],
        )
        for row, name in enumerate(names)
    }


def _file_lines(files: dict[str, _Listed]) -> Iterator[str]:
    for name, one in sorted(files.items()):
        yield f"{one.mode:06o} {one.owner} flags {one.flags} {one.capabilities or '-'} {name}\n"


def _text(name: str, text: str) -> Entry:
    data = text.encode()
    read = stream(BytesSource(data))
    return Entry(name=f"about/{name}", kind=MemberKind.FILE, read=read, size=len(data), mode=0o644)
