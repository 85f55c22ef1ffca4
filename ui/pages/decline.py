"""Decline: an objection that sticks, with a reason, signed by a card."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ui.card_panel import CardPanel
from ui.language import t
from ui.look import Look
from ui.page import Page, Wishes
from ui.pages import told
from ui.parts import button, column, label, line_edit, panel, row
from ui.shown import prose
from ui.stylesheet import Type
from ui.wording import BUSY, NEEDS_REASON
from workstation.desk.face import AskDecline, ReviewPage, Tokens

_LONGEST_REASON = 1000


class DeclinePage(Page):
    """Declines one review with one card."""

    def __init__(self, look: Look, wishes: Wishes) -> None:
        super().__init__("decline", t("Decline"), wishes)
        self._page: ReviewPage | None = None
        self._title = label("decline.title.label", step=Type.TITLE)
        self._sentence = label("decline.sentence.label", step=Type.LEAD, wrap=True)
        self.reason = line_edit(
            "decline.reason.edit", t("Reason for declining, required"), t("Why you decline")
        )
        self.reason.setMaxLength(_LONGEST_REASON)
        self.cards = CardPanel(look, "decline", wishes)
        self.stay = button("decline.leave.button", t("&Do not decline"), kind="safe")
        self.confirm = button("decline.decline.button", t("De&cline"), kind="main")
        self._lay_out()
        self.stay.clicked.connect(self._leave)
        self.confirm.clicked.connect(self.decline)

    def panes(self) -> tuple[QWidget, ...]:
        """Return the reason first, then the card and the PIN."""
        return (self.reason, self.cards.list, self.cards.pin, self.stay)

    def refresh(self) -> None:
        """Ask which cards there are."""
        self.cards.refresh()

    def leave(self) -> None:
        """Forget the PIN."""
        self.cards.forget()

    def show_review(self, page: ReviewPage, reason: str = "") -> None:
        """Show what would be declined, the reason begun."""
        self._page = page
        self._title.setText(t("Decline {told_title}", told_title=told.told_title(page)))
        self._sentence.setText(prose(page.sentence))
        self.reason.setText(reason)
        # The next key holder is another person: whose card it was before says nothing.
        self.cards.show_cards(())
        self.cards.forget()

    def show_tokens(self, tokens: Tokens) -> None:
        """Show the cards in the readers."""
        self.cards.show_cards(tokens.cards)

    def decline(self) -> None:
        """Ask the desk to decline, once there is a reason, a card and a PIN."""
        reason = self.reason.text().strip()
        if self._page is None or not reason:
            self.cards.complain(t(NEEDS_REASON), self.reason)
            return
        card = self.cards.ready()
        if card is None:
            return
        question = AskDecline(
            request=self._page.item.request, review=self._page.review, token=card.uri, reason=reason
        )
        if not self.wishes.ask(question, self.cards.secret()):
            self.cards.complain(t(BUSY), self.cards.pin)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Let Enter press the button that does not decline."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._leave()
        else:
            super().keyPressEvent(event)

    def _leave(self) -> None:
        self.wishes.go_back()

    def _lay_out(self) -> None:
        box = column(self, margin=24, gap=6)
        box.addWidget(self._title)
        box.addWidget(self._sentence)
        box.addSpacing(8)
        frame = panel("decline.card.panel", "panel")
        frame.setMaximumWidth(900)
        inside = column(frame, margin=16, gap=8)
        inside.addWidget(label("decline.reason-heading.label", t("Your reason"), step=Type.HEADING))
        inside.addWidget(self.reason)
        inside.addWidget(self.cards, 1)
        buttons = row(gap=8)
        buttons.addWidget(self.stay, 1)
        buttons.addWidget(self.confirm, 1)
        inside.addLayout(buttons)
        box.addWidget(frame, 1)
