"""The policy: a closed vocabulary of controls and their parameters. Data, never code.

What is compiled in stays whatever a policy says: refuse by default, people counted and not keys,
builders and the submitter never approve, nobody breaks the glass alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from workstation.core.identity import Digest
from workstation.core.policy_controls import (
    Freeze,
    Need,
    ProvenanceControl,
    ReviewControl,
    SbomControl,
    TokenControl,
    VulnerabilityControl,
    Window,
)

if TYPE_CHECKING:
    from packageurl import PackageURL


class Excluded(StrEnum):
    """Who can never approve; the policy must name the first two, and they hold even if it could not.

    The others are roles: whoever has one does not approve.
    """

    SUBMITTER = "submitter"
    BUILDER = "builder"
    CUSTODIAN = "custodian"
    DEPLOYER = "deployer"


ALWAYS_EXCLUDED = frozenset({Excluded.SUBMITTER, Excluded.BUILDER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """So many distinct people with any of these roles, none of whom counts in another group."""

    roles: frozenset[str]
    at_least: int

    def to_need(self) -> Need:
        """Return the group as a need, its roles in words."""
        return Need(role=" or ".join(sorted(self.roles)), at_least=self.at_least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """Whose countersignatures make a quorum: `need`, within it each of `also_from`, and all `groups`.

    With `conflict_groups`, nobody counts who shares a conflict group with a builder or another
    approver.
    """

    need: Need
    also_from: tuple[Need, ...]
    groups: tuple[Group, ...]
    excluded: frozenset[Excluded]
    conflict_groups: bool
    max_age: timedelta | None

    @property
    def roles(self) -> frozenset[str]:
        """The roles that are counted anywhere here."""
        groups = (role for group in self.groups for role in group.roles)
        return frozenset((self.need.role, *(need.role for need in self.also_from), *groups))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """All controls for the products and channels it matches; None means the control is not asked for.

    `purls` are products without version, or patterns that end in `/*` (`pattern_of`).
    `rebuilds` is how many independent builders have to agree, `must_open` the rank from which
    findings have to be acknowledged one by one, `kept_releases` how many releases keep their artifacts
    (None: all).
    """

    id: str
    purls: frozenset[str]
    channels: frozenset[str]
    approvals: Approvals
    provenance: ProvenanceControl | None
    rebuilds: int | None
    sbom: SbomControl | None
    vulnerabilities: VulnerabilityControl | None
    tests_required: bool
    reviews: ReviewControl | None
    versions_rise: bool
    window: Window | None
    freeze: Freeze | None
    must_open: int | None
    token: TokenControl
    outputs: frozenset[str] | None
    cooling_off: timedelta
    attested_within: timedelta | None
    kept_releases: int | None

    @property
    def approver_roles(self) -> frozenset[str]:
        """The roles whose holders may countersign: those counted, and the one that breaks the glass."""
        glass = None if self.freeze is None else self.freeze.break_glass
        return self.approvals.roles if glass is None else self.approvals.roles | {glass.need.role}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the policy. `policy_change` and `roster_change`: who has to sign the next of each."""

    id: str
    version: int
    digest: Digest
    effective_from: datetime
    rules: tuple[Rule, ...]
    policy_change: Need | None
    roster_change: Need | None

    def rule_for(self, product: PackageURL, channel: str) -> Rule | None:
        """Return the rule about this product and channel, or None: then nothing is allowed."""
        return self.rule_at(without_version(product), channel)

    def rule_at(self, purl: str, channel: str) -> Rule | None:
        """Return the rule about a product without version; one that names it goes before a pattern."""
        for named in (purl, pattern_of(purl)):
            for rule in self.rules:
                if named in rule.purls and channel in rule.channels:
                    return rule
        return None


def without_version(product: PackageURL) -> str:
    """Return the package URL of a product whatever its version."""
    return product._replace(version=None, qualifiers={}, subpath=None).to_string()


def pattern_of(purl: str) -> str:
    """Return the pattern of all products of the same type and namespace: pkg:deb/debian/* for any in it."""
    return f"{purl.rpartition('/')[0]}/*"
