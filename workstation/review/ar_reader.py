"""Ar archives, which is what a .deb is (deb(5)): a strict reader of the common form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import MemberKind
from workstation.review.ledger import Ledger, Lie
from workstation.review.source import Entry, Source, stream

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC: Final = b"!<arch>\n"
_HEADER: Final = re.compile(
    rb"(?P<name>[!-~][ -~]{15})[0-9 ]{12}[0-9 ]{6}[0-9 ]{6}(?P<mode>[0-7 ]{8})(?P<size>[0-9]+ *)`\n",
    re.DOTALL,
)
_HEADER_SIZE: Final = 60
_DEB_MARKER: Final = "debian-binary"


def ar_entries(source: Source, where: str, ledger: Ledger) -> Iterator[Entry]:
    """Return the members of an ar archive in order; raises Lie."""
    place, names = len(MAGIC), list[str]()
    while place < source.size:
        header = _HEADER.fullmatch(source.at(place, _HEADER_SIZE))
        if not header or b" " in header["mode"].strip():
            raise Lie(where, "an ar header is damaged")
        size = int(header["size"])
        place += _HEADER_SIZE
        if place + size > source.size:
            raise Lie(where, "an ar member is cut short")
        names.append(header["name"].rstrip(b" ").decode("ascii").removesuffix("/"))
        mode = int(header["mode"].strip() or b"0", 8) & 0o7777
        yield Entry(
            name=names[-1], kind=MemberKind.FILE, read=stream(source, place, size), size=size, mode=mode
        )
        place += size + size % 2
    if _DEB_MARKER in names:
        _check_deb(names, where, ledger)


def is_deb_part(name: str) -> bool:
    """Whether an ar member of this name is what gets installed from a .deb."""
    return name.startswith(("control.tar", "data.tar"))


def _check_deb(names: list[str], where: str, ledger: Ledger) -> None:
    """Refuse a .deb whose parts are not the three, in order, each once (deb(5))."""
    parts = [name.partition(".tar")[0] for name in names if is_deb_part(name)]
    if names[0] != _DEB_MARKER or parts != ["control", "data"]:
        ledger.lie(where, "a .deb wants debian-binary, one control.tar and one data.tar, in this order")
    elif len(names) > len(parts) + 1:
        others = [name for name in names if name != _DEB_MARKER and not is_deb_part(name)]
        ledger.odd(60, where, f"the .deb holds more than its three parts: {', '.join(others)}")
