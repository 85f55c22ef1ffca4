"""What the screen costs: a million changed files, fifty megabytes of text, a frame, and its start.

Offscreen, so what is measured is our work and Qt's, not a display's. Figures are milliseconds of this
process's CPU, and beside them the budget each is to keep.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from ui.collector import Collector, keep, sweep
from ui.diff_rows import DiffRows
from ui.diff_table import DiffTable
from ui.files_tree import FilesTree
from ui.files_view import FilesView
from ui.look import Look
from ui.risk import RankedChange
from ui.theme import ThemeName
from workstation.core.release_diff import ChangeKind, FileChange, Member, MemberKind, RowKind, TextRow

FILES = 1_000_000
LINES = 700_000
START = "import ui.start, ui.flow, ui.pages.all_pages"


def main() -> None:
    """Measure and print."""
    app = QApplication(["bench"])
    Collector(app)
    look = Look(app, ThemeName.LIGHT, 100)
    _say("imports of the screen, a fresh interpreter (wall)", _started(), 1500)
    _files(app, look, "in 997 folders", lambda number: f"folder-{number % 997}/file-{number}.txt")
    _files(app, look, "in one folder", lambda number: f"folder/file-{number}.txt")
    deep = "image.tar!/layer-{}.tar!/usr/lib/{}/{}/file-{}.so".format
    _files(app, look, "in archives", lambda n: deep(n % 7, n % 83, n % 9973, n))
    _text(app, look)


def _files(app: QApplication, look: Look, where: str, path: Callable[[int], str]) -> None:
    sweep()
    changes = tuple(RankedChange(change=_change(path(number)), rank=number % 90) for number in range(FILES))
    keep()
    files = FilesView(look, "bench.files.tree", "files", lambda _: "")
    files.resize(QSize(400, 600))
    files.show()
    trees: list[FilesTree] = []
    _say(f"{FILES:,} files {where}: preparing", _cost(app, lambda: trees.append(FilesTree.of(changes))))
    _say("  on screen after that", _cost(app, lambda: files.show_tree(trees[0])), 200)
    _say("  a frame of them, scrolled", _frame(app, files), 16)
    _say("  opening the last folder", _cost(app, lambda: files.go_to(path(FILES - 1))), 200)
    _say("  the next file in risk order", _cost(app, lambda: files.step(1)), 16)


def _text(app: QApplication, look: Look) -> None:
    rows = tuple(
        TextRow(kind=RowKind.ADDED, new=number, text=f"{number:08} " + "text " * 12)
        for number in range(LINES)
    )
    size = sum(len(row.text) for row in rows) / 1e6
    change = FileChange(kind=ChangeKind.ADDED, new=_member("big.txt"), rows=rows)
    table = DiffTable(look, "bench.diff.table", "diff")
    table.resize(QSize(900, 600))
    table.show()
    app.processEvents()
    _say(f"{size:.0f} MB of text shown after preparation", _cost(app, lambda: table.show_change(change)), 500)
    _say("a frame of it, scrolled", _frame(app, table), 16)
    _say("  of which wrapping its lines", _cost(app, lambda: DiffRows(change, 100)), 500)


def _frame(app: QApplication, view: FilesView | DiffTable, frames: int = 50) -> float:
    bar = view.verticalScrollBar()

    def scroll() -> None:
        for number in range(frames):
            bar.setValue(bar.maximum() * number // frames)
            view.viewport().repaint()

    return _cost(app, scroll) / frames


def _cost(app: QApplication, work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    app.processEvents()
    return (time.process_time() - before) * 1000


def _started() -> float:
    before = time.perf_counter()
    subprocess.run([sys.executable, "-c", START], check=True, cwd=Path(__file__).parents[1])
    return (time.perf_counter() - before) * 1000


def _member(path: str) -> Member:
    return Member(path=path, kind=MemberKind.FILE, size=1, mode=0o644, digest="0" * 64)


def _change(path: str) -> FileChange:
    return FileChange(kind=ChangeKind.ADDED, new=_member(path))


def _say(what: str, found: float, budget: float = 0) -> None:
    print(f"{what:55} {found:9.1f} ms" + (f"   {found / budget:6.2f} of {budget:g} ms" if budget else ""))


if __name__ == "__main__":
    main()
