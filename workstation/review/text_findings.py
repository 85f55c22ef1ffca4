"""Findings in added lines: characters that deceive, lines nobody reads, powers and hosts new here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from workstation.review.file_kinds import is_code, is_prose, is_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.release_diff import Finding
    from workstation.review.pair import Pair

_BIDI: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060-\u2064\u206a-\u206f\u3164\ufe00-\ufe0e"
    "\ufeff\uffa0\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]|\r(?!$)")
_LONG_LINE: Final = 2000
_LONGER: Final = 4  # times the longest line before
_PROCESSES: Final = rb"\b(?:subprocess|os\.system|os\.popen|os\.exec\w+|child_process|pty\.spawn)\b"
_CODE: Final = rb"(?<![\w.])(?:eval|exec|__import__|marshal\.loads|pickle\.loads|Function)\s*\("
_NETWORK: Final = (
    rb"\b(?:socket|urllib\.request|http\.client|requests\.(?:get|post)|XMLHttpRequest|WebSocket)\b"
    rb"|\b(?:fetch\(|curl |wget )"
)
_DECODING: Final = rb"\b(?:b64decode|decodebytes|unhexlify|fromhex|fromCharCode|atob\(|base64 -d)"
_SECRETS: Final = rb"os\.environ|process\.env|\bgetenv\(|\.npmrc|\.ssh/|/etc/(?:passwd|shadow)"
_POWERS: Final = (
    (56, "starting processes", _PROCESSES),
    (54, "running text as code", _CODE),
    (54, "the network", _NETWORK),
    (54, "decoding hidden data", _DECODING),
    (52, "secrets or the environment", _SECRETS),
)
_PATTERNS: Final = tuple((rank, what, re.compile(pattern)) for rank, what, pattern in _POWERS)
# The statement that brings a power into a file: a second one beside the first is still worth a look.
_BROUGHT_IN: Final = re.compile(
    rb"^\s*(?:import\s+(?:subprocess|socket|ctypes|pty|marshal|pickle|urllib|requests|http)\b"
    rb"|from\s+(?:subprocess|socket|ctypes|pty|marshal|pickle|urllib|requests|http)\b"
    rb"|.*\brequire\s*\(\s*['\"](?:node:)?(?:child_process|net|http|https|dgram|dns|vm)['\"])"
)
_HOST: Final = re.compile(rb"\b(?:https?|wss?|ftp)://([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)")
_IN_TESTS: Final = 25


def text_findings(pair: Pair) -> Iterator[Finding]:
    """Yield what is worth a look in the added lines of a text."""
    if not pair.added:
        return
    yield from _deceiving(pair)
    if is_code(pair.name, pair.new_text):
        yield from _long_line(pair)
        if not is_prose(pair.name):
            yield from _powers(pair)
            yield from _hosts(pair)


def _deceiving(pair: Pair) -> Iterator[Finding]:
    rules = (
        ("DIFF-BIDI", 95, _BIDI, "characters that reorder the text around them"),
        ("DIFF-INVISIBLE", 94, _INVISIBLE, "invisible characters"),
        ("DIFF-CONTROL", 50, _CONTROL, "control characters"),
    )
    for rule, rank, pattern, what in rules:
        lines = [number for number, line in pair.added if pattern.search(_decoded(line))]
        if lines:
            # In prose they are mostly what they seem: right-to-left languages, joined emoji.
            name, lower = (f"{rule}-PROSE", 40) if is_prose(pair.name) else (rule, 0)
            yield pair.found(name, rank - lower, f"{what} in {_lines(lines)}", *pair.lines(lines))


def _decoded(line: bytes) -> str:
    return line.decode("utf-8", "replace")


def _long_line(pair: Pair) -> Iterator[Finding]:
    number, longest = max(((number, len(line)) for number, line in pair.added), key=lambda one: one[1])
    before = max((len(line) for line in (pair.old_text or b"").split(b"\n")), default=0)
    if longest > max(_LONG_LINE, _LONGER * before):
        sentence = f"line {number} has {longest} bytes; the longest before had {before}"
        yield pair.found("DIFF-LONG-LINE", 74, sentence, *pair.lines([number]))


def _powers(pair: Pair) -> Iterator[Finding]:
    """Name each power an added line uses that nothing in this file used before, or brings in once more."""
    tests = is_test(pair.name)
    rule, lower = ("DIFF-FIRST-USE-TESTS", _IN_TESTS) if tests else ("DIFF-FIRST-USE", 0)
    for rank, what, pattern in _PATTERNS:
        if pattern.search(pair.old_text or b""):
            continue
        lines = [number for number, line in pair.added if pattern.search(line)]
        if lines:
            sentence = f"first use here of {what}, in {_lines(lines)}"
            yield pair.found(rule, rank - lower, sentence, *pair.lines(lines))
    again = [number for number, line in pair.added if _brought_in_again(line, pair.old_text)]
    if again and not tests:
        sentence = (
            f"one more statement that brings in processes, the network or running data, in {_lines(again)}"
        )
        yield pair.found("DIFF-USE", 46, sentence, *pair.lines(again))


def _brought_in_again(line: bytes, old: bytes | None) -> bool:
    """Whether an added line is such a statement, in a file that had the power already."""
    return bool(old and _BROUGHT_IN.match(line) and any(pattern.search(line) for _, _, pattern in _PATTERNS))


def _hosts(pair: Pair) -> Iterator[Finding]:
    known = set(_HOST.findall(pair.old_text or b""))
    found: dict[bytes, int] = {}
    for number, line in pair.added:
        for host in _HOST.findall(line):
            if host not in known:
                found.setdefault(host, number)
    if found:
        named = ", ".join(host.decode("ascii") for host in [*found][:5])
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""  # noqa: PLR2004 (as shown above)
        rule, rank = ("DIFF-HOST-TESTS", 20) if is_test(pair.name) else ("DIFF-HOST", 48)
        numbers = sorted(set(found.values()))
        yield pair.found(rule, rank, f"it names {named}{more}", *pair.lines(numbers))


def _lines(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:5])
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""  # noqa: PLR2004 (as shown above)
    return f"line {shown}{more}" if len(numbers) == 1 else f"lines {shown}{more}"
