"""Changes to the documents of the test world that several techniques begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from bypass import forge
from bypass.stage import TESTS, Prepare, Stage
from core.documents import Document, credential, service
from core.keys import UnsafeTestKey, edwards

A = TypeVar("A")
R = TypeVar("R")
V = TypeVar("V")


def all_of(*changes: Prepare) -> Prepare:
    """Return the change that makes all these changes, in this order."""

    def change(stage: Stage) -> None:
        for one in changes:
            one(stage)

    return change


def dave_also_has(key: UnsafeTestKey, **changes: object) -> Prepare:
    """Return the change that enrols one more key for dave, to build with."""
    return lambda stage: stage.person("dave")["credentials"].append(credential(key, "evidence", **changes))


def alias(person: str, *names: str) -> Prepare:
    """Return the change that makes these names mean a person."""
    return lambda stage: stage.person(person)["aliases"].extend(names)


def tag_signed_by(name: str) -> Prepare:
    """Return the change that has the request name who signed the tag."""
    return lambda stage: stage.source.update(tagSigner=name)


def signs_tests_with(key: UnsafeTestKey) -> Prepare:
    """Return the change that has a key sign the test results too."""
    return lambda stage: forge.signed_also(stage, TESTS, key, key.public.keyid)


def card(name: str = "dave", **changes: Any) -> Prepare:
    return lambda stage: stage.person(name)["credentials"][0].update(changes)


def started(external: Document | None = None, internal: Document | None = None) -> Prepare:
    """Return the change that has provenance name accounts in these places alone."""
    return lambda stage: stage.definition.update(
        externalParameters=external or {}, internalParameters=internal or {}
    )


def machine(name: str, *, controllers: tuple[str, ...], **changes: Any) -> Prepare:
    """Return the change that enrols one more machine."""

    def change(stage: Stage) -> None:
        key = credential(edwards(name), "evidence")
        made = service(
            name, key, builder_ids=(f"https://{name}.example.org", f"github:{name}"), controller=""
        )
        stage.roster["services"].append(made | {"controllers": list(controllers)} | changes)

    return change


def about(value: V, act: Callable[[A, V], R]) -> Callable[[A], R]:
    """Return `act` about this value, whatever a loop goes on to."""
    return lambda first: act(first, value)
