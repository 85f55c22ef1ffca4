"""diffoscope as an oracle for text: what it shows as come and gone, this review shows too.

Two tools may align lines otherwise, so what is compared is what no alignment changes: for every line, how
many more or fewer of it there are. Real pairs are added where COUNTERSIGN_CORPUS names the corpus.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from review.archives import zip_of

from workstation.core.inert_text import original
from workstation.core.release_diff import ReleaseDiff, RowKind
from workstation.review.of_paths import diff_of_paths

DIFFOSCOPE = shutil.which("diffoscope")
CORPUS = os.environ.get("COUNTERSIGN_CORPUS")
PAIRS = ("p01-whl-requests", "p23-whl-ultralytics", "r11-bidi") if CORPUS else ()
WORDS = ("alpha", "beta", "gamma = 1", "    return x", "", "end", "\u00e9t\u00e9", "tab\there")

pytestmark = pytest.mark.skipif(DIFFOSCOPE is None, reason="diffoscope is not on this machine")


def made(folder: Path) -> tuple[Path, Path]:
    """Write two archives of the same forty texts, about half of them edited."""
    chance = random.Random(20)
    old = {
        f"t{number}.txt": [chance.choice(WORDS) for _ in range(chance.randrange(3, 60))]
        for number in range(40)
    }
    new = {name: list(lines) for name, lines in old.items()}
    for lines in list(new.values())[::2]:
        for _ in range(chance.randrange(1, 9)):
            place = chance.randrange(len(lines))
            lines[place : place + chance.randrange(2)] = [f"{chance.choice(WORDS)} {chance.randrange(5)}"]
    paths = folder / "old.zip", folder / "new.zip"
    for path, texts in zip(paths, (old, new), strict=True):
        path.write_bytes(
            zip_of({name: "".join(f"{line}\n" for line in lines).encode() for name, lines in texts.items()})
        )
    return paths


def told_by_diffoscope(old: Path, new: Path) -> dict[str, Counter[str]]:
    done = subprocess.run(
        [str(DIFFOSCOPE), "--json", "-", "--no-progress", "--max-diff-block-lines", "0", str(old), str(new)],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr[-500:]
    found: dict[str, Counter[str]] = {}
    _texts(json.loads(done.stdout), found)
    return found


def _texts(node: dict[str, Any], found: dict[str, Counter[str]]) -> None:
    named = node["source1"] == node["source2"] or "/" in node["source2"]
    if node.get("unified_diff") and named and not node["source2"].startswith(("zipinfo", "zipdetails")):
        lines = [line for line in node["unified_diff"].split("\n") if line[:1] in "+-" and line]
        found[node["source2"]] = Counter()
        for line in lines:
            # diffoscope writes a run of many lines as one, with their number; the runs here are short.
            found[node["source2"]][line[1:]] += 1 if line[0] == "+" else -1
    for detail in node.get("details") or []:
        _texts(detail, found)


def told_by_us(diff: ReleaseDiff) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for change in diff.changes:
        if change.rows and change.old and change.new:
            name = change.path.partition("!/")[2]
            found[name] = Counter()
            for row in change.rows:
                if row.kind in (RowKind.ADDED, RowKind.REMOVED):
                    found[name][original(row.text)] += 1 if row.kind is RowKind.ADDED else -1
    return found


def net(counts: Counter[str]) -> dict[str, int]:
    return {line: count for line, count in counts.items() if count and line}


def compare(old: Path, new: Path) -> int:
    theirs, ours = told_by_diffoscope(old, new), told_by_us(diff_of_paths(old, new))
    both = theirs.keys() & ours.keys()
    differing = {name for name in both if net(theirs[name]) != net(ours[name])}
    assert differing == set(), {name: (net(theirs[name]), net(ours[name])) for name in list(differing)[:2]}
    return len(both)


def test_made_texts_are_told_as_diffoscope_tells_them(tmp_path: Path) -> None:
    assert compare(*made(tmp_path)) >= 18


@pytest.mark.parametrize("name", PAIRS)
def test_real_texts_are_told_as_diffoscope_tells_them(name: str) -> None:
    pair = Path(str(CORPUS)) / "releases" / name
    names = json.loads((pair / "pair.json").read_text())

    assert compare(pair / "old" / names["old"], pair / "new" / names["new"]) >= 1
