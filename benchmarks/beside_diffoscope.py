"""What a release diff costs beside diffoscope, both as commands on the same real pairs, in the same run.

Small pairs cost little more than the start of either, which compares nothing: a second ratio leaves out what
each of them takes for two empty files.

COUNTERSIGN_CORPUS names the unpacked pairs (see `tests/review/test_review_corpus.py`). Processor time of the
command and all it starts; the most memory any of its processes held. diffoscope also takes programs apart,
so the work differs: on packages of programs it does much more.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SECONDS: Final = 600
_LEAST: Final = 0.01  # CPU-s: nothing is measured more finely than this
_OURS: Final = ("-m", "workstation.console.main", "--json", "diff")
_THEIRS: Final = ("--json", "/dev/null", "--no-progress")


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds, and the most memory of one process in MB."""

    seconds: float
    memory: float


def main() -> None:
    """Measure every pair, or those named on the command line, and print ratios."""
    diffoscope = shutil.which("diffoscope")
    corpus = os.environ.get("COUNTERSIGN_CORPUS")
    if not diffoscope or not corpus:
        print("beside diffoscope: not measured (diffoscope or COUNTERSIGN_CORPUS is missing)")
        return
    theirs, ours = [diffoscope, *_THEIRS], [sys.executable, *_OURS]
    with tempfile.NamedTemporaryFile() as empty:
        starts = [min(_cost([*one, *[empty.name] * 2]).seconds for _ in range(3)) for one in (theirs, ours)]
    print(f"two empty files: diffoscope {starts[0]:.2f} s, release diff {starts[1]:.2f} s")
    print(f"{'pair':28} {'diffoscope':>18} {'release diff':>18}  ratio in CPU, and beyond the start")
    ratios, beyond, most = list[float](), list[float](), 0.0
    for pair in _pairs(Path(corpus), sys.argv[1:]):
        costs = [_cost([*one, *map(str, pair)]) for one in (theirs, ours)]
        ratios.append(costs[0].seconds / costs[1].seconds)
        more = [max(cost.seconds - start, _LEAST) for cost, start in zip(costs, starts, strict=True)]
        beyond.append(more[0] / more[1])
        most = max(most, costs[1].memory)
        said = " ".join(map(_said, costs))
        print(f"{_name(pair[0]):28} {said} {ratios[-1]:8.1f} {beyond[-1]:8.1f}", flush=True)
    if ratios:
        print(
            f"{len(ratios)} pairs: median {statistics.median(ratios):.1f} times, beyond the start"
            f" {statistics.median(beyond):.1f} times (at least 12), most memory {most:.0f} MB (at most 200)"
        )


def _name(path: Path) -> str:
    return next(part for part in path.parts if part[1:3].isdigit() and part[3:4] == "-")


def _pairs(corpus: Path, names: Sequence[str]) -> list[tuple[Path, Path]]:
    found = list[tuple[Path, Path]]()
    for about in sorted(corpus.glob("releases/*/pair.json")):
        told = json.loads(about.read_text())
        sides = [about.parent / side for side in ("old", "new")]
        if all(side.is_dir() for side in sides) and (not names or about.parent.name in names):
            files = [side / str(told.get(side.name, "")) for side in sides]
            old, new = files if all(file.is_file() for file in files) else sides
            found.append((old, new))
    return found


def _cost(command: Sequence[str]) -> Cost:
    """Run a command in a process of its own that tells what it cost: `ru_maxrss` is of the largest child."""
    watch = subprocess.run(
        [sys.executable, __file__, "--cost", *command], capture_output=True, text=True, check=True
    )
    seconds, memory = map(float, watch.stdout.split()[-2:])
    return Cost(seconds, memory)


def _tell_cost(command: Sequence[str]) -> None:
    subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=_SECONDS, check=False
    )
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(spent.ru_utime + spent.ru_stime, spent.ru_maxrss / 1000)


def _said(cost: Cost) -> str:
    return f"{cost.seconds:8.2f} s {cost.memory:5.0f} MB"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--cost"]:
        _tell_cost(sys.argv[2:])
    else:
        main()
