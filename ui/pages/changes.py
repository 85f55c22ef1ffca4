"""The changes of a release: files in risk order on the left, the difference on the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from ui.diff_table import DiffTable
from ui.dwell import Dwell
from ui.files_model import ShownBranch
from ui.files_view import FilesView
from ui.language import t
from ui.look import Look
from ui.marks import Marks
from ui.parts import column, label, line_edit
from ui.qt_gaps import set_sizes
from ui.risk import in_risk_order
from ui.shown import value_text
from ui.stylesheet import Type
from workstation.core.release_diff import FileChange
from workstation.desk.face import ReviewPage

_FILES_SHARE = 3
_DIFF_SHARE = 8


class Changes(QWidget):
    """A tree of files with a filter, and one table for what changed in them."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.filter = line_edit("review.filter.edit", t("Filter the changed files"), t("Filter (Ctrl+F)"))
        self.diff = DiffTable(look, "review.diff.table", t("What changed in the chosen file"))
        self.dwell = Dwell(self.diff)
        self.marks = Marks(self.dwell)
        self.files = FilesView(
            look, "review.files.tree", t("Changed files, riskiest first"), self.marks.words
        )
        self.pace = label("review.pace.label", step=Type.CAPTION)
        self._path = label("review.path.label", wrap=True, step=Type.STRONG)
        self._empty = label("review.files-empty.label", t("No changed file has this in its path."), wrap=True)
        self._lay_out()
        self.dwell.grew.connect(self.tell_pace)
        self.filter.textChanged.connect(self._filter)
        self.files.picked.connect(self._show)

    def show_review(self, page: ReviewPage) -> None:
        """Show the changes of a review."""
        self.filter.clear()
        self.marks.read_by(page.reader.fingerprint if page.reader else None)
        self.marks.show_diff(page.diff, page.must_open)
        self.tell_pace()
        counted = sum(one.counts for one in page.approvals)
        self.files.show_changes(in_risk_order(page.diff, earlier=counted))

    def go_to(self, path: str) -> bool:
        """Show the member at `path`; answer False when it did not change."""
        self.filter.clear()
        return self.files.go_to(path)

    def next_change(self, step: int) -> None:
        """Go to the next change, in the next file when this one has no more."""
        if not self.diff.next_change(step):
            self.files.step(step)

    def tell_pace(self) -> None:
        """Say how far this review has come, and how fast."""
        self.pace.setText(self.marks.pace())
        self.files.viewport().update()

    def _filter(self, text: str) -> None:
        self.files.filter_by(text)

    def _show(self, change: object) -> None:
        found = change if isinstance(change, FileChange) else None
        branch = self.files.branch()
        self._path.setText(value_text(found.path) if found else _about(branch) if branch else "")
        self._empty.setVisible(branch is None)
        self.diff.show_change(found)
        if found:
            self.marks.open(found)

    def _lay_out(self) -> None:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setObjectName("review.changes.splitter")
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(12)
        for share, widgets in (
            (_FILES_SHARE, (self.filter, self._empty, self.files)),
            (_DIFF_SHARE, (self._path, self.diff)),
        ):
            side = QWidget()
            inside = column(side, gap=6)
            for widget in widgets:
                inside.addWidget(widget)
            splitter.addWidget(side)
            splitter.setStretchFactor(splitter.count() - 1, share)
        set_sizes(splitter, (390, 820))
        box = column(self, gap=4)
        box.addWidget(splitter, 1)
        box.addWidget(self.pace)


def _about(folder: ShownBranch) -> str:
    """Say what a folder is, and which keys lead on from it."""
    if folder.stretch is not None:
        return folder.label
    return t(
        "{folder} \u00b7 {count} changed files in it. Right opens it, Left closes it;"
        " N goes to the next change.",
        folder=folder.label,
        count=folder.branch.inside,
    )
