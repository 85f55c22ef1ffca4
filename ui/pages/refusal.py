"""Refusal: looks like nothing else, says every reason in plain words, and offers no way round."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ui.entries import EntryList
from ui.language import t
from ui.look import Look
from ui.page import Page, Wishes
from ui.pages.told import told_reason
from ui.parts import button, column, label, panel, row
from ui.shown import person_text, prose, value_text
from ui.stylesheet import Type
from ui.wording import NO_WAY_ROUND
from workstation.desk.face import Refused
from workstation.desk.records_face import AskSlip, Slip


class RefusalPage(Page):
    """Shows one refusal."""

    def __init__(self, look: Look, wishes: Wishes) -> None:
        super().__init__("refusal", t("Refused"), wishes)
        self._mark = label("refusal.mark.label", f"\u25a0 {t('REFUSED')}", step=Type.DISPLAY)
        self._who = label("refusal.who.label", step=Type.LEAD, wrap=True)
        self.reasons = EntryList(
            look, "refusal.reasons.list", t("Why it was refused, and what to do next"), large=True, fit=True
        )
        self._entry = -1
        self._record = label("refusal.record.label", step=Type.LEAD, wrap=True)
        self._no_way = label("refusal.noway.label", t(NO_WAY_ROUND), step=Type.LEAD, wrap=True)
        self.slip = button("refusal.slip.button", t("&Print slip"))
        self.home = button("refusal.home.button", t("&Back to the queue"), kind="safe")
        self._lay_out()
        self.home.clicked.connect(self._leave)
        self.slip.clicked.connect(self.print_slip)

    def panes(self) -> tuple[QWidget, ...]:
        """Return the reasons and the way back."""
        return (self.reasons, self.home, self.slip)

    def show_refusal(self, refused: Refused) -> None:
        """Show why an action was refused."""
        self._entry = refused.entry
        who = person_text(refused.who) or t("Whoever holds this card")
        self._who.setText(
            t("{who} may not do this: {action}. Nothing was signed.", who=who, action=prose(refused.action))
        )
        self.reasons.show_entries([told_reason(alike) for alike in refused.by_rule()])
        self._record.setText(
            t(
                "Journal entry {entry} records this refusal. It was decided by policy {policy_id},"
                " version {policy_version}.",
                entry=refused.entry,
                policy_id=value_text(refused.policy_id),
                policy_version=refused.policy_version,
            )
        )
        rules = ", ".join(dict.fromkeys(reason.headline for reason in refused.reasons))
        self.setAccessibleDescription(t("Refused: {rules}", rules=prose(rules)))

    def print_slip(self) -> None:
        """Ask for the slip of this refusal."""
        self.wishes.ask(AskSlip(slip=Slip.REFUSAL, about=str(self._entry)))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Let Enter go back to the queue."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._leave()
        else:
            super().keyPressEvent(event)

    def _leave(self) -> None:
        self.wishes.go_home()

    def _lay_out(self) -> None:
        outer = column(self, margin=20)
        frame = panel("refusal.whole.panel", "refused")
        outer.addWidget(frame)
        inside = column(frame, margin=32, gap=10)
        inside.addWidget(self._mark)
        inside.addWidget(self._who)
        inside.addSpacing(12)
        inside.addWidget(self.reasons)
        inside.addSpacing(12)
        inside.addWidget(self._record)
        inside.addWidget(self._no_way)
        inside.addStretch(1)
        below = row(gap=12)
        below.addStretch(1)
        below.addWidget(self.slip)
        below.addWidget(self.home)
        inside.addLayout(below)
