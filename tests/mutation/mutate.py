"""Try mutants of identity, closure, policy and guardrails, and fail for one that lives without a reason.

    make mutation                                 every mutant; an hour or two
    make mutation ARGUMENTS="--module '*/quorum.py'"
    make mutation ARGUMENTS="--count 60 --seed anything"
    make mutation ARGUMENTS=--deleted             only each guardrail and approver rule, deleted
    make mutation ARGUMENTS="--seconds 6"         a first look: no mutant is tried for longer

Nothing in the working tree is touched: it is copied to build/mutation. What each mutant was found by is in
told.json there. How it works is in docs/mutation.md.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from mutation.mutant_tree import DELETED, HOUSE, Mutant, make_tree, settings
from mutation.survivors import ALIVE, LISTED, Compared, compared, explained

BUILD: Final = HOUSE / "build" / "mutation"
NAMES, REACHED, TOLD, KNOWN = "names.json", "reached.json", "told", "known.json"
LIVES, NOT_RUN = 1, 2


def main(arguments: Sequence[str]) -> int:
    """Try, tell and compare; 0 when every survivor is explained, 1 when one is not, 2 when tests fail."""
    asked = _parser().parse_args(arguments)
    before = _found_before(asked.build) if asked.go_on else {}
    every = make_tree(asked.build / "tree", asked.module)
    tried = _drawn(every, asked)
    (asked.build / NAMES).write_text(json.dumps({one.name: str(one) for one in every}), "utf-8")
    for name in (REACHED, TOLD):
        (asked.build / name).unlink(missing_ok=True)
    left = [one for one in tried if str(one) not in before]
    parts = [left[number :: asked.processes] for number in range(asked.processes)]
    tests: list[str] = asked.tests or settings()["pytest_add_cli_args_test_selection"]
    # The first run has no mutant: it finds out which tests come where.
    if _all_done(asked, [[]], tests) or _all_done(asked, parts, tests):
        return NOT_RUN
    return _report({str(one): before.get(str(one), "") for one in tried} | _told(asked.build), every, asked)


def _drawn(every: list[Mutant], asked: argparse.Namespace) -> list[Mutant]:
    wanted = [one for one in every if one.becomes == DELETED] if asked.deleted else every
    chance = random.Random(asked.seed)
    return wanted if asked.count is None else chance.sample(wanted, min(asked.count, len(wanted)))


def _found_before(build: Path) -> dict[str, str]:
    """Return the mutants an earlier run found, or one that was ended, and by what test."""
    known = build / KNOWN
    found = json.loads(known.read_text("utf-8")) if known.exists() else {}
    if (build / TOLD).exists():
        found |= {mutant: test for mutant, test in _told(build).items() if test not in ALIVE}
        known.write_text(json.dumps(found), "utf-8")
    return found


def _told(build: Path) -> dict[str, str]:
    """Return what was told of each mutant, known by what it changes."""
    names = json.loads((build / NAMES).read_text("utf-8"))
    lines = (build / TOLD).read_text("utf-8").splitlines() if (build / TOLD).exists() else []
    return {names[name]: found for name, found in (line.split() for line in lines)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--module", default="*", help="only modules whose path fits, such as */quorum.py")
    parser.add_argument("--count", type=int, help="only so many mutants, drawn by --seed")
    parser.add_argument("--deleted", action="store_true", help="only each rule deleted as a whole")
    parser.add_argument("--go-on", action="store_true", help="leave out what an earlier run has found")
    parser.add_argument("--seed", default="", help="anything; the same draws the same")
    parser.add_argument("--processes", type=int, default=1, help="how many at once")
    parser.add_argument("--seconds", type=float, default=math.inf, help="of CPU, for each mutant at most")
    parser.add_argument("--tests", nargs="*", help="instead of those pyproject.toml names")
    parser.add_argument("--build", type=_absolute, default=BUILD, help="where the copy goes")
    parser.add_argument("--survivors", type=Path, default=LISTED, help="the list of those explained")
    return parser


def _absolute(path: str) -> Path:
    """Return a path that means the same in the copy, where the tests run."""
    return Path(path).resolve()


def _all_done(asked: argparse.Namespace, parts: list[list[Mutant]], tests: list[str]) -> bool:
    """Try each part in a process of its own; answer whether one of them went wrong."""
    running = [_started(asked, number, part, tests) for number, part in enumerate(parts)]
    # 5 is pytest's word for having run no test by itself: the plugin runs them.
    statuses = {process.wait() for process in running}
    return not statuses <= {0, 5}


def _started(
    asked: argparse.Namespace, number: int, part: list[Mutant], tests: list[str]
) -> subprocess.Popen[bytes]:
    build: Path = asked.build
    names = build / f"mutants-{number}"
    names.write_text("".join(f"{one.name} {_numbers(one)}\n" for one in part), "utf-8")
    tree = build / "tree"
    environment = os.environ | {
        "PYTHONPATH": f"{tree}:{tree / 'tests'}",
        "MUTANTS": str(names),
        "MUTANTS_REACHED": str(build / REACHED),
        "MUTANTS_TOLD": str(build / TOLD),
        "MUTANTS_SECONDS": str(asked.seconds),
    }
    words = [sys.executable, "-m", "pytest", "-q", "--no-header", "--no-summary", "-p", "mutation.trying"]
    return subprocess.Popen([*words, *settings()["pytest_add_cli_args"], *tests], cwd=tree, env=environment)


def _numbers(mutant: Mutant) -> str:
    return " ".join(map(str, (*mutant.lines, *mutant.function)))


def _report(told: dict[str, str], every: list[Mutant], asked: argparse.Namespace) -> int:
    (asked.build / "told.json").write_text(json.dumps(told, indent=1, ensure_ascii=False), "utf-8")
    whole = asked.count is None and asked.module == "*" and not asked.deleted
    reasons = explained(asked.survivors)
    said = compared(told, reasons, {str(one) for one in every} if whole else reasons)
    by_test, too_long = (sum(sign in one for one in told.values()) for sign in ("::", "timeout"))
    rules = sum(mutant.endswith(DELETED) for mutant in told)
    print(f"{len(told)} mutants tried, {rules} of them a rule deleted: {by_test} found by a test,")
    print(f"{too_long} by taking too long, {len(told) - by_test - too_long} live.")
    _print(said)
    return 0 if said.good else LIVES


def _print(said: Compared) -> None:
    for words, mutants in (
        ("lives, and survivors.toml does not say why", said.unexplained),
        ("is found, and survivors.toml says it lives", said.found),
        ("is no mutant any more, and survivors.toml says it lives", said.gone),
    ):
        for mutant in mutants:
            print(f"{words}:\n  {mutant}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
