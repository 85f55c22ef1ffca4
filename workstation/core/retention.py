"""Which released artifacts the policy keeps no longer. Pure: the store is asked elsewhere.

Only artifacts are ever let go: requests, evidence, signatures and proofs of every release stay. What a
comparison still needs is kept whatever a policy says: the newest release of each product in each channel,
what a request that is not released yet names or is compared with, and every artifact one of these has too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.identity import Digest, RequestId
    from workstation.core.ledger import Ledger, RequestHistory
    from workstation.core.policy import Policy

LEAST_KEPT: Final = 1
"""The newest release is what the next one is compared with."""


def superfluous(ledger: Ledger, policy: Policy) -> dict[RequestId, frozenset[Digest]]:
    """Return each release that is kept no longer, with those of its artifacts that nothing kept has."""
    beyond = set(_beyond(ledger, policy)) - set(_compared_with(ledger))
    kept = {
        digest
        for request, history in ledger.requests.items()
        if request not in beyond
        for _, digest in history.manifest
    }
    return {
        request: frozenset(digest for _, digest in ledger.requests[request].manifest) - kept
        for request in ledger.order_released
        if request in beyond
    }


def why_kept(request: RequestId, ledger: Ledger, policy: Policy) -> str:
    """Return why the artifacts of a request stay, for one that is not superfluous."""
    history = ledger.requests.get(request)
    if history is None:
        return "it is not known here"
    if history.released is None:
        return "it is not released"
    keep = _kept_of(history, policy)
    if keep is None:
        return "the policy asks for all releases to be kept"
    if request in set(_beyond(ledger, policy)):
        return "a request that is not released yet is compared with it"
    return f"the policy keeps the newest {keep} of {history.product} in {history.channel}"


def _beyond(ledger: Ledger, policy: Policy) -> Iterator[RequestId]:
    """Yield the releases after the newest ones of their product and channel, newest first."""
    seen: dict[tuple[str, str], int] = {}
    for request in dict.fromkeys(reversed(ledger.order_released)):  # one can be released twice
        history = ledger.requests[request]
        target = history.product, history.channel
        seen[target] = seen.get(target, 0) + 1
        keep = _kept_of(history, policy)
        if keep is not None and seen[target] > keep:
            yield request


def _kept_of(history: RequestHistory, policy: Policy) -> int | None:
    """Return how many releases of a product in a channel are kept; None: all."""
    rule = policy.rule_at(history.product, history.channel)
    return None if rule is None else rule.kept_releases


def _compared_with(ledger: Ledger) -> Iterator[RequestId]:
    for history in ledger.requests.values():
        if history.released is None and history.previous is not None:
            yield history.previous
