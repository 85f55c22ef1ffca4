"""What an auditor is told about a journal, as one value; how it looks on paper is left to `record`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from workstation.core.entry import Entry, Kind, Outcome
from workstation.core.identity import PersonId
from workstation.core.inert_text import inert
from workstation.core.ledger import Ledger, RequestHistory
from workstation.core.roster import Roster
from workstation.core.shape import time_text
from workstation.core.story import Deed, Texts, deeds
from workstation.core.story_filter import StoryFilter

_ACCESS = ("journal.", "unlock")
_CEREMONIES = ("ceremony.", "journal.genesis", "trust.", "policy.", "roster.", "recovery.", "admin.")
_TROUBLE = ("journal.loss_detected", "clock.", "recovery.", "token.pin", "journal.disk_full")


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How much of the journal the report stands on, and what verified it."""

    origin: str
    station: str
    """The station's key as signed notes write it."""

    size: int
    root: bytes
    checkpoint: str
    findings: tuple[str, ...]
    sealed: bool
    """Whether K_0 was at hand, so that a consistent rewrite would have been found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseEvidence:
    """Who did what about one release: the separation of duties, by name and entry."""

    product: str
    channel: str
    request: str
    released: str | None
    """The digest of its statement."""

    builders: tuple[str, ...]
    approvers: tuple[str, ...]
    deployers: tuple[str, ...]
    overlap: tuple[str, ...]
    """Whoever stands in more than one of the three; nobody, when duties were separate."""

    story: tuple[Deed, ...]

    @property
    def is_released(self) -> bool:
        """Whether it left."""
        return self.released is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """Everything the report shows."""

    completeness: Completeness
    made: datetime
    period: StoryFilter
    entries: tuple[Entry, ...]
    texts: Texts
    """What people said in their own words."""

    roster: Roster | None
    releases: tuple[ReleaseEvidence, ...]
    refusals: tuple[Deed, ...]
    exceptions: tuple[Deed, ...]
    ceremonies: tuple[Deed, ...]
    access: tuple[Deed, ...]

    @property
    def span(self) -> tuple[str, str]:
        """The times of the first and the last entry, by the machine's clock."""
        return _time(self.entries[0]), _time(self.entries[-1])


def audit_report(
    entries: Sequence[Entry],
    ledger: Ledger,
    roster: Roster | None,
    completeness: Completeness,
    *,
    period: StoryFilter,
    texts: Texts,
) -> AuditReport:
    """Return the report about some entries, at least one, as the last of them was written."""
    shown = period.of(deeds(entries))
    return AuditReport(
        completeness=completeness,
        made=datetime.fromtimestamp(entries[-1].time.rtc_ms / 1000, UTC),
        period=period,
        entries=tuple(entries),
        texts=texts,
        roster=roster,
        releases=tuple(_releases(shown, ledger, roster)),
        refusals=tuple(deed for deed in shown if deed.refused),
        exceptions=tuple(deed for deed in shown if _is_exception(deed)),
        ceremonies=tuple(deed for deed in shown if deed.kind.value.startswith(_CEREMONIES)),
        access=tuple(deed for deed in shown if deed.kind.value.startswith(_ACCESS)),
    )


def name_of(person: str, roster: Roster | None) -> str:
    """Return a person's name in the roster, and their id."""
    name = person if roster is None else roster.name_of(PersonId(person))
    return inert(person) if name == person else f"{name} ({inert(person)})"


def _releases(shown: Sequence[Deed], ledger: Ledger, roster: Roster | None) -> list[ReleaseEvidence]:
    about: dict[str, list[Deed]] = {}
    for deed in shown:
        if deed.request is not None:
            about.setdefault(deed.request, []).append(deed)
    known = ((ledger.requests[request], about[request]) for request in ledger.requests if request in about)
    return [_evidence(history, story, roster) for history, story in known]


def _evidence(history: RequestHistory, story: Sequence[Deed], roster: Roster | None) -> ReleaseEvidence:
    done = [deed.last for deed in story if deed.outcome is Outcome.DONE]
    builders = {
        person for entry in done if entry.kind is Kind.COUNTERSIGN for person in _listed(entry, "builders")
    }
    approvers = {str(approval.person) for approval in history.approvals}
    deployers = {_deployer(entry, roster) for entry in done if entry.kind is Kind.RECEIPT}
    overlap = (builders & approvers) | (builders & deployers) | (approvers & deployers)
    return ReleaseEvidence(
        product=inert(f"{history.product}@{history.version}"),
        channel=history.channel,
        request=history.request,
        released=history.released,
        builders=_names(builders, roster),
        approvers=_names(approvers, roster),
        deployers=_names(deployers, roster),
        overlap=_names(overlap, roster),
        story=tuple(story),
    )


def _deployer(receipt: Entry, roster: Roster | None) -> str:
    key = str(receipt.payload.get("deployer"))
    held = {} if roster is None else {str(each): found for each, found in roster.by_fingerprint.items()}
    return str(held[key].holder.id) if key in held else key


def _listed(entry: Entry, name: str) -> tuple[str, ...]:
    found = entry.payload.get(name)
    return tuple(str(each) for each in found) if isinstance(found, list) else ()


def _names(people: set[str], roster: Roster | None) -> tuple[str, ...]:
    return tuple(name_of(person, roster) for person in sorted(people))


def _is_exception(deed: Deed) -> bool:
    due = deed.last.payload.get("reviewDue") is not None
    return deed.unknown or due or deed.outcome is Outcome.FAILED or deed.kind.value.startswith(_TROUBLE)


def _time(entry: Entry) -> str:
    return time_text(datetime.fromtimestamp(entry.time.rtc_ms / 1000, UTC))
