"""Gathering the facts about one action, once, before it is judged."""

from __future__ import annotations

from datetime import datetime

from workstation.core.action import Action, request_of
from workstation.core.closure import builders_of
from workstation.core.countersignature import parse_countersignature
from workstation.core.facts import Facts, VerifiedCountersignature
from workstation.core.ledger import Ledger, RequestHistory
from workstation.core.request import Request
from workstation.core.roster import Roster
from workstation.core.signers import sole_signer
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.vault.store import Vault


def gather(action: Action, ledger: Ledger, trust: TrustSnapshot | None, vault: Vault, now: datetime) -> Facts:
    """Return what the rules need to know about `action`; raises Untrusted when the store was changed."""
    return facts_about(request_of(action), ledger, trust, vault, now)


def facts_about(
    request: Request | None,
    ledger: Ledger,
    trust: TrustSnapshot | None,
    vault: Vault,
    now: datetime,
) -> Facts:
    """Return the facts about a request, or about none."""
    if request is None:
        return Facts(now=now, ledger=ledger, trust=trust)
    history = ledger.requests.get(request.id)
    if trust is None:
        return Facts(now=now, ledger=ledger, request=request, history=history)
    return Facts(
        now=now,
        ledger=ledger,
        trust=trust,
        request=request,
        history=history,
        builders=builders_of(request, trust.roster),
        rule=trust.policy.rule_for(request.product, request.channel),
        countersignatures=_countersignatures(history, trust.roster, vault),
    )


def _countersignatures(
    history: RequestHistory | None, roster: Roster, vault: Vault
) -> tuple[VerifiedCountersignature, ...]:
    found: list[VerifiedCountersignature] = []
    for approval in () if history is None else history.approvals:
        signed = parse_countersignature(vault.read(approval.envelope), where=f"store/{approval.envelope}")
        held = sole_signer(signed.envelope, roster, None, where=f"store/{approval.envelope}")
        found.append(VerifiedCountersignature(signed, held))
    return tuple(found)
