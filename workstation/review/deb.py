"""What a Debian package says about its own files, held against them: md5sums and conffiles.

Sources: deb-md5sums(5), deb-conffiles(5). MD5 proves nothing against whoever made the package; a list that
contradicts the files is a contradiction all the same, and what a list leaves out nobody checks later.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import MemberKind
from workstation.review.names import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workstation.review.ledger import Ledger
    from workstation.review.source import Entry

_DATA: Final = re.compile(r"(?P<package>.+\.deb)!/data\.tar(?:\.[a-z0-9]+)?", re.DOTALL)
_LINE: Final = re.compile(r"(?P<digest>[0-9a-f]{32}) [ *](?P<name>.+)")
_GOING: Final = "remove-on-upgrade "  # a conffile that is to be gone
_PACKINGS: Final = ("", ".gz", ".xz", ".zst")
_FILES: Final = (MemberKind.FILE, MemberKind.HARD_LINK)
_RECORD: Final = "DIFF-RECORD"
_NOT_THERE_RANK: Final = 45


def as_listed(entries: Iterator[Entry], path: str, ledger: Ledger) -> Iterator[Entry]:
    """Yield what the data archive at `path` holds, and hold it against the package's own lists.

    Anything else than a package's data archive goes through as it is.
    """
    data = _DATA.fullmatch(path)
    control = None if data is None else _control(data["package"], ledger)
    return entries if control is None else _checked(entries, path, control, ledger)


def _checked(entries: Iterator[Entry], path: str, control: str, ledger: Ledger) -> Iterator[Entry]:
    sums, there = dict(_sums(control, ledger)), set[str]()
    for entry in entries:
        if entry.kind in _FILES:
            there.add(entry.name)
        if entry.kind is not MemberKind.FILE or entry.name not in sums:
            yield entry
            continue
        hashed = hashlib.md5(usedforsecurity=False)
        yield _watched(entry, hashed.update)
        if hashed.hexdigest() != sums[entry.name]:
            ledger.lie(f"{path}!/{entry.name}", "its MD5 is another than md5sums says", rule=_RECORD)
    for name in sorted(sums.keys() - there):
        ledger.lie(f"{path}!/{name}", "md5sums lists it, and it is not there", rule=_RECORD)
    for name in sorted(set(_conffiles(control, ledger)) - there):
        ledger.odd(_NOT_THERE_RANK, control, f"conffiles lists {name!a}, and that is not there")


def _watched(entry: Entry, see: Callable[[bytes], object]) -> Entry:
    """Return the entry, whose bytes are seen as they are read."""
    if entry.whole is not None:
        see(entry.whole)
        return entry

    def read(count: int) -> bytes:
        data = entry.read(count)
        see(data)
        return data

    return entry._replace(read=read)


def _control(package: str, ledger: Ledger) -> str | None:
    """Return the path of a package's control archive."""
    paths = (f"{package}!/control.tar{packing}" for packing in _PACKINGS)
    return next((path for path in paths if path in ledger.opened), None)


def _sums(control: str, ledger: Ledger) -> Iterator[tuple[str, str]]:
    for line in _lines(f"{control}!/md5sums", ledger):
        if found := _LINE.fullmatch(line):
            yield clean(found["name"]), found["digest"]
        elif line.strip():
            ledger.odd(_NOT_THERE_RANK, f"{control}!/md5sums", f"a line that names no file: {line[:200]!a}")


def _conffiles(control: str, ledger: Ledger) -> Iterator[str]:
    for line in _lines(f"{control}!/conffiles", ledger):
        if line.startswith("/"):
            yield line.rstrip().removeprefix("/")
        elif line.strip() and not line.startswith(_GOING):
            ledger.odd(_NOT_THERE_RANK, f"{control}!/conffiles", f"a line that names no file: {line[:200]!a}")


def _lines(path: str, ledger: Ledger) -> list[str]:
    return ledger.texts.get(path, b"").decode("utf-8", "backslashreplace").split("\n")
