"""The language of the screen: our sentences are written in English and looked up in a catalogue.

A sentence is its own key. What comes from outside, and what a guardrail found, stays as it is; the
headlines and next steps of rules are ours and are translated by their English words too.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ui.german import GERMAN


class Language(StrEnum):
    """The languages the screen speaks."""

    ENGLISH = "en"
    GERMAN = "de"


CATALOGUES: Final[Mapping[Language, Mapping[str, str]]] = {Language.ENGLISH: {}, Language.GERMAN: GERMAN}


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
    found = CATALOGUES[_Spoken.language].get(sentence, sentence)
    return found.format(**values) if values else found
