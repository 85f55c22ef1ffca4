"""What a decision is bound to, told as entries before the card is asked."""

from __future__ import annotations

from ui.entry import Entry
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
            headline=f"Built by {told.builder_names(page)}",
            detail="If you are one of them, you will be refused.",
            mark="\u25cf",
            tone=Tone.ACCENT,
        ),
        Entry(
            headline=f"Channel {value_text(page.item.channel)}, {told.told_quorum(page)} so far",
            detail=f"It replaces {value_text(page.item.previous_version) or 'nothing: a first release'}.",
        ),
        *(
            Entry(
                headline=f"{value_text(one.name)} \u00b7 {size_shown(one.size)}",
                detail=grouped(one.digest, per_line=_PER_LINE),
                fixed=True,
            )
            for one in page.manifest
        ),
        Entry(headline="Request", detail=grouped(page.item.request, per_line=_PER_LINE), fixed=True),
        Entry(headline="Review as it was shown", detail=grouped(page.review, per_line=_PER_LINE), fixed=True),
        Entry(headline="Evidence", detail=_evidence(page)),
        *_station(station),
    ]


def _evidence(page: ReviewPage) -> str:
    return "\n".join(f"{value_text(one.name)}  {short(one.digest)}\u2026" for one in page.evidence) or "none"


def _station(station: Station | None) -> list[Entry]:
    if station is None:
        return []
    return [
        Entry(
            headline="Trust and journal",
            detail=f"roster version {station.roster_version}, policy {value_text(station.policy_id)}"
            f" version {station.policy_version}, and the journal's head when you sign"
            f" ({station.journal_size} entries now)",
            note=f"workstation {value_text(station.origin)} \u00b7 key {short(station.fingerprint)}",
        )
    ]
