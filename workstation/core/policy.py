"""The policy: a closed vocabulary of controls and their parameters. Data, never code.

What is compiled in stays whatever a policy says: refuse by default, people counted and not keys,
builders and the submitter never approve.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from workstation.core.identity import Digest, ServiceId

if TYPE_CHECKING:
    from packageurl import PackageURL


class SbomFormat(StrEnum):
    """The SBOM formats that can be asked for."""

    CYCLONEDX_1_4 = "cyclonedx-1.4"
    CYCLONEDX_1_5 = "cyclonedx-1.5"
    CYCLONEDX_1_6 = "cyclonedx-1.6"


class Excluded(StrEnum):
    """Who can never approve; the policy must name the first two, and they hold even if it could not."""

    SUBMITTER = "submitter"
    BUILDER = "builder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """So many distinct people with a role."""

    role: str
    at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """Whose countersignatures make a quorum: `need`, and within it each of `also_from`."""

    need: Need
    also_from: tuple[Need, ...]
    max_age: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedBuilder:
    """A builder whose provenance counts: its id, and the service whose key must have signed."""

    builder_id: str
    service: ServiceId


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceControl:
    """Signed SLSA provenance must cover every artifact, from one of these builders, naming its actors."""

    builders: tuple[AllowedBuilder, ...]
    sources: frozenset[str] | None
    actors_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SbomControl:
    """An SBOM must be there, in one of these formats, and say it describes an artifact of the request."""

    formats: frozenset[SbomFormat]
    must_cover_subject: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """All controls for the products and channels it matches; None means the control is not asked for."""

    id: str
    purls: frozenset[str]
    channels: frozenset[str]
    approvals: Approvals
    provenance: ProvenanceControl | None
    sbom: SbomControl | None
    tests_required: bool
    versions_rise: bool
    cooling_off: timedelta
    attested_within: timedelta | None

    def covers(self, product: PackageURL, channel: str) -> bool:
        """Answer whether this rule is about `product` (any version) in `channel`."""
        return without_version(product) in self.purls and channel in self.channels


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the policy."""

    id: str
    version: int
    digest: Digest
    effective_from: datetime
    rules: tuple[Rule, ...]

    def rule_for(self, product: PackageURL, channel: str) -> Rule | None:
        """Return the rule about this product and channel, or None: then nothing is allowed."""
        return next((rule for rule in self.rules if rule.covers(product, channel)), None)


def without_version(product: PackageURL) -> str:
    """Return the package URL of a product whatever its version."""
    return product._replace(version=None, qualifiers={}, subpath=None).to_string()
