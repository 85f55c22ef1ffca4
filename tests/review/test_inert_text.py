"""Inert text: nothing in it acts, and two different lines never look alike."""

# ruff: noqa: RUF001 (the signs inert text is spelled with)
from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.console.main import main
from workstation.core.inert_text import inert, inert_bytes, original, tame

BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(st.text())
def test_every_text_can_be_told_from_its_inert_form(text: str) -> None:
    shown = inert(text)

    assert original(shown) == text


@given(st.binary(), st.binary())
def test_two_different_lines_never_look_alike(one: bytes, other: bytes) -> None:
    alike = inert_bytes(one) == inert_bytes(other)

    assert alike == (one == other)


@given(st.text())
def test_inert_text_holds_printable_characters_of_a_short_list_only(text: str) -> None:
    shown = inert(text)

    assert all("\x20" <= character <= "\x7e" or character in "→·‹›" for character in shown)


@given(st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E)))
def test_plain_ascii_stands_as_it_is(text: str) -> None:
    shown = inert(text)

    assert shown == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\tx = 1  ", "→x = 1··"),
        ("p\u0430ypal", "p‹U+0430›ypal"),
        ("a\u202eb", "a‹U+202E›b"),
        ("\x1b[2K", "‹U+001B›[2K"),
        ("\U000e0041", "‹U+E0041›"),
        ("‹U+0041›", "‹U+2039›U+0041‹U+203A›"),
        ("a·→", "a‹U+00B7›‹U+2192›"),
        ("line\r", "line‹U+000D›"),
        ("", ""),
    ],
)
def test_what_deceives_is_spelled_out(text: str, shown: str) -> None:
    found = inert(text)

    assert found == shown


def test_a_byte_that_is_not_utf8_is_told_from_every_character() -> None:
    found = inert_bytes(b"a\xff\xe2\x80\xae")

    assert found == "a‹U+DCFF›‹U+202E›"


@given(st.text(st.characters()))
def test_nothing_acts_in_words_for_a_terminal(text: str) -> None:
    shown = tame(text)

    left = {unicodedata.category(character) for character in shown if character not in "\n\t"}
    assert not left & {"Cc", "Cs", "Zl", "Zp"}
    assert not any(unicodedata.bidirectional(one) in BIDI_CONTROLS for one in shown)


@pytest.mark.parametrize("text", ["Zoë ← Łukasz ■ 東京", "two\nlines\tand a tab"])
def test_words_of_every_script_stay_in_words_for_a_terminal(text: str) -> None:
    assert tame(text) == text


def test_a_hostile_component_cannot_write_on_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = {"name": "evil\x1b[2K\u202e", "version": "1\n  reviewable"}
    for name, components in (("old", []), ("new", [hostile])):
        document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components}
        (tmp_path / name).write_text(json.dumps(document))

    status = main(["diff", str(tmp_path / "old"), str(tmp_path / "new")])

    said = capsys.readouterr()
    assert status == 0
    assert "evil‹U+001B›[2K‹U+202E› 1‹U+000A›  reviewable" in said.out + said.err
    assert "\x1b" not in said.out + said.err
