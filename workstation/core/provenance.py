"""SLSA provenance v1: the builder, the accounts that made it act, and the source (slsa.dev/provenance/v1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from workstation.core.identity import Digest
from workstation.core.provenance_actors import read_actors
from workstation.core.shape import Fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.statement import ForeignStatement


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
        actors=read_actors(definition),
        sources=frozenset(_dependency_uris(definition)),
        subjects=found.subjects,
    )


def _started(run: Fields) -> datetime | None:
    metadata = run.get("metadata")
    started = None if metadata is None else metadata.open_fields().get("startedOn")
    return None if started is None else started.foreign_time()


def _dependency_uris(definition: Fields) -> Iterator[str]:
    dependencies = definition.get("resolvedDependencies")
    for item in () if dependencies is None else dependencies.items():
        uri = item.open_fields().get("uri")
        if uri is not None:
            yield uri.printable().partition("@")[0]
