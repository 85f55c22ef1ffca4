"""The strip above a page that says the world is not as needed: nothing was done, and what to do."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QWidget

from ui.language import t
from ui.parts import button, column, label, panel, row
from ui.shown import prose
from ui.stylesheet import Type
from ui.wording import tries_words
from workstation.desk.face import Problem


class ProblemStrip(QWidget):
    """Shows one problem until it is dismissed or something else is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("problem.whole.strip")
        self.headline = label("problem.headline.label", step=Type.HEADING, wrap=True)
        self._detail = label("problem.detail.label", wrap=True)
        self._next = label("problem.next.label", wrap=True)
        self._code = label("problem.code.label", step=Type.CAPTION, wrap=True)
        self.dismiss = button("problem.dismiss.button", t("Dismiss"))
        self._lay_out()
        self.dismiss.clicked.connect(self.hide)
        self.hide()

    def show_problem(self, problem: Problem) -> None:
        """Show what went wrong, and tell assistive software at once."""
        self.headline.setText(f"\u25b2 {prose(problem.headline)}")
        tries = tries_words(problem.tries_left)
        self._detail.setText(" ".join(text for text in (prose(problem.detail), tries) if text))
        self._next.setText(
            t("What to do: {next_step}", next_step=prose(problem.next_step)) if problem.next_step else ""
        )
        self._next.setVisible(bool(problem.next_step))
        where = f" \u00b7 {prose(problem.where)}" if problem.where else ""
        self._code.setText(t("{code}{where} \xb7 nothing was done", code=prose(problem.code), where=where))
        self._code.setVisible(True)
        self.setAccessibleName(f"{self.headline.text()} {self._detail.text()}")
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def show_news(self, headline: str, detail: str) -> None:
        """Show that something was done, until it is dismissed or something else is asked."""
        self.headline.setText(f"\u2713 {headline}")
        self._detail.setText(detail)
        for words in (self._next, self._code):
            words.setText("")
            words.setVisible(False)
        self.setAccessibleName(f"{headline} {detail}")
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _lay_out(self) -> None:
        frame = panel("problem.whole.panel", "problem")
        across = row(frame, margin=12, gap=16)
        said = column(gap=2)
        for words in (self.headline, self._detail, self._next, self._code):
            said.addWidget(words)
        across.addLayout(said, 1)
        across.addWidget(self.dismiss)
        outer = column(self)
        outer.setContentsMargins(16, 10, 16, 0)
        outer.addWidget(frame)
