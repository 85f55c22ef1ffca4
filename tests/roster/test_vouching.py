"""Who enrols a key signs for it with a card of their own: a name alone is nobody's word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from core.keys import edwards
from roster.roster_world import (
    CUSTODIANS,
    DAY,
    FIRST,
    LATER,
    changed,
    enrolment,
    holder,
    roster,
    second_roster,
    vouches,
)

from workstation.core.errors import Malformed, Untrusted
from workstation.core.roster import State, Use
from workstation.core.roster_draft import with_credential
from workstation.core.roster_leaving import Leaving, without_key
from workstation.core.roster_succession import successor_violations
from workstation.core.vouching import vouch_message, voucher_of

NEW = enrolment("new", "alice", at=LATER)
GOOD = with_credential(second_roster(), "alice", NEW)


def without(data):
    """Return what stands against a roster following the first, the vouches' part of it."""
    return [found.detail.partition(" of alice ")[2] for found in successor_violations(roster(FIRST), data)]


def test_what_an_enroller_signs_is_eight_plain_lines():
    message = vouch_message("kim", "alice", replace(NEW, uses=frozenset({Use.COUNTERSIGN, Use.RECEIPT})))

    assert message.decode() == (
        "countersign-vouch-v1\n"
        "kim\n"
        "alice\n"
        f"{edwards('new').public.fingerprint}\n"
        "token-new\n"
        "countersign,receipt\n"
        "2026-02-04T09:00:00Z\n"
        "cd93782b7fb95559de14f738b65988af85d41dc1565f7c7d1ed2d035665b519c\n"
    )


def test_a_key_that_did_not_prove_itself_is_vouched_for_by_nobody():
    with pytest.raises(Malformed, match="without a proof of possession"):
        vouch_message("kim", "alice", replace(NEW, proof=None))


def test_an_enroller_who_is_named_has_signed():
    assert without(roster(GOOD)) == []
    for missing, names in (((), CUSTODIANS[:2]), (NEW.vouched[:1], ["lars"]), (NEW.vouched[1:], ["kim"])):
        with pytest.raises(Malformed) as raised:
            with_credential(second_roster(), "alice", replace(NEW, vouched=missing))

        assert [
            f"names {name} as enroller, whose card did not sign for it" in raised.value.why for name in names
        ]
        assert raised.value.why.count("whose card did not sign") == len(names)


@pytest.mark.parametrize(
    "change",
    [
        {"token_serial": "other"},
        {"enrolled": LATER - timedelta(seconds=1)},
        {"uses": frozenset({Use.RECEIPT})},
        {"key": edwards("other").public},
    ],
)
def test_an_enroller_signed_for_exactly_this(change):
    signed_for = replace(NEW, **change)

    with pytest.raises(Malformed, match="the signature does not verify"):
        with_credential(
            second_roster(), "alice", replace(NEW, vouched=vouches(signed_for, "alice", CUSTODIANS[:2]))
        )


def test_an_enrollers_signature_is_for_one_holder_and_from_one_enroller():
    for vouched in (vouches(NEW, "bob", CUSTODIANS[:2]), tuple(reversed(NEW.vouched))):
        mixed = tuple(
            replace(vouch, fingerprint=one.fingerprint)
            for vouch, one in zip(vouched, NEW.vouched, strict=True)
        )
        with pytest.raises(Malformed, match="the signature does not verify"):
            with_credential(second_roster(), "alice", replace(NEW, vouched=mixed))


def test_only_who_is_named_vouches():
    more = (*NEW.vouched, *vouches(NEW, "alice", ["mona"]))

    with pytest.raises(Malformed, match="of none of its enrollers found"):
        with_credential(second_roster(), "alice", replace(NEW, vouched=more))


def test_one_card_vouches_once():
    with pytest.raises(Malformed, match="one signature of a card"):
        with_credential(second_roster(), "alice", replace(NEW, vouched=(NEW.vouched[0], *NEW.vouched)))


def test_a_card_that_was_revoked_vouches_for_nothing_enrolled_after():
    gone = Leaving(state=State.REVOKED, since=LATER - DAY, reason="lost")
    revoked = without_key(second_roster(), edwards("kim").public.fingerprint, gone)

    with pytest.raises(Malformed, match="was enrolled by kim with a card that was not good then"):
        with_credential(revoked, "alice", NEW)


def test_a_card_that_is_revoked_later_did_vouch():
    gone = Leaving(state=State.REVOKED, since=LATER + DAY, reason="lost")

    assert without(roster(without_key(GOOD, edwards("kim").public.fingerprint, gone))) == []


def test_vouches_are_never_taken_away():
    later = changed(
        GOOD,
        lambda d: (
            d.update(version=3, created="2026-03-01T00:00:00Z"),
            holder(d, "alice")["credentials"][1].pop("vouched"),
        ),
    )

    (found,) = successor_violations(roster(GOOD), roster(later))

    assert found.detail.endswith("was vouched for differently")


def test_a_voucher_is_read_from_the_signature():
    found = roster(GOOD)
    held = found.by_fingerprint[edwards("new").public.fingerprint]

    assert [voucher_of(vouch, held, found).holder.id for vouch in held.credential.vouched] == ["kim", "lars"]
    with pytest.raises(Untrusted):
        voucher_of(replace(NEW.vouched[0], signature=bytes(64)), held, found)


@pytest.mark.parametrize("by", [(), ("kim",)])
def test_too_few_cards_of_enrollers_enrol_nothing(draft, console, by):
    before = draft.read_bytes()

    assert console.enrol(draft, "alice", "carol", "countersign", cards=by) == 3

    assert console.said["error"]["where"] == "enrolled by"
    assert draft.read_bytes() == before


def test_enrollers_are_read_from_their_cards(draft, console):
    assert console.enrol(draft, "alice", "carol", "countersign", cards=("kim", "mona")) == 0

    credential = roster(draft.read_bytes()).people["alice"].credentials[1]
    assert (credential.enrolled_by, len(credential.vouched)) == (("kim", "mona"), 2)


def test_a_card_of_nobody_enrols_nothing(draft, console):
    assert console.enrol(draft, "alice", "carol", "countersign", cards=("kim", "dave")) == 3

    assert "a card of nobody in this roster" in console.said["error"]["detail"]


def test_an_enrollers_wrong_pin_enrols_nothing(draft, console):
    before = draft.read_bytes()

    found = console.enrol(
        draft, "alice", "carol", "countersign", cards=("kim", "lars"), pins=("carol", "kim", "mona")
    )

    assert (found, console.said["error"]["kind"]) == (5, "pin_incorrect")
    assert draft.read_bytes() == before
