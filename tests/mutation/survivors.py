"""The mutants that live and why, as survivors.toml has them, and how what was found compares."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LISTED: Final = Path(__file__).with_name("survivors.toml")
ALIVE: Final = frozenset({"survived", "unreached", "unsettled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a run says about the list."""

    unexplained: tuple[str, ...]
    """Mutants that live, and nobody said why."""

    found: tuple[str, ...]
    """Mutants that are said to live, and a test found them."""

    gone: tuple[str, ...]
    """Mutants that are said to live, and there are no such mutants."""

    @property
    def good(self) -> bool:
        """Whether the list is right."""
        return not (self.unexplained or self.found or self.gone)


def explained(path: Path = LISTED) -> dict[str, str]:
    """Return the reason each survivor lives; raises ValueError for one without, or listed twice."""
    found: dict[str, str] = {}
    for group in tomllib.loads(path.read_text("utf-8")).get("survivors", []):
        for mutant in group["mutants"]:
            if mutant in found or not group["why"].strip():
                raise ValueError(f"{path.name}: {mutant} stands there twice, or without a reason")
            found[mutant] = group["why"]
    return found


def compared(told: Mapping[str, str], reasons: Collection[str], every: Collection[str]) -> Compared:
    """Return how what was told of the mutants that were tried compares with the reasons there are.

    `every` are all mutants there are, tried or not.
    """
    alive = {mutant for mutant, found in told.items() if found in ALIVE}
    return Compared(
        unexplained=tuple(sorted(alive - set(reasons))),
        found=tuple(sorted((told.keys() - alive) & set(reasons))),
        gone=tuple(sorted(set(reasons) - set(every))),
    )
