"""Rows 5 to 7: a second token, another slot of one, a clone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from bypass.attempts import Codes, Door, Technique, codes
from bypass.changes import about, all_of, dave_also_has, signs_tests_with
from bypass.kinds import custom, not_roster, not_signed_by
from bypass.stage import Stage
from core.documents import KEYS, Document, credential
from core.keys import edwards, p256, p384, rsa_2048

from workstation.core.verdict import Verdict

HOME: Final = edwards("dave at home")
NEW: Final = edwards("new card")


def row_5() -> Iterator[Technique]:
    """Yield row 5: a second token of the same person."""
    yield not_signed_by(5, "the builder's second card", lambda _: None, by="bob-second")
    yield not_signed_by(5, "the card of who controls the builder", lambda _: None, by="ned")
    kinds = {"P-256": p256("home"), "P-384": p384("home"), "Ed25519": edwards("home"), "RSA": rsa_2048()}
    for kind, key in kinds.items():
        yield not_signed_by(
            5,
            f"builds with a {kind} token, signs with another",
            all_of(dave_also_has(key, tokenSerial="token-home"), signs_tests_with(key)),
        )
    yield not_signed_by(
        5,
        "builds with a key in a file, signs with a card",
        all_of(dave_also_has(HOME), signs_tests_with(HOME)),
    )
    yield not_signed_by(
        5,
        "builds with a machine's key, signs with a card",
        lambda stage: stage.service("ci-7").update(controllers=["ned", "dave"]),
    )


def _one_token_for_two(stage: Stage) -> dict[Door, Callable[[], Verdict]]:
    """Have erin and carol sign with keys in two slots of one token, of which the roster knows nothing."""
    for name in ("erin", "carol"):
        del stage.person(name)["credentials"][0]["tokenSerial"]

    def signing() -> Verdict:
        stage.admit()
        stage.countersign("erin", change=lambda said: replace(said, token_serial="one-token"))
        return stage.judge(stage.countersigning("carol", token="one-token"))

    def owned() -> Stage:
        stage.admit()
        for name in ("erin", "carol"):
            stage.countersign(name, change=lambda said: replace(said, token_serial="one-token"))
        return stage

    return {
        Door.SIGNING: signing,
        Door.RELEASE: lambda: owned().judge(stage.releasing()),
        Door.DEPLOYER: lambda: owned().recomputed().verdict,
    }


def row_6() -> Iterator[Technique]:
    """Yield row 6: another slot or applet of one token."""
    holders: dict[str, Callable[[Stage], Document]] = {
        "another person": lambda stage: stage.person("carol"),
        "a machine": lambda stage: stage.service("ci-7"),
    }
    for label, holder in holders.items():
        yield not_roster(
            6,
            f"roster: a slot of alice's token for {label}",
            about(
                holder,
                lambda stage, holder: holder(stage)["credentials"].append(
                    credential(NEW, "evidence", tokenSerial="token-alice")
                ),
            ),
        )
    doors = (Door.SIGNING, Door.RELEASE, Door.DEPLOYER)
    repeated: dict[Door, Codes] = dict.fromkeys(doors, codes("APPROVER-REPEATED"))
    yield custom(6, "two people sign from two slots of one token", _one_token_for_two, repeated)
    yield not_signed_by(
        6,
        "builds with the OpenPGP applet, signs with PIV",
        all_of(dave_also_has(HOME, tokenSerial="token-dave"), signs_tests_with(HOME)),
    )
    yield not_signed_by(
        6,
        "a key whose slot nobody wrote down",
        all_of(
            lambda stage: stage.rule.update(token={"serial": True}),
            lambda stage: stage.person("dave")["credentials"][0].pop("tokenSerial"),
        ),
        rules=codes("TOKEN-UNPROVED"),
    )


def row_7() -> Iterator[Technique]:
    """Yield row 7: a key cloned into two tokens."""
    for serial in ("token-clone", "TOKEN-DAVE", "token-dave-2", "token-carol"):
        yield not_signed_by(
            7,
            f"the clone answers from {serial}",
            lambda _: None,
            token=serial,
            rules=codes("CREDENTIAL-TOKEN"),
            said=about(serial, lambda said, serial: replace(said, token_serial=serial)),
        )
    yield not_roster(
        7,
        "roster: the clone enrolled for a second person",
        lambda stage: stage.person("carol")["credentials"].append(
            credential(KEYS["dave"], "countersign", tokenSerial="token-clone")
        ),
    )
    yield not_roster(
        7,
        "roster: both copies enrolled for one person",
        lambda stage: stage.person("dave")["credentials"].append(
            credential(KEYS["dave"], "countersign", tokenSerial="token-clone")
        ),
    )
    for asked in ("attested", "touch"):
        yield not_signed_by(
            7,
            f"an imported key where the policy wants it {asked}",
            about(asked, lambda stage, asked: stage.rule.update(token={asked: True})),
            rules=codes("TOKEN-UNPROVED"),
            bystander=None,
            deployer=codes("TOKEN-UNPROVED", "QUORUM"),
        )
