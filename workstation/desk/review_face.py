"""The parts of a review about what its evidence says and which rules are asked. Plain values, like `face`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workstation.core.asked import When


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentLine:
    """A component before and now: its versions and licences, empty where it was not there."""

    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    old_licences: tuple[str, ...]
    new_licences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VulnerabilityLine:
    """A vulnerability a scan found: `answers` are what VEX documents say of it, as `status (document)`.

    `old` is whether a scan of the release before found it too.
    """

    id: str
    severity: str
    answers: tuple[str, ...]
    scans: tuple[str, ...]
    old: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BillPart:
    """What bills of materials and scans say; `compared` is whether the release before had a bill."""

    bills: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()
    components: tuple[ComponentLine, ...] = ()
    vulnerabilities: tuple[VulnerabilityLine, ...] = ()
    compared: bool = False


class RuleState(StrEnum):
    """Whether a rule agrees now, or is asked only later."""

    MET = "met"
    NOT_MET = "not met"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardrailLine:
    """A rule that is asked: by which controls, whether it agrees, and what it found if it does not."""

    rule: str
    controls: tuple[str, ...]
    when: When
    state: RuleState
    found: tuple[str, ...]
