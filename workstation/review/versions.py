"""Versions in file names, so that a member is paired with itself in the release before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_VERSION: Final = re.compile(
    r"[-_](?P<version>v?[0-9][A-Za-z0-9.+~!]*?(?:-[0-9][A-Za-z0-9.+~]*?)?)"
    r"(?=[-_]|\.(?:whl|tar|tgz|zip|jar|deb|rpm|dsc|orig|debian|gz|xz|bz2)(?:\.|$)|$)"
)
_NUMBERS: Final = re.compile(r"v?([0-9]+(?:\.[0-9]+)*)")
PLACE: Final = "@version@"


@dataclass(frozen=True, slots=True)
class Versioned:
    """A file name, and the version in it ("" where there is none)."""

    name: str
    version: str

    @property
    def stem(self) -> str:
        """The name with its version taken out."""
        return without_version(self.name, self.version)


def versioned(name: str) -> Versioned:
    """Find the version in an artifact's file name, as wheels, sdists, .deb and npm write it."""
    found = _VERSION.search(name.rpartition("/")[2])
    return Versioned(name, found["version"] if found else "")


def without_version(path: str, version: str) -> str:
    """Return a path with every occurrence of `version` taken out, upstream versions too."""
    for one in dict.fromkeys((version, version.partition("-")[0])):
        if one:
            path = re.sub(rf"(?<![0-9A-Za-z]){re.escape(one)}(?![0-9])", PLACE, path)
    return path


def goes_back(old: str, new: str) -> bool:
    """Whether the leading numbers of `new` are lower than those of `old` (1.10 is above 1.9)."""
    before, now = _NUMBERS.match(old), _NUMBERS.match(new)
    if not before or not now:
        return False
    return _release(now[1]) < _release(before[1])


def _release(numbers: str) -> list[int]:
    found = [int(number) for number in numbers.split(".") if len(number) <= 18]  # noqa: PLR2004 (64 bits)
    while found and not found[-1]:
        found.pop()
    return found


def same_but_for_version(old: bytes, new: bytes, versions: tuple[str, str]) -> bool:
    """Whether two texts are the same once the version of each release is taken out of it."""
    if not all(versions) or versions[0] == versions[1]:
        return False
    bare = (
        without_version(text.decode("utf-8", "surrogateescape"), version)
        for text, version in zip((old, new), versions, strict=True)
    )
    return next(bare) == next(bare)
