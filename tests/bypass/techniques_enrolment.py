"""Rows 17 and 18: one human enrolled as two, a puppet for today, a custodian alone."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

from bypass.attempts import Technique, codes
from bypass.changes import all_of, card
from bypass.following import SUCCESSION, YESTERDAY, offered
from bypass.kinds import not_followed, not_read, not_roster, not_signed_by
from bypass.stage import Prepare, Stage
from core.documents import KEYS, VOUCHERS, Document, agreed, credential, give_vouchers, person, vouched_for
from core.keys import UnsafeTestKey, edwards, p256

NEW: Final = edwards("new card")
LONG_AGO: Final = "2026-02-01T00:00:00Z"
TWO: Final = {"role": "custodian", "atLeast": 2}


def _puppet(**changes: Any) -> Prepare:
    """Add a person nobody has seen, with a card of yesterday; custodians' cards vouch for it."""
    card = {"enrolled": YESTERDAY, "validFrom": YESTERDAY, "tokenSerial": "token-puppet", **changes}
    since = card.pop("since", YESTERDAY)

    def change(stage: Stage) -> None:
        found = person("puppet", credential(NEW, "countersign", **card), roles=("approver",), aliases=())
        vouched_for(found, *(name for name in found["credentials"][0]["enrolledBy"] if name in VOUCHERS))
        stage.roster["people"].append({**found, "status": [{"since": since}]})

    return change


def row_17() -> Iterator[Technique]:
    """Yield row 17: one human enrolled as two people."""
    enrollers: dict[str, list[str]] = {
        "one enroller": ["gail"],
        "one enroller twice": ["gail", "gail"],
        "no enroller": [],
        "the puppet and a custodian": ["puppet", "gail"],
        "a custodian and a stranger": ["gail", "zoe"],
    }
    for label, by in enrollers.items():
        ask = offered(_puppet(enrolledBy=by), before=custodians_have_cards)
        yield not_followed(17, f"next roster: by {label}", ask, SUCCESSION)
    for label, change in _never_signed().items():
        ask = offered(all_of(_puppet(), change), before=custodians_have_cards)
        yield not_followed(17, f"next roster: {label}", ask, SUCCESSION)
    for label, change in _signed_something_else().items():
        ask = offered(all_of(_puppet(), change), before=custodians_have_cards)
        yield not_followed(17, f"next roster: {label}", ask, SUCCESSION, "ROSTER-PROOF")
    yield not_followed(
        17,
        "next roster: by a custodian who came after",
        offered(
            all_of(
                _puppet(enrolledBy=["gail", "ivan"]),
                lambda s: s.roster["people"].append(
                    {
                        **person("ivan", roles=("custodian",), aliases=()),
                        "status": [{"since": "2026-11-20T00:00:00Z"}],
                    }
                ),
            ),
            before=custodians_have_cards,
        ),
        SUCCESSION,
    )
    yield not_roster(
        17,
        "roster: the same staff number twice",
        lambda s: s.person("dave").update(uniquenessTag=s.person("bob")["uniquenessTag"]),
    )

    def stolen(stage: Stage) -> None:
        proof = deepcopy(stage.person("dave")["credentials"][0]["proof"])
        proof["challenge"] = "A" * 42 + "E="
        _puppet(proof=proof)(stage)

    ask = offered(stolen, before=custodians_have_cards)
    yield not_followed(17, "next roster: the proof of another card", ask, "ROSTER-PROOF")
    yield not_read(
        17, "a roster somebody else followed: a card signs that never agreed", _signs_unproved, "Untrusted"
    )
    yield not_roster(
        17,
        "roster: another person's card, which never agreed",
        lambda s: s.roster["people"].append(_without_proof(p256("somebody's card"))),
    )


def _never_signed() -> dict[str, Prepare]:
    """Return what is lacking of the enrollers' word, the rest being as it should."""
    return {
        "an enroller is named who never signed": lambda s: _card_of(s)["vouched"].pop(),
        "no enroller signed": lambda s: _card_of(s).pop("vouched"),
        "an enroller's revoked card signed": lambda s: s.person("hugo")["credentials"][0].update(
            state="revoked", stateSince=LONG_AGO
        ),
        "an enroller had left": lambda s: s.person("hugo").update(
            status=[{"since": "2026-01-05T09:00:00Z", "until": LONG_AGO}]
        ),
    }


def _signed_something_else() -> dict[str, Prepare]:
    """Return vouches that are there and are for something else."""

    def other_holder(stage: Stage) -> None:
        stage.roster["people"][-1].update(id="marionette")
        agreed(stage.roster["people"][-1])

    return {
        "the enrollers signed for an earlier day": lambda s: _card_of(s).update(
            enrolled="2026-11-19T09:00:01Z"
        ),
        "the enrollers signed for another token": lambda s: _card_of(s).update(tokenSerial="token-other"),
        "the enrollers signed for another person": other_holder,
        "somebody else signed for an enroller": lambda s: _card_of(s)["vouched"][1].update(
            fingerprint=KEYS["dave"].public.fingerprint
        ),
        "one enroller's signature stands under both names": lambda s: _card_of(s)["vouched"][1].update(
            signature=_card_of(s)["vouched"][0]["signature"]
        ),
    }


def _card_of(stage: Stage) -> Document:
    found: Document = stage.roster["people"][-1]["credentials"][0]
    return found


def _signs_unproved(stage: Stage) -> object:
    """Have dave countersign under a roster whose proof of his card is another card's."""
    proof = deepcopy(stage.person("erin")["credentials"][0]["proof"])
    stage.person("dave")["credentials"][0]["proof"] = {**proof, "challenge": "A" * 42 + "E="}
    stage.admit()
    return stage.countersigning("dave")


def _without_proof(key: UnsafeTestKey) -> Document:
    """Return a person with a card that never agreed to anything."""
    spki = base64.b64encode(key.public.spki).decode()
    theirs = {"fingerprint": key.public.fingerprint, "spki": spki}
    card = {**credential(KEYS["dave"], "countersign"), **theirs}
    return person("puppet", card, roles=("approver",), aliases=())


def row_18() -> Iterator[Technique]:
    """Yield row 18: a custodian enrols a puppet for today, or touches their own record."""
    times = {
        "after the request was made": "2026-11-20T08:00:01Z",
        "yesterday": YESTERDAY,
        "an hour less than the policy's days ago": "2026-11-13T11:00:00Z",
    }
    for label, enrolled in times.items():
        yield not_signed_by(18, f"enrolled {label}", card(enrolled=enrolled), rules=codes("COOLING-OFF"))
    yield not_signed_by(
        18,
        "enrolled after the build began, long before the request",
        all_of(
            card(enrolled="2026-09-01T00:00:00Z"),
            lambda s: (
                s.build.evidence["provenance.dsse.json"]
                .document["predicate"]["runDetails"]
                .update(metadata={"startedOn": "2026-08-31T23:59:59Z"})
            ),
        ),
        rules=codes("COOLING-OFF"),
    )
    earlier = "2026-01-05T09:00:00Z"
    backdated: dict[str, Prepare] = {
        "a card dated back": _puppet(enrolled=earlier),
        "a validity dated back": _puppet(validFrom=earlier),
        "a person dated back": _puppet(since=earlier),
        "an old card dated back": card(enrolled="2025-01-01T00:00:00Z"),
    }
    for label, change in backdated.items():
        ask = offered(change, before=custodians_have_cards)
        yield not_followed(18, f"next roster: {label}", ask, SUCCESSION)
    yield not_signed_by(
        18,
        "the custodian is an approver too",
        all_of(
            lambda s: s.rule["approvals"]["notAnyOf"].append("custodian"),
            lambda s: s.person("dave")["roles"].append("custodian"),
        ),
        rules=codes("ROLE-EXCLUDED"),
    )
    yield from _by_too_few_custodians()


def custodians_have_cards(stage: Stage) -> None:
    give_vouchers(stage.roster)


def with_custodian_keys(stage: Stage) -> None:
    custodians_have_cards(stage)
    stage.policy.update(rosterChange=TWO, policyChange=TWO)


def _by_too_few_custodians() -> Iterator[Technique]:
    gail, gail_2, hugo = p256("gail 1"), p256("gail 2"), p256("hugo 1")
    signers: dict[str, tuple[tuple[UnsafeTestKey, ...], Prepare]] = {
        "one custodian": ((gail,), lambda _: None),
        "two cards of one custodian": ((gail, gail_2), lambda _: None),
        "a custodian and a stranger": ((gail, KEYS["mallory"]), lambda _: None),
        "a custodian and an approver": ((gail, KEYS["dave"]), lambda _: None),
        "a custodian and a revoked card": ((gail, hugo), card("hugo", state="revoked", stateSince=LONG_AGO)),
        "a custodian and one who left": (
            (gail, hugo),
            lambda s: s.person("hugo").update(status=[{"since": "2026-01-05T09:00:00Z", "until": LONG_AGO}]),
        ),
    }
    for label, (keys, before) in signers.items():
        known = all_of(with_custodian_keys, before)
        yield not_followed(
            18,
            f"next roster: signed by {label}",
            offered(lambda s: s.person("erin").update(name="Irene"), *keys, before=known),
            "ROSTER-CHANGE",
        )
        yield not_followed(
            18,
            f"next policy: signed by {label}",
            offered(other_policy, *keys, before=known),
            "POLICY-CHANGE",
        )
    yield not_followed(
        18,
        "next roster: signed by custodians it names itself",
        offered(
            lambda s: s.person("dave")["roles"].append("custodian"),
            gail,
            KEYS["dave"],
            before=with_custodian_keys,
        ),
        "ROSTER-CHANGE",
        SUCCESSION,
    )
    yield not_followed(
        18,
        "next roster: a custodian signs a new card of their own",
        offered(
            lambda s: s.person("gail")["credentials"].append(
                credential(NEW, "trust", enrolled=YESTERDAY, validFrom=YESTERDAY, enrolledBy=["hugo"])
            ),
            gail,
            hugo,
            before=with_custodian_keys,
        ),
        SUCCESSION,
    )


def other_policy(stage: Stage) -> None:
    stage.policy["version"] += 1
    stage.roster.update(version=stage.roster["version"] - 1, created="2026-11-02T00:00:00Z")
