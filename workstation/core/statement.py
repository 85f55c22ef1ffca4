"""in-toto Statement v1: a claim about subjects (in-toto attestation spec, v1 statement).

Our own statements are strict: every subject has a name, a SHA-256 and a size, and nothing unknown.
Statements of others (provenance, test results) may carry more; only the parts we use are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workstation.core import strict_json
from workstation.core.identity import Digest
from workstation.core.manifest import Artifact, parse_manifest
from workstation.core.shape import Fields, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workstation.core.strict_json import JsonObject, JsonValue

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
REQUEST = "urn:countersign:signing-request:v1"
COUNTERSIGNATURE = "urn:countersign:countersignature:v1"
DECLINATION = "urn:countersign:declination:v1"
REFUSAL = "urn:countersign:refusal:v1"
RECEIPT = "urn:countersign:deploy-receipt:v1"
PROVENANCE = "https://slsa.dev/provenance/v1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
RELEASE = "https://in-toto.io/attestation/release/v0.2"


@dataclass(frozen=True, slots=True)
class OwnStatement:
    """A statement in one of our own formats: its artifacts and its predicate, unread so far."""

    artifacts: tuple[Artifact, ...]
    predicate: Shape


@dataclass(frozen=True, slots=True)
class ForeignStatement:
    """A statement in someone else's format: predicate type, subject digests, predicate fields."""

    predicate_type: str
    subjects: frozenset[Digest]
    predicate: Fields


def own_statement(payload: bytes, predicate_type: str, *, where: str) -> OwnStatement:
    """Parse a statement of ours whose predicate type must be `predicate_type`; raises Malformed."""
    top = Shape(strict_json.parse_object(payload, where=where), where)
    fields = top.fields("_type", "subject", "predicateType", "predicate")
    fields["_type"].constant(STATEMENT_TYPE)
    fields["predicateType"].constant(predicate_type)
    return OwnStatement(parse_manifest(fields["subject"]), fields["predicate"])


def foreign_statement(payload: bytes, *, where: str) -> ForeignStatement:
    """Parse a statement in someone else's format; raises Malformed."""
    top = Shape(strict_json.parse_object(payload, where=where, decimals=True), where)
    fields = top.fields("_type", "subject", "predicateType", optional=("predicate",))
    fields["_type"].constant(STATEMENT_TYPE)
    subjects = (
        item.open_fields()["digest"].open_fields()["sha256"] for item in fields["subject"].items(at_least=1)
    )
    predicate = fields.get("predicate") or Shape({}, f"{where}.predicate")
    return ForeignStatement(
        fields["predicateType"].printable(),
        frozenset(subject.digest() for subject in subjects),
        predicate.open_fields(),
    )


def make_statement(artifacts: Iterable[Artifact], predicate_type: str, predicate: JsonObject) -> bytes:
    """Return the bytes of a statement of ours."""
    subjects: list[JsonValue] = [artifact.to_subject() for artifact in artifacts]
    return strict_json.dump(
        {
            "_type": STATEMENT_TYPE,
            "subject": subjects,
            "predicateType": predicate_type,
            "predicate": predicate,
        },
    )
