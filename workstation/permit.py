"""Proof that the journal recorded an action and every guardrail agreed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from workstation.core.action import Action
from workstation.core.entry import Entry
from workstation.core.facts import Facts

A_co = TypeVar("A_co", bound=Action, covariant=True)


@dataclass(frozen=True, slots=True)
class Permit(Generic[A_co]):
    """Only the gate makes these; no effect runs without one. `entry` is the entry that says allowed."""

    action: A_co
    facts: Facts
    entry: Entry
