"""Which version comes after which, for the rule that versions rise.

Digit runs compare as numbers and everything else as text, part by part. A version that goes on
with letters (1.0rc1, 1.0-beta) comes before the one it leads to; `post` comes after. Zeros before
letters or the end say nothing: 1.0rc1 is 1rc1, and 1.0 is 1.
"""

from __future__ import annotations

import re

_PART = re.compile(r"\d+|[a-z]+", re.ASCII)
_AFTER_RELEASE = frozenset({"post", "p", "patch", "r"})
_BEFORE, _END, _AFTER, _NUMBER = range(4)


def order_of(version: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts versions; "1.10" after "1.9", "1.0rc1" before "1.0"."""
    found = _PART.findall(version.lower().partition("+")[0].removeprefix("v"))
    parts: list[tuple[int, int, str]] = []
    for part in (*map(_place, found), (_END, 0, "")):
        while part[0] != _NUMBER and parts and parts[-1] == (_NUMBER, 0, ""):
            parts.pop()
        parts.append(part)
    return tuple(parts)


def _place(part: str) -> tuple[int, int, str]:
    if part.isdigit():
        return _NUMBER, int(part), ""
    return (_AFTER if part in _AFTER_RELEASE else _BEFORE), 0, part
