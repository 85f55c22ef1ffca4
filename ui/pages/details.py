"""Everything that stands behind the three questions, a tab for each."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabWidget, QWidget

from ui.entries import EntryList
from ui.language import t
from ui.look import Look
from ui.pages import told
from ui.pages.changes import Changes
from ui.pages.hands_tab import HandsTab
from ui.pages.told_parts import rules_met, told_bill, told_guardrails
from workstation.desk.face import ReviewPage

_CHANGES: Final = 0


class Details(QTabWidget):
    """Changes, findings, hands, components, rules, manifest, evidence, and what could not be inspected."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("review.details.tabs")
        self.setAccessibleName(t("Details"))
        # The bar has the keyboard, not the frame around it.
        bar_policy = self.tabBar().focusPolicy()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tabBar().setFocusPolicy(bar_policy)
        self.tabBar().setObjectName("review.details.tabbar")
        self.tabBar().setAccessibleName(t("Details: choose with the arrow keys"))
        self.tabBar().setDrawBase(False)
        self.changes = Changes(look)
        self.findings = EntryList(look, "review.all-findings.list", t("All findings"), can_choose=True)
        self.manifest = EntryList(look, "review.manifest.list", t("Artifacts with size and SHA-256"))
        self.bill = EntryList(
            look, "review.bill.list", t("Components, their licences and known vulnerabilities")
        )
        self.rules = EntryList(look, "review.rules.list", t("Every rule that is asked, and by which control"))
        self.evidence = EntryList(look, "review.evidence.list", t("Evidence and who signed it"))
        self.not_inspected = EntryList(look, "review.uninspected.list", t("What could not be inspected"))
        self.hands = HandsTab(look)
        for page in (
            self.changes,
            self.findings,
            self.hands,
            self.bill,
            self.rules,
            self.manifest,
            self.evidence,
            self.not_inspected,
        ):
            self.addTab(page, "")

    def show_review(self, page: ReviewPage) -> None:
        """Show the details of a review, its changes in front."""
        titles = (
            t("Changes {changes}", changes=len(page.diff.changes)),
            t("Findings {findings}", findings=len(page.diff.findings)),
            t("Hands {people}", people=len({line.person for line in page.builders})),
            t("Components {components}", components=len(page.bill.components)),
            t("Rules {met} of {all}", met=rules_met(page.guardrails), all=len(page.guardrails)),
            t("Manifest {manifest}", manifest=len(page.manifest)),
            t("Evidence {evidence}", evidence=len(page.evidence)),
            t("Not inspected {not_inspected}", not_inspected=len(page.diff.not_inspected)),
        )
        for place, title in enumerate(titles):
            self.setTabText(place, title)
        self.findings.show_entries(told.told_findings(page.diff))
        self.hands.show_review(page)
        self.bill.show_entries(told_bill(page.bill))
        self.rules.show_entries(told_guardrails(page.guardrails))
        self.manifest.show_entries(told.told_manifest(page))
        self.evidence.show_entries(told.told_evidence(page))
        self.not_inspected.show_entries(told.told_not_inspected(page.diff))
        self.setCurrentIndex(_CHANGES)
        self.changes.show_review(page)

    def panes(self) -> tuple[QWidget, ...]:
        """Return where F6 goes in the tab in front."""
        front = self.currentWidget()
        return front.panes() if isinstance(front, HandsTab) else (front,)

    def show_changes(self) -> None:
        """Bring the changes in front."""
        self.setCurrentIndex(_CHANGES)

    def show_hands(self, person: str) -> None:
        """Bring in front who had a hand in this, at a person."""
        self.setCurrentWidget(self.hands)
        self.hands.go_to(person)

    def show_not_inspected(self) -> None:
        """Bring what could not be inspected in front."""
        self.setCurrentWidget(self.not_inspected)
        self.not_inspected.setFocus()
