"""Links in an archive that is unpacked anywhere: which of them lead out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import MemberKind

if TYPE_CHECKING:
    from workstation.review.ledger import Ledger
    from workstation.review.source import Entry

_LINK_RANK: Final = 60


def look_at_link(entry: Entry, path: str, ledger: Ledger) -> None:
    """Write down a link to an absolute path, or to one outside the archive."""
    if entry.kind is not MemberKind.LINK:
        return
    if entry.target.startswith("/"):
        ledger.odd(_LINK_RANK, path, f"the link points to an absolute path, {entry.target!a}")
    elif _leads_out(entry.name, entry.target):
        ledger.odd(_LINK_RANK, path, f"the link leads out of the archive, to {entry.target!a}")


def _leads_out(name: str, target: str) -> bool:
    depth = name.count("/")
    for part in target.split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        if depth < 0:
            return True
    return False
