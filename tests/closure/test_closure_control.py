"""Control of a builder outlasts giving it away: what had begun by then, and for a while after, is theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from closure.closure_world import Closure, after
from core.documents import BUILDER_ID, Signed
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.core.control import LINGERS
from workstation.core.errors import Malformed
from workstation.core.shape import time_text

CREATED = Closure().build.bundled().request.created


def gave_away(moment, person="alice"):
    return lambda closure: closure.service("ci-7").update(
        formerControllers=[{"person": person, "until": time_text(moment)}]
    )


def started(text, evidence="provenance.dsse.json"):
    return lambda closure: (
        closure.build.evidence[evidence]
        .document["predicate"]["runDetails"]
        .update(metadata={"startedOn": text})
    )


def test_a_former_controller_had_a_hand_in_what_was_begun_within_ninety_days_after():
    found = after(gave_away(CREATED - LINGERS + timedelta(seconds=1)))

    assert timedelta(days=90) == LINGERS
    assert found.why("alice") == [
        "alice ← controlled ci-7 ← named as builder by request.dsse.json",
        "alice ← controlled ci-7 ← named by provenance.dsse.json",
        "alice ← controlled ci-7 ← signed provenance.dsse.json",
        "alice ← controlled ci-7 ← signed tests.dsse.json",
    ]


def test_a_former_controller_has_no_hand_in_what_was_begun_ninety_days_after():
    assert after(gave_away(CREATED - LINGERS)).why("alice") == []


@pytest.mark.parametrize("text", ["2026-05-01T00:00:00Z", "2026-05-01T02:00:00.999999999+02:00"])
def test_provenance_says_when_it_was_begun_and_a_late_request_hides_nothing(text):
    gone = after(started("2026-05-01T00:00:00Z")).build.bundled().request.begun

    assert after(started(text), gave_away(gone - LINGERS + timedelta(seconds=1))).why("alice") != []
    assert after(started(text), gave_away(gone - LINGERS)).why("alice") == []


def test_a_start_after_the_request_changes_nothing():
    late = time_text(CREATED + timedelta(days=30))

    assert after(started(late)).build.bundled().request.begun == CREATED


def test_more_provenance_with_a_later_start_acquits_nobody():
    def another(closure):
        usual = closure.build.evidence["provenance.dsse.json"].document
        closure.build.evidence["again.dsse.json"] = Signed({**usual}, ["alice"])

    accused = after(started("2026-01-01T00:00:00Z"), gave_away(CREATED - 2 * LINGERS))
    more = after(started("2026-01-01T00:00:00Z"), gave_away(CREATED - 2 * LINGERS), another)

    assert set(accused.why("alice")) <= set(more.why("alice"))


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-05-01", "2026-05-01T00:00:00", "2026-02-30T00:00:00Z", 5]
)
def test_a_start_that_is_no_time_is_malformed(text):
    with pytest.raises(Malformed, match="startedOn"):
        after(started(text)).build.bundled().request  # noqa: B018 (it is parsed here)


def test_whoever_took_control_up_again_controls():
    found = after(
        gave_away(CREATED - LINGERS, "ned"),
        lambda closure: closure.service("ci-7").update(controllers=["ned"]),
    )

    assert {edge.because[0] for edge in found.builders.why("ned")} == {"controls ci-7"}


def test_a_service_that_only_formers_controlled_is_controlled_by_nobody():
    found = after(gave_away(CREATED), lambda closure: closure.service("ci-7").update(controllers=[]))

    assert "service ci-7, which nobody controls ← signed tests.dsse.json" in found.unresolved()
    assert found.why("alice") != []
    assert found.builders.services == {"ci-7"}


@pytest.mark.parametrize(
    ("former", "words"),
    [
        ([{"person": "zoe", "until": "2026-01-01T00:00:00Z"}], "controller zoe of ci-7 is not in the roster"),
        ([{"person": "alice", "until": "2026-01-01T00:00:00Z"}] * 2, "former controller alice found twice"),
        ([{"person": "alice"}], "until"),
    ],
)
def test_former_controllers_are_people_of_the_roster_once_each(former, words):
    with pytest.raises(Malformed, match=words):
        after(lambda closure: closure.service("ci-7").update(formerControllers=former)).roster  # noqa: B018


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-400, 400), max_size=3), st.integers(0, 400), st.integers(-400, 400))
def test_no_stated_start_ever_acquits(starts, gone, extra):
    def with_starts(days):
        def change(closure):
            usual = closure.build.evidence["provenance.dsse.json"].document
            for number, day in enumerate(days):
                run = {"builder": {"id": BUILDER_ID}}
                run |= {"metadata": {"startedOn": time_text(CREATED + timedelta(days=day))}}
                predicate = {**usual["predicate"], "runDetails": run}
                document = {**usual, "predicate": predicate}
                closure.build.evidence[f"more-{number}.dsse.json"] = Signed(document, ["ci-7"])

        return change

    accused = after(with_starts(starts), gave_away(CREATED - timedelta(days=gone)))
    more = after(with_starts([*starts, extra]), gave_away(CREATED - timedelta(days=gone)))

    assert set(accused.why("alice")) <= set(more.why("alice"))
