"""A request with a crowd behind it: fifty people, twenty services, about two hundred ways to builders."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ed25519

from workstation.core import enrolment, statement, strict_json
from workstation.core.dsse import Signature, make_envelope, pae
from workstation.core.evidence import DSSE_MEDIA_TYPE
from workstation.core.identity import Digest, digest_of
from workstation.core.oci_layout import REQUEST_BUNDLE, Bundle, Layer, make_manifest, parse_bundle
from workstation.core.policy_document import parse_policy
from workstation.core.public_key import PublicKey, from_loaded
from workstation.core.request import REQUEST_TITLE
from workstation.core.roster import Use
from workstation.core.roster_document import parse_roster
from workstation.core.shape import time_text
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.core.trust_snapshot import TrustSnapshot

NOW: Final = datetime(2026, 11, 20, 10, tzinfo=UTC)
PEOPLE: Final = 50
SERVICES: Final = 20
CONTROLLERS: Final = 10
APPROVER: Final = "p-50"
PRODUCT: Final = "pkg:generic/crowd"
ARTIFACT: Final = b"what is released\n"


@dataclass(frozen=True, slots=True)
class Crowd:
    """The request's bundle and documents, and the trust it is judged under."""

    bundle: Bundle
    documents: dict[str, bytes]
    trust: TrustSnapshot


def crowd() -> Crowd:
    """Return the crowd, the same each time."""
    documents = {"provenance.dsse.json": _signed(statement.PROVENANCE, _provenance(), "service-1")}
    documents[REQUEST_TITLE] = _signed(statement.REQUEST, _request(documents), "p-1")
    layers = [
        Layer(title=title, media_type=DSSE_MEDIA_TYPE, digest=digest_of(data), size=len(data))
        for title, data in {**documents, "crowd.bin": ARTIFACT}.items()
    ]
    bundle = parse_bundle(make_manifest(REQUEST_BUNDLE, tuple(layers)), where="bundle")
    return Crowd(bundle, documents, _trust())


def public_key(name: str) -> PublicKey:
    """Return the public key of somebody in the crowd."""
    return from_loaded(_private(name).public_key(), where=name)


def _private(name: str) -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(digest_of(name.encode())))


def _builder(number: int) -> str:
    return f"https://ci.example.org/builders/{number}"


def _trust() -> TrustSnapshot:
    people: list[JsonValue] = [_person(f"p-{number}") for number in range(1, PEOPLE + 1)]
    services: list[JsonValue] = [_service(number) for number in range(1, SERVICES + 1)]
    roster: JsonObject = {
        "schema": "urn:countersign:roster:v1",
        "version": 1,
        "created": "2026-01-01T00:00:00Z",
        "people": people,
        "services": services,
    }
    return TrustSnapshot(
        root_version=1,
        targets_version=1,
        expires=NOW + timedelta(days=90),
        roster=parse_roster(strict_json.dump(roster)),
        policy=parse_policy(strict_json.dump(_policy())),
    )


def _person(name: str) -> JsonObject:
    return {
        "id": name,
        "name": name,
        "roles": ["approver"],
        "aliases": [f"{name}@example.org"],
        "conflictGroups": [],
        "uniquenessTag": digest_of(f"mark of {name}".encode()),
        "status": [{"since": "2026-01-01T00:00:00Z"}],
        "credentials": [_credential(name, Use.REQUEST if name == "p-1" else Use.COUNTERSIGN)],
    }


def _service(number: int) -> JsonObject:
    # Never the last person: they are the one who is asked.
    first = (number * CONTROLLERS) % (PEOPLE - 1)
    controllers: list[JsonValue] = [f"p-{(first + step) % (PEOPLE - 1) + 1}" for step in range(CONTROLLERS)]
    return {
        "id": f"service-{number}",
        "name": f"service {number}",
        "builderIds": [_builder(number)],
        "controllers": controllers,
        "attested": "2026-11-01T00:00:00Z",
        "credentials": [_credential(f"service-{number}", Use.EVIDENCE)],
    }


def _credential(name: str, use: Use) -> JsonObject:
    key = public_key(name)
    challenge = digest_of(name.encode())[: enrolment.CHALLENGE_BYTES].encode()
    signature = _private(name).sign(enrolment.proof_message(name, key, (use,), challenge))
    return {
        "fingerprint": key.fingerprint,
        "spki": base64.b64encode(key.spki).decode(),
        "uses": [use.value],
        "tokenSerial": f"token-{name}",
        "enrolled": "2026-01-01T00:00:00Z",
        "enrolledBy": [],
        "validFrom": "2026-01-01T00:00:00Z",
        "validTo": "2028-01-01T00:00:00Z",
        "state": "active",
        "proof": {
            "challenge": base64.b64encode(challenge).decode(),
            "signature": base64.b64encode(signature).decode(),
        },
    }


def _policy() -> JsonObject:
    rule: JsonObject = {
        "id": "crowd",
        "match": {"purl": [PRODUCT], "channel": ["stable"]},
        "approvals": {
            "role": "approver",
            "atLeast": 1,
            "distinctBy": "person",
            "notAnyOf": ["submitter", "builder"],
        },
        "provenance": {"required": True, "builders": [{"id": _builder(1), "service": "service-1"}]},
        "coolingOffDays": 7,
        "controllersAttestedWithinDays": 90,
    }
    return {
        "schema": "urn:countersign:policy:v1",
        "policyId": "crowd",
        "version": 1,
        "effectiveFrom": "2026-01-01T00:00:00Z",
        "defaultDecision": "refuse",
        "rules": [rule],
    }


def _provenance() -> JsonObject:
    return {
        "buildDefinition": {
            "buildType": "https://ci.example.org/build-types/crowd/v1",
            "externalParameters": {},
            "internalParameters": {"actorId": "p-1@example.org", "triggeringActorId": "p-1@example.org"},
            "resolvedDependencies": [],
        },
        "runDetails": {"builder": {"id": _builder(1)}},
    }


def _request(documents: dict[str, bytes]) -> JsonObject:
    evidence: list[JsonValue] = [
        {"name": name, "digest": digest_of(data), "mediaType": DSSE_MEDIA_TYPE}
        for name, data in documents.items()
    ]
    return {
        "requestId": "crowd-1",
        "product": f"{PRODUCT}@1.0",
        "channel": "stable",
        "submitter": public_key("p-1").fingerprint,
        "builtBy": [_builder(number) for number in range(1, SERVICES + 1)],
        "created": time_text(NOW - timedelta(hours=1)),
        "notAfter": time_text(NOW + timedelta(days=7)),
        "evidence": evidence,
        "outputs": [],
    }


def _signed(predicate_type: str, predicate: JsonObject, by: str) -> bytes:
    subject: JsonObject = {"name": "crowd.bin", "digest": {"sha256": Digest(digest_of(ARTIFACT))}}
    if predicate_type == statement.REQUEST:
        subject["annotations"] = {"size": len(ARTIFACT)}
    payload = strict_json.dump({
        "_type": statement.STATEMENT_TYPE,
        "subject": [subject],
        "predicateType": predicate_type,
        "predicate": predicate,
    })  # fmt: skip
    signature = _private(by).sign(pae("application/vnd.in-toto+json", payload))
    return make_envelope(payload, (Signature(keyid=public_key(by).keyid, value=signature),)).received
