"""`countersign diff`: what it answers, and that it needs little of the rest."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workstation.console.arguments import parser
from workstation.console.diff_command import parser as parser_of_diff
from workstation.console.main import main


def texts(folder: Path) -> tuple[str, str]:
    paths = folder / "old.txt", folder / "new.txt"
    for number, path in enumerate(paths):
        path.write_text(f"{number}\n")
    return str(paths[0]), str(paths[1])


@pytest.mark.parametrize("place", [0, 1, 3])
def test_json_may_stand_before_and_behind_the_command(place: int, tmp_path: Path, capsys) -> None:
    words = ["diff", *texts(tmp_path)]
    words.insert(place, "--json")

    status = main(words)

    document = json.loads(capsys.readouterr().out)
    assert (status, document["verdict"], document["content_changed"]) == (0, "reviewable", ["new.txt"])


def test_the_short_grammar_and_the_whole_one_read_the_same(tmp_path: Path) -> None:
    words = ["--json", "diff", *texts(tmp_path), "--html", "page.html"]

    short, whole = parser_of_diff().parse_args(words), parser().parse_args(words)

    assert vars(short) == vars(whole)


def test_a_comparison_imports_neither_the_desk_nor_the_screen(tmp_path: Path) -> None:
    words = ["diff", *texts(tmp_path)]
    code = f"import sys; from workstation.console.main import main; main({words!r}); print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    heavy = {
        "workstation.bootstrap",
        "workstation.desk.face",
        "workstation.desk.codec",
        "workstation.gate.gate",
        "tuf",
        "PySide6",
    }
    assert not heavy & set(done.stdout.splitlines()[-1].split())
