"""Review: what changed since the last release, who built it, and what would still stop it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from ui.entry import Entry
from ui.language import t
from ui.look import Look
from ui.marks import Marks
from ui.page import Page, Wishes
from ui.pages import told
from ui.pages.details import Details
from ui.pages.questions import Questions
from ui.parts import column, label, set_tone
from ui.shown import prose, value_text
from ui.stylesheet import Type
from ui.theme import Tone
from ui.wording import OPENED_WITHOUT, TRY_ANYWAY
from workstation.core.identity import short
from workstation.desk.face import AskRelease, AskReview, ReviewPage

_QUESTIONS_SHARE = 42
_DETAILS_SHARE = 58


class ReviewScreen(Page):
    """The main screen: one review, whole."""

    def __init__(self, look: Look, wishes: Wishes) -> None:
        super().__init__("review", t("Review of one request"), wishes)
        self._page: ReviewPage | None = None
        self._title = label("review.title.label", step=Type.TITLE, wrap=True)
        self._about = label("review.about.label", step=Type.CAPTION, wrap=True)
        self._sentence = label("review.sentence.label", step=Type.LEAD, wrap=True)
        self._notice = label("review.notice.label", step=Type.STRONG, wrap=True)
        self.questions = Questions(look)
        self.details = Details(look)
        self._lay_out()
        self._connect()
        self._shortcut("Alt+R", self.mark_reviewed)
        self._shortcut("Alt+O", self.object)
        self._shortcut("N", self._next)
        self._shortcut("P", self._previous)
        self._shortcut("Ctrl+F", self._filter)

    def panes(self) -> tuple[QWidget, ...]:
        """Return the three questions and the details."""
        ask, tell = self.questions, self.details
        front = (tell.changes.filter, tell.changes.files, tell.changes.diff)
        shown = front if tell.currentWidget() is tell.changes else tell.panes()
        return (ask.findings, ask.builders, ask.blockers, tell.tabBar(), *shown)

    def refresh(self) -> None:
        """Ask for the review again: it may be another by now."""
        if self._page:
            self.wishes.ask(AskReview(request=self._page.item.request))

    def show_review(self, page: ReviewPage) -> None:
        """Show a review."""
        self._page = page
        self._title.setText(told.told_title(page))
        self._about.setText(
            t(
                "channel {channel} \xb7 source {source} \xb7 request {request} \xb7 review {review}",
                channel=value_text(page.item.channel),
                source=value_text(page.source) or t("not stated"),
                request=short(page.item.request),
                review=short(page.review),
            )
        )
        self._sentence.setText(prose(page.sentence))
        self.tell("")
        self.details.show_review(page)
        self.questions.show_review(page, self.marks.unseen())

    def tell(self, words: str) -> None:
        """Say something in a line above the questions."""
        self._notice.setText(words)
        self._notice.setVisible(bool(words))
        set_tone(self._notice, Tone.WARN)

    @property
    def marks(self) -> Marks:
        """What was reviewed and displayed."""
        return self.details.changes.marks

    def mark_reviewed(self) -> None:
        """Mark the file at hand reviewed and go to the next; not before it was displayed."""
        changes = self.details.changes
        change = changes.files.current()
        if change is None:
            return
        if not self.marks.review(change):
            self.tell(t("Look through all of it first: {name}", name=value_text(change.path)))
            return
        self.tell("")
        changes.tell_pace()
        if self.marks.reviewed(change):
            changes.files.step(1)

    def object(self) -> None:
        """Object to the file at hand: a declination that sticks, its reason begun."""
        change = self.details.changes.files.current()
        self.wishes.go_decline(f"{value_text(change.path)}: " if change else "")

    def try_to_sign(self) -> None:
        """Go to the signing page; where something stops everybody, show that first.

        What was not displayed stops whoever is at this screen: there is no way past it.
        """
        if self.marks.unseen():
            self.tell(t("Every high change has to be on the screen as a whole before you countersign."))
            self.questions.blockers.setFocus()
            return
        page, told_already = self._page, bool(self._notice.text())
        if page is not None and page.blockers and not told_already:
            self.tell(t(TRY_ANYWAY))
            self.questions.blockers.setFocus()
            return
        if page is not None and page.reader is None and not told_already:
            self.tell(t(OPENED_WITHOUT))
            return
        self.wishes.go_sign()

    def _connect(self) -> None:
        ask = self.questions
        ask.countersign.clicked.connect(self.try_to_sign)
        ask.decline.clicked.connect(self._decline)
        ask.release.clicked.connect(self._release)
        ask.findings.chosen.connect(self._open_finding)
        self.details.findings.chosen.connect(self._open_finding)
        ask.blockers.chosen.connect(self._open_finding)
        ask.builders.chosen.connect(self._open_person)
        self.details.changes.dwell.grew.connect(self._tell_unseen)
        ask.uninspected.clicked.connect(self.details.show_not_inspected)

    def _shortcut(self, keys: str, action: Callable[[], None]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(action)

    def _tell_unseen(self) -> None:
        if self._page and self.isVisible():
            at = self.questions.blockers.current()
            self.questions.show_blockers(self._page, self.marks.unseen())
            self.questions.blockers.go_to(at.key if at else "")
            if not self.marks.unseen() and not self._page.blockers:
                self.tell("")

    def _decline(self) -> None:
        self.wishes.go_decline()

    def _release(self) -> None:
        if self._page:
            self.wishes.ask(AskRelease(request=self._page.item.request))

    def _open_finding(self, entry: Entry) -> None:
        if not entry.key:
            return
        self.details.show_changes()
        changes = self.details.changes
        if changes.go_to(entry.key):
            changes.diff.setFocus()
            unseen = changes.dwell.first_unseen() if changes.diff.change in self.marks.unseen() else None
            if unseen is not None:
                changes.diff.show_from(unseen)

    def _open_person(self, entry: Entry) -> None:
        self.details.show_hands(entry.key)

    def _next(self) -> None:
        self._step(1)

    def _previous(self) -> None:
        self._step(-1)

    def _step(self, step: int) -> None:
        self.details.show_changes()
        self.details.changes.next_change(step)
        self.details.changes.diff.setFocus()

    def _filter(self) -> None:
        self.details.show_changes()
        self.details.changes.filter.setFocus()

    def _lay_out(self) -> None:
        box = column(self, margin=16, gap=4)
        box.addWidget(self._title)
        box.addWidget(self._sentence)
        box.addWidget(self._about)
        box.addWidget(self._notice)
        box.addSpacing(2)
        box.addWidget(self.questions, _QUESTIONS_SHARE)
        box.addSpacing(4)
        box.addWidget(self.details, _DETAILS_SHARE)
