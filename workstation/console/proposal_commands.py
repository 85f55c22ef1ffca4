"""Changing the trust root by hand-carried proposals: trust propose, sign, complete."""

from __future__ import annotations

import sys
from argparse import Namespace
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path

from workstation import bootstrap
from workstation.console.change_report import blocked, carried_reply, change_lines, violations_of
from workstation.console.custodian_cards import card_signers, claimed_signers, custodian_key
from workstation.console.documents import read_document
from workstation.console.opening import cards_of
from workstation.console.reply import Reply
from workstation.core.errors import Usage
from workstation.core.public_key import PublicKey
from workstation.trust.carrying import (
    begin,
    is_proposal,
    read_change,
    read_proposal,
    write_proposal,
    write_signatures,
)
from workstation.trust.change import Custodians, TrustChange, custodians_of
from workstation.trust.drafting import Delivery
from workstation.trust.repository import complete as completed
from workstation.trust.repository import read_verified, write_next
from workstation.trust.verified_trust import VerifiedTrust
from workstation.trust.writing import write_directory


def propose(arguments: Namespace) -> Reply:
    """Write a proposal for custodians to sign: new documents, or new custodians, or a first trust root."""
    now = bootstrap.current_time()
    before = None if arguments.base is None else _verified(Path(arguments.base), now)
    change = TrustChange(
        before=before,
        delivery=_delivery(arguments, before),
        custodians=_custodians(arguments, before),
        expires=now + timedelta(days=arguments.good_for),
    )
    if found := violations_of(change, frozenset(), now):
        return blocked("propose this", found, change_lines(change))
    carried = begin(change)
    write_proposal(Path(arguments.out), carried)
    return carried_reply(carried, f"Proposal written to {arguments.out}")


def sign(arguments: Namespace) -> Reply:
    """Show what a proposal changes, and add signatures; without --signer, only show it."""
    now, path = bootstrap.current_time(), Path(arguments.proposal)
    root = None if arguments.root is None else read_document(arguments.root)
    change = read_change(path, now=now, root=root)
    if not arguments.signer:
        if found := violations_of(change, frozenset(), now):
            return blocked("sign this", found, change_lines(change))
        return carried_reply(read_proposal(path, now=now, root=root), f"Proposal in {path}")
    with cards_of(arguments) as cards:
        claimed = claimed_signers(arguments, cards)
        if found := violations_of(change, claimed, now):
            return blocked("sign this", found, change_lines(change))
        carried = read_proposal(path, now=now, root=root)
        for line in change_lines(change):
            print(line, file=sys.stderr, flush=True)  # noqa: T201 (to be read before the PIN is asked)
        with card_signers(arguments, cards, claimed) as signers:
            for signer in signers:
                carried = carried.signed_by(signer)
    write_signatures(path, carried)
    return carried_reply(carried, f"Proposal in {path} signed")


def complete(arguments: Namespace) -> Reply:
    """Write a completed proposal as the custodians' repository: a new one, or the next state of the old."""
    now, out = bootstrap.current_time(), Path(arguments.out)
    carried = read_proposal(Path(arguments.proposal), now=now)
    made = completed(carried.proposal, now=now)
    if out.exists() and any(out.iterdir()):
        write_next(out, read_verified(out, now=now), made)
    else:
        write_directory(out, made.files)
    return carried_reply(carried, f"Trust root written to {out}")


def _verified(base: Path, now: datetime) -> VerifiedTrust:
    if is_proposal(base):
        return completed(read_proposal(base, now=now).proposal, now=now)
    return read_verified(base, now=now)


def _delivery(arguments: Namespace, before: VerifiedTrust | None) -> Delivery:
    roster, policy = arguments.roster, arguments.policy
    if before is None and (roster is None or policy is None):
        raise Usage("--roster and --policy", "nothing found: a first trust root needs both")
    return Delivery(
        roster=before.roster_bytes if before is not None and roster is None else read_document(roster),
        policy=before.policy_bytes if before is not None and policy is None else read_document(policy),
    )


def _custodians(arguments: Namespace, before: VerifiedTrust | None) -> Custodians | None:
    keys = _keys(arguments)
    if not keys and arguments.threshold is None:
        return None
    if before is None:
        return Custodians(keys=keys, threshold=arguments.threshold or 2)
    had = custodians_of(before)
    return Custodians(keys=keys or had.keys, threshold=arguments.threshold or had.threshold)


def _keys(arguments: Namespace) -> tuple[PublicKey, ...]:
    on_cards = any(named.startswith("pkcs11:") for named in arguments.custodian)
    with cards_of(arguments) if on_cards else nullcontext() as cards:
        return tuple(custodian_key(cards, named) for named in arguments.custodian)
