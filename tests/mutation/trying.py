"""A pytest plugin that tries mutants: tests are collected once, each mutant has a process of its own.

Mutants stand one a line in $MUTANTS: name, first and last line of the
change and of its function. $MUTANTS_REACHED tells which tests reach
which line; where there is no such file, every test runs once, all must pass, and it is written. What found
each mutant goes to $MUTANTS_TOLD, a line each: `name test`, `name survived`, `unreached` or `timeout`; or
`unsettled` where the tests that could find it did not within $MUTANTS_SECONDS of CPU.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from mutation.switching import switch_on

import workstation

LEAST_SECONDS: Final = 5.0
TIMES: Final = 20
"""A test may take so many times its usual time, and these seconds more, before the mutant counts as found."""

MEMORY: Final = 3 << 30
NEAREST: Final = "tests/core/"
QUICK: Final = 0.3
"""A test that takes more seconds is tried after those that do not."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The tests with the seconds they take, and by module and line which of them come there."""

    tests: list[tuple[str, float]]
    lines: dict[str, dict[str, list[int]]]

    def by(self, module: str, first: int, last: int, begins: int, ends: int) -> list[tuple[str, float]]:
        """Return the tests that come to a line from `first` to `last`, likely finders first.

        Those are the quick tests nearest to the rules, and of these the ones that come where few do, in the
        function that `begins` and `ends` there.
        """
        here = self.lines.get(module, {})
        found = {test for line in range(first, last + 1) for test in here.get(str(line), ())}
        fewest: dict[int, int] = {}
        for line in range(begins, ends + 1):
            for test in found.intersection(tests := here.get(str(line), ())):
                fewest[test] = min(len(tests), fewest.get(test, len(tests)))
        in_turn = sorted(
            found,
            key=lambda one: (
                self.tests[one][1] > QUICK,
                not self._near(one),
                fewest[one],
                self.tests[one][1],
            ),
        )
        return [self.tests[test] for test in in_turn]

    def _near(self, test: int) -> bool:
        return self.tests[test][0].startswith(NEAREST)


def pytest_configure(config: pytest.Config) -> None:
    """Let no example be drawn by chance, nor made smaller: the same mutant always meets the same test."""
    hypothesis_settings.register_profile(
        "mutants", phases=[Phase.explicit, Phase.generate], derandomize=True, database=None, deadline=None
    )
    hypothesis_settings.load_profile("mutants")


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Try every mutant named in $MUTANTS."""
    if not Path(workstation.__file__).is_relative_to(Path.cwd()):
        raise pytest.UsageError(f"the tests would meet {workstation.__file__} instead of the mutants")
    items = {item.nodeid: item for item in session.items}
    path = Path(os.environ["MUTANTS_REACHED"])
    if not path.exists():
        failing, _ = _forked(lambda answer: _measure(items, path, answer))
        if failing or not path.exists():
            raise pytest.UsageError(f"without any mutant, these fail:\n{failing}")
    told = Path(os.environ["MUTANTS_TOLD"])
    mutants = [line.split() for line in Path(os.environ["MUTANTS"]).read_text("utf-8").splitlines()]
    _try_all(mutants, items, Reached(**json.loads(path.read_text("utf-8"))), told)
    return True


def _try_all(mutants: list[list[str]], items: dict[str, pytest.Item], reached: Reached, told: Path) -> None:
    """Try one after the other, first by the test that found the function's last one."""
    found: dict[str, str] = {}
    for name, *lines in mutants:
        function = name.partition("__mutmut_")[0]
        last = found.get(function)
        tests = reached.by(function.rpartition(".")[0], *map(int, lines))
        in_turn = [test for test in tests if test[0] == last] + [test for test in tests if test[0] != last]
        found[function] = _found_by(name, [(items[test], took) for test, took in in_turn if test in items])
        with told.open("a", encoding="utf-8") as file:
            file.write(f"{name} {found[function].replace(' ', '_')}\n")


def _forked(work: Callable[[int], None]) -> tuple[str, int]:
    """Do some work in a process of its own; return what it wrote, and how it ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        work(writing)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as answer:
        said = answer.read()
    return said, os.waitpid(child, 0)[1]


def _measure(items: dict[str, pytest.Item], path: Path, answer: int) -> None:
    switch_on("")
    tests, lines, failed = list[tuple[str, float]](), dict[str, dict[str, list[int]]](), False
    for nodeid, item in items.items():
        began, come = time.process_time(), set[tuple[str, int]]()
        with _watched(come):
            good = _passes(item)
        if not good:
            failed = bool(os.write(answer, f"{nodeid}\n".encode()))
        for module, line in come:
            lines.setdefault(module, {}).setdefault(str(line), []).append(len(tests))
        tests.append((nodeid, round(time.process_time() - began, 3)))
    if not failed:
        path.write_text(json.dumps({"tests": tests, "lines": lines}), "utf-8")


@contextmanager
def _watched(come: set[tuple[str, int]]) -> Iterator[None]:
    """Note every line of an original function that is come to meanwhile."""

    def line(frame: FrameType, event: str, _: Any) -> Callable[..., Any]:
        come.add((frame.f_globals["__name__"], frame.f_lineno))
        return line

    def call(frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        return line(frame, event, None) if "__mutmut_orig" in frame.f_code.co_qualname else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        yield
    finally:
        sys.settrace(before)


def _passes(item: pytest.Item) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def _found_by(name: str, tests: list[tuple[pytest.Item, float]]) -> str:
    """Return the first test that fails with this mutant, or what came instead."""
    if not tests:
        return "unreached"
    found, status = _forked(lambda answer: _try(name, tests, answer))
    return found or ("survived" if status == 0 else "timeout")


def _try(name: str, tests: list[tuple[pytest.Item, float]], answer: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    switch_on(name)
    most, began = float(os.environ.get("MUTANTS_SECONDS", "inf")), time.process_time()
    for item, seconds in tests:
        if time.process_time() - began > most:
            os.write(answer, b"unsettled")
            return
        signal.setitimer(signal.ITIMER_VIRTUAL, LEAST_SECONDS + TIMES * seconds)
        if not _passes(item):
            os.write(answer, item.nodeid.encode())
            return
