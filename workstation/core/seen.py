"""What has to have been on the screen before somebody countersigns at one, and what the screen says of it.

Having been displayed is no proof of having been read; not having been displayed is proof of the contrary.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from workstation.core.canonical import canonical
from workstation.core.identity import Digest, digest_of
from workstation.core.release_diff import REFUSE, FileChange, ReleaseDiff

if TYPE_CHECKING:
    from workstation.core.strict_json import JsonObject

HIGH: Final = 80
"""From this rank on a change is high: it is displayed whole before somebody countersigns at a screen."""

_INSIDE: Final = "!/"
_SEEN: Final = "SEEN sha256:"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtScreen:
    """What a screen says about a decision made there: the words typed, the changes displayed whole."""

    words: str
    seen: tuple[Digest, ...]


def change_key(change: FileChange) -> Digest:
    """Return what a mark on a change is kept by: the digest of the member as it was and as it is.

    Other bytes, another path, mode, owner or target have another key, so no mark outlives them.
    """
    # Rows and facts follow from the members' bytes, whose digests are in here.
    described: JsonObject = ReleaseDiff(changes=(replace(change, rows=(), facts=()),)).to_json()
    return digest_of(canonical(described, where="change"))


def seen_name(key: Digest) -> str:
    """Return how a countersignature names a change that was displayed."""
    return _SEEN + key


def rank_within(path: str, diff: ReleaseDiff) -> int:
    """Return the highest rank found at a path or inside of it, zero where nothing was found."""
    inside = path + _INSIDE
    return max(
        (
            finding.rank
            for finding in diff.findings
            for member in finding.members
            if member == path or member.startswith(inside)
        ),
        default=0,
    )


def to_be_seen(diff: ReleaseDiff, must_open: int | None) -> tuple[FileChange, ...]:
    """Return the changes that have to be displayed whole: high ones, and those the policy wants opened."""
    least = HIGH if must_open is None else min(HIGH, must_open)
    risky = (finding for finding in diff.findings if least <= finding.rank < REFUSE)
    paths = {member for finding in risky for member in finding.members}
    return tuple(change for change in diff.changes if paths & _around(change))


def _around(change: FileChange) -> set[str]:
    return {member.path for member in (change.old, change.new) if member is not None}
