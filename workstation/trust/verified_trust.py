"""A trust root that verified: what it delivered, who signed it, and the files to carry it on in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from workstation.core.identity import Digest, Fingerprint
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.trust.tuf_metadata import RoleName


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedRole:
    """One role as verified: its version, expiry (exclusive), who may sign it and who did.

    `payload` is the digest of the signed bytes, the same whichever custodians signed.
    """

    version: int
    expires: datetime
    payload: Digest
    custodians: frozenset[Fingerprint]
    threshold: int
    signed_by: frozenset[Fingerprint]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedTrust:
    """A trust root that verified from `pinned_root`, and what it delivered.

    `files` are the ones used, by name: they are a whole repository again, and can travel.
    `root_chain` has the payload digest of every root from the pinned one, by version.
    """

    snapshot: TrustSnapshot
    roster_bytes: bytes
    policy_bytes: bytes
    pinned_root: bytes
    root_bytes: bytes
    root_chain: Mapping[int, Digest]
    roles: Mapping[RoleName, VerifiedRole]
    files: Mapping[str, bytes]
    verified_at: datetime

    @property
    def expired(self) -> tuple[RoleName, ...]:
        """The roles that had expired at the moment of verification."""
        return tuple(name for name, role in self.roles.items() if self.verified_at >= role.expires)
