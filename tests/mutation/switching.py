"""Switch a mutant on by giving the function its code: the functions that are not mutated then cost nothing.

mutmut's own trampoline asks at every call which mutant is on; the rules are called so often that this takes
most of the time. A mutated module imports this one instead, by the same names.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

MutantDict = dict[str, Callable[..., Any]]

_SWITCHED: Final[list[tuple[FunctionType, MutantDict]]] = []
ORIGINAL: Final = "_mutmut_orig"


def wrap_in_trampoline(
    mutants: MutantDict, *, is_classmethod: bool = False
) -> Callable[[FunctionType], FunctionType]:
    """Remember a function with its mutants; its body stays the one written, until one is switched on."""
    del is_classmethod

    def remembered(function: FunctionType) -> FunctionType:
        _SWITCHED.append((function, mutants))
        return function

    return remembered


def switch_on(name: str) -> None:
    """Give the function that has a mutant of this name, `module.mutant`, the mutant's code.

    With "" every function runs the copy called original, whose lines are told apart from its mutants'.
    """
    module, _, mutant = name.rpartition(".")
    for function, mutants in _SWITCHED:
        if not name:
            _give(function, mutants[ORIGINAL])
        elif function.__module__ == module and mutant in mutants:
            _give(function, mutants[mutant])
            return
    if name:
        raise LookupError(f"no function has a mutant called {name}")


def _give(function: FunctionType, other: Callable[..., Any]) -> None:
    source: FunctionType = getattr(other, "__func__", other)
    function.__code__ = source.__code__
    function.__defaults__, function.__kwdefaults__ = source.__defaults__, source.__kwdefaults__
