"""Licence expressions (SPDX 2.3 annex D), and whether one is allowed.

A choice is allowed when one side is; a conjunction when both are. A licence with an exception is one
licence, by its whole name; denying the licence denies it with every exception.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from workstation.core.policy_controls import LicenceControl

_TOKEN: Final = re.compile(r"[()]|[A-Za-z0-9.+:-]+", re.ASCII)
_LONGEST: Final = 200
_WORDS: Final = frozenset({"AND", "OR", "WITH", "(", ")"})

Asked: TypeAlias = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Rest:
    """An answer so far, and the tokens still to be read."""

    answer: bool
    tokens: tuple[str, ...]


class _UnreadableError(Exception):
    """This is no licence expression."""


def allowed(expression: str, control: LicenceControl) -> bool:
    """Answer whether `control` allows what is under `expression`; what cannot be read is not allowed."""

    def asked(licence: str) -> bool:
        base = licence.partition(" WITH ")[0]
        denied = licence in control.deny or base in control.deny
        return not denied and (control.allow is None or licence in control.allow)

    tokens = tuple(_TOKEN.findall(expression))
    if "".join(tokens) != "".join(expression.split()) or len(tokens) > _LONGEST:
        return False
    try:
        found = _choice(tokens, asked)
    except _UnreadableError:
        return False
    return found.answer and not found.tokens


def _choice(tokens: tuple[str, ...], asked: Asked) -> _Rest:
    found = _conjunction(tokens, asked)
    while found.tokens[:1] == ("OR",):
        right = _conjunction(found.tokens[1:], asked)
        found = _Rest(found.answer or right.answer, right.tokens)
    return found


def _conjunction(tokens: tuple[str, ...], asked: Asked) -> _Rest:
    found = _one(tokens, asked)
    while found.tokens[:1] == ("AND",):
        right = _one(found.tokens[1:], asked)
        found = _Rest(found.answer and right.answer, right.tokens)
    return found


def _one(tokens: tuple[str, ...], asked: Asked) -> _Rest:
    match tokens:
        case ("(", *rest):
            found = _choice(tuple(rest), asked)
            if found.tokens[:1] != (")",):
                raise _UnreadableError
            return _Rest(found.answer, found.tokens[1:])
        case (licence, "WITH", exception, *rest) if not {licence, exception} & _WORDS:
            return _Rest(asked(f"{licence} WITH {exception}"), tuple(rest))
        case (licence, *rest) if licence not in _WORDS:
            return _Rest(asked(licence), tuple(rest))
        case _:
            raise _UnreadableError
