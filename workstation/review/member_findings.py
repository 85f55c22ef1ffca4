"""Findings about a member as such: its rights, its kind, where it stands, and that it runs by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import MemberKind
from workstation.review.attributes import capabilities_in
from workstation.review.file_kinds import is_code
from workstation.review.lenses.pictures import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.release_diff import Evidence, Finding
    from workstation.review.pair import Pair

_SETID, _EXECUTABLE, _WORLD_WRITABLE = 0o6000, 0o111, 0o002
_LARGE_CODE: Final = 200_000
_ONLY_NEW: Final = 89  # one that was there already is a build file that changed
_RUNS: Final = (
    (92, re.compile(r"[^/]*\.pth", re.IGNORECASE), "it runs at every start of Python"),
    (92, re.compile(r"(?:.*/)?(?:site|user)customize\.py"), "it runs at every start of Python"),
    (
        _ONLY_NEW,
        re.compile(r"(?:[^/]+/)?setup\.py"),
        "it runs when the package is built or installed from source",
    ),
    (
        91,
        re.compile(r"(?:\./)?(?:preinst|postinst|prerm|postrm|config|triggers)"),
        "it runs as root on installation",
    ),
    (91, re.compile(r"(?:.*/)?(?:pre|post)?install(?:\.(?:sh|js|py|bat|ps1))?"), "it is an install script"),
    (
        90,
        re.compile(
            r"(?:.*/)?etc/(?:cron[^/]*|profile\.d|ld\.so\.preload|ld\.so\.conf\.d|sudoers(?:\.d)?|pam\.d"
            r"|udev/rules\.d|init\.d|systemd|modules-load\.d|apt/apt\.conf\.d)(?:/.*)?"
        ),
        "the system runs it or takes privileges from it",
    ),
    (90, re.compile(r"(?:.*/)?lib/(?:systemd/(?:system|user)|udev/rules\.d)/.+"), "the system starts it"),
    (90, re.compile(r"[^/]+\.data/scripts/.+"), "it is installed as a program"),
)
_BUILD: Final = re.compile(
    r"(?:.*/)?(?:[^/]+\.m4|configure(?:\.ac)?|Makefile(?:\.in|\.am)?|CMakeLists\.txt|[^/]+\.cmake|setup\.cfg"
    r"|pyproject\.toml|setup\.py|build\.rs|binding\.gyp|\.github/workflows/[^/]+|debian/rules)"
)
_PICTURE: Final = re.compile(r".*\.(?:png|jpe?g|gif)", re.DOTALL | re.IGNORECASE)
_PACKED_BY_NATURE: Final = re.compile(r".*\.(?:woff2?|webp|ico|ogg|mp[34]|pdf)", re.DOTALL | re.IGNORECASE)
_RPM_SCRIPTS: Final = re.compile(r".*\.rpm!/about/(?:scripts|triggers)[^/]*", re.DOTALL | re.IGNORECASE)
_DEB_CONTROL: Final = re.compile(r"!/control\.tar[^/]*!/")
_SHOWN_ATTRIBUTES: Final = 400


def member_findings(pair: Pair, *, opened: bool) -> Iterator[Finding]:
    """Yield what is worth a look about a member that is new or changed.

    The content of a container that was opened is looked at member by member, not here.
    """
    yield from _rights(pair)
    yield from _kind(pair)
    if pair.new.kind is MemberKind.FILE and (pair.bytes_changed or pair.moved):
        yield from _runs_by_itself(pair)
        if not opened and not pair.moved:
            yield from _content(pair)


def _rights(pair: Pair) -> Iterator[Finding]:
    old, new = pair.old, pair.new
    before = old.mode if old else 0
    if new.kind in (MemberKind.FILE, MemberKind.HARD_LINK) and new.mode & _SETID & ~before:
        yield pair.found("DIFF-SETUID", 90, f"it runs with its owner's rights now (mode {new.mode:04o})")
    yield from _attributes(pair)
    if old is None:
        return
    if old.mode != new.mode:
        gained = new.mode & _EXECUTABLE and not old.mode & _EXECUTABLE
        rank = 55 if gained or new.mode & _WORLD_WRITABLE & ~old.mode else 15
        what = "it became executable" if gained else "its mode changed"
        yield pair.found("DIFF-MODE", rank, f"{what}: {old.mode:04o} before, {new.mode:04o} now")
    if old.owner != new.owner:
        rank = 90 if new.owner.partition(":")[0] == "0" else 30
        yield pair.found("DIFF-OWNER", rank, f"its owner changed: {old.owner} before, {new.owner} now")


def _attributes(pair: Pair) -> Iterator[Finding]:
    """Yield capabilities a program has and had not, and any other change of extended attributes."""
    old, new = pair.old.attributes if pair.old else "", pair.new.attributes
    before, now = capabilities_in(old), capabilities_in(new)
    if now and now != before:
        was = f"{before or 'none'} before"
        yield pair.found("DIFF-CAPABILITY", 90, f"it runs with capabilities now: {now} ({was})")
    elif new != old:
        rank = 45 if set(new.split("\n")) - set(old.split("\n")) and new else 15
        shown = new.replace("\n", ", ") or "none"
        yield pair.found("DIFF-ATTRIBUTE", rank, f"its extended attributes: {shown[:_SHOWN_ATTRIBUTES]}")


def _kind(pair: Pair) -> Iterator[Finding]:
    old, new = pair.old, pair.new
    if old and old.kind is not new.kind:
        yield pair.found("DIFF-KIND", 75, f"it was a {old.kind.value} and is a {new.kind.value}")
    elif old and old.target != new.target:
        yield pair.found("DIFF-LINK", 60, f"it pointed to {old.target!a} and points to {new.target!a}")
    elif old is None and new.kind is MemberKind.SPECIAL:
        yield pair.found("DIFF-DEVICE", 90, "a device or another special file was added")
    elif old is None and new.kind is MemberKind.LINK:
        yield pair.found("DIFF-LINK", 37, f"a link was added, to {new.target!a}")


def _runs_by_itself(pair: Pair) -> Iterator[Finding]:
    what = pair.came_or_changed
    if _RPM_SCRIPTS.fullmatch(pair.path):
        sentence = f"it {what}, and it runs as root on installation"
        yield pair.found("DIFF-RUNS-ITSELF", 91, sentence, *_first_lines(pair))
        return
    for rank, pattern, sentence in _RUNS:
        known = rank == _ONLY_NEW and pair.old is not None and not pair.moved
        if not known and pattern.fullmatch(pair.name) and _belongs(pattern.pattern, pair):
            yield pair.found("DIFF-RUNS-ITSELF", rank, f"it {what}, and {sentence}", *_first_lines(pair))
            return
    if _BUILD.fullmatch(pair.name):
        rank = 58 if pair.old is None else 45
        yield pair.found("DIFF-BUILD-FILE", rank, f"a build file {what}", *_first_lines(pair))


def _first_lines(pair: Pair) -> tuple[Evidence, ...]:
    return pair.lines([number for number, line in pair.added if line.strip()])


def _belongs(pattern: str, pair: Pair) -> bool:
    """Whether a name that only means something in a .deb's control archive stands there."""
    return "postrm" not in pattern or bool(_DEB_CONTROL.search(pair.path))


def _content(pair: Pair) -> Iterator[Finding]:
    what = pair.came_or_changed
    if pair.old is None and pair.new.mode & _EXECUTABLE:
        yield pair.found("DIFF-EXECUTABLE", 50, "an executable was added")
    if pair.old is None and pair.name.endswith(".class") and pair.path.count("!/") > 1:
        yield pair.found("DIFF-CLASS", 48, "a class was added within an archive")
    if pair.old is None and pair.new.size >= _LARGE_CODE and is_code(pair.name, pair.new_text):
        yield pair.found("DIFF-LARGE-CODE", 66, f"{pair.new.size} bytes of code in one new file")
    if pair.new_text is not None or not pair.new.size:
        return
    match pair.now.made:
        case Picture() as picture:
            size = f"{picture.width} by {picture.height}"
            yield pair.found("DIFF-PICTURE", 6, f"a picture {what} ({picture.format}, {size})")
        case None if _PICTURE.fullmatch(pair.name) and pair.now.looked:
            yield pair.found("DIFF-NO-PICTURE", 57, f"a file named as a picture {what}, and it is none")
        case None if pair.dense and not _PACKED_BY_NATURE.fullmatch(pair.name):
            yield pair.found("DIFF-DENSE", 52, f"a file that looks compressed or encrypted {what}")
        case None:
            yield pair.found("DIFF-BINARY", 35 if pair.old is None else 30, f"a binary file {what}")
        case _:
            pass  # what it is made of says more
