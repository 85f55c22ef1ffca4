"""Rows 8 and 9: keys and people that come back as somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bypass.attempts import Technique, codes
from bypass.changes import all_of, card, dave_also_has, signs_tests_with
from bypass.following import SUCCESSION, YESTERDAY, offered
from bypass.kinds import not_followed, not_roster, not_signed_by
from bypass.stage import Prepare, Stage
from core.documents import KEYS, credential, person
from core.keys import edwards

HOME: Final = edwards("dave at home")
NEW: Final = edwards("new card")
LONG_AGO: Final = "2026-02-01T00:00:00Z"


def _gone(name: str) -> Prepare:
    return lambda stage: stage.roster["people"].remove(stage.person(name))


def _moved(stage: Stage) -> None:
    found = stage.person("bob")["credentials"].pop(0)
    stage.person("carol")["credentials"].append(credential(KEYS["bob"], *found["uses"]))


def row_8() -> Iterator[Technique]:
    """Yield row 8: a builder's key retired, and enrolled again for somebody else."""
    for state in ("retired", "revoked"):
        old = {"state": state, "stateSince": LONG_AGO}
        yield not_signed_by(
            8,
            f"builds with a key that was {state}, signs with a new card",
            all_of(dave_also_has(HOME, **old), signs_tests_with(HOME)),
        )
        yield not_roster(
            8,
            f"roster: a builder's {state} key for somebody else",
            all_of(
                card("bob", **old),
                lambda stage: stage.person("carol")["credentials"].append(
                    credential(KEYS["bob"], "countersign")
                ),
            ),
        )
        revived = {"state": state, "stateSince": LONG_AGO}
        yield not_followed(
            8,
            f"next roster: a {state} key is active again",
            offered(
                lambda stage: (
                    card(state="active")(stage),
                    stage.person("dave")["credentials"][0].pop("stateSince"),
                ),
                before=card(**revived),
            ),
            SUCCESSION,
        )
    yield from _cards_that_do_not_sign()
    yield not_signed_by(
        8,
        "builds with a key that has expired",
        all_of(dave_also_has(HOME, validTo=LONG_AGO), signs_tests_with(HOME)),
    )
    yield not_followed(8, "next roster: a builder's key goes to somebody else", offered(_moved), SUCCESSION)
    yield not_followed(
        8,
        "next roster: a builder's key is forgotten",
        offered(lambda stage: stage.person("bob")["credentials"].pop(0)),
        SUCCESSION,
    )
    yield not_followed(
        8,
        "next roster: a builder's key was always for signing",
        offered(card("bob", uses=["countersign"])),
        SUCCESSION,
    )


def _cards_that_do_not_sign() -> Iterator[Technique]:
    cards: dict[str, dict[str, str]] = {
        "revoked": {"state": "revoked", "stateSince": LONG_AGO},
        "retired": {"state": "retired", "stateSince": LONG_AGO},
        "expired": {"validTo": LONG_AGO},
        "not yet good": {"validFrom": "2026-12-01T00:00:00Z"},
    }
    for label, changes in cards.items():
        name = f"signs with a card that is {label}"
        yield not_signed_by(8, name, card(**changes), rules=codes("CREDENTIAL-VALID"))
    for use in ("evidence", "request", "receipt", "trust", "station"):
        name = f"signs with a key enrolled for {use}"
        yield not_signed_by(8, name, card(uses=[use]), rules=codes("CREDENTIAL-USE"))


def _renamed(stage: Stage) -> None:
    stage.person("bob")["id"] = "robert"


def row_9() -> Iterator[Technique]:
    """Yield row 9: a person taken out and put in again."""
    again = person("robert", credential(NEW, "countersign"), roles=("approver",), aliases=())

    def second_entry(stage: Stage) -> None:
        stage.roster["people"].append({**again, "uniquenessTag": stage.person("bob")["uniquenessTag"]})

    changes: dict[str, Prepare] = {
        "a builder is gone": _gone("bob"),
        "a builder comes under another id": _renamed,
        "an id is another human's": lambda s: s.person("bob").update(uniquenessTag="ab" * 32),
        "an account is nobody's": lambda s: s.person("bob")["aliases"].remove("github:1001"),
        "an account is somebody else's": lambda s: (
            s.person("bob")["aliases"].remove("github:1001"),
            s.person("dave")["aliases"].append("github:1001"),
        ),
        "a history reads differently": lambda s: s.person("bob").update(status=[{"since": YESTERDAY}]),
        "a builder's machine is gone": lambda s: s.roster["services"].pop(0),
        "a builder's machine builds under another name": lambda s: s.service("ci-7").update(builderIds=["x"]),
        "another secret for the tags": lambda s: s.roster.update(
            uniqueness={"scheme": "hmac-sha256", "check": "ab" * 32}
        ),
    }
    for label, change in changes.items():
        yield not_followed(9, f"next roster: {label}", offered(change), SUCCESSION)
    yield not_roster(9, "roster: one human under two ids", second_entry)
    yield not_roster(9, "roster: one id for two humans", lambda s: s.person("carol").update(id="bob"))
    left = {"since": "2026-01-05T09:00:00Z", "until": LONG_AGO}
    yield not_followed(
        9,
        "next roster: who left never left",
        offered(
            lambda s: s.person("dave")["status"][0].pop("until"),
            before=lambda s: s.person("dave").update(status=[dict(left)]),
        ),
        SUCCESSION,
    )
    yield not_signed_by(
        9,
        "left, and came back after the request was made",
        lambda s: s.person("dave").update(status=[left, {"since": "2026-11-20T11:00:00Z"}]),
        rules=codes("APPROVER-INACTIVE"),
    )
