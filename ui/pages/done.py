"""Done: what was signed, decoded, how far the quorum is, and where the journal has it."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QProgressBar, QWidget

from ui.decoded import decoded
from ui.language import t
from ui.look import Look
from ui.page import Page, Wishes
from ui.parts import button, column, label, row, set_tone
from ui.quorum_bar import QuorumBar
from ui.shown import grouped, person_text
from ui.stylesheet import Type
from ui.theme import Tone
from ui.wording import have_need
from workstation.core.identity import RequestId, short
from workstation.desk.face import ApprovalLine, AskRelease, Countersigned


class DonePage(Page):
    """Shows one countersignature that was made."""

    def __init__(self, look: Look, wishes: Wishes) -> None:
        super().__init__("done", t("Countersigned"), wishes)
        self._look = look
        self._request: RequestId | None = None
        self._title = label("done.title.label", step=Type.TITLE)
        self._record = label("done.record.label", step=Type.LEAD, wrap=True)
        self._bar = QProgressBar()
        self.fields = QuorumBar("done")
        self._names = label("done.names.label", wrap=True)
        self._quorum = label("done.quorum.label", step=Type.HEADING)
        self.statement = QPlainTextEdit()
        self._envelope = label("done.envelope.label", step=Type.FIXED, wrap=True)
        self.release = button(
            "done.release.button", t("&Write the release to the outgoing medium"), kind="main"
        )
        self.home = button("done.home.button", t("&Back to the queue"))
        self._prepare()
        self._lay_out()
        self.release.clicked.connect(self._release)
        self.home.clicked.connect(self._leave)
        look.changed.connect(self._set_fonts)
        self._set_fonts()

    def panes(self) -> tuple[QWidget, ...]:
        """Return the next thing to do first, then what was signed."""
        first = self.release if self.release.isVisibleTo(self) else self.home
        return (first, self.statement)

    def show_countersigned(self, done: Countersigned, before: tuple[ApprovalLine, ...]) -> None:
        """Show a countersignature; `before` are those made earlier."""
        self._request = done.request
        name = person_text(done.name)
        self._title.setText("\u2713 " + t("Countersigned by {name}", name=name))
        set_tone(self._title, Tone.GOOD)
        self._record.setText(
            t(
                "Verified again after signing. Journal entry {entry} has it. Key {fingerprint}\u2026",
                entry=done.entry,
                fingerprint=short(done.fingerprint),
            )
        )
        self._bar.setRange(0, max(1, done.need))
        self._bar.setValue(min(done.have, done.need))
        words = have_need(done.have, done.need)
        self._quorum.setText(t("{words}: the quorum is reached", words=words) if done.quorate else words)
        self._bar.setAccessibleDescription(words)
        others = [person_text(one.name) for one in before if one.counts and one.person != done.person]
        self._names.setText(" \u00b7 ".join(f"\u2713 {one}" for one in (*others, name)) + _still(done))
        self.statement.setPlainText(decoded(done.statement))
        self._envelope.setText(t("envelope sha256 {envelope}", envelope=grouped(done.envelope, per_line=16)))
        self.release.setVisible(done.quorate)
        self.fields.show_quorum([*others, name], done.need)

    def _prepare(self) -> None:
        self._bar.setObjectName("done.quorum.bar")
        self._bar.setAccessibleName(t("Countersignatures so far"))
        self._bar.setTextVisible(False)
        self._bar.setMaximumHeight(14)
        self._bar.setVisible(False)
        self.statement.setObjectName("done.statement.text")
        self.statement.setAccessibleName(t("What was signed, decoded"))
        self.statement.setReadOnly(True)
        self.statement.setTabChangesFocus(True)
        self.statement.setUndoRedoEnabled(False)

    def _set_fonts(self) -> None:
        family = self._look.font(Type.FIXED).family()
        for fixed in (self.statement, self._envelope):
            fixed.setStyleSheet(f'font-family: "{family}";')

    def _release(self) -> None:
        if self._request:
            self.wishes.ask(AskRelease(request=self._request))

    def _leave(self) -> None:
        self.wishes.go_home()

    def _lay_out(self) -> None:
        box = column(self, margin=28, gap=8)
        box.addWidget(self._title)
        box.addWidget(self._record)
        box.addSpacing(12)
        box.addWidget(self._quorum)
        box.addWidget(self._bar)
        box.addWidget(self.fields)
        box.addWidget(self._names)
        box.addSpacing(12)
        box.addWidget(label("done.statement-heading.label", t("What was signed"), step=Type.HEADING))
        box.addWidget(self.statement, 1)
        box.addWidget(self._envelope)
        buttons = row(gap=8)
        buttons.addWidget(self.home)
        buttons.addStretch(1)
        buttons.addWidget(self.release)
        box.addLayout(buttons)


def _still(done: Countersigned) -> str:
    missing = max(0, done.need - done.have)
    return (
        "" if not missing else " \xb7 \u25cb " + t("{missing} more needed, by somebody else", missing=missing)
    )
