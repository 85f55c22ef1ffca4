"""The documents of the test world, as JSON that a test may change before anyone reads it."""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeAlias

from core.keys import UnsafeTestKey, edwards, p256, p384

from workstation.core.dsse import Envelope, Signature, make_envelope, pae
from workstation.core.evidence import CYCLONEDX_MEDIA_TYPE, DSSE_MEDIA_TYPE
from workstation.core.identity import digest_of
from workstation.core.oci_layout import REQUEST_BUNDLE, Bundle, Layer, make_manifest, parse_bundle
from workstation.core.request import REQUEST_TITLE, Request, parse_request
from workstation.core.statement import PROVENANCE, REQUEST, STATEMENT_TYPE, TEST_RESULT
from workstation.core.strict_json import dump

Document: TypeAlias = dict[str, Any]

ENROLLED: Final = "2026-01-05T09:00:00Z"
CREATED: Final = "2026-11-20T08:00:00Z"
NOT_AFTER: Final = "2026-11-27T08:00:00Z"
FAR_AWAY: Final = "2030-01-01T00:00:00Z"

PRODUCT: Final = "pkg:generic/pump-firmware"
BUILDER_ID: Final = "https://ci.example.org/builders/7"
SOURCE: Final = "git+https://git.example.org/pump"

KEYS: Final[Mapping[str, UnsafeTestKey]] = {
    "bob": p256("bob"),
    "bob-second": edwards("bob-second"),
    "ned": p256("ned"),
    "ci-7": edwards("ci-7"),
    "alice": p256("alice"),
    "carol": p384("carol"),
    "dave": edwards("dave"),
    "erin": p256("erin"),
    "frank": p256("frank"),
    "station": edwards("station"),
    "mallory": p256("mallory"),
}
"""Every key by name; mallory is in no roster."""

VOUCHERS: Final = {name: p256(f"{name} 1") for name in ("gail", "hugo")}
"""The custodians' first cards, once `give_vouchers` has enrolled them."""

EDWARDS: Final[Mapping[str, UnsafeTestKey]] = {name: edwards(name) for name in KEYS}
"""The same people with keys that sign the same message alike every time, for golden files."""


def json_bytes(document: object) -> bytes:
    """Return a document's bytes."""
    return dump(document)  # type: ignore[arg-type] # a test may write what is no JSON of ours


def signed(payload: bytes, *keys: UnsafeTestKey) -> Envelope:
    """Return an envelope with a good signature by each of `keys`."""
    message = pae("application/vnd.in-toto+json", payload)
    return make_envelope(payload, tuple(Signature(keyid=k.public.keyid, value=k.sign(message)) for k in keys))


_AGREES: Final[dict[str, UnsafeTestKey]] = {}
"""Every key that was ever put in a credential, by fingerprint."""


def roster_bytes(document: Document) -> bytes:
    """Return a roster's bytes; every person's key has agreed to what it is enrolled for by now."""
    found = copy.deepcopy(document)
    for each in found["people"]:
        agreed(each)
    return json_bytes(found)


def agreed(holder: Document) -> Document:
    """Return a person with the proofs of their keys put in, except where a test has put in one of its own."""
    for each in holder["credentials"]:
        fingerprint = each.get("fingerprint")
        if fingerprint in _AGREES and each.get("proof", {}).get("challenge") in (
            None,
            _challenge(fingerprint),
        ):
            each["proof"] = dict(_proof(holder["id"], fingerprint, tuple(sorted(each["uses"]))))
    return holder


def _challenge(fingerprint: str) -> str:
    return base64.b64encode(fingerprint[:32].encode()).decode()


@cache
def _proof(holder: str, fingerprint: str, uses: tuple[str, ...]) -> Document:
    lines = ("countersign-enrol-v1", fingerprint[:32].encode().hex(), holder, fingerprint, ",".join(uses))
    signature = _AGREES[fingerprint].sign("".join(f"{line}\n" for line in lines).encode())
    return {
        "challenge": _challenge(fingerprint),
        "signature": base64.b64encode(signature).decode(),
    }


def credential(key: UnsafeTestKey, *uses: str, **changes: object) -> Document:
    """Return an enrolled credential; a change to None leaves the field out."""
    _AGREES[key.public.fingerprint] = key
    found: Document = {
        "fingerprint": key.public.fingerprint,
        "spki": base64.b64encode(key.public.spki).decode(),
        "uses": list(uses),
        "enrolled": ENROLLED,
        "enrolledBy": ["gail", "hugo"],
        "validFrom": ENROLLED,
        "validTo": FAR_AWAY,
        "state": "active",
    }
    return {name: value for name, value in (found | changes).items() if value is not None}


def person(name: str, *credentials: Document, roles: tuple[str, ...], aliases: tuple[str, ...]) -> Document:
    """Return a person whose id is their name."""
    return agreed(
        {
            "id": name,
            "name": name.capitalize(),
            "roles": list(roles),
            "aliases": list(aliases),
            "conflictGroups": [],
            "uniquenessTag": digest_of(f"staff number of {name}".encode()),
            "status": [{"since": ENROLLED}],
            "credentials": list(credentials),
        }
    )


def vouched_for(holder: Document, *enrollers: str) -> None:
    """Have these custodians' cards sign that a holder's first credential is theirs."""
    enrolled = holder["credentials"][0]
    challenge = base64.b64decode(enrolled["proof"]["challenge"])
    uses, serial = ",".join(sorted(enrolled["uses"])), enrolled.get("tokenSerial", "-")
    for name in dict.fromkeys(enrollers):
        lines = ["countersign-vouch-v1", name, holder["id"], enrolled["fingerprint"], serial, uses]
        lines += [enrolled["enrolled"], hashlib.sha256(challenge).hexdigest()]
        signature = VOUCHERS[name].sign("".join(f"{line}\n" for line in lines).encode())
        vouch = {
            "fingerprint": VOUCHERS[name].public.fingerprint,
            "signature": base64.b64encode(signature).decode(),
        }
        enrolled.setdefault("vouched", []).append(vouch)


def give_vouchers(document: Document) -> None:
    """Give the custodians of a roster two cards each, so that they can vouch."""
    for holder in document["people"]:
        if holder["id"] in VOUCHERS:
            keys = (p256(f"{holder['id']} {number}") for number in (1, 2))
            holder["credentials"] = [credential(key, "trust", enrolledBy=[]) for key in keys]
            agreed(holder)


def all_vouched_for(document: Document) -> Document:
    """Return a roster, changed: the custodians' cards vouch for everybody who countersigns."""
    give_vouchers(document)
    for holder in document["people"]:
        for each in holder["credentials"]:
            if "countersign" in each["uses"]:
                vouched_for({**holder, "credentials": [each]}, *each["enrolledBy"])
    return document


def service(name: str, *credentials: Document, builder_ids: tuple[str, ...], controller: str) -> Document:
    """Return a service with one controller."""
    return {
        "id": name,
        "name": name.upper(),
        "builderIds": list(builder_ids),
        "controllers": [controller],
        "attested": "2026-11-01T00:00:00Z",
        "credentials": list(credentials),
    }


def roster_document(keys: Mapping[str, UnsafeTestKey] = KEYS) -> Document:
    """Return who is who: two builders, four approvers, a deployer, two custodians, two machines."""

    def card(name: str, *uses: str) -> Document:
        return credential(keys[name], *uses, tokenSerial=f"token-{name}")

    def approver(name: str, *roles: str) -> Document:
        aliases = (f"{name}@example.org",)
        return person(name, card(name, "countersign"), roles=("approver", *roles), aliases=aliases)

    return {
        "schema": "urn:countersign:roster:v1",
        "version": 3,
        "created": "2026-11-02T00:00:00Z",
        "people": [
            person(
                "bob",
                credential(keys["bob"], "request", "evidence"),
                card("bob-second", "countersign"),
                roles=("approver",),
                aliases=("bob@example.org", "github:1001"),
            ),
            person("ned", card("ned", "countersign"), roles=("approver",), aliases=("github:1002",)),
            approver("alice", "security"),
            approver("carol"),
            approver("dave"),
            approver("erin"),
            person("frank", card("frank", "receipt"), roles=("deployer",), aliases=()),
            person("gail", roles=("custodian",), aliases=()),
            person("hugo", roles=("custodian",), aliases=()),
        ],
        "services": [
            service(
                "ci-7", credential(keys["ci-7"], "evidence"), builder_ids=(BUILDER_ID,), controller="ned"
            ),
            service("station-1", credential(keys["station"], "station"), builder_ids=(), controller="gail"),
        ],
    }


def policy_document() -> Document:
    """Return a policy that asks for everything a policy can ask for."""
    return {
        "schema": "urn:countersign:policy:v1",
        "policyId": "example",
        "version": 5,
        "effectiveFrom": "2026-11-02T00:00:00Z",
        "defaultDecision": "refuse",
        "rules": [
            {
                "id": "firmware",
                "match": {"purl": [PRODUCT], "channel": ["stable"]},
                "approvals": {
                    "role": "approver",
                    "atLeast": 2,
                    "distinctBy": "person",
                    "notAnyOf": ["submitter", "builder"],
                    "maxAgeHours": 72,
                },
                "provenance": {
                    "required": True,
                    "builders": [{"id": BUILDER_ID, "service": "ci-7"}],
                    "sourceUris": [SOURCE],
                    "actorsRequired": True,
                },
                "sbom": {"required": True, "formats": ["cyclonedx-1.6"], "mustCoverSubject": True},
                "tests": {"required": True, "result": "PASSED"},
                "versioning": {"monotonic": True},
                "coolingOffDays": 7,
                "controllersAttestedWithinDays": 90,
            },
        ],
    }


@dataclass
class Signed:
    """A statement and the names of those who sign it."""

    document: Document
    by: list[str]


@dataclass
class Loose:
    """A file nobody signed."""

    media_type: str
    document: Document


@dataclass(frozen=True)
class Bundled:
    """A request on the medium."""

    bundle: Bundle
    documents: dict[str, bytes]

    @property
    def request(self) -> Request:
        """The request, parsed."""
        return parse_request(self.bundle, self.documents)


@dataclass
class Build:
    """What bob brings: change any part, then ask for `bundled()`."""

    keys: Mapping[str, UnsafeTestKey] = field(default_factory=lambda: KEYS)
    version: str = "2.4.0"
    artifacts: dict[str, bytes] = field(default_factory=lambda: {"pump-2.4.0.bin": b"pump firmware 2.4.0\n"})
    evidence: dict[str, Signed | Loose] = field(default_factory=dict)
    predicate: Document = field(default_factory=dict)
    by: list[str] = field(default_factory=lambda: ["bob"])
    change: Callable[[Document], None] = lambda _: None
    """Has the last word on the statement that is signed."""

    def __post_init__(self) -> None:
        self.evidence = {
            "provenance.dsse.json": Signed(self._provenance(), ["ci-7"]),
            "tests.dsse.json": Signed(self._tests(), ["ci-7"]),
            "sbom.cdx.json": Loose(CYCLONEDX_MEDIA_TYPE, self._sbom()),
        }
        self.predicate = {
            "requestId": "pump-2.4.0-1",
            "product": f"{PRODUCT}@{self.version}",
            "channel": "stable",
            "submitter": self.keys["bob"].public.fingerprint,
            "builtBy": [BUILDER_ID],
            "created": CREATED,
            "notAfter": NOT_AFTER,
            "source": {"uri": SOURCE, "from": "v2.3.1", "to": "v2.4.0", "identities": ["bob@example.org"]},
            "outputs": ["dsse"],
        }

    def subjects(self) -> list[Document]:
        """Return the artifacts as our own statements list them."""
        return [
            {"name": name, "digest": {"sha256": digest_of(data)}, "annotations": {"size": len(data)}}
            for name, data in self.artifacts.items()
        ]

    def bundled(self) -> Bundled:
        """Return the bundle a builder's command line would write."""
        documents = {name: self._bytes(item) for name, item in self.evidence.items()}
        media = {name: _media_type(item) for name, item in self.evidence.items()}
        listed = [
            {"name": name, "digest": digest_of(data), "mediaType": media[name]}
            for name, data in documents.items()
        ]
        statement = self._statement(REQUEST, {**self.predicate, "evidence": listed})
        self.change(statement)
        documents[REQUEST_TITLE] = self._envelope(statement, self.by)
        return Bundled(bundle_of(REQUEST_BUNDLE, documents, self.artifacts), documents)

    def _bytes(self, item: Signed | Loose) -> bytes:
        match item:
            case Signed(document, by):
                return self._envelope(document, by)
            case Loose(_, document):
                return json_bytes(document)

    def _envelope(self, document: Document, by: list[str]) -> bytes:
        return signed(json_bytes(document), *(self.keys[name] for name in by)).received

    def _statement(self, predicate_type: str, predicate: Document) -> Document:
        return {
            "_type": STATEMENT_TYPE,
            "subject": self.subjects(),
            "predicateType": predicate_type,
            "predicate": predicate,
        }

    def _provenance(self) -> Document:
        definition: Document = {
            "buildType": "https://ci.example.org/buildtypes/make/v1",
            "externalParameters": {"ref": "v2.4.0", "actorId": "github:1001"},
            "internalParameters": {"GITHUB_TRIGGERING_ACTOR_ID": "1001"},
            "resolvedDependencies": [{"uri": f"{SOURCE}@refs/tags/v2.4.0"}],
        }
        run: Document = {"builder": {"id": BUILDER_ID}}
        return self._statement(PROVENANCE, {"buildDefinition": definition, "runDetails": run})

    def _tests(self) -> Document:
        result: Document = {"result": "PASSED", "passedTests": ["unit", "bench"], "failedTests": []}
        return self._statement(TEST_RESULT, result | {"configuration": []})

    def _sbom(self) -> Document:
        hashes = [{"alg": "SHA-256", "content": digest_of(data)} for data in self.artifacts.values()]
        return {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "metadata": {"component": {"name": "pump-firmware", "hashes": hashes}},
            "components": [{"name": "zlib", "purl": "pkg:generic/zlib@1.3.1"}],
        }


def bundle_of(kind: str, documents: Mapping[str, bytes], artifacts: Mapping[str, bytes]) -> Bundle:
    """Return the bundle whose layers are these files."""
    layers = tuple(
        Layer(title=title, media_type="application/octet-stream", digest=digest_of(data), size=len(data))
        for title, data in {**documents, **artifacts}.items()
    )
    return parse_bundle(make_manifest(kind, layers), where="bundle")


def _media_type(item: Signed | Loose) -> str:
    return DSSE_MEDIA_TYPE if isinstance(item, Signed) else item.media_type
