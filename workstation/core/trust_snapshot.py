"""What the trust root delivered: roster and policy at one version, and until when they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workstation.core.identity import Fingerprint
from workstation.core.policy import Policy
from workstation.core.roster import Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSnapshot:
    """Verified TUF metadata, read: versions, the earliest expiry (exclusive), roster and policy.

    `signed_by` are the custodian keys that signed the targets; empty where nobody asked.
    """

    root_version: int
    targets_version: int
    expires: datetime
    roster: Roster
    policy: Policy
    signed_by: frozenset[Fingerprint] = frozenset()
