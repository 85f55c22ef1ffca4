"""SLSA provenance v1: the builder, the accounts that made it act, and the source (slsa.dev/provenance/v1).

Where an account stands differs between builders. Only ids that are never given to somebody else are
read, and they get a namespace: docs/spec/closure.md says which fields of which builder.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from workstation.core.identity import Digest
from workstation.core.shape import Fields, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.statement import ForeignStatement

_EXTERNAL, _INTERNAL = "externalParameters", "internalParameters"
_SENDER: Final = "pipelinesascode.tekton.dev/sender"
_ACTOR_FIELDS: Final = (
    # Our own names, for builders one writes oneself; the value is an alias as the roster has it.
    *(((group, name), "") for group in (_EXTERNAL, _INTERNAL) for name in ("actorId", "triggeringActorId")),
    # slsa-github-generator; the event's sender is whoever caused it, whatever the run says later.
    ((_EXTERNAL, "GITHUB_ACTOR_ID"), "github:"),
    ((_EXTERNAL, "GITHUB_TRIGGERING_ACTOR_ID"), "github:"),
    ((_INTERNAL, "GITHUB_ACTOR_ID"), "github:"),
    ((_INTERNAL, "GITHUB_TRIGGERING_ACTOR_ID"), "github:"),
    ((_INTERNAL, "GITHUB_EVENT_PAYLOAD", "sender", "id"), "github:"),
    # The community's build type for GitHub Actions workflows, v1.
    ((_INTERNAL, "github", "actor_id"), "github:"),
    ((_INTERNAL, "github", "triggering_actor_id"), "github:"),
    # GitLab Runner: a variable of the job.
    ((_EXTERNAL, "variables", "GITLAB_USER_ID"), "gitlab:"),
    # Tekton Chains knows no accounts. Pipelines as Code leaves a login name, which is no immutable id:
    # it has a namespace of its own, so that custodians decide whether it may name anybody.
    ((_INTERNAL, "labels", _SENDER), "tekton-sender:"),
    ((_INTERNAL, "annotations", _SENDER), "tekton-sender:"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """SLSA provenance v1: builder, the accounts that made it act, and the source it names."""

    builder_id: str
    actors: tuple[str, ...]
    sources: frozenset[str]
    subjects: frozenset[Digest]
    started: datetime | None = None


def read_provenance(found: ForeignStatement) -> Provenance:
    """Return what a provenance statement says; raises Malformed."""
    definition = found.predicate["buildDefinition"].open_fields()
    run = found.predicate["runDetails"].open_fields()
    return Provenance(
        builder_id=run["builder"].open_fields()["id"].printable(),
        started=_started(run),
        actors=tuple(dict.fromkeys(_actors(definition))),
        sources=frozenset(_dependency_uris(definition)),
        subjects=found.subjects,
    )


def _started(run: Fields) -> datetime | None:
    metadata = run.get("metadata")
    started = None if metadata is None else metadata.open_fields().get("startedOn")
    return None if started is None else started.foreign_time()


def _actors(definition: Fields) -> Iterator[str]:
    for path, namespace in _ACTOR_FIELDS:
        shape = _at(definition, path)
        # GitLab's runner may list its variables without their values; that names nobody.
        if shape is not None and shape.value not in (None, ""):
            yield namespace + _id(shape)


def _at(fields: Fields, path: tuple[str, ...]) -> Shape | None:
    """Return the value at a path, or None where the path does not lead on."""
    first, *rest = path
    shape = fields.get(first)
    if shape is None or not rest:
        return shape
    return _at(shape.open_fields(), tuple(rest)) if isinstance(shape.value, dict) else None


def _id(shape: Shape) -> str:
    """Return an account's id; GitHub's events give it as a number, everything else as text."""
    if isinstance(shape.value, int):
        return str(shape.integer(0, 2**53 - 1))
    return shape.printable(at_most=200)


def _dependency_uris(definition: Fields) -> Iterator[str]:
    dependencies = definition.get("resolvedDependencies")
    for item in () if dependencies is None else dependencies.items():
        uri = item.open_fields().get("uri")
        if uri is not None:
            yield uri.printable().partition("@")[0]
