"""What a refusal says besides its rule: the place, the count, and the control that asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bypass import forge
from bypass.attempts import codes_of
from bypass.deploying import bound_to
from bypass.following import offered
from bypass.stage import TESTS, Prepare, Stage
from bypass.techniques_enrolment import other_policy, with_custodian_keys
from core.keys import UnsafeTestKey, edwards, p256, p384, rsa_2048
from core.world import violations
from keys.key_forms import fingerprint_by_hand

from workstation.core.errors import Malformed, Untrusted
from workstation.core.key_readers.files import read_keys
from workstation.core.public_key import parse_spki
from workstation.core.verdict import Allowed, Violation


def another_name(stage: Stage) -> None:
    """Change somebody's name in the roster."""
    stage.person("dave").update(name="David")


@pytest.mark.parametrize(
    ("change", "rule", "control"),
    [
        (other_policy, "POLICY-CHANGE", "policyChange"),
        (another_name, "ROSTER-CHANGE", "rosterChange"),
    ],
)
def test_a_change_too_few_signed_says_how_many_did_and_which_control_asks(
    change: Prepare, rule: str, control: str
) -> None:
    ask = offered(change, p256("gail 1"), before=with_custodian_keys)

    assert violations(ask(Stage())) == (
        Violation(rule, "1 of 2 people with role custodian signed it", control),
    )


def test_a_signature_that_does_not_hold_names_the_evidence_it_stands_on() -> None:
    stage = Stage()
    found = forge.signature({"not": "this"}, stage.keys["ci-7"], stage.keys["ci-7"].public.keyid)
    forge.replaced(stage, TESTS, found)

    with pytest.raises(Untrusted) as raised:
        assert stage.builders.edges

    assert raised.value.where == TESTS


def test_one_token_for_two_people_is_told_of_by_both_names() -> None:
    stage = Stage()
    for name in ("erin", "carol"):
        stage.person(name)["credentials"][0].pop("tokenSerial")
    stage.admit()
    for name in ("erin", "carol"):
        stage.countersign(name, change=forge.in_token("one-token"))

    assert violations(stage.judge(stage.releasing())) == (
        Violation("APPROVER-REPEATED", "one key or token has countersigned as carol and as erin"),
    )


def test_one_key_for_two_people_is_found_though_it_is_said_to_be_in_two_tokens() -> None:
    stage = Stage()
    stage.admit()
    stage.countersign("erin")
    stage.countersign("carol", change=forge.with_key(stage.keys["erin"]))

    found = codes_of(lambda: stage.judge(stage.releasing()))

    assert found == {"APPROVER-REPEATED", "COUNTERSIGNATURE-BINDING", "REVIEW-UNOPENED", "QUORUM"}


@pytest.mark.parametrize(("minutes", "refused"), [(10, set[str]()), (11, {"CONTROLLERS-STALE"})])
def test_a_list_of_controllers_may_be_of_a_clock_a_little_ahead(minutes: int, refused: set[str]) -> None:
    stage = Stage()
    stage.service("ci-7")["attested"] = f"2026-11-20T10:{minutes}:00Z"
    stage.admit()

    found = violations(stage.judge(stage.countersigning("erin")))

    assert {violation.rule for violation in found} == refused


def test_a_stale_list_is_told_of_once_for_each_service() -> None:
    stage = Stage()
    stage.service("ci-7")["attested"] = "2026-01-05T09:00:00Z"
    stage.admit()

    assert violations(stage.judge(stage.countersigning("erin"))) == (
        Violation(
            "CONTROLLERS-STALE",
            "who controls ci-7 was last attested 2026-01-05T09:00:00Z (provenance.dsse.json)",
            "controllersAttestedWithinDays",
        ),
    )


@pytest.mark.parametrize("name", forge.odd_spkis())
def test_an_odd_key_is_refused_where_it_stands(name: str) -> None:
    with pytest.raises(Malformed) as raised:
        parse_spki(forge.odd_spkis()[name], where="the card of mallory")

    assert raised.value.where == "the card of mallory"


@pytest.mark.parametrize(("make", "digits"), [(p256, 64), (p384, 96)])
def test_a_coordinate_that_begins_with_zeros_keeps_them_in_the_fingerprint(
    make: Callable[[str], UnsafeTestKey], digits: int
) -> None:
    keys = (make(f"key {number}") for number in range(1000))
    short = next(key for key in keys if len(f"{key.private.public_key().public_numbers().x:x}") < digits)  # type: ignore[union-attr] # EC

    assert short.public.fingerprint == fingerprint_by_hand(short.private)


@pytest.mark.parametrize("key", [p256("bob"), p384("bob"), edwards("bob"), rsa_2048()])
def test_a_key_written_as_pem_is_the_same_key(key: UnsafeTestKey) -> None:
    assert read_keys(key.public.to_pem(), where="pem").sole_key("pem") == key.public


def test_a_countersignature_of_the_second_the_request_was_made_counts() -> None:
    stage = Stage()
    created = stage.request.created
    stage.admit()
    for name in ("erin", "alice"):
        stage.countersign(name, change=bound_to(at=created))

    assert stage.judge(stage.releasing()) == Allowed()


def test_a_strangers_key_id_is_told_and_cut_to_64_characters() -> None:
    stage = Stage()
    forge.signed_also(stage, TESTS, p256("mallory"), "f" * 65)

    assert [one.what for one in stage.builders.unresolved] == [f"key with id {'f' * 64!r}"]
