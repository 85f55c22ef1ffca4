"""The language of the screen: our sentences are written in English and looked up in a catalogue.

A sentence is its own key. What comes from outside, and what a guardrail found, stays as it is; the
headlines and next steps of rules are ours and are translated by their English words too.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from workstation.core.shape import Shape
from workstation.core.strict_json import parse_object

FOLDER: Final = Path(__file__).parent / "languages"


class Language(StrEnum):
    """The languages the screen speaks."""

    ENGLISH = "en"
    GERMAN = "de"


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Return a language's sentences by the English ones; raises OSError or Malformed for a spoilt file."""
    if language is Language.ENGLISH:
        return {}
    where = f"{language.value}.json"
    found = Shape(parse_object((FOLDER / where).read_bytes(), where=where), where)
    return {english: said.text() for english, said in found.open_fields().each()}


class _Spoken:
    """The one language in force; pages are built after it is set."""

    language = Language.ENGLISH


def speak(language: Language) -> None:
    """Set the language of everything said from now on."""
    _Spoken.language = language


def spoken() -> Language:
    """Return the language in force."""
    return _Spoken.language


def language_of(locale: str) -> Language:
    """Return the language of a POSIX locale such as de_DE.UTF-8; English where we do not speak it."""
    begun = locale.partition("_")[0].partition(".")[0].casefold()
    return next((language for language in Language if language.value == begun), Language.ENGLISH)


def t(sentence: str, /, **values: object) -> str:
    """Return a sentence of ours in the language in force, its {names} filled in."""
    found = catalogue(_Spoken.language).get(sentence, sentence)
    return found.format(**values) if values else found
