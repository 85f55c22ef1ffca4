"""What follows what: each answer of the desk brings a page, each wish of a page a question."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from ui.language import t
from ui.link import DeskLink
from ui.look import Look
from ui.page import Page
from ui.pages.all_pages import Pages
from ui.pages.outcomes import told_declined, told_ended, told_released
from ui.record_flow import show_record
from ui.shown import prose, value_text
from ui.window import Window
from ui.wording import BUSY, ended_words, waiting_words
from workstation.core.errors import Cancelled
from workstation.desk.face import (
    Answer,
    AskCountersign,
    AskReview,
    AskTokens,
    Countersigned,
    Declined,
    Problem,
    Question,
    Queue,
    QueueItem,
    Refused,
    Released,
    ReviewPage,
    Station,
    Tokens,
)
from workstation.desk.records_face import AskMedia, AskTakeIn, Ejected


class Flow(QObject):
    """Joins the desk's line to the pages; holds the answers the pages in front came from."""

    def __init__(self, look: Look, window: Window, link: DeskLink) -> None:
        super().__init__(window)
        self._window = window
        self._link = link
        self._station: Station | None = None
        self._review: ReviewPage | None = None
        self._before_help: Page | None = None
        self._before_waiting: Page | None = None
        self._over = False
        self.pages = Pages(look, self)
        for page in self.pages.each():
            window.add(page)
        window.rail.chosen.connect(self.go_to)
        link.answered.connect(self._answered)
        link.slow.connect(self._slow)
        link.seen.connect(self.pages.progress.show_glimpse)
        link.ended.connect(self._ended)

    def ask(self, question: Question, secret: bytearray | None = None) -> bool:
        """Ask the desk; what it answers decides which page comes."""
        # A problem is about the question before this one, except that cards are looked for after it.
        if not isinstance(question, AskTokens):
            self._window.strip.hide()
        asked = self._link.ask(question, secret)
        if not asked:
            self._window.tell_waiting(t(BUSY))
        elif isinstance(question, AskReview | AskTakeIn):
            # Before it is known to take its time: the first glimpses come early.
            self.pages.progress.begin(waiting_words(question))
        return asked

    def glance(self, question: Question) -> None:
        """Ask the desk by the way: not at all while it is answering something else."""
        if self._link.asked is None and not self._over:
            self._link.ask(question)

    def cancel(self) -> None:
        """Tell the desk that its answer is wanted no more."""
        self._link.cancel()

    def go_home(self) -> None:
        """Show the queue, asked for anew; where the desk has ended there is none."""
        if self._over:
            return
        self._review = None
        self._window.bring(self.pages.home)
        self.pages.home.refresh()

    def go_to(self, name: str) -> None:
        """Show a screen of the rail, asked for anew; where the desk has ended there is none."""
        if name == self.pages.home.name:
            self.go_home()
            return
        for page in self.pages.records.each():
            if page.name == name and not self._over:
                self._review = None
                self._window.bring(page)
                page.refresh()

    def go_back(self) -> None:
        """Show the page before this one; where the desk has ended there is none."""
        page, pages = self._window.page(), self.pages
        if page is pages.help and self._before_help:
            self._window.bring(self._before_help)
        elif page is pages.progress:
            pages.progress.cancel()
        elif page in (pages.sign, pages.decline):
            self._window.bring(pages.review)
        elif page not in (pages.home, pages.ended):
            self.go_home()

    def go_open(self, item: QueueItem) -> None:
        """Show the page where the review of a request is opened."""
        self.pages.opening.show_item(item)
        self._window.bring(self.pages.opening)
        self.pages.opening.refresh()

    def go_review(self) -> None:
        """Show the review at hand."""
        if self._review:
            self._window.bring(self.pages.review)

    def go_sign(self) -> None:
        """Show the page where the review at hand is countersigned."""
        if self._review:
            self.pages.sign.show_review(self._review, self._station, self.pages.review.marks.seen())
            self._window.bring(self.pages.sign)
            self.pages.sign.refresh()

    def go_decline(self, reason: str = "") -> None:
        """Show the page where the review at hand is declined, its reason begun."""
        if self._review:
            self.pages.decline.show_review(self._review, reason)
            self._window.bring(self.pages.decline)
            self.pages.decline.refresh()

    def go_help(self) -> None:
        """Show the keys."""
        if self._window.page() is not self.pages.help:
            self._before_help = self._window.page()
            self.pages.tell_help(self._before_help)
            self._window.bring(self.pages.help)

    def _slow(self, question: Question) -> None:
        self._window.tell_waiting(waiting_words(question))
        if isinstance(question, AskReview | AskTakeIn) and self._window.page() is not self.pages.help:
            self._before_waiting = self._window.page()
            self._window.bring(self.pages.progress)

    def _waited(self) -> None:
        """Go back to where it was waited from; most answers lead on from there."""
        self._window.tell_waiting("")
        if self._window.page() is self.pages.progress and self._before_waiting:
            self._window.bring(self._before_waiting)

    def _answered(self, question: Question, answer: Answer) -> None:  # noqa: C901 (one case for each answer)
        self._waited()
        if isinstance(question, AskCountersign):
            self.pages.sign.touch.end()
        match answer:
            case Station():
                self._show_station(answer)
            case Queue():
                self.pages.home.show_queue(answer)
            case ReviewPage():
                self._show_review(question, answer)
            case Tokens():
                self.pages.opening.show_tokens(answer)
                self.pages.sign.show_tokens(answer)
                self.pages.decline.show_tokens(answer)
                self.pages.records.device.show_tokens(answer)
            case Countersigned():
                before = self._review.approvals if self._review else ()
                self.pages.done.show_countersigned(answer, before)
                self._window.bring(self.pages.done)
            case Declined():
                told_declined(self.pages.told, answer)
                self._window.bring(self.pages.told)
            case Released():
                told_released(self.pages.told, answer)
                self._window.bring(self.pages.told)
            case Refused():
                self.pages.refusal.show_refusal(answer)
                self._window.bring(self.pages.refusal)
            case Problem():
                self._problem(question, answer)
            case _:
                show_record(answer, self.pages.records, self._window.strip)
                if isinstance(answer, Ejected):
                    self.ask(AskMedia())

    def _show_station(self, station: Station) -> None:
        self._station = station
        self._window.tell_origin(value_text(station.origin))
        if self._window.page() is self.pages.records.device:
            self.pages.records.device.show_station(station)
            self.ask(AskTokens())
        else:
            self.pages.home.show_station(station)

    def _show_review(self, question: Question, answer: ReviewPage) -> None:
        """Show a review, but first tell a reader who could not countersign it."""
        before = self._review
        if answer.reader is None and before and before.review == answer.review:
            # Asked for anew: whoever opened it sits here still.
            answer = replace(answer, reader=before.reader)
        self._review = answer
        self.pages.review.show_review(answer)
        if isinstance(question, AskReview) and question.token and answer.reader and answer.reader.against:
            self._window.bring(self.pages.opening)
            self.pages.opening.tell_reader(answer.reader)
        else:
            self._window.bring(self.pages.review)

    def _problem(self, question: Question, problem: Problem) -> None:
        if problem.code == Cancelled.__name__.lower():
            self._window.strip.show_news(prose(problem.headline), prose(problem.next_step))
            return
        if isinstance(question, AskTakeIn):
            self.pages.records.intake.show_problem(problem)
            return
        self._window.strip.show_problem(problem)
        if not isinstance(question, AskTokens) and self._window.page() in (
            self.pages.opening,
            self.pages.sign,
            self.pages.decline,
        ):
            # The card's PIN counter may have moved: it is told before a PIN is asked for again.
            self._window.page().refresh()

    def _ended(self, question: Question | None) -> None:
        self._over = True
        self._window.tell_waiting("")
        self._window.strip.hide()
        told_ended(self.pages.ended, ended_words(question))
        self._window.bring(self.pages.ended)
