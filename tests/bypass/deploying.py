"""Releases on their way: good ones, and what is done to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from bypass.stage import HONEST, Prepare, Stage
from core.world import Released

from workstation.core.countersignature import Countersignature
from workstation.core.identity import Digest

OTHER: Final = Digest("ab" * 32)


def installed(change: Callable[[Released], Released]) -> Callable[[Stage], object]:
    """Return what a deployer says of a good release after `change` on its way."""

    def verify(stage: Stage) -> object:
        return change(good(stage).release()).recomputed(stage.trust, now=stage.now)

    return verify


def good(stage: Stage) -> Stage:
    stage.admit()
    return stage.signed_by(*HONEST)


def verified(prepare: Prepare) -> Callable[[Stage], object]:
    def verify(stage: Stage) -> object:
        prepare(stage)
        return stage.recomputed()

    return verify


def bound_to(**changes: Any) -> Callable[[Countersignature], Countersignature]:
    """Return the change of what a countersignature is bound to."""
    return lambda said: replace(said, binding=replace(said.binding, **changes))
