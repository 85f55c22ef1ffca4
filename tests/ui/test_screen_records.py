"""The pages of records: reached by their keys, filled by the desk, and changing nothing but what they say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gallery import GALLERY
from sample_answers import refusal, wrong_pin
from sample_desk import DeskThread, SampleDesk
from sample_records import BUNDLE, sample_journal, sample_media, sample_verified
from walks import focusable, focused_name, shown_words

from ui.hands import Hands
from ui.rail import STOPS
from ui.start import Screen
from workstation.core.entry_kind import Kind, Outcome
from workstation.desk.face import AskTokens
from workstation.desk.records_face import (
    AskCeremony,
    AskEject,
    AskJournal,
    AskMedia,
    AskPeople,
    AskPolicy,
    AskReceipts,
    AskSlip,
    AskTakeIn,
    AskVerifyJournal,
    Ceremony,
    Media,
    People,
    PolicyPage,
    Receipts,
    Slip,
)

SAID = {
    "intake": ("urllib3-2.2.2", "12.4 GB free of 31.9 GB", "Structure", "read only"),
    "ceremony": ("REHEARSAL", "3. Sign the new root", "Everybody shows their card", "Card in reader 1."),
    "journal": ("Countersigning: REFUSED", "Bob Builder", "1 refusals among the 8 shown", "Leaf hash"),
    "receipts": ("pkg:pypi/idna 3.11", "installed", "No receipt has come back yet"),
    "policy": ("python-packages", "approvals.atLeast", "2 approver", "version 3"),
    "people": ("Alice Example", "Zoë Łukasz", "controlled by Carla Control", "not active"),
    "device": ("workstation-1.example.invalid", "412 entries", "YubiKey 5", "alice"),
}


@pytest.mark.parametrize("stop", [stop for stop in STOPS if stop.name != "home"], ids=lambda stop: stop.name)
def test_each_screen_of_the_rail_is_a_key_away_and_shows_what_the_desk_said(
    screen: Screen, hands: Hands, line: DeskThread, stop: object
) -> None:
    name = getattr(stop, "name")  # noqa: B009 (a parameter's type is not known to pytest)
    GALLERY[name](hands, line)

    words = shown_words(screen)

    assert screen.window.page().name == name
    assert [one for one in SAID[name] if one not in words] == []
    assert focused_name() == f"{name}.items.list"


def test_the_rail_is_reached_by_tab_and_leads_where_it_says(screen: Screen, hands: Hands) -> None:
    hands.tab_to("rail.people.button")
    hands.press("Space")
    hands.wait_for_page("people")

    names = [widget.objectName() for widget in focusable(screen)]

    assert all(f"rail.{stop.name}.button" in names for stop in STOPS)


@pytest.mark.parametrize(
    ("keys", "question", "answer"),
    [
        ("Ctrl+2", AskMedia, Media(sticks=(), outgoing="/out")),
        ("Ctrl+3", AskCeremony, Ceremony(title="", rehearsal=False, steps=())),
        ("Ctrl+5", AskReceipts, Receipts(lines=(), awaited=())),
        (
            "Ctrl+6",
            AskPolicy,
            PolicyPage(id="", version=0, digest="", effective_from="", rules=(), controls=()),
        ),
        ("Ctrl+7", AskPeople, People(version=0, created="", lines=())),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_an_empty_screen_says_what_to_do(  # noqa: PLR0917 (fixtures and three parameters)
    desk: SampleDesk, screen: Screen, hands: Hands, keys: str, question: type, answer: object
) -> None:
    desk.overrides[question] = lambda _: answer  # type: ignore[assignment,return-value]

    hands.press(keys)
    hands.settle()

    page = screen.window.page()
    shown = [widget.objectName() for widget in page.findChildren(type(page.again)) if widget.isVisible()]  # type: ignore[attr-defined]
    words = shown_words(screen)
    assert f"{page.name}.again.button" in shown
    assert any(nothing in words for nothing in ("No ", "Nothing "))
    assert focused_name() == f"{page.name}.again.button"


def test_a_bundle_is_taken_in_from_its_medium_by_keyboard(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    hands.press("Ctrl+2")
    hands.settle()
    hands.choose("intake.items.list", "urllib3")

    hands.press("Alt+T")
    hands.settle()

    assert AskTakeIn(bundle=BUNDLE) in desk.asked
    assert "was taken in: every digest holds, 2 artifacts, 3 pieces of evidence" in shown_words(screen)


def test_a_medium_without_a_bundle_gives_nothing_to_take_in(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    hands.press("Ctrl+2")
    hands.settle()
    hands.choose("intake.items.list", "outgoing")

    hands.press("Alt+T")
    hands.settle()

    assert not [one for one in desk.asked if isinstance(one, AskTakeIn)]
    assert "there is none on this medium" in shown_words(screen)


def test_what_is_wrong_with_a_bundle_is_told_with_its_place(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    desk.overrides[AskTakeIn] = lambda _: replace(
        wrong_pin(), where="stick/index.json", detail="no JSON found"
    )
    hands.press("Ctrl+2")
    hands.settle()

    hands.press("Alt+T")
    hands.settle()

    assert "Not taken in: stick/index.json: no JSON found" in shown_words(screen)


def test_a_request_that_is_refused_at_the_intake_has_the_page_of_refusals(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    desk.overrides[AskTakeIn] = lambda _: refusal("")
    hands.press("Ctrl+2")
    hands.settle()

    hands.press("Alt+T")
    hands.wait_for_page("refusal")

    assert "REFUSED" in shown_words(screen)


def test_a_medium_is_let_go_and_the_list_asked_for_anew(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    hands.press("Ctrl+2")
    hands.settle()

    hands.press("Alt+L")
    hands.settle()

    assert desk.asked[-2:] == [AskEject(medium="/media/incoming"), AskMedia()]
    assert "take incoming out now" in shown_words(screen)


def test_refusals_alone_can_be_shown_and_no_entry_can_be_hidden(screen: Screen, hands: Hands) -> None:
    hands.press("Ctrl+4")
    hands.settle()
    journal = screen.flow.pages.records.journal
    everything = len(journal.items.entries())

    hands.press("Alt+R")
    hands.settle()
    refusals = [entry.headline for entry in journal.items.entries()]
    hands.press("Alt+R")
    hands.settle()

    assert refusals == ["Countersigning: REFUSED"]
    assert everything == len(journal.items.entries()) == len(sample_journal().lines)


def test_the_journal_is_verified_and_a_failure_says_so(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    hands.press("Ctrl+4")
    hands.settle()
    hands.press("Alt+V")
    hands.settle()
    sound = shown_words(screen)
    desk.overrides[AskVerifyJournal] = lambda _: replace(sample_verified(), findings=("entry 7 was changed",))

    hands.press("Alt+V")
    hands.settle()

    assert "All 422 entries verify" in sound
    assert "The journal does not verify: entry 7 was changed" in shown_words(screen)


def test_older_entries_follow_on_the_last_one_shown(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    hands.press("Ctrl+4")
    hands.settle()

    hands.press("Alt+O")
    hands.settle()

    assert desk.asked[-1] == AskJournal(before=0)


def test_slips_are_printed_of_a_refusal_and_of_the_checkpoint(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    hands.press("Ctrl+4")
    hands.settle()
    hands.press("Alt+P")
    hands.settle()
    hands.choose("journal.items.list", "REFUSED")

    hands.press("Alt+P")
    hands.settle()

    slips = [one for one in desk.asked if isinstance(one, AskSlip)]
    assert slips == [AskSlip(slip=Slip.CHECKPOINT), AskSlip(slip=Slip.REFUSAL, about="418")]
    assert "/media/outgoing/slips/refusal.pdf" in shown_words(screen)


def test_the_device_page_asks_for_the_cards_as_well(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    hands.press("Ctrl+8")
    hands.settle()

    assert isinstance(desk.asked[-1], AskTokens)
    assert screen.window.page().name == "device"


def test_every_kind_of_entry_and_how_far_it_came_has_words() -> None:
    from ui.pages.told_records import HOW_FAR, WHAT  # noqa: PLC0415 (what is looked at)

    assert set(WHAT) == set(Kind)
    assert set(HOW_FAR) == set(Outcome)


def test_records_that_did_not_change_keep_the_cursor(desk: SampleDesk, screen: Screen, hands: Hands) -> None:
    hands.press("Ctrl+2")
    hands.settle()
    hands.choose("intake.items.list", "certifi")

    hands.press("F5")
    hands.settle()

    assert screen.flow.pages.records.intake.current() == sample_media().sticks[0].bundles[1]
