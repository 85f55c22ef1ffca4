"""Rules about the request itself: it is here, it is current, and it is what follows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from workstation.core.action import Action, Admit, Countersign, Decline, OpenReview, Release
from workstation.core.facts import Facts
from workstation.core.shape import time_text
from workstation.core.signers import Known, signers_of
from workstation.core.verdict import Violation
from workstation.core.version_order import order_of

CLOCK_TOLERANCE: Final = timedelta(minutes=10)


def request_unknown(action: Action, facts: Facts) -> Iterator[Violation]:
    """REQUEST-UNKNOWN: only an admitted request is reviewed, countersigned or released."""
    match action:
        case OpenReview() | Countersign() | Decline() | Release():
            if facts.history is None:
                yield Violation("REQUEST-UNKNOWN", "the journal knows no such request")
        case _:
            return


def request_repeated(action: Action, facts: Facts) -> Iterator[Violation]:
    """REQUEST-REPEATED: a request is admitted once."""
    match action:
        case Admit() if facts.history is not None:
            yield Violation(
                "REQUEST-REPEATED", f"it was admitted by journal entry {facts.history.admitted_seq}"
            )
        case _:
            return


def request_submitter(action: Action, facts: Facts) -> Iterator[Violation]:
    """REQUEST-SUBMITTER: the key named as submitter must have signed the request."""
    match action:
        case Admit(request=request) if facts.trust is not None:
            signers = signers_of(request.envelope, facts.trust.roster, where="request")
            keys = {s.held.credential.key.fingerprint for s in signers if isinstance(s, Known)}
            if request.submitter not in keys:
                yield Violation("REQUEST-SUBMITTER", f"key {request.submitter} is named and did not sign")
        case _:
            return


def request_expired(action: Action, facts: Facts) -> Iterator[Violation]:
    """REQUEST-EXPIRED: a request is good from when it was made until its notAfter."""
    match action:
        case Admit() | Countersign() | Release() if facts.request is not None:
            request = facts.request
            if facts.now >= request.not_after:
                yield Violation("REQUEST-EXPIRED", f"it was good until {time_text(request.not_after)}")
            if facts.now + CLOCK_TOLERANCE < request.created:
                yield Violation(
                    "REQUEST-EXPIRED", f"it says it was made {time_text(request.created)}, still to come"
                )
        case _:
            return


def request_decided(action: Action, facts: Facts) -> Iterator[Violation]:
    """REQUEST-DECIDED: what was declined or released is not countersigned or released again."""
    match action:
        case Countersign() | Release() if facts.history is not None:
            if facts.history.declined:
                yield Violation("REQUEST-DECIDED", f"declined by {', '.join(facts.history.declined)}")
            if facts.history.released is not None:
                yield Violation("REQUEST-DECIDED", f"already released as {facts.history.released}")
        case _:
            return


def request_previous(action: Action, facts: Facts) -> Iterator[Violation]:
    """REQUEST-PREVIOUS: a request that names what it follows must follow what was released last."""
    match action:
        case Admit(request=request):
            last = facts.ledger.last_released(request.product, request.channel)
            named = request.previous
            if named is not None and (last is None or last.request != str(named.digest)):
                found = "nothing" if last is None else f"{last.product}@{last.version} ({last.request})"
                yield Violation(
                    "REQUEST-PREVIOUS", f"it follows {named.product.to_string()}; released last: {found}"
                )
        case _:
            return


def version_reused(action: Action, facts: Facts) -> Iterator[Violation]:
    """VERSION-REUSED: one name and version means one set of bytes, for ever."""
    match action:
        case Admit(request=request):
            asked = frozenset((artifact.name, artifact.digest) for artifact in request.manifest)
            for released in facts.ledger.released_anywhere(request.product):
                other = released.channel == request.channel and released.request != request.id
                if released.version == request.version and (other or released.manifest != asked):
                    where = "" if other else f" in channel {released.channel} with other bytes"
                    yield Violation(
                        "VERSION-REUSED", f"{request.product.to_string()} was released before{where}"
                    )
        case _:
            return


def version_rises(action: Action, facts: Facts) -> Iterator[Violation]:
    """VERSION-RISES: where the policy says so, a version is higher than every one released."""
    match action:
        case Countersign() | Release() if facts.rule is not None and facts.rule.versions_rise:
            request = facts.request
            released = () if request is None else facts.ledger.released(request.product, request.channel)
            for earlier in released:
                if request is not None and order_of(request.version) <= order_of(earlier.version):
                    yield Violation(
                        "VERSION-RISES",
                        f"version {request.version} found, {earlier.version} has been released",
                        "versioning.monotonic",
                    )
        case _:
            return
