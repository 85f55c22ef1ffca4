"""The ranks over real releases: nothing missed, every incident seen at once, nothing red without a reason.

Set COUNTERSIGN_CORPUS to the unpacked corpus; without it this says that it is skipped.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CORPUS = os.environ.get("COUNTERSIGN_CORPUS")
ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not CORPUS, reason="COUNTERSIGN_CORPUS names no corpus")
def test_all_that_must_be_noticed_is_and_nothing_is_red_without_a_reason() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "ranks.py"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    scores = re.findall(r"^(recall|precision|incidents) +(\d+)/(\d+)", done.stdout, re.MULTILINE)
    assert {name for name, _, _ in scores} == {"recall", "precision", "incidents"}
    assert [score for score in scores if score[1] != score[2]] == [], done.stdout
