"""The deadlock planner: who may still countersign a build before it is started, and if that is enough.

It has no rules of its own. A request is imagined, everybody with a card is imagined to countersign
it, and the same rules and the same counting are asked as on the day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from packageurl import PackageURL

from workstation.core.action import Countersign, Release
from workstation.core.approver import CardHolder
from workstation.core.closure import BuilderSet, Edge, Unresolved, builders_of
from workstation.core.facts import Case, Facts
from workstation.core.guardrails import calendar, decision, evidence, excluded, trust
from workstation.core.guardrails.judge import Guardrail
from workstation.core.identity import PersonId, digest_of
from workstation.core.imagined import (
    PLANNED,
    SUBMITTER,
    imagined_card,
    imagined_countersignature,
    imagined_request,
    imagined_review,
)
from workstation.core.ledger import Ledger
from workstation.core.plan_together import together
from workstation.core.quorum import Met, quorum_of
from workstation.core.roster import Credential, Held, Person, Roster, Use
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.core.verdict import Violation

FORESEEABLE: Final[tuple[Guardrail, ...]] = (
    trust.trust_expired,
    trust.trust_early,
    trust.policy_rule,
    calendar.window,
    calendar.freeze,
    calendar.break_glass,
    evidence.builder_unknown,
    evidence.controllers_stale,
)
"""The guardrails about a release that can be asked before there is anything to release."""

PERSONAL: Final[tuple[Guardrail, ...]] = (
    decision.approver,
    excluded.conflict_group,
    decision.approver_repeated,
)
"""The guardrails about a countersignature that depend on whose it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBuild:
    """A build to come: what for, who starts it, on which builders, and who else has a hand in it.

    `actors` and `others` are aliases of the roster or ids of its people.
    """

    product: PackageURL
    channel: str
    actors: tuple[str, ...]
    builder_ids: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prospect:
    """Someone of the roster, their best card, and all that is against it; nothing when it would count.

    Someone without a card has an imagined one here, so that everything else against them is known.
    """

    person: Person
    card: Credential
    against: tuple[Violation, ...]

    @property
    def may_sign(self) -> bool:
        """Answer whether their countersignature would count."""
        return not self.against


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would become of a build: who had a hand in it, who may sign, and what blocks whoever signs."""

    builders: BuilderSet
    prospects: tuple[Prospect, ...]
    needs: tuple[Met, ...]
    blockers: tuple[Violation, ...]

    @property
    def possible(self) -> bool:
        """Answer whether a quorum can come together."""
        return not self.blockers and bool(self.needs) and all(met.enough for met in self.needs)

    @property
    def may_sign(self) -> tuple[Person, ...]:
        """The people whose countersignatures would count."""
        return tuple(prospect.person for prospect in self.prospects if prospect.may_sign)


def plan(snapshot: TrustSnapshot, build: PlannedBuild, *, now: datetime) -> Plan:
    """Return what would become of `build` if it ran and were countersigned at `now`."""
    request = imagined_request(build.product, build.channel, build.builder_ids, now)
    builders = _builders(builders_of(request, snapshot.roster), build, snapshot.roster)
    facts = Facts(
        now=now,
        ledger=Ledger(),
        trust=snapshot,
        request=request,
        builders=builders,
        rule=snapshot.policy.rule_for(build.product, build.channel),
    )
    prospects = prospects_of(facts)
    signed = _best_signed(facts, prospects)
    return Plan(
        builders=builders,
        prospects=prospects,
        needs=quorum_of(signed).needs,
        blockers=_asked(FORESEEABLE, Release(request=request, directory=""), signed),
    )


def prospects_of(facts: Facts) -> tuple[Prospect, ...]:
    """Return everyone of the roster with what is against them countersigning the request at hand."""
    case = facts.case
    if case is None:
        return ()
    return tuple(_prospect(person, case, facts) for person in case.trust.roster.people.values())


def _builders(found: BuilderSet, build: PlannedBuild, roster: Roster) -> BuilderSet:
    """Add the people the build names; who will submit the request is not known yet, and blocks nothing."""
    named = {_hand(who, "starts", roster) for who in build.actors}
    named |= {_hand(who, "has a hand in", roster) for who in build.others}
    edges = {*found.edges, *(one for one in named if isinstance(one, Edge))}
    unknown = {*found.unresolved, *(one for one in named if isinstance(one, Unresolved))}
    submitter = f"key {SUBMITTER}"
    return BuilderSet(
        edges=tuple(sorted(edges)),
        unresolved=tuple(sorted(one for one in unknown if one.what != submitter)),
    )


def _hand(who: str, how: str, roster: Roster) -> Edge | Unresolved:
    because = (f"{how} {PLANNED}",)
    person = roster.person_with_alias(who)
    if person is None and who in roster.people:
        person = PersonId(who)
    return Unresolved(f"account {who}", because) if person is None else Edge(person, because)


def _prospect(person: Person, case: Case, facts: Facts) -> Prospect:
    cards = [card for card in person.credentials if Use.COUNTERSIGN in card.uses]
    if not cards:
        card = imagined_card(person.id)
        none = Violation("CREDENTIAL-USE", f"{person.name} has no card enrolled for countersigning")
        return Prospect(person, card, (*_objections(person, card, case, facts), none))
    found = (Prospect(person, card, _objections(person, card, case, facts)) for card in cards)
    return min(found, key=lambda prospect: len(prospect.against))


def _objections(person: Person, card: Credential, case: Case, facts: Facts) -> tuple[Violation, ...]:
    serial = card.token_serial or "unknown"
    action = Countersign(
        review=imagined_review(case.request),
        shown=digest_of(b""),
        approver=CardHolder(key=card.key, token_serial=serial, token_label="", held=Held(card, person)),
        acknowledged=(),
        comment=PLANNED,
    )
    return _asked(PERSONAL, action, facts)


def _best_signed(facts: Facts, prospects: tuple[Prospect, ...]) -> Facts:
    """Return the facts had everybody signed who may, of people who cannot sign together the best choice."""
    case = facts.case
    if case is None:
        return facts
    cards = {prospect.person.id: prospect.card for prospect in prospects}
    able = tuple(prospect.person for prospect in prospects if prospect.may_sign)
    choices = (
        replace(facts, countersignatures=tuple(
            imagined_countersignature(case, Held(cards[person.id], person), facts.now) for person in people
        ))
        for people in together(able, case.rule)
    )  # fmt: skip
    return max(choices, key=lambda signed: _filled(quorum_of(signed).needs))


def _filled(needs: tuple[Met, ...]) -> int:
    return sum(min(met.have, met.need.at_least) for met in needs)


def _asked(
    rules: tuple[Guardrail, ...], action: Countersign | Release, facts: Facts
) -> tuple[Violation, ...]:
    return tuple(dict.fromkeys(found for rule in rules for found in rule(action, facts)))
