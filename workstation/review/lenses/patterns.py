"""Patterns of past attacks, matched by YARA-X with the rules shipped beside this package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import yara_x

# Read now: behind the walls of the review child no file can be opened.
_RULES: Final = (Path(__file__).parent.parent / "rules" / "countersign.yar").read_text(encoding="utf-8")
_SHOWN: Final = 120  # bytes of a match
_MOST_PLACES: Final = 3
_MOST_MATCHES: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A rule that matches: its name, rank and sentence, and the first places with their bytes."""

    rule: str
    rank: int
    says: str
    places: tuple[tuple[int, bytes], ...]


def matches_in(data: bytes) -> tuple[Match, ...]:
    """Return the rules that match these bytes, by name."""
    found = _scanner().scan(data)
    return tuple(sorted((_match(rule, data) for rule in found.matching_rules), key=lambda one: one.rule))


@lru_cache(maxsize=1)
def _scanner() -> yara_x.Scanner:
    """Compile the rules, once and when first needed: that takes longer than a small review."""
    scanner = yara_x.Scanner(yara_x.compile(_RULES))
    # No time-out: whether a rule matches may not depend on how fast a machine is.
    scanner.max_matches_per_pattern(_MOST_MATCHES)
    return scanner


def _match(rule: yara_x.Rule, data: bytes) -> Match:
    meta = dict(rule.metadata)
    places = sorted((one.offset, one.length) for pattern in rule.patterns for one in pattern.matches)
    return Match(
        rule=rule.identifier,
        rank=int(str(meta["rank"])),
        says=str(meta["says"]),
        places=tuple(
            (start, data[start : start + min(length, _SHOWN)]) for start, length in places[:_MOST_PLACES]
        ),
    )
