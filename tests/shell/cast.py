"""The people of the shell's tests, what their cards are enrolled for, and the policy they live under."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from workstation.core import strict_json
from workstation.core.enrolment import CHALLENGE_BYTES, proof_message
from workstation.core.public_key import PublicKey
from workstation.core.roster import Proof, Use, Vouch
from workstation.core.roster_draft import Enrolment, with_credential, with_person, with_service
from workstation.core.strict_json import JsonObject
from workstation.core.vouching import vouch_message
from workstation.tokens.cards import CardKey, Cards

PACKAGE: Final = "tidemark"
SOURCE: Final = "https://git.example.org/tidemark"
BUILDER_ID: Final = "https://ci.example.org/builders/ci-7"
CUSTODIANS: Final = ("kim", "lars", "mona")
_SIGN: Final = (Use.COUNTERSIGN,)
_SIGN_AND_RECEIVE: Final = (Use.COUNTERSIGN, Use.RECEIPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person: each card with its uses. Bob and Alice are deployers too, to be refused as such."""

    name: str
    roles: tuple[str, ...]
    cards: Mapping[str, tuple[Use, ...]]
    aliases: tuple[str, ...] = ()


MEMBERS: Final[Mapping[str, Member]] = {
    "p-bob": Member(
        name="Bob",
        roles=("builder", "approver", "deployer"),
        cards={"bob-build": (Use.REQUEST,), "bob-second": _SIGN_AND_RECEIVE},
        aliases=("forge:1002",),
    ),
    "p-ned": Member(name="Ned", roles=("approver",), cards={"ned": _SIGN}),
    "p-alice": Member(name="Alice", roles=("approver", "deployer"), cards={"alice": _SIGN_AND_RECEIVE}),
    "p-carol": Member(name="Carol", roles=("approver",), cards={"carol": _SIGN}),
    "p-dave": Member(name="Dave", roles=("approver",), cards={"dave": _SIGN}),
    "p-frank": Member(name="Frank", roles=("deployer",), cards={"frank": (Use.RECEIPT,)}),
    **{
        f"p-{name}": Member(name=name.title(), roles=("custodian",), cards={name: (Use.TRUST,)})
        for name in CUSTODIANS
    },
}


def roster(cards: Cards, pins: Mapping[str, str], station: PublicKey, *, now: datetime) -> bytes:
    """Return a roster of everybody, every card having agreed to what it is enrolled for."""
    draft: bytes | None = None
    for person, member in MEMBERS.items():
        draft = with_person(
            draft,
            person=person,
            name=member.name,
            roles=list(member.roles),
            aliases=list(member.aliases),
            mark=person,
            now=now,
        )
    assert draft is not None
    for service, builder_ids, controller in (("ci-7", [BUILDER_ID], "p-ned"), ("ws-1", [], "p-kim")):
        draft = with_service(
            draft, service=service, name=service, builder_ids=builder_ids, controllers=[controller], now=now
        )
    held = [(person, label, uses) for person, m in MEMBERS.items() for label, uses in m.cards.items()]
    # Custodians first: they vouch for everybody else.
    held.sort(key=lambda one: Use.TRUST not in one[2])
    for holder, label, uses in (*held, ("ci-7", "ci-7", (Use.EVIDENCE,))):
        enrolled = _card(cards, label, pins[label], holder, _enrolment(station, uses, now))
        if Use.COUNTERSIGN in uses:
            enrolled = _vouched(cards, pins, holder, enrolled)
        draft = with_credential(draft, holder, enrolled)
    return with_credential(draft, "ws-1", _enrolment(station, (Use.STATION,), now))


def policy(version: int = 1) -> bytes:
    """Return the policy: two approvers who did not build it, and evidence for everything."""
    rule: JsonObject = {
        "id": "release",
        "match": {"purl": [f"pkg:pypi/{PACKAGE}"], "channel": ["stable"]},
        "approvals": {
            "role": "approver",
            "atLeast": 2,
            "distinctBy": "person",
            "notAnyOf": ["submitter", "builder"],
        },
        "provenance": {
            "required": True,
            "builders": [{"id": BUILDER_ID, "service": "ci-7"}],
            "sourceUris": [SOURCE],
        },
        "tests": {"required": True, "result": "PASSED"},
        "versioning": {"monotonic": True},
        "retention": {"releases": 1},
    }
    document: JsonObject = {
        "schema": "urn:countersign:policy:v1",
        "policyId": "shell-policy",
        "version": version,
        "effectiveFrom": "2020-01-01T00:00:00Z",
        "defaultDecision": "refuse",
        "rules": [rule],
    }
    return strict_json.dump(document)


def _card(cards: Cards, label: str, pin: str, holder: str, enrolment: Enrolment) -> Enrolment:
    """Return an enrolment of the card's own key, with its agreement, by two who are not its holder."""
    uri, challenge = f"pkcs11:token={label}", os.urandom(CHALLENGE_BYTES)
    key = CardKey(cards, uri, bytearray(pin.encode()))
    signature = key.sign(proof_message(holder, key.public_key, enrolment.uses, challenge))
    return replace(
        enrolment,
        key=key.public_key,
        token_serial=cards.shown_key(uri)[1].serial,
        enrolled_by=tuple(f"p-{name}" for name in CUSTODIANS if f"p-{name}" != holder)[:2],
        proof=Proof(challenge=challenge, signature=signature),
    )


def _vouched(cards: Cards, pins: Mapping[str, str], holder: str, enrolment: Enrolment) -> Enrolment:
    """Return the enrolment with the signatures of its enrollers' cards."""
    vouches: list[Vouch] = []
    for person in enrolment.enrolled_by:
        label = person.removeprefix("p-")
        key = CardKey(cards, f"pkcs11:token={label}", bytearray(pins[label].encode()))
        signature = key.sign(vouch_message(person, holder, enrolment))
        vouches.append(Vouch(fingerprint=key.public_key.fingerprint, signature=signature))
    return replace(enrolment, vouched=tuple(vouches))


def _enrolment(key: PublicKey, uses: tuple[Use, ...], now: datetime) -> Enrolment:
    return Enrolment(
        key=key,
        uses=frozenset(uses),
        token_serial=None,
        enrolled_by=(),
        enrolled=now,
        valid_to=now + timedelta(days=730),
    )
