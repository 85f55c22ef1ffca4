"""Findings about a member as such: its rights, its kind, where it stands, and that it runs by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import Finding, MemberKind
from workstation.review.file_kinds import is_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.review.pair import Pair

_SETID, _EXECUTABLE, _WORLD_WRITABLE = 0o6000, 0o111, 0o002
_LARGE_CODE: Final = 200_000
_RUNS: Final = (
    (92, re.compile(r"[^/]*\.pth", re.IGNORECASE), "it runs at every start of Python"),
    (92, re.compile(r"(?:.*/)?(?:site|user)customize\.py"), "it runs at every start of Python"),
    (91, re.compile(r"(?:[^/]+/)?setup\.py"), "it runs when the package is built or installed from source"),
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
    r"|pyproject\.toml|build\.rs|binding\.gyp|\.github/workflows/[^/]+|debian/rules)"
)
_DEB_CONTROL: Final = re.compile(r"!/control\.tar[^/]*!/")


def member_findings(pair: Pair, *, opened: bool) -> Iterator[Finding]:
    """Yield what is worth a look about a member that is new or changed.

    The content of a container that was opened is looked at member by member, not here.
    """
    yield from _rights(pair)
    yield from _kind(pair)
    if pair.new.kind is MemberKind.FILE and pair.bytes_changed:
        yield from _runs_by_itself(pair)
        if not opened:
            yield from _content(pair)


def _rights(pair: Pair) -> Iterator[Finding]:
    old, new = pair.old, pair.new
    before = old.mode if old else 0
    if new.kind in (MemberKind.FILE, MemberKind.HARD_LINK) and new.mode & _SETID & ~before:
        yield _found("DIFF-SETUID", 90, pair, f"it runs with its owner's rights now (mode {new.mode:04o})")
    if old is None:
        return
    if old.mode != new.mode:
        gained = new.mode & _EXECUTABLE and not old.mode & _EXECUTABLE
        rank = 55 if gained or new.mode & _WORLD_WRITABLE & ~old.mode else 15
        what = "it became executable" if gained else "its mode changed"
        yield _found("DIFF-MODE", rank, pair, f"{what}: {old.mode:04o} before, {new.mode:04o} now")
    if old.owner != new.owner:
        rank = 90 if new.owner.partition(":")[0] == "0" else 30
        yield _found("DIFF-OWNER", rank, pair, f"its owner changed: {old.owner} before, {new.owner} now")


def _kind(pair: Pair) -> Iterator[Finding]:
    old, new = pair.old, pair.new
    if old and old.kind is not new.kind:
        yield _found("DIFF-KIND", 75, pair, f"it was a {old.kind.value} and is a {new.kind.value}")
    elif old and old.target != new.target:
        yield _found("DIFF-LINK", 60, pair, f"it pointed to {old.target!a} and points to {new.target!a}")
    elif old is None and new.kind is MemberKind.LINK:
        yield _found("DIFF-LINK", 30, pair, f"a link was added, to {new.target!a}")


def _runs_by_itself(pair: Pair) -> Iterator[Finding]:
    what = "was added" if pair.old is None else "changed"
    for rank, pattern, sentence in _RUNS:
        if pattern.fullmatch(pair.name) and _belongs(pattern.pattern, pair):
            yield _found("DIFF-RUNS-ITSELF", rank, pair, f"it {what}, and {sentence}")
            return
    if _BUILD.fullmatch(pair.name):
        rank = 58 if pair.old is None else 45
        yield _found("DIFF-BUILD-FILE", rank, pair, f"a build file {what}")


def _belongs(pattern: str, pair: Pair) -> bool:
    """Whether a name that only means something in a .deb's control archive stands there."""
    return "postrm" not in pattern or bool(_DEB_CONTROL.search(pair.path))


def _content(pair: Pair) -> Iterator[Finding]:
    what = "was added" if pair.old is None else "changed"
    if pair.old is None and pair.new.mode & _EXECUTABLE:
        yield _found("DIFF-EXECUTABLE", 50, pair, "an executable was added")
    if pair.dense:
        yield _found("DIFF-DENSE", 52, pair, f"a file that looks compressed or encrypted {what}")
    elif pair.new_text is None and pair.new.size:
        yield _found("DIFF-BINARY", 35 if pair.old is None else 30, pair, f"a binary file {what}")
    if pair.old is None and pair.new.size >= _LARGE_CODE and is_code(pair.name, pair.new_text):
        yield _found("DIFF-LARGE-CODE", 66, pair, f"{pair.new.size} bytes of code in one new file")


def _found(rule: str, rank: int, pair: Pair, sentence: str) -> Finding:
    return Finding(rule=rule, rank=rank, path=pair.path, sentence=sentence)
