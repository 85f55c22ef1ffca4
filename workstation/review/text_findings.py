"""Findings in added lines: characters that deceive, lines nobody reads, powers used for the first time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import Finding
from workstation.review.file_kinds import is_code, is_prose

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def text_findings(pair: Pair) -> Iterator[Finding]:
    """Yield what is worth a look in the added lines of a text."""
    if not pair.added:
        return
    yield from _deceiving(pair)
    if is_code(pair.name, pair.new_text):
        yield from _long_line(pair)
        if not is_prose(pair.name):
            yield from _powers(pair)


def _deceiving(pair: Pair) -> Iterator[Finding]:
    rules = (
        ("DIFF-BIDI", 95, _BIDI, "characters that reorder the text around them"),
        ("DIFF-INVISIBLE", 94, _INVISIBLE, "invisible characters"),
        ("DIFF-CONTROL", 50, _CONTROL, "control characters"),
    )
    for rule, rank, pattern, what in rules:
        lines = [number for number, line in pair.added if pattern.search(_decoded(line))]
        if lines:
            lower = 40 if is_prose(pair.name) else 0
            sentence = f"{what} in {_lines(lines)}"
            yield Finding(rule=rule, rank=rank - lower, path=pair.path, sentence=sentence)


def _decoded(line: bytes) -> str:
    return line.decode("utf-8", "replace")


def _long_line(pair: Pair) -> Iterator[Finding]:
    number, longest = max(((number, len(line)) for number, line in pair.added), key=lambda one: one[1])
    before = max((len(line) for line in (pair.old_text or b"").split(b"\n")), default=0)
    if longest > max(_LONG_LINE, _LONGER * before):
        sentence = f"line {number} has {longest} bytes; the longest before had {before}"
        yield Finding(rule="DIFF-LONG-LINE", rank=74, path=pair.path, sentence=sentence)


def _powers(pair: Pair) -> Iterator[Finding]:
    """Name each power an added line uses that nothing in this file used before."""
    for rank, what, pattern in _PATTERNS:
        if pattern.search(pair.old_text or b""):
            continue
        lines = [number for number, line in pair.added if pattern.search(line)]
        if lines:
            in_tests = 25 if re.search(r"(?:^|/)tests?/", pair.name) else 0
            sentence = f"first use here of {what}, in {_lines(lines)}"
            yield Finding(rule="DIFF-FIRST-USE", rank=rank - in_tests, path=pair.path, sentence=sentence)


def _lines(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:5])
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""  # noqa: PLR2004 (as shown above)
    return f"line {shown}{more}" if len(numbers) == 1 else f"lines {shown}{more}"
