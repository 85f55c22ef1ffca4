"""Waiting: how far the desk is, what it has found so far, and a way to stop it. Nothing here is final."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QProgressBar, QWidget

from ui.entries import EntryList
from ui.entry import Entry
from ui.language import t
from ui.look import Look
from ui.page import Page, Wishes
from ui.pages.told import told_finding
from ui.parts import button, column, label, panel, row
from ui.shown import room_shown, value_text
from ui.stylesheet import Type
from workstation.core.glimpse import Glimpse
from workstation.core.release_diff import Finding

_PARTS: Final = 1000
_MOST: Final = 200
"""So many findings and paths are told while more are looked for: the review itself tells all."""


class ProgressPage(Page):
    """Shows one answer being worked out."""

    def __init__(self, look: Look, wishes: Wishes) -> None:
        super().__init__("progress", t("The desk is at work"), wishes)
        self._found: list[Finding] = []
        self._paths: list[str] = []
        self._title = label("progress.title.label", step=Type.TITLE, wrap=True)
        self._amount = label("progress.amount.label", step=Type.LEAD, wrap=True)
        self._bar = QProgressBar()
        self._bar.setObjectName("progress.done.bar")
        self._bar.setAccessibleName(t("How far it is"))
        self._bar.setTextVisible(False)
        self.findings = EntryList(look, "progress.findings.list", t("Found so far"), bare=True)
        self.files = EntryList(look, "progress.files.list", t("Changed files so far"), bare=True)
        self.stop = button("progress.cancel.button", t("&Cancel (Esc)"), kind="safe")
        self._so_far = self._lists()
        self._lay_out()
        self.stop.clicked.connect(self.cancel)

    def panes(self) -> tuple[QWidget, ...]:
        """Return the way to stop, then what was found."""
        return (self.stop, self.findings, self.files)

    def begin(self, words: str) -> None:
        """Say what is waited for."""
        self._found, self._paths = [], []
        self._title.setText(words)
        self._amount.setText(t("It begins\u2026"))
        self._bar.setRange(0, 0)
        self.stop.setEnabled(True)
        self._so_far.setVisible(False)
        self._tell()

    def show_glimpse(self, glimpse: Glimpse) -> None:
        """Show how far it is, and what came since the last time."""
        if glimpse.bytes_total:
            self._bar.setRange(0, _PARTS)
            self._bar.setValue(min(_PARTS, glimpse.bytes_read * _PARTS // glimpse.bytes_total))
        read, total = room_shown(glimpse.bytes_read), room_shown(glimpse.bytes_total)
        self._amount.setText(
            t("{read} of {total} read, {entries} files seen", read=read, total=total, entries=glimpse.entries)
        )
        if glimpse.findings or glimpse.changed:
            self._found += glimpse.findings[: _MOST - len(self._found)]
            self._paths += glimpse.changed[: _MOST - len(self._paths)]
            self._tell()

    def cancel(self) -> None:
        """Ask the desk to stop; what it answers comes all the same."""
        self.stop.setEnabled(False)
        self._amount.setText(t("It stops\u2026"))
        self.wishes.cancel()

    def _tell(self) -> None:
        self._so_far.setVisible(bool(self._found or self._paths))
        found = sorted(self._found, key=lambda one: -one.rank)
        self.findings.show_entries([told_finding(one, brief=True) for one in found])
        self.files.show_entries([Entry(headline=value_text(path), mark="\u25cf") for path in self._paths])

    def _lists(self) -> QWidget:
        both = QWidget()
        across = row(both, gap=14)
        for part, heading, entries in (
            ("findings", t("Found so far"), self.findings),
            ("files", t("Changed files so far"), self.files),
        ):
            frame = panel(f"progress.{part}.panel", "panel")
            inside = column(frame, margin=12, gap=4)
            inside.addWidget(label(f"progress.{part}-heading.label", heading, step=Type.HEADING))
            inside.addWidget(entries, 1)
            across.addWidget(frame, 1)
        return both

    def _lay_out(self) -> None:
        box = column(self, margin=28, gap=10)
        box.addWidget(self._title)
        box.addWidget(self._amount)
        box.addWidget(self._bar)
        box.addWidget(self._so_far, 1)
        below = row()
        below.addStretch(1)
        below.addWidget(self.stop)
        box.addLayout(below)
        box.addStretch(0)
