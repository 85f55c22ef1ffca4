"""What machine this is: a line of names and values."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QGridLayout, QWidget

from ui.language import t
from ui.parts import column, label, panel
from ui.shown import time_shown, value_text
from ui.stylesheet import Type
from workstation.desk.face import Station


class StationPanel(QWidget):
    """Shows a station's facts side by side."""

    def __init__(self) -> None:
        super().__init__()
        self._values = {
            part: label(f"home.station-{part}.label", "\u2014", step=Type.STRONG)
            for part in ("workstation", "journal", "roster", "policy", "trust", "outgoing")
        }
        frame = panel("home.station.panel", "panel")
        inside = QGridLayout(frame)
        inside.setContentsMargins(14, 10, 14, 10)
        inside.setHorizontalSpacing(24)
        for place, (part, value) in enumerate(self._values.items()):
            pair = column(gap=0)
            pair.addWidget(label(f"home.station-{part}-name.label", t(NAMES[part]), step=Type.CAPTION))
            pair.addWidget(value)
            inside.addLayout(pair, *divmod(place, _ACROSS))
        column(self).addWidget(frame)

    def show_station(self, station: Station) -> None:
        """Show a station's facts."""
        none = t("none yet")
        roster, policy = station.roster_version, station.policy_version
        expires = time_shown(station.trust_expires)[:10] if station.trust_expires else none
        values = {
            "workstation": value_text(station.origin),
            "journal": t("{journal_size} entries", journal_size=station.journal_size),
            "roster": t("version {roster}", roster=roster) if roster else none,
            "policy": t(
                "{policy_id}, version {policy}", policy_id=value_text(station.policy_id), policy=policy
            )
            if policy
            else none,
            "trust": expires,
            "outgoing": value_text(station.outgoing),
        }
        for part, text in values.items():
            self._values[part].setText(text)


_ACROSS: Final = 3
NAMES: Final = {
    "workstation": "Workstation",
    "journal": "Journal",
    "roster": "Roster",
    "policy": "Policy",
    "trust": "Trust root until",
    "outgoing": "Outgoing medium",
}
