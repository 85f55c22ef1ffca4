"""Gathering the facts about one action, once, before it is judged."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from workstation.core.action import Action, request_of
from workstation.core.artifact_signer import ArtifactSigner
from workstation.core.closure import builders_of
from workstation.core.countersignature import parse_countersignature
from workstation.core.facts import Facts, VerifiedCountersignature
from workstation.core.identity import Digest
from workstation.core.ledger import Ledger, RequestHistory
from workstation.core.manifest import Artifact
from workstation.core.request import Request
from workstation.core.roster import Roster
from workstation.core.shown_review import ShownReview, parse_review
from workstation.core.signers import sole_signer
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.review.prepare import NamedFile, artifact_signers
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
        # Before admission the artifacts are not in the store; every decision comes after it.
        builders=builders_of(
            request,
            trust.roster,
            artifact_signers=() if history is None else _signers(vault, request.manifest),
        ),
        rule=trust.policy.rule_for(request.product, request.channel),
        countersignatures=_countersignatures(history, trust.roster, vault),
    )


@lru_cache(maxsize=256)
def _signers(vault: Vault, manifest: tuple[Artifact, ...]) -> tuple[ArtifactSigner, ...]:
    """Return who signed these artifacts themselves; the same digests always have the same answer."""
    for artifact in manifest:
        vault.verify(artifact.digest)
    return artifact_signers([NamedFile(name=one.name, path=vault.path(one.digest)) for one in manifest])


def _countersignatures(
    history: RequestHistory | None, roster: Roster, vault: Vault
) -> tuple[VerifiedCountersignature, ...]:
    found: list[VerifiedCountersignature] = []
    for approval in () if history is None else history.approvals:
        signed = parse_countersignature(vault.read(approval.envelope), where=f"store/{approval.envelope}")
        held = sole_signer(signed.envelope, roster, None, where=f"store/{approval.envelope}")
        said = signed.countersignature
        found.append(VerifiedCountersignature(signed, held, _review(vault, said.binding.review)))
    return tuple(found)


@lru_cache(maxsize=256)
def _review(vault: Vault, digest: Digest) -> ShownReview:
    """Return a review that was signed, with all its findings; the same digest is always the same review."""
    document, where = vault.read(digest), f"store/{digest}"
    named = parse_review(document, {}, where=where).ranks
    return parse_review(document, {one.digest: vault.read(one.digest) for one in named}, where=where)
