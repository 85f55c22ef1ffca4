"""The custodians' commands about a whole trust root: init, update, show, apply. Proposals have their own."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from workstation import bootstrap
from workstation.console.change_report import blocked, carried_reply, violations_of
from workstation.console.custodian_cards import card_signers, claimed_signers
from workstation.console.documents import read_document
from workstation.console.opening import cards_of, desk_of, state_directory
from workstation.console.reply import Reply, refusal_reply
from workstation.core.errors import Usage
from workstation.core.shape import time_text
from workstation.core.strict_json import JsonObject
from workstation.desk.face import Refused
from workstation.trust.carrying import is_proposal, read_proposal
from workstation.trust.change import Custodians, TrustChange
from workstation.trust.directory import read_repository
from workstation.trust.drafting import Delivery
from workstation.trust.history import steps_between
from workstation.trust.repository import files_of, make_repository, read_verified, update_repository
from workstation.trust.root_chain import FIRST_ROOT
from workstation.trust.store import load
from workstation.trust.verification import file_of, verify_repository
from workstation.trust.verified_trust import VerifiedTrust


def init(arguments: Namespace) -> Reply:
    """Make the first trust root: TUF root and targets, signed by a threshold of custodians' cards."""
    now = bootstrap.current_time()
    roster, policy = read_document(arguments.roster), read_document(arguments.policy)
    with cards_of(arguments) as cards:
        custodians = tuple(cards.shown_key(uri)[0] for uri in arguments.custodian)
        change = TrustChange(
            before=None,
            delivery=Delivery(roster=roster, policy=policy),
            custodians=Custodians(keys=custodians, threshold=arguments.threshold),
            expires=now + timedelta(days=arguments.good_for),
        )
        claimed = claimed_signers(arguments, cards)
        if found := violations_of(change, claimed, now):
            return blocked("sign this trust root", found)
        with card_signers(arguments, cards, claimed) as signers:
            made = make_repository(
                Path(arguments.out),
                custodians=custodians,
                threshold=arguments.threshold,
                signers=signers,
                roster=roster,
                policy=policy,
                expires=change.expires,
            )
    return _reply(made, f"Trust root written to {arguments.out}")


def update(arguments: Namespace) -> Reply:
    """Deliver a new roster or policy under the same root, signed by a threshold of custodians' cards."""
    now, directory = bootstrap.current_time(), Path(arguments.directory)
    seen = read_verified(directory, now=now)
    delivery = Delivery(
        roster=seen.roster_bytes if arguments.roster is None else read_document(arguments.roster),
        policy=seen.policy_bytes if arguments.policy is None else read_document(arguments.policy),
    )
    expires = now + timedelta(days=arguments.good_for)
    change = TrustChange(before=seen, delivery=delivery, custodians=None, expires=expires)
    with cards_of(arguments) as cards:
        claimed = claimed_signers(arguments, cards)
        if found := violations_of(change, claimed, now):
            return blocked("sign this trust root", found)
        with card_signers(arguments, cards, claimed) as signers:
            made = update_repository(
                directory, signers=signers, roster=delivery.roster, policy=delivery.policy, expires=expires
            )
    return _reply(made, f"Trust root in {arguments.directory} updated")


def show(arguments: Namespace) -> Reply:
    """Verify a trust root, a proposal or the workstation's own trust root, and show what it delivers."""
    now = bootstrap.current_time()
    root = None if arguments.root is None else read_document(arguments.root)
    if arguments.directory is None:
        stored = load(state_directory(arguments) / "trust", now=now)
        if stored is None:
            return Reply(document={"trust": None}, lines=("No trust root has been applied here.",), status=1)
        return _reply(stored, "Trust root of this workstation")
    directory = Path(arguments.directory)
    if is_proposal(directory):
        return carried_reply(read_proposal(directory, now=now, root=root), f"Proposal in {directory}")
    files = read_repository(directory)
    found = verify_repository(files, root=root or file_of(files, FIRST_ROOT), now=now)
    return _reply(found, f"Trust root in {directory} verifies from {arguments.root or 'its own first root'}")


def apply(arguments: Namespace) -> Reply:
    """Follow a trust root, or a completed proposal: from --root the first time, from the pin ever after."""
    now, directory = bootstrap.current_time(), Path(arguments.directory)
    followed = load(state_directory(arguments) / "trust", now=now)
    if followed is None and arguments.root is None:
        raise Usage("--root", "nothing found: the first time, the root to pin is needed")
    root = read_document(arguments.root) if followed is None else followed.pinned_root
    if is_proposal(directory):
        files = files_of(read_proposal(directory, now=now).proposal)
    else:
        files = read_repository(directory)
    found = verify_repository(files, root=root, now=now)
    if followed is not None:
        between = steps_between(files, found, followed.snapshot.targets_version)
        found = replace(found, snapshot=replace(found.snapshot, between=between))
    with desk_of(arguments) as desk:
        outcome = desk.apply_trust(found)
    if isinstance(outcome, Refused):
        return refusal_reply(outcome)
    return _reply(found, f"Trust root applied, journal entry {outcome}")


def _reply(found: VerifiedTrust, headline: str) -> Reply:
    trust = found.snapshot
    lines = (
        headline,
        f"  root version {trust.root_version}, targets version {trust.targets_version}",
        f"  roster version {trust.roster.version}, {len(trust.roster.people)} people",
        f"  policy {trust.policy.id} version {trust.policy.version}, {len(trust.policy.rules)} rules",
        f"  good until {time_text(trust.expires)}",
    )
    document: JsonObject = {
        "root": trust.root_version,
        "targets": trust.targets_version,
        "roster": {"version": trust.roster.version, "digest": trust.roster.digest},
        "policy": {"version": trust.policy.version, "digest": trust.policy.digest},
        "expires": time_text(trust.expires),
    }
    return Reply(document=document, lines=lines)
