"""The controls a policy can set on one product, as values; what they ask is in the guardrails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from workstation.core.identity import ServiceId


class SbomFormat(StrEnum):
    """The SBOM formats that can be asked for."""

    CYCLONEDX_1_4 = "cyclonedx-1.4"
    CYCLONEDX_1_5 = "cyclonedx-1.5"
    CYCLONEDX_1_6 = "cyclonedx-1.6"
    CYCLONEDX_1_7 = "cyclonedx-1.7"
    SPDX_2_3 = "spdx-2.3"


class Severity(StrEnum):
    """How bad a vulnerability is, worst first (the words of CVSS v3.1 section 5)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    def at_least(self, other: Severity) -> bool:
        """Answer whether this is as bad as `other`, or worse."""
        order = tuple(Severity)
        return order.index(self) <= order.index(other)


class Day(StrEnum):
    """A day of the week, Monday first as `datetime.weekday` counts."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """So many distinct people with a role."""

    role: str
    at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedBuilder:
    """A builder whose provenance counts: its id, the service whose key must have signed, its SLSA level.

    `level` is the SLSA build track's, 0 to 3: what the custodians found out about this builder.
    """

    builder_id: str
    service: ServiceId
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceControl:
    """Signed SLSA provenance must cover every artifact, from one of these builders, naming its actors."""

    builders: tuple[AllowedBuilder, ...]
    sources: frozenset[str] | None
    actors_required: bool
    min_level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceControl:
    """Licences of components by SPDX id: those allowed (None: any), and those denied."""

    allow: frozenset[str] | None
    deny: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SbomControl:
    """An SBOM must be there, in one of these formats, and say it describes an artifact of the request."""

    formats: frozenset[SbomFormat]
    must_cover_subject: bool
    licences: LicenceControl | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VulnerabilityControl:
    """A signed scan must cover every artifact, be fresh, and find no more than `most` without an answer.

    `most` has, for a severity, how many unanswered vulnerabilities as bad or worse there may be.
    An answer is an OpenVEX statement signed by a person with a role in `vex_from`.
    """

    max_scan_age: timedelta | None
    max_database_age: timedelta | None
    most: tuple[tuple[Severity, int], ...]
    vex_from: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewControl:
    """So many people who did not write it have reviewed the revision that was built.

    `services` are forges whose word about who reviewed counts.
    """

    at_least: int
    services: frozenset[ServiceId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When in the week, in UTC: the days, and minutes of a day from `start` until before `end`."""

    days: frozenset[Day]
    start: int
    end: int

    def covers(self, moment: datetime) -> bool:
        """Answer whether `moment`, in UTC, lies within."""
        minute = moment.hour * 60 + moment.minute
        return tuple(Day)[moment.weekday()] in self.days and self.start <= minute < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time in which nothing is released, and why; `until` is exclusive."""

    since: datetime
    until: datetime
    reason: str

    def covers(self, moment: datetime) -> bool:
        """Answer whether `moment` lies within."""
        return self.since <= moment < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlass:
    """Who may release in a freeze after all, each giving a reason; it is reviewed within a time.

    The need is for two people at least, whatever a policy says.
    """

    need: Need
    review_within: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """Periods in which nothing is countersigned or released, and the way around, if there is one."""

    periods: tuple[Period, ...]
    break_glass: BreakGlass | None

    def at(self, moment: datetime) -> Period | None:
        """Return the period that covers `moment`, the one that lasts longest."""
        covering = (period for period in self.periods if period.covers(moment))
        return max(covering, key=lambda period: period.until, default=None)

    @property
    def stretches(self) -> tuple[tuple[datetime, datetime], ...]:
        """The periods put together where they touch or overlap, in order: from, and until before."""
        found: list[tuple[datetime, datetime]] = []
        for period in sorted(self.periods, key=lambda one: one.since):
            if found and period.since <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], period.until))
            else:
                found.append((period.since, period.until))
        return tuple(found)

    def together(self, earlier: datetime, later: datetime) -> bool:
        """Answer whether two moments lie in one stretch."""
        return any(since <= earlier < until and since <= later < until for since, until in self.stretches)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenControl:
    """What a token has to prove: its serial as enrolled, made on the device, a touch, its firmware."""

    serial: bool = False
    attested: bool = False
    touch: bool = False
    firmware: tuple[int, ...] | None = None
