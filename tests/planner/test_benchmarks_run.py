"""Benchmarks that nobody runs fall behind the formats; these are quick enough to be run each time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def printed(*words):
    return subprocess.run(
        [sys.executable, *words], check=True, capture_output=True, text=True, cwd=BENCHMARKS.parent
    ).stdout


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("decision.py", "closure and guardrails"),
        ("journal.py", "append, until it is durable"),
        ("journal_size.py", "verify all of it, seals too"),
    ],
)
def test_a_benchmark_prints_a_ratio_to_its_peer(name, row):
    few = ["300"] if name == "journal_size.py" else []
    lines = printed(BENCHMARKS / name, *few).splitlines()

    (found,) = (line for line in lines if row in line)
    assert " times " in found


def test_verifying_without_a_demo_says_what_to_make_first(tmp_path):
    assert "make demo" in printed(BENCHMARKS / "verify.py", tmp_path)
