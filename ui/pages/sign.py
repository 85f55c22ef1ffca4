"""Sign: who built this, what exactly is bound, which card, and one PIN. A page, not a window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.card_panel import CardPanel
from ui.entries import EntryList
from ui.language import t
from ui.look import Look
from ui.page import Page, Wishes
from ui.pages.acknowledgements import Acknowledgements
from ui.pages.bound import told_bound
from ui.parts import button, column, label, line_edit, panel, row
from ui.quorum_bar import QuorumBar
from ui.risk import to_acknowledge
from ui.shown import prose, value_text
from ui.stylesheet import Type
from ui.touch import TouchPanel
from ui.wording import BUSY, NEEDS_ACKNOWLEDGEMENTS, NEEDS_WORDS
from ui.words_field import WordsField
from workstation.core.countersignature import MAX_COMMENT
from workstation.core.identity import Digest
from workstation.core.seen import AtScreen
from workstation.desk.face import AskCountersign, ReviewPage, Station, Tokens


class SignPage(Page):
    """Countersigns one review with one card."""

    def __init__(self, look: Look, wishes: Wishes) -> None:
        super().__init__("sign", t("Countersign"), wishes)
        self._page: ReviewPage | None = None
        self._title = label("sign.title.label", step=Type.TITLE)
        self._sentence = label("sign.sentence.label", step=Type.LEAD, wrap=True)
        self.bound = EntryList(look, "sign.bound.list", t("What your countersignature will be bound to"))
        self.words = WordsField("sign")
        self.touch = TouchPanel("sign")
        self.quorum = QuorumBar("sign")
        self._seen: tuple[Digest, ...] = ()
        self.cards = CardPanel(look, "sign", wishes)
        self.cards.allow_pin(allowed=False)
        self.acknowledge = Acknowledgements()
        self.comment = line_edit(
            "sign.comment.edit", t("Comment, signed with the rest"), t("Comment (signed; may be empty)")
        )
        self.comment.setMaxLength(MAX_COMMENT)
        self.refuse = button("sign.leave.button", t("&Do not sign"), kind="safe")
        self.confirm = button("sign.countersign.button", t("&Countersign"), kind="main")
        self._lay_out()
        self.refuse.clicked.connect(self._leave_unsigned)
        self.confirm.clicked.connect(self.countersign)
        self.words.changed.connect(self._words_changed)

    def panes(self) -> tuple[QWidget, ...]:
        """Return the words first, then the card, the PIN, the buttons and what is bound."""
        return (self.words.edit, self.cards.list, self.cards.pin, self.refuse, self.bound)

    def refresh(self) -> None:
        """Ask which cards there are."""
        self.cards.refresh()

    def leave(self) -> None:
        """Forget the PIN."""
        self.cards.forget()
        self.words.edit.clear()

    def show_review(self, page: ReviewPage, station: Station | None, seen: tuple[Digest, ...]) -> None:
        """Show what would be countersigned; `seen` are the changes that were displayed whole."""
        self._seen = seen
        self.words.begin(page.item.request)
        self.quorum.show_quorum([one.name for one in page.approvals if one.counts], page.item.need)
        self._page = page
        self._title.setText(
            t(
                "Countersign {product} {version}",
                product=value_text(page.item.product),
                version=value_text(page.item.version),
            )
        )
        self._sentence.setText(prose(page.sentence))
        self.bound.show_entries(told_bound(page, station))
        self.acknowledge.show_findings(to_acknowledge(page.diff, page.must_open))
        self.comment.clear()
        # The next key holder is another person: whose card it was before says nothing.
        self.cards.show_cards(())
        self.cards.forget()

    def show_tokens(self, tokens: Tokens) -> None:
        """Show the cards in the readers."""
        self.cards.show_cards(tokens.cards)

    def countersign(self) -> None:
        """Ask the desk to countersign, once everything it takes is there."""
        if self._page is None:
            return
        if not self.words.right:
            self.cards.complain(t(NEEDS_WORDS), self.words.edit)
            return
        if not self.acknowledge.complete():
            self.cards.complain(t(NEEDS_ACKNOWLEDGEMENTS), self.acknowledge.first_open())
            return
        card = self.cards.ready()
        if card is None:
            return
        question = AskCountersign(
            request=self._page.item.request,
            review=self._page.review,
            token=card.uri,
            comment=self.comment.text(),
            acknowledged=self.acknowledge.acknowledged(),
            at_screen=AtScreen(words=self.words.typed, seen=self._seen),
        )
        if not self.wishes.ask(question, self.cards.secret()):
            self.cards.complain(t(BUSY), self.cards.pin)
        else:
            self.touch.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Let Enter press the button that does not sign, wherever the keyboard is."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._leave_unsigned()
        else:
            super().keyPressEvent(event)

    def _words_changed(self) -> None:
        self.cards.allow_pin(allowed=self.words.right)

    def _leave_unsigned(self) -> None:
        self.wishes.go_back()

    def _lay_out(self) -> None:
        box = column(self, margin=24, gap=6)
        box.addWidget(self._title)
        box.addWidget(self._sentence)
        box.addSpacing(8)
        across = row(gap=24)
        across.addLayout(self._left(), 5)
        across.addWidget(self._right(), 4)
        box.addLayout(across, 1)

    def _left(self) -> QVBoxLayout:
        left = column(gap=6)
        left.addWidget(label("sign.bound-heading.label", t("What you bind your name to"), step=Type.HEADING))
        left.addWidget(self.bound, 1)
        left.addWidget(self.quorum)
        left.addWidget(self.comment)
        return left

    def _right(self) -> QWidget:
        frame = panel("sign.card.panel", "panel")
        inside = column(frame, margin=16, gap=8)
        inside.addWidget(self.touch)
        inside.addWidget(self.words)
        inside.addWidget(self.acknowledge)
        inside.addWidget(self.cards, 1)
        buttons = row(gap=8)
        buttons.addWidget(self.refuse, 1)
        buttons.addWidget(self.confirm, 1)
        inside.addLayout(buttons)
        return frame
