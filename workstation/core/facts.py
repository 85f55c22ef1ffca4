"""What the rules need to know, gathered once for each action and handed to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workstation.core.closure import BuilderSet
from workstation.core.countersignature import SignedCountersignature
from workstation.core.ledger import Ledger, RequestHistory
from workstation.core.policy import Rule
from workstation.core.request import Request
from workstation.core.roster import Held
from workstation.core.shown_review import ShownReview
from workstation.core.trust_snapshot import TrustSnapshot


@dataclass(frozen=True, slots=True)
class VerifiedCountersignature:
    """A countersignature whose one signature verified, who holds the key that made it, and its review."""

    signed: SignedCountersignature
    held: Held
    review: ShownReview


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request with everything a decision about it is made from: nothing is missing here."""

    request: Request
    rule: Rule
    builders: BuilderSet
    trust: TrustSnapshot

    def lapsed(self, verified: VerifiedCountersignature) -> bool:
        """Answer whether a countersignature was made under another roster or policy than is followed now.

        It does not count, and it stands in nobody's way: its signer may sign again, and others instead.
        """
        bound = verified.signed.countersignature.binding
        return (bound.roster, bound.policy) != (self.trust.roster.digest, self.trust.policy.digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The state of the world one action is judged in.

    `builders` and `rule` are about `request`; `countersignatures` are those made on it so far.
    `ledger` is the journal's fold; a deployer who verifies has the fold of what was disclosed.
    """

    now: datetime
    ledger: Ledger
    trust: TrustSnapshot | None = None
    request: Request | None = None
    history: RequestHistory | None = None
    builders: BuilderSet | None = None
    rule: Rule | None = None
    countersignatures: tuple[VerifiedCountersignature, ...] = ()

    @property
    def case(self) -> Case | None:
        """The request as a whole case, or None when a part of it is not known."""
        if self.request is None or self.rule is None or self.builders is None or self.trust is None:
            return None
        return Case(request=self.request, rule=self.rule, builders=self.builders, trust=self.trust)

    @property
    def standing(self) -> tuple[VerifiedCountersignature, ...]:
        """The countersignatures that have not lapsed."""
        case = self.case
        return tuple(one for one in self.countersignatures if case is None or not case.lapsed(one))
