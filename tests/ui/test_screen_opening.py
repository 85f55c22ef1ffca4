"""Opening a review: the card comes before the review, and who could not sign is told before they read."""

from __future__ import annotations

from sample_answers import card, sample_reader, sample_review, wrong_pin
from sample_desk import SampleDesk
from sample_release import PIN
from walks import cells_of, focused_name, shown_words, to_opening, to_review

from ui.hands import Hands
from ui.start import Screen
from workstation.desk.face import AskCountersign, AskReview


def open_with(hands: Hands, name: str, pin: str = PIN) -> None:
    to_opening(hands)
    hands.choose("opening.cards.list", name)
    hands.tab_to("opening.pin.edit")
    hands.type(pin)
    hands.press("Return")
    hands.settle()


def openings(desk: SampleDesk) -> list[AskReview]:
    return [one for one in desk.asked if isinstance(one, AskReview)]


def test_a_card_says_who_reads_before_anything_is_shown(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    to_opening(hands)
    before = shown_words(screen)

    hands.choose("opening.cards.list", "alice")
    hands.tab_to("opening.pin.edit")
    hands.type(PIN)
    hands.press("Return")
    hands.wait_for_page("review")

    assert sample_review().sentence not in before
    assert [one.token for one in openings(desk)] == [card("alice").uri]
    assert desk.secrets[desk.asked.index(openings(desk)[0])] == PIN.encode()


def test_a_builder_is_told_before_reading_and_may_read_on(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    open_with(hands, "bob")
    page, told = screen.window.page().name, shown_words(screen)
    hands.press("Alt+R")
    hands.wait_for_page("review")

    assert page == "opening"
    assert "Bob Builder, what you countersigned here would not count" in told
    assert "You had a hand in building this" in told
    assert sample_review().sentence not in told


def test_the_review_goes_on_saying_why_its_reader_may_not_sign(screen: Screen, hands: Hands) -> None:
    open_with(hands, "dana")
    hands.press("Alt+R")
    hands.wait_for_page("review")

    reasons = [*cells_of(screen.flow.pages.review.questions.blockers)]

    assert any("SOD-BUILDER" in words for words in reasons)
    assert not any("Nothing found that stops" in words for words in reasons)


def test_a_builder_may_leave_it_at_that(screen: Screen, hands: Hands) -> None:
    open_with(hands, "dana")

    hands.press("Alt+B")
    hands.wait_for_page("home")

    assert screen.window.page().name == "home"


def test_without_a_card_one_may_read_and_is_told_on_the_way_to_signing(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    to_opening(hands)
    hands.press("Alt+W")
    hands.wait_for_page("review")

    hands.press("Alt+C")
    hands.settle()

    assert [one.token for one in openings(desk)] == [""]
    assert screen.window.page().name == "review"
    assert "opened without a card" in shown_words(screen)
    assert not any(isinstance(one, AskCountersign) for one in desk.asked)


def test_a_wrong_pin_opens_nothing_and_is_not_kept(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    open_with(hands, "alice", pin="00000000")

    assert screen.window.page().name == "opening"
    assert wrong_pin().headline in shown_words(screen)
    assert screen.flow.pages.opening.cards.pin.empty


def test_a_pin_typed_for_opening_is_forgotten_when_one_leaves(screen: Screen, hands: Hands) -> None:
    to_opening(hands)
    hands.choose("opening.cards.list", "alice")
    hands.tab_to("opening.pin.edit")
    hands.type(PIN)

    hands.press("Esc")
    hands.wait_for_page("home")

    assert screen.flow.pages.opening.cards.pin.empty


def test_return_without_a_pin_asks_for_it_and_opens_nothing(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    to_opening(hands)
    hands.choose("opening.cards.list", "alice")
    hands.tab_to("opening.pin.edit")

    hands.press("Return")
    hands.settle()

    assert openings(desk) == []
    assert focused_name() == "opening.pin.edit"


def test_who_opened_it_is_kept_when_the_review_is_asked_for_anew(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    to_review(hands)

    hands.press("F5")
    hands.settle()
    hands.press("Alt+C")
    hands.wait_for_page("sign")

    assert [one.token for one in openings(desk)] == [card("alice").uri, ""]
    assert sample_reader("alice").against == ()
