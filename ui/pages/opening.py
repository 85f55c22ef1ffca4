"""Opening: before anything of a review is shown, a card says who will read it, or nobody does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.card_panel import CardPanel
from ui.entries import EntryList
from ui.language import t
from ui.look import Look
from ui.page import Page, Wishes
from ui.pages.told import told_reason
from ui.parts import button, column, label, panel, row, set_tone
from ui.shown import person_text, value_text
from ui.stylesheet import Type
from ui.theme import Tone
from ui.wording import BUSY, OPENING, READ_ONLY_TITLE, may_not_sign
from workstation.desk.face import AskReview, QueueItem, ReaderLine, Tokens, by_rule


class OpeningPage(Page):
    """Asks whose card it is; tells whoever could not countersign so, before they read."""

    def __init__(self, look: Look, wishes: Wishes) -> None:
        super().__init__("opening", t("Open a review"), wishes)
        self._item: QueueItem | None = None
        self._title = label("opening.title.label", step=Type.TITLE)
        self._sentence = label("opening.sentence.label", step=Type.LEAD, wrap=True)
        self.cards = CardPanel(look, "opening", wishes)
        self.confirm = button("opening.open.button", t("&Open the review"), kind="main")
        self.without = button("opening.without.button", t("Read &without a card"))
        self.reasons = EntryList(look, "opening.reasons.list", t("Why you cannot countersign this"), fit=True)
        self.read = button("opening.read.button", t("&Read it all the same"), kind="main")
        self.leave_it = button("opening.leave.button", t("&Back to the queue"), kind="safe")
        self._either = QStackedWidget()
        self._lay_out()
        self.confirm.clicked.connect(self.open_with_card)
        self.without.clicked.connect(self.open_without_card)
        self.read.clicked.connect(self._read)
        self.leave_it.clicked.connect(self._leave)

    def panes(self) -> tuple[QWidget, ...]:
        """Return the card and the PIN, or the reasons; then the buttons."""
        if self._either.currentIndex():
            return (self.reasons, self.leave_it)
        return (self.cards.list, self.cards.pin, self.without)

    def refresh(self) -> None:
        """Ask which cards there are."""
        self.cards.refresh()

    def leave(self) -> None:
        """Forget the PIN."""
        self.cards.forget()

    def show_item(self, item: QueueItem) -> None:
        """Ask who opens the review of a request."""
        self._item = item
        self._title.setText(
            t(
                "Open the review of {product} {version}",
                product=value_text(item.product),
                version=value_text(item.version),
            )
        )
        self._sentence.setText(t(OPENING))
        set_tone(self._sentence, None)
        self._either.setCurrentIndex(0)
        # The next key holder is another person: whose card it was before says nothing.
        self.cards.show_cards(())
        self.cards.forget()

    def show_tokens(self, tokens: Tokens) -> None:
        """Show the cards in the readers."""
        self.cards.show_cards(tokens.cards)

    def tell_reader(self, reader: ReaderLine) -> None:
        """Tell a reader why they could not countersign what they are about to read."""
        self.cards.forget()
        self._title.setText(t(READ_ONLY_TITLE))
        self._sentence.setText(may_not_sign(person_text(reader.name)))
        set_tone(self._sentence, Tone.DANGER)
        self.reasons.show_entries([told_reason(alike) for alike in by_rule(reader.against)])
        self._either.setCurrentIndex(1)
        self.reasons.setFocus()

    def open_with_card(self) -> None:
        """Ask the desk for the review, once there is a card and a PIN."""
        card = self.cards.ready()
        if self._item is None or card is None:
            return
        question = AskReview(request=self._item.request, token=card.uri)
        if not self.wishes.ask(question, self.cards.secret()):
            self.cards.complain(t(BUSY), self.cards.pin)

    def open_without_card(self) -> None:
        """Ask the desk for the review as nobody."""
        if self._item is not None:
            self.wishes.ask(AskReview(request=self._item.request))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Let Enter open the review once a PIN is typed: nothing is signed by reading."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not self._either.currentIndex():
            self.open_with_card()
        else:
            super().keyPressEvent(event)

    def _read(self) -> None:
        self.wishes.go_review()

    def _leave(self) -> None:
        self.wishes.go_home()

    def _lay_out(self) -> None:
        box = column(self, margin=24, gap=6)
        box.addWidget(self._title)
        box.addWidget(self._sentence)
        box.addSpacing(8)
        frame = panel("opening.card.panel", "panel")
        frame.setMaximumWidth(900)
        inside = column(frame, margin=16, gap=8)
        self._either.addWidget(self._asking())
        self._either.addWidget(self._telling())
        inside.addWidget(self._either)
        box.addWidget(frame, 1)

    def _asking(self) -> QWidget:
        asking = QWidget()
        inside = column(asking, gap=8)
        inside.addWidget(self.cards, 1)
        buttons = row(gap=8)
        buttons.addWidget(self.without, 1)
        buttons.addWidget(self.confirm, 1)
        inside.addLayout(buttons)
        return asking

    def _telling(self) -> QWidget:
        telling = QWidget()
        inside = column(telling, gap=8)
        inside.addWidget(self.reasons)
        inside.addStretch(1)
        buttons = row(gap=8)
        buttons.addWidget(self.leave_it, 1)
        buttons.addWidget(self.read, 1)
        inside.addLayout(buttons)
        return telling
