"""The roster is whole or it is nothing: a sign that two people are one, or one is two, and it is refused."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import timedelta

import pytest
from core.documents import BUILDER_ID, KEYS, credential, roster_bytes, roster_document
from core.keys import p256
from core.world import World

from workstation.core.enrolled import Attestation
from workstation.core.errors import Malformed
from workstation.core.roster_document import parse_roster
from workstation.core.uncollected import without_collecting


def parsed(change=lambda _: None):
    document = roster_document()
    change(document)
    return parse_roster(roster_bytes(document))


def alice(document):
    return next(each for each in document["people"] if each["id"] == "alice")


def carol(document):
    return next(each for each in document["people"] if each["id"] == "carol")


def test_a_roster_finds_holders_by_key_account_and_builder_id():
    roster = parsed()

    key = KEYS["bob-second"].public
    assert roster.holder_of(key.fingerprint).holder is roster.people["bob"]
    assert roster.holder_of_keyid(key.keyid).holder is roster.people["bob"]
    assert roster.person_with_alias("github:1002") == "ned"
    assert roster.service_of_builder(BUILDER_ID).controllers == ("ned",)


def test_a_roster_does_not_find_what_is_not_in_it():
    roster = parsed()

    key = KEYS["mallory"].public
    assert roster.holder_of(key.fingerprint) is None
    assert roster.holder_of_keyid(key.keyid) is None
    assert roster.person_with_alias("GITHUB:1002") is None
    assert roster.service_of_builder(BUILDER_ID + "/") is None


def test_a_roster_names_people_and_shows_the_id_of_strangers():
    roster = parsed()

    assert roster.name_of("alice") == "Alice"
    assert roster.name_of("zoe") == "zoe"


def test_a_credential_holds_from_its_first_second_until_before_its_last():
    card = parsed().holder_of(KEYS["alice"].public.fingerprint).credential
    second = timedelta(seconds=1)

    moments = (card.valid_from - second, card.valid_from, card.valid_to - second, card.valid_to)

    assert [card.valid_at(moment) for moment in moments] == [False, True, True, False]


def test_a_token_goes_by_the_name_its_module_has_and_by_the_one_its_maker_gave_it():
    plain = parsed().holder_of(KEYS["alice"].public.fingerprint).credential
    told = Attestation(serial="4711", certificates=())

    assert plain.serials == {"token-alice"}
    assert replace(plain, attestation=told).serials == {"token-alice", "4711"}
    assert replace(plain, attestation=told, token_serial=None).serials == {"4711"}


DOUBLES = {
    "a key": (
        lambda d: carol(d)["credentials"].append(credential(KEYS["alice"], "countersign")),
        f"key {KEYS['alice'].public.fingerprint} found twice",
    ),
    "a key of one person": (
        lambda d: alice(d)["credentials"].append(credential(KEYS["alice"], "request")),
        f"key {KEYS['alice'].public.fingerprint} found twice",
    ),
    "a key of a person and a machine": (
        lambda d: d["services"][0]["credentials"].append(credential(KEYS["alice"], "evidence")),
        f"key {KEYS['alice'].public.fingerprint} found twice",
    ),
    "a retired builder's key": (
        lambda d: (
            d["people"][0]["credentials"][0].update(state="retired", stateSince="2026-02-01T00:00:00Z"),
            alice(d)["credentials"].append(credential(KEYS["bob"], "countersign")),
        ),
        f"key {KEYS['bob'].public.fingerprint} found twice",
    ),
    "a token": (
        lambda d: carol(d)["credentials"][0].update(tokenSerial="token-alice"),
        "token token-alice found under alice and carol, one holder wanted",
    ),
    "a token of a person and a machine": (
        lambda d: d["services"][0]["credentials"][0].update(tokenSerial="token-alice"),
        "token token-alice found under alice and ci-7, one holder wanted",
    ),
    "a uniqueness tag": (
        lambda d: carol(d).update(uniquenessTag=alice(d)["uniquenessTag"]),
        "uniqueness tag [0-9a-f]{64} found twice",
    ),
    "an id": (lambda d: carol(d).update(id="alice"), "person id alice found twice"),
    "an id of a person and a machine": (
        lambda d: d["services"][0].update(id="alice"), "holder id alice found twice",
    ),
    "an id of two machines": (lambda d: d["services"][1].update(id="ci-7"), "service id ci-7 found twice"),
    "an account": (
        lambda d: carol(d)["aliases"].append("alice@example.org"), "alias alice@example.org found twice",
    ),
    "a builder id": (
        lambda d: d["services"][1]["builderIds"].append(BUILDER_ID), f"builder id {BUILDER_ID} found twice",
    ),
}  # fmt: skip


@pytest.mark.parametrize("double", DOUBLES)
def test_what_is_there_twice_makes_the_whole_roster_invalid(double):
    change, message = DOUBLES[double]

    with pytest.raises(Malformed, match=f"roster.json: {message}"):
        parsed(change)


def test_one_person_may_have_two_keys_in_one_token():
    other = credential(p256("alice's other"), "evidence", tokenSerial="token-alice")

    roster = parsed(lambda d: alice(d)["credentials"].append(other))

    assert len(roster.people["alice"].credentials) == 2


def test_a_controller_nobody_enrolled_is_refused():
    with pytest.raises(Malformed, match="controller zoe of ci-7 is not in the roster"):
        parsed(lambda d: d["services"][0]["controllers"].append("zoe"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(schema="urn:countersign:roster:v2"), "roster.json.schema: "),
        (lambda d: d.update(version=0), "roster.json.version: 0 found"),
        (lambda d: d.update(people=[]), "roster.json.people: 0 items"),
        (lambda d: d.update(extra=1), "roster.json.extra: unknown field"),
        (lambda d: alice(d).update(admin=True), "admin: unknown field"),
        (lambda d: alice(d).update(id="alice smith"), r"people\[2\].id: "),
        (lambda d: alice(d).update(name=" "), r"people\[2\].name: ' ' found, a printable name wanted"),
        (lambda d: alice(d).update(name="Al\u202eice"), r"people\[2\].name: .* a printable name wanted"),
        (lambda d: alice(d).update(name="A" * 101), r"people\[2\].name: "),
        (lambda d: alice(d).update(status=[]), r"people\[2\].status: 0 items"),
        (lambda d: alice(d).update(uniquenessTag="42"), r"people\[2\].uniquenessTag: "),
        (lambda d: alice(d).update(aliases=["\u0430lice@example.org"]), r"aliases\[0\]: .* printable ASCII"),
        (lambda d: alice(d)["credentials"][0].update(uses=[]), r"uses: 0 items found"),
        (lambda d: alice(d)["credentials"][0].update(uses=["everything"]), r"uses\[0\]: 'everything' found"),
        (lambda d: alice(d)["credentials"][0].update(state="lost"), "state: 'lost' found, one of active"),
        (lambda d: alice(d)["credentials"][0].update(state="revoked"), "state: 'revoked' found, stateSince"),
        (
            lambda d: alice(d)["credentials"][0].update(stateSince="2026-02-01T00:00:00Z"),
            "state: 'active' found, stateSince",
        ),
        (
            lambda d: alice(d)["credentials"][0].update(fingerprint="ab" * 32),
            f"fingerprint: .* found, {KEYS['alice'].public.fingerprint}, the fingerprint of spki wanted",
        ),
        (lambda d: alice(d)["credentials"][0].update(spki="AAAA"), "spki: not a public key"),
    ],
)
def test_a_roster_in_another_form_is_refused(change, message):
    with pytest.raises(Malformed, match=message):
        parsed(change)


def test_the_digest_of_a_roster_is_that_of_its_bytes():
    one, other = parsed(), parsed(lambda d: d.update(version=4))

    assert one.digest == World().trust.roster.digest
    assert one.digest != other.digest


def test_reading_a_roster_leaves_the_search_for_cycles_as_it_was():
    gc.disable()
    try:
        with without_collecting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
    with pytest.raises(Malformed), without_collecting():
        raise Malformed("roster", "odd")
    assert gc.isenabled()
