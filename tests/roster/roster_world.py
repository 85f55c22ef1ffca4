"""A small roster made by the drafting steps themselves, with software keys, and ways to change its JSON."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.keys import edwards

from workstation.core.enrolment import CHALLENGE_BYTES, proof_message
from workstation.core.roster import Proof, Use, Vouch
from workstation.core.roster_amending import Amendment, with_amended_service
from workstation.core.roster_document import parse_roster
from workstation.core.roster_draft import Enrolment, next_version, with_credential, with_person, with_service
from workstation.core.vouching import vouch_message

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)
LATER = START + 30 * DAY
CUSTODIANS = ("kim", "lars", "mona")
BY = ("kim", "lars")


def proof(name, holder, uses, challenge=b"c" * CHALLENGE_BYTES):
    """Return the proof that the key of this name is to be enrolled for a holder and uses."""
    key = edwards(name)
    return Proof(challenge=challenge, signature=key.sign(proof_message(holder, key.public, uses, challenge)))


def enrolment(name, holder, *uses, by=BY, at=START, serial=None, **changes):
    """Return the enrolment of the key of this name, which agreed to it."""
    wanted = frozenset(uses or (Use.COUNTERSIGN,))
    found = {
        "key": edwards(name).public,
        "uses": wanted,
        "token_serial": f"token-{name}" if serial is None else serial,
        "enrolled_by": tuple(by),
        "enrolled": at,
        "valid_to": at + 700 * DAY,
        "proof": proof(name, holder, wanted),
    }
    made = Enrolment(**{**found, **changes})
    if made.vouched or made.proof is None or Use.COUNTERSIGN not in made.uses:
        return made
    return replace(made, vouched=vouches(made, holder, by))


def vouches(enrolled, holder, by):
    """Return the signatures of these people's cards, each of which has the key of its owner's name."""
    return tuple(
        Vouch(fingerprint=edwards(name).public.fingerprint, signature=edwards(name).sign(message))
        for name in dict.fromkeys(by)
        for message in [vouch_message(name, holder, enrolled)]
    )


def person(draft, name, *roles, at=START, **changes):
    """Return a draft with a person more."""
    return with_person(
        draft, person=name, name=name.capitalize(), roles=list(roles), now=at,
        **{"aliases": [f"{name}@example.org"], "mark": f"staff {name}", **changes},
    )  # fmt: skip


def first_roster():
    """Return three custodians, an approver, a builder and a machine of his: version 1."""
    draft = None
    for name in CUSTODIANS:
        draft = person(draft, name, "custodian")
    for name in ("alice", "bob"):
        draft = person(draft, name, "approver")
    draft = with_service(
        draft, service="ci-7", name="CI 7", builder_ids=["https://ci/7"], controllers=["bob"], now=START
    )
    for name in CUSTODIANS:
        others = [each for each in CUSTODIANS if each != name]
        draft = with_credential(draft, name, enrolment(name, name, Use.TRUST, by=others))
    draft = with_credential(draft, "alice", enrolment("alice", "alice"))
    draft = with_credential(draft, "bob", enrolment("bob", "bob", Use.REQUEST))
    return with_credential(
        draft, "ci-7", enrolment("ci-7", "ci-7", Use.EVIDENCE, proof=None, token_serial=None)
    )


FIRST = first_roster()


def second_roster(data=FIRST, at=LATER):
    """Return the draft that follows, the same people."""
    return next_version(data, now=at)


def amended(*added, dropped="", draft=None, at=LATER):
    """Return a draft, else the second roster, with a change in who controls the machine."""
    controllers = Amendment(added, (dropped,) if dropped else ())
    return with_amended_service(
        second_roster() if draft is None else draft, "ci-7", controllers=controllers, builder_ids=(), now=at
    )


def changed(data, change):
    """Return a roster's bytes after `change` had its JSON in hand."""
    document = copy.deepcopy(json.loads(data))
    change(document)
    return json.dumps(document, separators=(",", ":")).encode()


def holder(document, name):
    """Return a person or service of the JSON."""
    return next(each for each in [*document["people"], *document["services"]] if each["id"] == name)


def key_of(document, name):
    """Return the first credential of a holder of the JSON."""
    return holder(document, name)["credentials"][0]


def roster(data):
    """Return the roster in `data`."""
    return parse_roster(data)
