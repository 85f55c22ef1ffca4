"""What a decision is bound to, told as entries before the card is asked."""

from __future__ import annotations

from ui.entry import Entry
from ui.language import t
from ui.pages import told
from ui.shown import grouped, size_shown, value_text
from ui.theme import Tone
from workstation.core.identity import short
from workstation.desk.face import ReviewPage, Station

_PER_LINE = 8


def told_bound(page: ReviewPage, station: Station | None) -> list[Entry]:
    """Return who built it, then every digest and version a countersignature commits to."""
    return [
        Entry(
            headline=t("Built by {builder_names}", builder_names=told.builder_names(page)),
            detail=t("If you are one of them, you will be refused."),
            mark="\u25cf",
            tone=Tone.ACCENT,
        ),
        Entry(
            headline=t(
                "Channel {channel}, {told_quorum} so far",
                channel=value_text(page.item.channel),
                told_quorum=told.told_quorum(page),
            ),
            detail=t(
                "It replaces {previous_version}.",
                previous_version=value_text(page.item.previous_version) or t("nothing: a first release"),
            ),
        ),
        *(
            Entry(
                headline=f"{value_text(one.name)} \u00b7 {size_shown(one.size)}",
                detail=grouped(one.digest, per_line=_PER_LINE),
                fixed=True,
            )
            for one in page.manifest
        ),
        Entry(headline=t("Request"), detail=grouped(page.item.request, per_line=_PER_LINE), fixed=True),
        Entry(
            headline=t("Review as it was shown"), detail=grouped(page.review, per_line=_PER_LINE), fixed=True
        ),
        Entry(headline=t("Evidence"), detail=_evidence(page)),
        *_station(station),
    ]


def _evidence(page: ReviewPage) -> str:
    return "\n".join(f"{value_text(one.name)}  {short(one.digest)}\u2026" for one in page.evidence) or "none"


def _station(station: Station | None) -> list[Entry]:
    if station is None:
        return []
    return [
        Entry(
            headline=t("Trust and journal"),
            detail=t(
                "roster version {roster_version}, policy {policy_id} version {policy_version}, and the"
                " journal's head when you sign ({journal_size} entries now)",
                roster_version=station.roster_version,
                policy_id=value_text(station.policy_id),
                policy_version=station.policy_version,
                journal_size=station.journal_size,
            ),
            note=t(
                "workstation {origin} \xb7 key {fingerprint}",
                origin=value_text(station.origin),
                fingerprint=short(station.fingerprint),
            ),
        )
    ]
