"""Rules about receipts: a deployer, separate from builders and approvers, about a release of ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from workstation.core.action import Action, AdmitReceipt
from workstation.core.errors import Untrusted
from workstation.core.facts import Facts
from workstation.core.quorum import quorum_of
from workstation.core.roster import Held, Person, Use
from workstation.core.shape import time_text
from workstation.core.signers import sole_signer
from workstation.core.verdict import Violation

DEPLOYER_ROLE: Final = "deployer"
CLOCK_TOLERANCE: Final = timedelta(minutes=10)


def receipt_release(action: Action, facts: Facts) -> Iterator[Violation]:
    """RECEIPT-RELEASE: a receipt is about a release this workstation wrote, and its artifacts."""
    match action:
        case AdmitReceipt(receipt=signed, request=request):
            released = None if facts.history is None else facts.history.released
            if released is None or signed.receipt.release != released:
                yield Violation("RECEIPT-RELEASE", f"no release {signed.receipt.release} was written here")
            if request is not None and signed.artifacts != request.manifest:
                yield Violation("RECEIPT-RELEASE", "it names other artifacts than the release")
        case _:
            return


def receipt_repeated(action: Action, facts: Facts) -> Iterator[Violation]:
    """RECEIPT-REPEATED: a receipt is admitted once."""
    match action:
        case AdmitReceipt(receipt=signed) if facts.history is not None:
            if signed.envelope.digest in facts.history.receipts:
                yield Violation("RECEIPT-REPEATED", "this receipt has been admitted already")
        case _:
            return


def deployer(action: Action, facts: Facts) -> Iterator[Violation]:
    """DEPLOYER: a receipt is signed by an active person with the role, key enrolled for it."""
    match action:
        case AdmitReceipt(receipt=signed) if facts.trust is not None:
            held = _signer(action, facts)
            person = held.holder if isinstance(held.holder, Person) else None
            if person is None or DEPLOYER_ROLE not in person.roles or not person.active_at(signed.receipt.at):
                yield Violation("DEPLOYER", f"{held.holder.name} was no active deployer when this was signed")
            if not held.credential.valid_at(signed.receipt.at):
                yield Violation(
                    "DEPLOYER", f"the key of {held.holder.name} was not valid when this was signed"
                )
            if signed.receipt.at > facts.now + CLOCK_TOLERANCE:
                yield Violation(
                    "DEPLOYER", f"it says it was signed {time_text(signed.receipt.at)}, still to come"
                )
            if held.credential.key.fingerprint != signed.receipt.deployer:
                yield Violation("DEPLOYER", "it names another key as the deployer's than the one that signed")
        case _:
            return


def sod_deployer(action: Action, facts: Facts) -> Iterator[Violation]:
    """SOD-DEPLOYER: who deploys neither built nor approved."""
    match action:
        case AdmitReceipt() if facts.trust is not None and facts.builders is not None:
            holder = _signer(action, facts).holder
            approvers = {person.id for person in quorum_of(facts).approvers}
            for people, what in (
                (facts.builders.people, "had a hand in building"),
                (approvers, "countersigned"),
            ):
                if holder.id in people:
                    yield Violation(
                        "SOD-DEPLOYER", f"{holder.name} {what} what this receipt says is deployed"
                    )
        case _:
            return


def _signer(action: AdmitReceipt, facts: Facts) -> Held:
    if facts.trust is None:
        raise Untrusted("receipt", "there is no roster to look its signer up in")
    return sole_signer(action.receipt.envelope, facts.trust.roster, Use.RECEIPT, where="receipt")
