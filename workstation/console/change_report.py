"""A change of the trust root in words: what a custodian reads before the PIN is asked."""

from __future__ import annotations

from datetime import datetime

from workstation.console.reply import REFUSED, Reply
from workstation.core.document_diff import FieldChange, field_changes
from workstation.core.identity import Fingerprint, digest_of
from workstation.core.policy_document import parse_policy
from workstation.core.policy_order import Change as PolicyChange
from workstation.core.policy_order import compare
from workstation.core.roster import Roster
from workstation.core.roster_diff import Change, roster_changes
from workstation.core.roster_document import parse_roster
from workstation.core.shape import time_text
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.core.verdict import Violation
from workstation.core.wording import words_for_rule
from workstation.trust.carrying import Carried
from workstation.trust.change import Custodians, TrustChange, custodians_of
from workstation.trust.verification import POLICY


def violations_of(change: TrustChange, signers: frozenset[Fingerprint], now: datetime) -> list[Violation]:
    """Return why these custodians may not sign this change now: nothing when they may."""
    found = [*change.violations(signers)]
    if now >= change.expires:
        expired = f"the trust root would have expired {time_text(change.expires)}; it is {time_text(now)}"
        found.append(Violation("TRUST-EXPIRED", expired))
    return found


def blocked(action: str, violations: list[Violation], read_first: tuple[str, ...] = ()) -> Reply:
    """Return the answer that something was refused before any card was asked."""
    lines = [*read_first, f"■ REFUSED: {action}"]
    for found in violations:
        words = words_for_rule(found.rule)
        lines += [f"  {found.rule}: {words.headline}", f"    {found.detail}", f"    → {words.next_step}"]
    listed: list[JsonValue] = [found.to_json() for found in violations]
    document: JsonObject = {"verdict": "blocked", "violations": listed}
    return Reply(document=document, lines=tuple(lines), status=REFUSED)


def change_lines(change: TrustChange) -> tuple[str, ...]:
    """Return everything that would change, a line each."""
    new = parse_roster(change.delivery.roster)
    lines = [_headline(change), f"  good until {time_text(change.expires)}"]
    lines += [f"  custodians: {line}" for line in _custody_lines(change, new)]
    lines += [f"  roster version {_rise(_old_roster(change), new)}, {digest_of(change.delivery.roster)}"]
    lines += [f"    {found}" for found in _roster_changes(change)] or ["    the same people and keys"]
    lines += [f"  policy {digest_of(change.delivery.policy)}"]
    lines += [f"    {found}" for found in _policy_order(change)]
    lines += [f"    {found}" for found in _policy_changes(change)] or ["    the same"]
    return tuple(lines)


def change_document(change: TrustChange) -> JsonObject:
    """Return everything that would change, as the command line's JSON has it."""
    roster: list[JsonValue] = [found.to_json() for found in _roster_changes(change)]
    policy: list[JsonValue] = [
        {"field": found.path, "old": found.old, "new": found.new} for found in _policy_changes(change)
    ]
    order: list[JsonValue] = [found.to_json() for found in _policy_order(change)]
    custodians = change.custodians
    return {
        "roster": roster,
        "policy": policy,
        "policyOrder": order,
        "custodians": None if custodians is None else [key.fingerprint for key in custodians.keys],
        "threshold": None if custodians is None else custodians.threshold,
        "expires": time_text(change.expires),
    }


def carried_reply(carried: Carried, headline: str) -> Reply:
    """Return the answer about a proposal: what would change, who signed, who is still needed."""
    roster = parse_roster(carried.change.delivery.roster)
    signed = sorted(carried.proposal.signed_so_far)
    standing = carried.proposal.standing
    complete = all(have >= need for _, have, need in standing)
    lines = [headline, *change_lines(carried.change)]
    lines += [f"  signed by {_name(key, roster)}" for key in signed] or ["  signed by nobody yet"]
    lines += [f"  {name}: {have} of {need} custodians" for name, have, need in standing if have < need]
    lines += ["  complete: it can be applied"] if complete else []
    document: JsonObject = {
        **change_document(carried.change),
        "signedBy": [*signed],
        "complete": complete,
    }
    return Reply(document=document, lines=tuple(lines))


def _headline(change: TrustChange) -> str:
    if change.before is None:
        return "A first trust root"
    root = digest_of(change.before.pinned_root)
    return (
        f"The next trust root after targets version {change.before.snapshot.targets_version} of root {root}"
    )


def _custody_lines(change: TrustChange, roster: Roster) -> list[str]:
    before = None if change.before is None else custodians_of(change.before)
    after = change.custodians or before
    if after is None or before == after:
        return ["as they are"] if after is not None else ["nobody"]
    had, got = _keys(before), _keys(after)
    lines = [f"ADDED {_name(key, roster)}" for key in sorted(got - had)]
    lines += [f"REMOVED {_name(key, roster)}" for key in sorted(had - got)]
    threshold = "none" if before is None else str(before.threshold)
    return [*lines, f"threshold {threshold} → {after.threshold} of {len(got)}"]


def _keys(custodians: Custodians | None) -> frozenset[Fingerprint]:
    return frozenset() if custodians is None else frozenset(key.fingerprint for key in custodians.keys)


def _name(fingerprint: Fingerprint, roster: Roster) -> str:
    held = roster.holder_of(fingerprint)
    return f"{'a key not in the roster' if held is None else held.holder.name}, key {fingerprint}"


def _old_roster(change: TrustChange) -> Roster | None:
    return None if change.before is None else change.before.snapshot.roster


def _rise(old: Roster | None, new: Roster) -> str:
    return str(new.version) if old is None else f"{old.version} → {new.version}"


def _roster_changes(change: TrustChange) -> tuple[Change, ...]:
    return roster_changes(_old_roster(change), parse_roster(change.delivery.roster))


def _policy_order(change: TrustChange) -> tuple[PolicyChange, ...]:
    """Return what becomes looser or stricter; what a first policy is, its fields say."""
    if change.before is None:
        return ()
    return compare(change.before.snapshot.policy, parse_policy(change.delivery.policy, where=POLICY))


def _policy_changes(change: TrustChange) -> tuple[FieldChange, ...]:
    old = None if change.before is None else change.before.policy_bytes
    return field_changes(old, change.delivery.policy, where=POLICY)
