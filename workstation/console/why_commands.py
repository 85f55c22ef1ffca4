"""`why`: asked at the workstation, about a request that is here."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from workstation.console.opening import desk_of
from workstation.console.plan_commands import prospect_json, prospect_lines
from workstation.console.reply import REFUSED, Reply
from workstation.core.approver import CardHolder
from workstation.core.errors import TokenRefused
from workstation.core.facts import Facts
from workstation.core.planner import Prospect, prospects_of
from workstation.core.strict_json import JsonObject
from workstation.core.why import Why, asking, why
from workstation.core.why_facts import World, anybody
from workstation.core.why_words import cause_json, evidence, sentence
from workstation.desk.desk import Desk
from workstation.desk.shelf import find
from workstation.gate.gathering import facts_about

CLAIMED: Final = "  (by the key the card shows; it was not asked to prove that it holds it)"


def why_blocked(arguments: Namespace) -> Reply:
    """Say why a request cannot be countersigned: the fewest facts behind it, for a card or for everybody."""
    with desk_of(arguments) as desk:
        request = desk.shelf.request(find(desk.ledger, arguments.request))
        verified = desk.parts.gate.trust
        trust = None if verified is None else verified.snapshot
        facts = facts_about(request, desk.ledger, trust, desk.parts.vault, desk.parts.clock())
        holder = anybody(facts) if arguments.token is None else _claimed(desk, arguments.token, facts)
        world = asking(desk.shelf.review(request, desk.ledger), facts, holder)
    found = why(world)
    prospects = prospects_of(facts) if arguments.token is None else ()
    claimed = () if arguments.token is None else (CLAIMED,)
    lines = (*_why_lines(found, world), *claimed, *prospect_lines(prospects))
    document = _why_document(found, world, prospects)
    return Reply(document=document, lines=lines, status=REFUSED if found.violations else 0)


def _claimed(desk: Desk, token: str, facts: Facts) -> CardHolder:
    """Return who a card claims to be, by the key it shows without a PIN."""
    if desk.parts.cards is None:
        raise TokenRefused("module_refused", "no PKCS#11 module is configured at this workstation")
    key, card = desk.parts.cards.shown_key(token)
    held = None if facts.trust is None else facts.trust.roster.holder_of(key.fingerprint)
    return CardHolder(key=key, token_serial=card.serial, token_label=card.label, held=held)


def _why_lines(found: Why, world: World) -> list[str]:
    if not found.causes:
        return [f"✔ Nothing blocks {world.action.approver.label} from countersigning this."]
    facts = "this fact" if len(found.causes) == 1 else f"these {len(found.causes)} facts, no fewer"
    lines = [f"■ {world.action.approver.label} is blocked from countersigning this by {facts}:"]
    for cause in found.causes:
        rules = ", ".join(dict.fromkeys(violation.rule for violation in cause.violations))
        lines.append(f"  {sentence(cause.fact, world)} ({rules})")
        lines += [f"    {line}" for line in evidence(cause.fact, world)]
    return lines


def _why_document(found: Why, world: World, prospects: tuple[Prospect, ...]) -> JsonObject:
    return {
        "verdict": "blocked" if found.violations else "allowed",
        "who": world.action.approver.label,
        "facts": [cause_json(cause, world) for cause in found.causes],
        "violations": [violation.to_json() for violation in found.violations],
        "people": [prospect_json(prospect) for prospect in prospects],
    }
