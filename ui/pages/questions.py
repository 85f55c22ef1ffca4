"""The approver's three questions, side by side: what changes, who had a hand in it, may I sign."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.entries import EntryList
from ui.icons import Icon, pixmap
from ui.language import t
from ui.look import Look
from ui.pages import told
from ui.parts import button, column, label, panel, row
from ui.stylesheet import Type
from ui.theme import Tone
from workstation.core.release_diff import FileChange
from workstation.desk.face import ReviewPage, Stage


class Questions(QWidget):
    """Three columns, each a heading, an answer in a line, and what stands behind it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._icons: list[tuple[QLabel, Icon]] = []
        self.findings = EntryList(
            look, "review.findings.list", t("Findings, highest rank first"), bare=True, can_choose=True
        )
        self.builders = EntryList(
            look, "review.builders.list", t("Who had a hand in this"), bare=True, can_choose=True
        )
        self.blockers = EntryList(
            look, "review.blockers.list", t("May I sign, and why not"), bare=True, can_choose=True
        )
        self.uninspected = button("review.uninspected.button", "", kind="flat")
        self.countersign = button("review.countersign.button", t("&Countersign\u2026"), kind="main")
        self.decline = button("review.decline.button", t("&Decline\u2026"))
        self.release = button("review.release.button", t("&Write the release"), kind="main")
        self._counts = label("review.counts.label", wrap=True)
        self._who = label("review.who.label", wrap=True)
        self._quorum = label("review.quorum.label")
        self._lay_out()
        look.changed.connect(self._draw_icons)
        self._draw_icons()

    def show_blockers(self, page: ReviewPage, unseen: tuple[FileChange, ...]) -> None:
        """Show what still stops whoever signs: Enter goes to what was not displayed yet."""
        self.blockers.show_entries(told.told_blockers(page, unseen))

    def show_review(self, page: ReviewPage, unseen: tuple[FileChange, ...]) -> None:
        """Answer the three questions."""
        self._counts.setText(told.told_counts(page.diff))
        self._who.setText(t("Whoever is named here cannot countersign this."))
        self._quorum.setText(told.told_quorum(page))
        self.findings.show_entries(told.told_findings(page.diff, brief=True))
        self.builders.show_entries(told.told_builders(page))
        self.show_blockers(page, unseen)
        self._tell_uninspected(page)
        self.release.setVisible(page.item.stage is Stage.QUORATE)

    def _tell_uninspected(self, page: ReviewPage) -> None:
        number = len(page.diff.not_inspected)
        match number:
            case 0:
                words = "\u2713 " + t("Everything could be inspected")
            case 1:
                words = "\u25b2 " + t("1 thing could not be inspected")
            case _:
                words = "\u25b2 " + t("{number} things could not be inspected", number=number)
        self.uninspected.setText(words)
        self.uninspected.setAccessibleName(words[2:])

    def _lay_out(self) -> None:
        across = row(self, gap=14)
        first = self._column(across, "what", Icon.PACKAGE, t("What changes on the target?"), self._counts)
        first.addWidget(self.findings, 1)
        first.addWidget(self.uninspected)
        second = self._column(across, "who", Icon.PEOPLE, t("Who had a hand in this?"), self._who)
        second.addWidget(self.builders, 1)
        third = self._column(across, "may", Icon.PEN, t("May I sign, and why not?"), self._quorum)
        third.addWidget(self.blockers, 1)
        buttons = row(gap=8)
        buttons.addWidget(self.decline)
        buttons.addWidget(self.release, 1)
        buttons.addWidget(self.countersign, 1)
        third.addLayout(buttons)

    def _column(
        self, across: QHBoxLayout, part: str, icon: Icon, question: str, answer: QWidget
    ) -> QVBoxLayout:
        frame = panel(f"review.{part}.panel", "panel")
        across.addWidget(frame, 1)
        inside = column(frame, margin=12, gap=4)
        heading = row(gap=8)
        drawing = label(f"review.{part}-icon.label")
        drawing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._icons.append((drawing, icon))
        heading.addWidget(drawing)
        heading.addWidget(label(f"review.{part}-question.label", question, step=Type.HEADING, wrap=True), 1)
        inside.addLayout(heading)
        inside.addWidget(answer)
        return inside

    def _draw_icons(self) -> None:
        side = 22 * self._look.percent // 100
        for place, icon in self._icons:
            ratio = self.devicePixelRatioF()
            place.setPixmap(pixmap(icon, self._look.colour(Tone.ACCENT), side, ratio))
