"""Every page, made once and kept."""

from __future__ import annotations

from ui.entry import Entry
from ui.help_words import HELP
from ui.language import t
from ui.look import Look
from ui.page import Page, Wishes
from ui.pages.decline import DeclinePage
from ui.pages.done import DonePage
from ui.pages.home import HomePage
from ui.pages.opening import OpeningPage
from ui.pages.progress import ProgressPage
from ui.pages.records import Records
from ui.pages.refusal import RefusalPage
from ui.pages.review import ReviewScreen
from ui.pages.sign import SignPage
from ui.pages.told_page import ToldPage
from ui.theme import Tone
from ui.wording import KEYS


class Pages:
    """The pages by name."""

    def __init__(self, look: Look, wishes: Wishes) -> None:
        self.home = HomePage(look, wishes)
        self.opening = OpeningPage(look, wishes)
        self.records = Records(look, wishes)
        self.progress = ProgressPage(look, wishes)
        self.review = ReviewScreen(look, wishes)
        self.sign = SignPage(look, wishes)
        self.decline = DeclinePage(look, wishes)
        self.refusal = RefusalPage(look, wishes)
        self.done = DonePage(look, wishes)
        self.told = ToldPage(look, "released", t("What happened"), wishes, back=t("&Back to the queue"))
        self.ended = ToldPage(look, "ended", t("The desk has ended"), wishes)
        self.help = ToldPage(look, "help", t("Keys"), wishes, back=t("&Back"))
        self.tell_help(self.home)

    def tell_help(self, page: Page) -> None:
        """Fill the page of help for another page: what that is for, then the keys."""
        about = [
            Entry(headline=t(words), mark="\u25cf", tone=Tone.ACCENT) for words in HELP.get(page.name, ())
        ]
        self.help.tell(page.accessibleName(), t("Everything here works without a mouse."), [*about, *_keys()])

    def each(self) -> tuple[Page, ...]:
        """Return all pages, the first shown first."""
        return (
            self.home,
            self.opening,
            self.progress,
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
    return [Entry(headline="", detail=f"{t(keys)} \u2014 {t(words)}") for keys, words in KEYS]
