"""Which card, and its PIN: the part the pages for countersigning and declining share."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from ui.entries import EntryList
from ui.entry import Entry
from ui.language import t
from ui.look import Look
from ui.page import Wishes
from ui.parts import button, column, label, row, set_tone
from ui.pin_field import PinField
from ui.shown import person_text, prose
from ui.stylesheet import Type
from ui.theme import Tone
from ui.wording import NEEDS_CARD, NEEDS_PIN, NO_CARD, PIN_PAD, PIN_PLACE, pin_usable, pin_words
from workstation.core.identity import short
from workstation.desk.face import AskTokens, TokenCard


class CardPanel(QWidget):
    """Lists the cards in the readers and takes one PIN."""

    def __init__(self, look: Look, screen: str, wishes: Wishes) -> None:
        super().__init__()
        self._wishes = wishes
        self._cards: tuple[TokenCard, ...] = ()
        self.list = EntryList(
            look, f"{screen}.cards.list", t("Your card: choose with the arrow keys"), can_choose=True
        )
        self.again = button(f"{screen}.cards.button", t("Look for cards again (F5)"), kind="flat")
        self.state = label(f"{screen}.pin-state.label", wrap=True)
        self.pin = PinField(f"{screen}.pin.edit", t("PIN of the chosen card"))
        self._place = label(f"{screen}.pin-place.label", step=Type.CAPTION, wrap=True)
        self.notice = label(f"{screen}.notice.label", wrap=True, step=Type.STRONG)
        self._lay_out(screen)
        self.again.clicked.connect(self.refresh)
        self.list.chosen.connect(self._go_to_pin)
        self.list.selectionModel().currentChanged.connect(self._tell_state)
        self.show_cards(())

    def refresh(self) -> None:
        """Ask the desk which cards there are."""
        self._wishes.ask(AskTokens())

    def show_cards(self, cards: tuple[TokenCard, ...]) -> None:
        """Show the cards, the cursor on the one it was on before."""
        before = self.card()
        self._cards = cards
        self.list.show_entries([_entry(card) for card in cards] or [_nothing()])
        if before:
            self.list.go_to(before.uri)
        self._tell_state()

    def card(self) -> TokenCard | None:
        """Return the chosen card."""
        current = self.list.current()
        return next((card for card in self._cards if current and card.uri == current.key), None)

    def ready(self) -> TokenCard | None:
        """Return the chosen card when its PIN can be sent; otherwise say what is missing."""
        card = self.card()
        if card is None:
            self.complain(t(NEEDS_CARD), self.list)
            return None
        if not pin_usable(card.pin):
            self.complain(pin_words(card.pin)[0], self.list)
            return None
        if self.pin.empty and not card.pinpad:
            self.complain(t(NEEDS_PIN), self.pin)
            return None
        self.complain("", None)
        return card

    def secret(self) -> bytearray | None:
        """Return the PIN, forgotten here; None where it is typed at the reader's own pad."""
        card = self.card()
        return None if card is not None and card.pinpad else self.pin.take()

    def complain(self, words: str, where: QWidget | None) -> None:
        """Say what is missing, and put the keyboard where it is missing."""
        self.notice.setText(words)
        self.notice.setVisible(bool(words))
        set_tone(self.notice, Tone.WARN)
        if where is not None:
            where.setFocus()

    def allow_pin(self, *, allowed: bool) -> None:
        """Open the PIN field, or close it and forget what was typed."""
        if not allowed:
            self.pin.forget()
        self.pin.setEnabled(allowed)

    def forget(self) -> None:
        """Forget the PIN and the notice."""
        self.pin.forget()
        self.complain("", None)

    def _go_to_pin(self) -> None:
        if self.pin.isEnabled() and self.pin.isVisibleTo(self):
            self.pin.setFocus()

    def _lay_out(self, screen: str) -> None:
        box = column(self, gap=6)
        heading = row()
        heading.addWidget(label(f"{screen}.cards-heading.label", t("Your card"), step=Type.HEADING), 1)
        heading.addWidget(self.again)
        box.addLayout(heading)
        box.addWidget(self.list, 1)
        asking = row(gap=12)
        asking.addWidget(label(f"{screen}.pin-heading.label", t("PIN"), step=Type.HEADING))
        asking.addWidget(self.state, 1)
        box.addLayout(asking)
        box.addWidget(self.pin)
        box.addWidget(self._place)
        box.addWidget(self.notice)

    def _tell_state(self) -> None:
        card = self.card()
        words, tone = pin_words(card.pin) if card else (t(NO_CARD[1]), Tone.PLAIN)
        at_pad = card is not None and card.pinpad
        self.pin.setVisible(not at_pad)
        self._place.setText(t(PIN_PAD if at_pad else PIN_PLACE))
        self.state.setText(words)
        set_tone(self.state, tone)
        # What was typed for one card is not for another.
        self.pin.forget()


def _entry(card: TokenCard) -> Entry:
    holder = person_text(card.holder) if card.holder else t("nobody in the roster")
    words, tone = pin_words(card.pin)
    return Entry(
        headline=f"{prose(card.label)} \u2014 {holder}",
        detail=t("{model} \xb7 serial {serial}", model=prose(card.model), serial=prose(card.serial)),
        note=t("key {fingerprint} \xb7 {words}", fingerprint=short(card.fingerprint), words=words)
        if card.fingerprint
        else words,
        mark=_MARKS[tone],
        tone=tone,
        key=card.uri,
    )


_MARKS: Final = {
    Tone.GOOD: "\u25cf",
    Tone.WARN: "\u25b2",
    Tone.DANGER: "\u25a0",
    Tone.PLAIN: "\u25cb",
    Tone.ACCENT: "\u25cf",
}


def _nothing() -> Entry:
    return Entry(headline=t(NO_CARD[0]), detail=t(NO_CARD[1]), mark="\u25cb")
