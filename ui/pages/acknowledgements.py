"""A box to tick for each finding an approver has to acknowledge before countersigning."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from ui.language import t
from ui.pages import told
from ui.parts import column, label
from ui.risk import acknowledgement
from ui.stylesheet import Type
from workstation.core.release_diff import Finding


class Acknowledgements(QWidget):
    """The boxes, and what is ticked."""

    def __init__(self) -> None:
        super().__init__()
        self._ticks: list[tuple[QCheckBox, Finding]] = []
        self._inside = QWidget()
        self._box: QVBoxLayout = column(self, gap=4)
        self._box.addWidget(label("sign.acknowledge-heading.label", t("You have seen"), step=Type.HEADING))
        self._box.addWidget(self._inside)

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Show a box for each finding, none of them ticked."""
        self._ticks = []
        inside = QWidget()
        box = column(inside, gap=2)
        for number, finding in enumerate(findings, start=1):
            tick = _tick(number, finding)
            self._ticks.append((tick, finding))
            entry = told.told_finding(finding)
            words = f"{entry.headline}\n{entry.detail}"
            box.addWidget(tick)
            box.addWidget(label(f"sign.finding-{number}.label", words, step=Type.CAPTION, wrap=True))
        self._box.replaceWidget(self._inside, inside)
        self._inside.deleteLater()
        self._inside = inside
        self.setVisible(bool(findings))

    def boxes(self) -> tuple[QCheckBox, ...]:
        """Return the boxes, from top to bottom."""
        return tuple(tick for tick, _ in self._ticks)

    def complete(self) -> bool:
        """Whether every box is ticked."""
        return all(tick.isChecked() for tick, _ in self._ticks)

    def first_open(self) -> QWidget | None:
        """Return the first box that is not ticked."""
        return next((tick for tick, _ in self._ticks if not tick.isChecked()), None)

    def acknowledged(self) -> tuple[str, ...]:
        """Return the findings ticked, as a countersignature names them."""
        return tuple(acknowledgement(finding) for tick, finding in self._ticks if tick.isChecked())


def _tick(number: int, finding: Finding) -> QCheckBox:
    entry = told.told_finding(finding)
    # In a box's own text an ampersand would make a mnemonic.
    box = QCheckBox(f"{entry.mark} {entry.note}".replace("&", "&&"))
    box.setObjectName(f"sign.finding-{number}.check")
    box.setAccessibleName(t("I have seen: {spoken}", spoken=entry.spoken()))
    return box
