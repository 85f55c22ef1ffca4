"""What an RPM says about itself, as texts to compare: every tag, except what its files show themselves."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.review.rpm_header import RpmHeader

_NAMES: Final = {
    1000: "Name",
    1001: "Version",
    1002: "Release",
    1003: "Epoch",
    1004: "Summary",
    1005: "Description",
    1006: "Build time",
    1007: "Build host",
    1009: "Size",
    1010: "Distribution",
    1011: "Vendor",
    1014: "License",
    1015: "Packager",
    1016: "Group",
    1020: "URL",
    1021: "OS",
    1022: "Architecture",
    1044: "Source RPM",
    1064: "RPM version",
    1080: "Changelog time",
    1081: "Changelog name",
    1082: "Changelog text",
    1124: "Payload format",
    1125: "Payload compressor",
    1126: "Payload flags",
}
_SCRIPTS: Final = {
    1023: ("before installation", 1085),
    1024: ("after installation", 1086),
    1025: ("before removal", 1087),
    1026: ("after removal", 1088),
    1065: ("trigger", 1092),
    1079: ("verification", 1091),
    1151: ("before the transaction", 1153),
    1152: ("after the transaction", 1154),
    5066: ("file trigger", 5067),
    5076: ("transaction file trigger", 5077),
}
_PROVIDES: Final = (1047, 1112, 1113)
_NEEDS: Final = (
    ("Requires", (1049, 1048, 1050)),
    ("Conflicts", (1054, 1053, 1055)),
    ("Obsoletes", (1090, 1114, 1115)),
    ("Recommends", (5046, 5048, 5047)),
    ("Suggests", (5049, 5051, 5050)),
    ("Supplements", (5052, 5054, 5053)),
    ("Enhances", (5055, 5057, 5056)),
)
_LESS, _GREATER, _EQUAL = 2, 4, 8
# Names, sizes, digests, times, links and inodes of the files: the payload is held against what of it matters.
_OF_FILES: Final = frozenset(
    (1027, *range(1028, 1038), 1039, 1040, 1045, 1095, 1096, 1097, *range(1116, 1119), *range(1140, 1146))
) | {5008, 5010, 5011, 5090, 5091}


def about(header: RpmHeader) -> Iterator[tuple[str, str]]:
    """Yield the texts, each with its name."""
    yield "info", "".join(_info(header))
    yield "provides", "".join(f"{line}\n" for line in _relations(header, _PROVIDES))
    needs = (f"{what}: {line}\n" for what, tags in _NEEDS for line in _relations(header, tags))
    yield "requires", "".join(needs)
    yield "scripts", "".join(_scripts(header))


def all_values(header: RpmHeader) -> str:
    """Return every value of a header as text, a line each, by tag."""
    return "".join(line for tag in sorted(header.values) for line in _lines(header, tag))


def _info(header: RpmHeader) -> Iterator[str]:
    scripts = {*_SCRIPTS, *(program for _, program in _SCRIPTS.values())}
    elsewhere = {*_OF_FILES, *scripts, *_PROVIDES, *(tag for _, tags in _NEEDS for tag in tags)}
    for tag in sorted(header.values.keys() - elsewhere):
        yield from _lines(header, tag)


def _lines(header: RpmHeader, tag: int) -> Iterator[str]:
    name = _NAMES.get(tag, f"Tag {tag}")
    value = header.values[tag]
    if isinstance(value, bytes):
        yield f"{name}: {value.hex()}\n"
        return
    yield from (f"{name}: {one}\n" for one in value)


def _relations(header: RpmHeader, tags: tuple[int, int, int]) -> list[str]:
    """Return relations to other packages (name, flags and version in three tags), sorted."""
    names, flags, versions = header.texts(tags[0]), header.numbers(tags[1]), header.texts(tags[2])
    found = list[str]()
    for name, flag, version in zip_longest(names, flags, versions, fillvalue=None):
        signs = ((_LESS, "<"), (_GREATER, ">"), (_EQUAL, "="))
        sign = "".join(one for bit, one in signs if isinstance(flag, int) and flag & bit)
        found.append(" ".join(str(part) for part in (name, sign, version) if part))
    return sorted(found)


def _scripts(header: RpmHeader) -> Iterator[str]:
    for tag, (when, program) in sorted(_SCRIPTS.items()):
        if tag in header.values or program in header.values:
            yield f"{when}, run by {' '.join(header.texts(program)) or '/bin/sh'}:\n"
            yield from (f"{script}\n" for script in header.texts(tag))
