"""Every sentence the screen can say, found in its source and its tables."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import ui
from ui import diff_model, help_words, review_wording, wording
from ui.pages import records, told_records
from ui.pages.queue_table import HEADERS
from ui.pages.record_page import Place
from ui.pages.station_panel import NAMES
from ui.rail import STOPS
from ui.risk import risk_of
from workstation.core.release_diff import ChangeKind


def sentences() -> frozenset[str]:
    """Return the English sentences that are looked up in a catalogue."""
    root = Path(ui.__file__).parent
    called = (one for path in root.rglob("*.py") for one in _in_calls(ast.parse(path.read_text())))
    return frozenset(one for one in (*called, *_in_tables()) if any(map(str.isalpha, one)))


def _in_calls(tree: ast.AST) -> Iterator[str]:
    """Yield what is written out in a call of t()."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t":
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def _in_tables() -> Iterator[str]:
    for name, value in (*vars(wording).items(), *vars(review_wording).items()):
        if name.isupper():
            yield from _texts(value)
    yield from (words for said in help_words.HELP.values() for words in said)
    yield from (stop.words for stop in STOPS)
    for place in vars(records).values():
        if isinstance(place, Place):
            yield from (place.title, place.lead, place.nothing, place.what_to_do, place.items, place.details)
    yield from told_records.WHAT.values()
    yield from (words for words, _, _ in (*told_records.HOW_FAR.values(), *told_records.STEPS.values()))
    yield from HEADERS
    yield from diff_model.HEADERS.values()
    yield from (kind.value for kind in ChangeKind)
    yield from NAMES.values()
    yield from (risk_of(rank).word for rank in (100, 90, 50, 0))


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from (words for words in value.values() if isinstance(words, str))
        case tuple():
            # A table of keys and words has the words second; a pair of sentences is both.
            pairs = [one for one in value if isinstance(one, tuple)]
            yield from (one[1] for one in pairs)
            yield from (one for one in value if isinstance(one, str))
        case _:
            return
