"""What every page is: a name, a place for the keyboard to start, and panes for F6 to go through."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QWidget

from workstation.desk.face import Question, QueueItem


class Wishes(Protocol):
    """What a page can ask for; it decides nothing itself."""

    def ask(self, question: Question, secret: bytearray | None = None) -> bool:
        """Ask the desk; False, the secret wiped, when it is still answering."""
        ...

    def glance(self, question: Question) -> None:
        """Ask the desk by the way: not at all while it is answering something else."""
        ...

    def cancel(self) -> None:
        """Tell the desk that its answer is wanted no more."""
        ...

    def go_home(self) -> None:
        """Show the queue, asked for anew."""
        ...

    def go_back(self) -> None:
        """Show the page before this one."""
        ...

    def go_open(self, item: QueueItem) -> None:
        """Show the page where the review of a request is opened."""
        ...

    def go_review(self) -> None:
        """Show the review at hand."""
        ...

    def go_sign(self) -> None:
        """Show the page where the review at hand is countersigned."""
        ...

    def go_decline(self, reason: str = "") -> None:
        """Show the page where the review at hand is declined, its reason begun."""
        ...


class Page(QWidget):
    """One screen; `name` is the first part of every object name on it."""

    def __init__(self, name: str, accessible: str, wishes: Wishes) -> None:
        super().__init__()
        self.name = name
        self.wishes = wishes
        self.setObjectName(f"{name}.whole.page")
        self.setAccessibleName(accessible)

    def panes(self) -> tuple[QWidget, ...]:
        """Return where F6 goes, in order; the first is where the keyboard starts."""
        return ()

    def refresh(self) -> None:
        """Ask the desk again for what this page shows, where that makes sense."""

    def leave(self) -> None:
        """Forget what must not outlive the page's being in front."""
