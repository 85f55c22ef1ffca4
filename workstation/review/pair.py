"""One member before and now, with its texts: what the findings look at."""

from __future__ import annotations

from dataclasses import dataclass, field

from workstation.core.release_diff import Member
from workstation.review.rows import added_lines, lines_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A member that is there now, its counterpart of before if it had one, and their texts if held."""

    old: Member | None
    new: Member
    old_text: bytes | None = None
    new_text: bytes | None = None
    dense: bool = False
    added: list[tuple[int, bytes]] = field(default_factory=list[tuple[int, bytes]])

    @property
    def path(self) -> str:
        """The path now."""
        return self.new.path

    @property
    def name(self) -> str:
        """The path within the innermost container."""
        return self.new.path.rpartition("!/")[2]

    @property
    def bytes_changed(self) -> bool:
        """Whether its bytes are new or others than before."""
        return self.old is None or self.old.digest != self.new.digest


def pair_of(
    old: Member | None, new: Member, old_text: bytes | None, new_text: bytes | None, *, dense: bool
) -> Pair:
    """Return the pair with its added lines; without a counterpart every line is added."""
    changed = new_text is not None and old_text != new_text
    added = added_lines(lines_of(old_text or b""), lines_of(new_text)) if changed and new_text else []
    return Pair(old=old, new=new, old_text=old_text, new_text=new_text, dense=dense, added=added)
