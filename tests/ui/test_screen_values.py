"""The words and colours behind the pages. No window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_answers import sample_item
from sample_release import REQUEST, sample_diff

from ui.fonts import typefaces
from ui.shown import grouped, paragraphs, person_text, prose, row_text, size_shown, time_shown, value_text
from ui.stylesheet import stylesheet
from ui.theme import THEMES, Theme, ThemeName, Tone
from ui.wording import HINTS, ended_words, pin_usable, pin_words, stage_words, tries_words, waiting_words
from workstation.desk.face import (
    AskCountersign,
    AskDecline,
    AskQueue,
    AskRelease,
    AskReview,
    AskStation,
    AskTokens,
    Question,
    Stage,
)


@given(st.text())
def test_no_text_reaches_the_screen_with_controls_or_bidi_marks(text: str) -> None:
    shown = value_text(text) + row_text(text) + prose(text) + person_text(text) + paragraphs(text)

    assert all(letter.isprintable() or letter == "\n" for letter in shown)
    assert not set(shown) & {"\u200e", "\u200f", "\u202e", "\u2066", "\u2069", "\u200b", "\u0301"}


@given(st.text(), st.text())
def test_two_paths_that_differ_are_shown_differently(one: str, other: str) -> None:
    assert (value_text(one) == value_text(other)) == (one == other)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zoë Łukasz", "Zoë Łukasz"),
        ("bob\u202e", "bob\u2039U+202E\u203a"),
        ("a\u200bb", "a\u2039U+200B\u203ab"),
        ("<b>Eve</b>", "<b>Eve</b>"),
        ("\u05d0", "\u2039U+05D0\u203a"),
    ],
)
def test_names_of_people_keep_their_letters_and_nothing_else(name: str, shown: str) -> None:
    assert person_text(name) == shown


def test_digests_times_and_sizes_are_written_for_the_eye() -> None:
    assert grouped("0123456789abcdef", per_line=2) == "0123 4567\n89ab cdef"
    assert time_shown("2026-11-20T09:00:00Z") == "2026-11-20 09:00 UTC"
    assert time_shown("soon\x1b") == "soon\u2039U+001B\u203a"
    assert size_shown(1) == "1 byte"
    assert size_shown(1234567) == "1\u2009234\u2009567 bytes"


TONES = tuple(tone.value for tone in Tone if tone is not Tone.PLAIN)
GROUNDS = ("window", "base", "raised", "soft")
WRITTEN = {
    # What is written, and what it is written on, anywhere on the screen.
    "text": (*GROUNDS, "added", "removed", "word_added", "word_removed"),
    "secondary": (*GROUNDS, "added", "removed"),
    **dict.fromkeys(TONES, GROUNDS),
    "on_accent": ("accent",),
    "on_rail": ("rail",),
    "on_rail_chosen": ("rail_chosen",),
    "on_refused": ("refused",),
}
DRAWN = {
    # Rings around what has the keyboard, edges of fields, and lines of a drawing.
    "accent": ("window", "base"),
    "secondary": ("window", "base"),
    "text": ("window", "base"),
    "on_rail": ("rail",),
    "on_rail_chosen": ("rail_chosen",),
    "warn": ("base",),
}


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_every_text_stands_out_from_what_it_stands_on(theme: Theme) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1; 7 to 1 in the high contrast theme (1.4.6)."""
    least = 7.0 if theme.name is ThemeName.CONTRAST else 4.5

    assert too_close(theme, WRITTEN, least) == []


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_every_ring_edge_and_line_stands_out_as_well(theme: Theme) -> None:
    """WCAG 2.2, 1.4.11: at least 3 to 1."""
    assert too_close(theme, DRAWN, 3.0) == []


def test_no_colour_of_a_theme_is_used_without_its_contrast_being_looked_at() -> None:
    looked_at = {*WRITTEN, *DRAWN, *(one for grounds in WRITTEN.values() for one in grounds)}

    # Thin lines between what stands apart anyway are decoration.
    assert set(Theme.__slots__) - looked_at == {"name", "line"}


def too_close(theme: Theme, pairs: dict[str, tuple[str, ...]], least: float) -> list[str]:
    return [
        f"{one} on {ground}: {ratio:.2f}"
        for one, grounds in pairs.items()
        for ground in grounds
        if (ratio := contrast(getattr(theme, one), getattr(theme, ground))) < least
    ]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_the_stylesheet_has_no_gap_left(theme: Theme) -> None:
    assert "$" not in stylesheet(theme, 150)


def test_digests_are_set_in_fixed_pitch(application: object) -> None:
    assert typefaces().fixed == "Hack"


DIGEST = sample_diff().digest()
QUESTIONS: tuple[Question, ...] = (
    AskStation(),
    AskQueue(),
    AskReview(request=REQUEST),
    AskTokens(),
    AskCountersign(request=REQUEST, review=DIGEST, token="pkcs11:"),
    AskDecline(request=REQUEST, review=DIGEST, token="pkcs11:", reason="x"),
    AskRelease(request=REQUEST),
)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: type(question).__name__)
def test_every_question_has_words_while_it_waits_and_when_it_is_cut_off(question: Question) -> None:
    assert waiting_words(question)
    assert "Nothing was signed" in ended_words(question)


def test_every_page_and_state_has_words() -> None:
    stages = {stage_words(replace(sample_item(), stage=stage)) for stage in Stage}
    states = {pin_words(state) for state in ("ok", "low", "final", "locked", "uninitialised", "else")}

    assert len(stages) == len(Stage)
    assert len(states) == 6
    assert [state for state in ("ok", "low", "final", "locked", "uninitialised") if pin_usable(state)] == [
        "ok",
        "low",
        "final",
    ]
    assert {"home", "review", "sign", "decline", "refusal", "done"} <= set(HINTS)


@pytest.mark.parametrize(
    ("left", "words"), [(None, ""), (0, "locked"), (1, "1 try is left"), (2, "2 tries are left")]
)
def test_the_tries_of_a_pin_are_told_in_words(left: int | None, words: str) -> None:
    assert words in tries_words(left)
