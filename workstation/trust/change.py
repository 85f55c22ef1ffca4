"""A change of the trust root, as what it is about: documents, custodians, until when.

All metadata follows from this value alone. So what custodians sign is drafted anew wherever they
are, and never taken from a stick.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from workstation.core.credential_proof import proof_violations
from workstation.core.errors import Malformed
from workstation.core.public_key import PublicKey
from workstation.core.roster_document import parse_roster
from workstation.core.roster_succession import first_violations, successor_violations
from workstation.trust.custody import custodies_of
from workstation.trust.drafting import Delivery, utc
from workstation.trust.proposing import propose_first, propose_rotation, propose_update
from workstation.trust.tuf_api import Root
from workstation.trust.tuf_metadata import RoleName, parse_metadata
from workstation.trust.verified_trust import VerifiedTrust

if TYPE_CHECKING:
    from workstation.core.identity import Fingerprint
    from workstation.core.verdict import Violation
    from workstation.trust.proposal import Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Custodians:
    """Whose the trust root is: their keys, in the order they were named, and how many it takes."""

    keys: tuple[PublicKey, ...]
    threshold: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustChange:
    """The next trust root: after `before` (None: the first one), delivering `delivery` until `expires`.

    `custodians` is None where they stay as they are. Documents and custodians do not change in one step.
    """

    before: VerifiedTrust | None
    delivery: Delivery
    custodians: Custodians | None
    expires: datetime

    def proposal(self) -> Proposal:
        """Return what there is to sign, with no signature yet; raises Malformed or Untrusted."""
        expires, custodians = utc(self.expires), self.custodians
        if custodians is None:
            if self.before is None:
                raise Malformed("custodians", "nothing found, those of a first trust root wanted")
            return propose_update(self.before, delivery=self.delivery, expires=expires)
        if self.before is None:
            return propose_first(
                custodians=custodians.keys,
                threshold=custodians.threshold,
                delivery=self.delivery,
                expires=expires,
            )
        if Delivery(roster=self.before.roster_bytes, policy=self.before.policy_bytes) != self.delivery:
            raise Malformed("custodians", "other documents too found, one change at a time wanted")
        return propose_rotation(
            self.before, custodians=custodians.keys, threshold=custodians.threshold, expires=expires
        )

    def violations(self, signers: frozenset[Fingerprint]) -> tuple[Violation, ...]:
        """Return why these custodians may not sign this roster: nothing when they may."""
        new = parse_roster(self.delivery.roster)
        false = tuple(proof_violations(new))
        if self.before is None:
            return (*false, *first_violations(new))
        return (*false, *successor_violations(self.before.snapshot.roster, new, signers=signers))


def custodians_of(trust: VerifiedTrust) -> Custodians:
    """Return whose a trust root is."""
    root = parse_metadata(Root, trust.root_bytes, where="root metadata").signed
    custody = custodies_of(root, where="root metadata")[RoleName.ROOT]
    keys = {key.fingerprint: key for key in custody.keys.values()}
    return Custodians(keys=tuple(keys.values()), threshold=custody.threshold)
