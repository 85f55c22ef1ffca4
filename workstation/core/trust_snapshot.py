"""What the trust root delivered: roster and policy at one version, and until when they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workstation.core.identity import Fingerprint
from workstation.core.policy import Policy
from workstation.core.roster import Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStep:
    """One version of the trust root on the way to another: its roster, and who signed it."""

    targets_version: int
    roster: Roster
    signed_by: frozenset[Fingerprint]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSnapshot:
    """Verified TUF metadata, read: versions, the earliest expiry (exclusive), roster and policy.

    `signed_by` are the custodian keys that signed the targets; empty where nobody asked. `between` are the
    versions after the one followed so far and before this; empty where nobody asked, or none was found.
    """

    root_version: int
    targets_version: int
    expires: datetime
    roster: Roster
    policy: Policy
    signed_by: frozenset[Fingerprint] = frozenset()
    between: tuple[TrustStep, ...] = ()

    @property
    def steps(self) -> tuple[TrustStep, ...]:
        """Every version known from the one followed so far up to this one, in order."""
        own = TrustStep(targets_version=self.targets_version, roster=self.roster, signed_by=self.signed_by)
        return (*self.between, own)
