"""The window: a bar, the strip for problems, one page at a time, and a line of hints."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QMainWindow,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from ui.language import t
from ui.look import Look
from ui.page import Page
from ui.parts import column, label, panel, row
from ui.rail import Rail
from ui.strip import ProblemStrip
from ui.stylesheet import Type
from ui.wording import HINTS


class Window(QMainWindow):
    """Holds the pages and shows one of them."""

    def __init__(self, app: QApplication, look: Look) -> None:
        super().__init__()
        self.setObjectName("main.whole.window")
        self.setWindowTitle("Countersign")
        self._look = look
        self._pages = QStackedWidget()
        self._pages.setObjectName("main.pages.stack")
        self.strip = ProblemStrip()
        self.rail = Rail(look)
        self._waiting = label("main.waiting.label", step=Type.STRONG)
        self._origin = label("main.origin.label", step=Type.CAPTION)
        self._hint = label("main.hint.label", step=Type.CAPTION, wrap=True)
        # However long its words, they never make the window wider.
        self._hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._lay_out()
        app.focusChanged.connect(self._keep_in_sight)

    def add(self, page: Page) -> None:
        """Add a page, not shown yet; where the window is too small for it, it scrolls."""
        area = QScrollArea()
        area.setObjectName(f"{page.name}.whole.area")
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(page)
        self._pages.addWidget(area)

    def page(self) -> Page:
        """Return the page in front; raises RuntimeError before there is one."""
        area = self._pages.currentWidget()
        found = area.widget() if isinstance(area, QScrollArea) else None
        if not isinstance(found, Page):
            raise RuntimeError("no page was added yet")  # noqa: TRY004 (a defect, not a type given wrongly)
        return found

    def bring(self, page: Page) -> None:
        """Bring a page in front, the keyboard where it starts."""
        before = self.page()
        if before is not page:
            before.leave()
        self._pages.setCurrentWidget(_area_of(page))
        self._hint.setText(t(HINTS.get(page.name, "")))
        self.rail.show_where(page.name)
        self.setWindowTitle(f"Countersign \u2014 {page.accessibleName()}")
        panes = page.panes()
        if panes and before is not page:
            panes[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def next_pane(self, step: int) -> None:
        """Move the keyboard to the next pane of the page in front."""
        panes = [pane for pane in self.page().panes() if pane.isVisibleTo(self)]
        if not panes:
            return
        here = next((place for place, pane in enumerate(panes) if _holds_focus(pane)), -step)
        panes[(here + step) % len(panes)].setFocus(Qt.FocusReason.TabFocusReason)

    def tell_waiting(self, words: str) -> None:
        """Say what is waited for, or nothing."""
        self._waiting.setText(words)

    def tell_origin(self, origin: str) -> None:
        """Say which workstation this is."""
        self._origin.setText(origin)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Forget what the page in front must not keep."""
        self.page().leave()
        super().closeEvent(event)

    def _keep_in_sight(self, _before: QWidget | None, focused: QWidget | None) -> None:
        area = self._pages.currentWidget()
        if isinstance(area, QScrollArea) and focused is not None and area.isAncestorOf(focused):
            area.ensureWidgetVisible(focused)

    def _lay_out(self) -> None:
        whole = QWidget()
        across = row(whole, gap=0)
        right = QWidget()
        box = column(right, gap=0)
        foot = panel("main.foot.panel", "foot")
        below = row(foot, gap=16)
        below.setContentsMargins(16, 5, 16, 5)
        below.addWidget(self._hint, 1)
        below.addWidget(self._waiting)
        below.addWidget(self._origin)
        for part, stretch in ((self.strip, 0), (self._pages, 1), (foot, 0)):
            box.addWidget(part, stretch)
        across.addWidget(self.rail)
        across.addWidget(right, 1)
        self.setCentralWidget(whole)
        # By Tab the page comes first; the rail has keys of its own.
        QWidget.setTabOrder(right, self.rail)


def _holds_focus(pane: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and (focused is pane or pane.isAncestorOf(focused))


def _area_of(page: Page) -> QScrollArea:
    parent = page.parentWidget()
    area = parent.parentWidget() if parent else None
    if not isinstance(area, QScrollArea):
        raise TypeError(f"{page.name} was not added to the window")
    return area
