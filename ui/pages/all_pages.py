"""Every page, made once and kept."""

from __future__ import annotations

from ui.entry import Entry
from ui.look import Look
from ui.page import Page, Wishes
from ui.pages.decline import DeclinePage
from ui.pages.done import DonePage
from ui.pages.home import HomePage
from ui.pages.opening import OpeningPage
from ui.pages.records import Records
from ui.pages.refusal import RefusalPage
from ui.pages.review import ReviewScreen
from ui.pages.sign import SignPage
from ui.pages.told_page import ToldPage
from ui.wording import KEYS


class Pages:
    """The pages by name."""

    def __init__(self, look: Look, wishes: Wishes) -> None:
        self.home = HomePage(look, wishes)
        self.opening = OpeningPage(look, wishes)
        self.records = Records(look, wishes)
        self.review = ReviewScreen(look, wishes)
        self.sign = SignPage(look, wishes)
        self.decline = DeclinePage(look, wishes)
        self.refusal = RefusalPage(look, wishes)
        self.done = DonePage(look, wishes)
        self.told = ToldPage(look, "released", "What happened", wishes, back="&Back to the queue")
        self.ended = ToldPage(look, "ended", "The desk has ended", wishes)
        self.help = ToldPage(look, "help", "Keys", wishes, back="&Back")
        self.help.tell("Keys", "Everything here works without a mouse.", _keys())

    def each(self) -> tuple[Page, ...]:
        """Return all pages, the first shown first."""
        return (
            self.home,
            self.opening,
            self.review,
            self.sign,
            self.decline,
            self.refusal,
            self.done,
            self.told,
            self.ended,
            self.help,
            *self.records.each(),
        )


def _keys() -> list[Entry]:
    return [Entry(headline=f"{keys}: {words}") for keys, words in KEYS]
