"""A pytest plugin that tries mutmut's mutants: tests are collected once, each mutant has its own process.

How it is used, and what came of it, is in docs/mutation.md.
"""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Final

import pytest
from _pytest.runner import runtestprotocol

SECONDS: Final = 240
FIRST: Final = ("bypass/test_bypass_rules", "core/test_guardrails", "core/test_core_closure", "bypass/")


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Try every mutant named in $MUTANTS, and write to $MUTANTS_TOLD by which test each was found."""
    items = sorted(session.items, key=_place)
    told = Path(os.environ["MUTANTS_TOLD"])
    for name in Path(os.environ["MUTANTS"]).read_text("utf-8").split():
        with told.open("a", encoding="utf-8") as file:
            file.write(f"{name} {_found_by(name, items)}\n")
    return True


def _place(item: pytest.Item) -> int:
    return next((place for place, part in enumerate(FIRST) if part in item.nodeid), len(FIRST))


def _found_by(name: str, items: list[pytest.Item]) -> str:
    """Return the first test that fails with this mutant, `timeout`, or `survived`."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _try(name, items, writing)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as answer:
        found = answer.read()
    _, status = os.waitpid(child, 0)
    return found or ("survived" if status == 0 else "timeout")


def _try(name: str, items: list[pytest.Item], answer: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    os.environ["MUTANT_UNDER_TEST"] = name
    for item in items:
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=None)):
            os.write(answer, item.nodeid.replace(" ", "_").encode())
            break
    os._exit(0)
