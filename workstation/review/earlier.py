"""What a member was before, while both sides are still being walked: as far as its path tells."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from workstation.review.versions import versioned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workstation.review.index import Facts, MemberIndex


class Earlier:
    """The members of before by paths of now; `artifacts` names the artifact of before for one of now."""

    def __init__(self, members: MemberIndex, artifacts: Mapping[str, str]) -> None:
        self._members, self._artifacts = members, artifacts
        self._renamed = lru_cache(maxsize=16)(self._names)

    def facts(self, path: str) -> Facts | None:
        """Return what is known of a member's counterpart, or None where none came yet."""
        top, separator, inside = path.partition("!/")
        before, version, old_version = self._renamed(top)
        if before is None:
            return None
        if version:
            inside = inside.replace(version, old_version)
        return self._members.facts(f"{before}{separator}{inside}")

    def _names(self, top: str) -> tuple[str | None, str, str]:
        """Return the artifact of before, and the version of now and of before where they differ."""
        before = self._artifacts.get(top)
        if before is None:
            return None, "", ""
        version, old_version = versioned(top).version, versioned(before).version
        return before, version if version != old_version else "", old_version
