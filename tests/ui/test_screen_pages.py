"""Each answer of the desk brings its page, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sample_answers import blocked_review, sample_reader, sample_review
from sample_desk import SampleDesk
from sample_release import OTHER, PIN, REQUEST, REVIEW, sample_diff
from walks import focused_name, shown_words, sign_with, to_review, to_sign

from ui.hands import Hands
from ui.start import Screen
from workstation.core.release_words import release_words
from workstation.core.seen import AtScreen, change_key
from workstation.desk.face import (
    AskCountersign,
    AskDecline,
    AskQueue,
    AskRelease,
    AskReview,
    AskStation,
    Queue,
)
from workstation.desk.records_face import AskSlip, Slip


def test_home_shows_every_request_and_what_machine_this_is(screen: Screen) -> None:
    words = shown_words(screen)

    assert screen.window.page().name == "home"
    for expected in (
        "urllib3 2.2.2",
        "Bob Builder, Carla Control",
        "0 of 2",
        "workstation-1.example.invalid",
        "412 entries",
        "version 7",
        "release-policy, version 3",
    ):
        assert expected in words


def test_an_empty_queue_says_what_to_do(desk: SampleDesk, start: Callable[[], Screen]) -> None:
    desk.overrides[AskQueue] = lambda _: Queue(items=())

    screen = start()
    Hands(screen.app, screen.window, screen.link, 10).settle()

    assert "Put the incoming medium in" in shown_words(screen)
    assert "pkg:" not in shown_words(screen)


def test_f5_asks_the_desk_again(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    before = len(desk.asked)

    hands.press("F5")
    hands.settle()

    assert [type(question) for question in desk.asked[before:]] == [AskStation, AskQueue]


def test_the_sheet_of_a_request_is_printed_and_said_not_to_be_the_one_to_type_from(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    hands.choose("home.queue.table", "certifi")

    hands.press("Alt+P")
    hands.settle()

    assert desk.asked[-1] == AskSlip(slip=Slip.REQUEST, about=OTHER)
    assert "/media/outgoing/slips/request.pdf" in shown_words(screen)
    assert "Type the words from the sheet the builder printed" in shown_words(screen)


def test_the_review_answers_the_three_questions(screen: Screen, hands: Hands) -> None:
    to_review(hands)

    words = shown_words(screen)

    assert "urllib3 2.2.2 replaces 2.2.1 on stable" in words
    assert "A script that runs by itself at install time was added" in words
    assert "← started the build ← named by provenance.dsse.json" in words
    assert "← controls ci-7 ← signed provenance.dsse.json" in words
    assert "1 thing could not be inspected" in words
    assert "0 of 2 countersignatures" in words


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_the_three_questions_need_no_scrolling(screen: Screen, hands: Hands, size: tuple[int, int]) -> None:
    screen.window.resize(*size)
    to_review(hands)
    hands.settle()

    questions = screen.flow.pages.review.questions
    bottom = questions.mapTo(screen.window, questions.rect().bottomLeft()).y()

    assert bottom < screen.window.height()
    assert questions.countersign.isVisible()
    assert screen.window.width() == size[0]
    assert screen.window.height() == size[1]


def test_what_stops_everybody_is_shown_before_a_card_is_asked_for(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    desk.overrides[AskReview] = lambda _: replace(blocked_review(), reader=sample_reader("alice"))
    to_review(hands)

    hands.press("Alt+C")
    hands.settle()

    assert screen.window.page().name == "review"
    assert focused_name() == "review.blockers.list"
    assert "signed test results" in shown_words(screen)


def test_a_person_may_still_try_what_is_blocked_and_be_refused(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    desk.overrides[AskReview] = lambda _: replace(blocked_review(), reader=sample_reader("alice"))
    to_review(hands)

    hands.press("Alt+C")
    hands.settle()
    hands.press("Alt+C")

    hands.wait_for_page("sign")


def test_the_signing_page_says_who_built_it_and_what_is_bound(screen: Screen, hands: Hands) -> None:
    to_sign(hands)

    words = shown_words(screen)
    bare = words.replace(" ", "").replace("\n", "")

    assert "Built by Bob Builder, Carla Control" in words
    assert REQUEST in bare
    assert REVIEW in bare
    for artifact in sample_review().manifest:
        assert artifact.digest in bare
    assert "roster version 7" in words


def test_a_countersignature_is_asked_for_with_exactly_what_was_shown(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    to_sign(hands)
    hands.tab_to("sign.comment.edit")
    hands.type("looks right")

    sign_with(hands, "alice", PIN)

    (asked,) = [question for question in desk.asked if isinstance(question, AskCountersign)]
    finding = "urllib3-2.2.2.tar.gz!/urllib3-2.2.2/hooks/post-install.sh"
    (high,) = [change for change in sample_diff().changes if change.path == finding]
    assert asked == AskCountersign(
        request=REQUEST,
        review=REVIEW,
        token="pkcs11:token=alice;id=%01",
        comment="looks right",
        acknowledged=(f"RUNS-BY-ITSELF {finding}",),
        at_screen=AtScreen(words=" ".join(release_words(REQUEST)), seen=(change_key(high),)),
    )
    assert desk.secrets[desk.asked.index(asked)] == PIN.encode()


def test_two_countersignatures_make_a_quorum_and_a_release_is_written(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    to_sign(hands)
    sign_with(hands, "alice", PIN)
    first = shown_words(screen)
    hands.press("Esc")
    hands.wait_for_page("home")

    to_sign(hands)
    sign_with(hands, "carol", PIN)
    second = shown_words(screen)
    hands.press("Alt+W")
    hands.wait_for_page("released")

    assert "1 of 2 countersignatures" in first
    assert "Write the release" not in first
    assert "2 of 2 countersignatures: the quorum is reached" in second
    assert "✓ Alice Example · ✓ Carol Example" in second
    assert "decision: approve" in second
    assert "product: pkg:pypi/urllib3@2.2.2" in second
    assert isinstance(desk.asked[-1], AskRelease)
    assert "/media/outgoing/urllib3-2.2.2" in shown_words(screen)


def test_a_builder_is_refused_on_a_page_like_no_other(screen: Screen, hands: Hands) -> None:
    to_sign(hands)

    sign_with(hands, "bob", PIN)

    words = shown_words(screen)
    assert screen.window.page().name == "refusal"
    for expected in (
        "■ REFUSED",
        "You had a hand in building this",
        "Bob Builder ← controls ci-7 ← signed provenance.dsse.json",
        "What to do next: Hand the desk to an approver",
        "rule SOD-BUILDER",
        "Journal entry 418",
        "policy release-policy, version 3",
    ):
        assert expected in words


def test_a_refusal_leads_only_back_to_the_queue(screen: Screen, hands: Hands) -> None:
    to_sign(hands)
    sign_with(hands, "bob", PIN)

    hands.press("Return")

    hands.wait_for_page("home")


def test_declining_needs_a_reason(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    to_review(hands)
    hands.press("Alt+D")
    hands.wait_for_page("decline")
    hands.settle()
    hands.tab_to("decline.pin.edit")
    hands.type(PIN)

    hands.press("Alt+C")
    hands.settle()

    assert not [question for question in desk.asked if isinstance(question, AskDecline)]
    assert focused_name() == "decline.reason.edit"
    assert "Say why you decline" in shown_words(screen)


def test_declining_sends_the_reason_and_tells_where_it_is_kept(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    to_review(hands)
    hands.press("Alt+D")
    hands.wait_for_page("decline")
    hands.settle()
    hands.type("the hook is not explained")
    hands.tab_to("decline.pin.edit")
    hands.type(PIN)

    hands.press("Alt+C")
    hands.wait_for_page("released")

    (asked,) = [question for question in desk.asked if isinstance(question, AskDecline)]
    assert asked.reason == "the hook is not explained"
    assert "Journal entry 420" in shown_words(screen)
