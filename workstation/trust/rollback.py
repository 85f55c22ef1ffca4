"""What was seen once is never unseen: a trust root offered against the one already applied.

Versions only rise, one version has one content, and the chain of roots only grows: a fork made
with keys that were rotated out is not a successor. Nothing here reads a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workstation.core.errors import Untrusted

if TYPE_CHECKING:
    from workstation.core.identity import Digest
    from workstation.core.policy import Policy
    from workstation.core.roster import Roster
    from workstation.core.trust_snapshot import TrustSnapshot
    from workstation.trust.verified_trust import VerifiedTrust


def refuse_rollback(seen: VerifiedTrust, offered: VerifiedTrust) -> None:
    """Raise Untrusted unless `offered` is `seen` or a successor of it."""
    for version, payload in seen.root_chain.items():
        if offered.root_chain.get(version) != payload:
            raise Untrusted("root", f"a chain without root version {version} as already applied found")
    for role, had in seen.roles.items():
        got = offered.roles[role]
        _refuse_older(role.value, (had.version, had.payload), (got.version, got.payload))
    refuse_older_documents(seen.snapshot, offered.snapshot.roster, offered.snapshot.policy)


def refuse_older_documents(seen: TrustSnapshot, roster: Roster, policy: Policy) -> None:
    """Raise Untrusted unless these documents are those of `seen` or newer."""
    _refuse_older("roster", (seen.roster.version, seen.roster.digest), (roster.version, roster.digest))
    _refuse_older("policy", (seen.policy.version, seen.policy.digest), (policy.version, policy.digest))


def _refuse_older(what: str, had: tuple[int, Digest], got: tuple[int, Digest]) -> None:
    if got[0] < had[0]:
        raise Untrusted(what, f"version {got[0]} found, {had[0]} was already applied")
    if got[0] == had[0] and got[1] != had[1]:
        raise Untrusted(what, f"another content under version {got[0]} found than was already applied")
