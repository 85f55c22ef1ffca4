"""Names of members: which are refused, which are odd, and which two cannot stand in one container."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import MemberKind
from workstation.review.ledger import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.review.ledger import Ledger

_DRIVE: Final = re.compile(r"[A-Za-z]:")
_RAW_BYTE: Final = re.compile(r"\\x[89a-f][0-9a-f]")
_ACTING: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
# Nothing in such a name is refused or odd: short parts of plain characters, no device of another system.
_PLAIN: Final = re.compile(
    r"(?!.{1025})(?:[A-Za-z0-9_+-][A-Za-z0-9_+.@=,-]{0,200}(?<!\.)/)*"
    r"(?!(?:con|prn|aux|nul)(?:\.|$))[A-Za-z0-9_+-][A-Za-z0-9_+.@=,-]{0,200}(?<!\.)",
    re.IGNORECASE,
)
_DEVICES: Final = frozenset({"con", "prn", "aux", "nul"})
_ODD_RANK: Final = 60
_LONG: Final = 1024  # longer than some systems can write


def clean(name: str) -> str:
    """Return a member's name without a leading `./` or a slash at the end; "" is the folder itself."""
    while name.startswith("./"):
        name = name[2:]
    name = name.rstrip("/") if name.strip("/") else name
    return "" if name == "." else name


def joined_name(folder: str, name: str) -> str:
    """Return the name of something in a folder of an archive; the outermost folder has no name."""
    return f"{folder}/{name}" if folder else name


class Names:
    """The names of one container, as they come."""

    def __init__(self, where: str, ledger: Ledger) -> None:
        self._within, self._ledger = f"{where}!/", ledger
        self._respelled: dict[str, str] = {}  # names that folding changes, by what it makes of them
        self._parents: set[str] = set()

    def add(self, name: str, kind: MemberKind) -> str:
        """Check a cleaned name and return the member's path; before the member itself is written down."""
        path = f"{self._within}{name}"
        if not _PLAIN.fullmatch(name):
            for sentence in _refused(name, self._ledger.limits.name):
                self._ledger.lie(path[: self._ledger.limits.name], sentence, rule=NAME)
            for sentence in _odd(name, self._ledger.limits.name_part):
                self._ledger.odd(_ODD_RANK, path, sentence, rule=NAME)
        self._check_others(path, name, kind)
        parent = name.rpartition("/")[0]
        if parent and parent not in self._parents:
            self._check_parents(path, parent)
        folded = _folded(name)
        if folded != name or folded in self._respelled:
            self._check_spelling(path, name, folded)
        return path

    def holds_file(self, name: str) -> bool:
        """Whether a file of that name came already."""
        return self._kind(name) in (MemberKind.FILE, MemberKind.HARD_LINK)

    def _kind(self, name: str) -> MemberKind | None:
        return self._ledger.members.kind(f"{self._within}{name}")

    def _check_others(self, path: str, name: str, kind: MemberKind) -> None:
        known = self._ledger.members.kind(path)
        if known and not (known is kind is MemberKind.FOLDER):
            self._ledger.lie(path, "this name is there twice", rule=NAME)
        if kind is not MemberKind.FOLDER and name in self._parents:
            self._ledger.lie(path, "this name is a file and a folder", rule=NAME)

    def _check_parents(self, path: str, parent: str) -> None:
        while parent and parent not in self._parents:
            known = self._kind(parent) or MemberKind.FOLDER
            if known is not MemberKind.FOLDER:
                self._ledger.lie(path, f"it would be written through a {known.value}, {parent!a}", rule=NAME)
            self._parents.add(parent)
            parent = parent.rpartition("/")[0]

    def _check_spelling(self, path: str, name: str, folded: str) -> None:
        """Name what some file systems would take for a name that came before."""
        other = self._respelled.get(folded)
        if folded != name:
            other = other or (folded if self._kind(folded) else None)
            self._respelled.setdefault(folded, name)
        if other and other != name:
            self._ledger.odd(_ODD_RANK, path, f"differs from {other!a} only in spelling", rule=NAME)


def _folded(name: str) -> str:
    """Return a name as file systems that fold case and compositions would have it."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name).casefold()


def _refused(name: str, longest: int) -> Iterator[str]:
    parts = name.split("/")
    if not name or len(name) > longest:
        yield f"a name of {len(name)} characters found, 1 to {longest} wanted"
    if name.startswith("/") or _DRIVE.match(name):
        yield "the name is absolute"
    if ".." in parts:
        yield "the name leads out of the archive (..)"
    if "." in parts or "" in parts[1:]:
        yield "the name has an empty part or a dot"
    if "\\" in _RAW_BYTE.sub("", name):
        yield "the name has a backslash"
    if _ACTING.search(name):
        yield "the name has control, bidirectional or invisible characters"
    if any(part.endswith((" ", ".")) for part in parts if part not in (".", "..")):
        yield "a part of the name ends in a dot or a space"


def _odd(name: str, longest_part: int) -> Iterator[str]:
    parts = name.split("/")
    if len(name) > _LONG:
        yield f"the name has {len(name)} characters"
    if any(len(part) > longest_part for part in parts):
        yield f"a part of the name is longer than {longest_part}"
    if _RAW_BYTE.search(name):
        yield "the name is not UTF-8"
    if parts[-1].split(".")[0].casefold() in _DEVICES:
        yield "the name is a device on other systems"
