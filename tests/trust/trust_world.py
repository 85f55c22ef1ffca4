"""Worlds with custodians in them: software keys, small documents, and a client nobody here wrote."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from securesystemslib.signer import Signature, SSlibKey
from tuf.api.metadata import Metadata

from workstation.console.demo.python_tuf import downloaded
from workstation.core.public_key import from_loaded
from workstation.trust.repository import make_repository, rotate_root

# The foreign client asks the real clock, so these lie far ahead of it.
NOW = datetime(2096, 1, 1, tzinfo=UTC)
EXPIRES = datetime(2097, 1, 1, tzinfo=UTC)
LATER = EXPIRES + timedelta(days=365)


class Custodian:
    """A custodian with a key in memory, who counts how often they are asked to sign."""

    def __init__(self, private):
        self.private = private
        self.public_key = from_loaded(private.public_key(), where="test key")
        self.asked = 0

    def sign(self, message):
        self.asked += 1
        return self.private_signature(message)

    def private_signature(self, message):
        match self.private:
            case ed25519.Ed25519PrivateKey():
                return self.private.sign(message)
            case rsa.RSAPrivateKey():
                scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
                return self.private.sign(message, scheme, hashes.SHA256())
            case _:
                hashed = hashes.SHA384() if self.private.key_size == 384 else hashes.SHA256()
                return self.private.sign(message, ec.ECDSA(hashed))

    @property
    def fingerprint(self):
        return self.public_key.fingerprint

    @property
    def tuf_key(self):
        return SSlibKey.from_crypto(self.private.public_key())


def p256():
    return Custodian(ec.generate_private_key(ec.SECP256R1()))


def p384():
    return Custodian(ec.generate_private_key(ec.SECP384R1()))


def edwards():
    return Custodian(ed25519.Ed25519PrivateKey.generate())


ANN, BEN, CLEO, DORA = p256(), p256(), edwards(), p384()
RSA = Custodian(rsa.generate_private_key(65537, 2048))


def roster(version=1, holders=()):
    """Return a roster in which each of `holders` is one person with those custodians' keys."""
    people = [_person(f"p{number}", keys) for number, keys in enumerate(holders or [()], start=1)]
    return _json(
        schema="urn:countersign:roster:v1",
        version=version,
        created="2095-01-01T00:00:00Z",
        people=people,
        services=[],
    )


def policy(version=1):
    approvals = {
        "role": "approver",
        "atLeast": 2,
        "distinctBy": "person",
        "notAnyOf": ["submitter", "builder"],
    }
    rule = {
        "id": "everything",
        "match": {"purl": ["pkg:generic/demo"], "channel": ["stable"]},
        "approvals": approvals,
    }
    return _json(
        schema="urn:countersign:policy:v1",
        policyId="demo",
        version=version,
        effectiveFrom="2095-01-01T00:00:00Z",
        defaultDecision="refuse",
        rules=[rule],
    )


@dataclass(frozen=True, kw_only=True)
class World:
    """A repository directory, and what it was made with."""

    directory: Path
    custodians: tuple[Custodian, ...] = (ANN, BEN, CLEO)
    signers: tuple[Custodian, ...] = (ANN, BEN)
    threshold: int = 2
    roster: bytes = field(default_factory=roster)
    policy: bytes = field(default_factory=policy)
    expires: datetime = EXPIRES

    def make(self):
        return make_repository(
            self.directory,
            custodians=[custodian.public_key for custodian in self.custodians],
            threshold=self.threshold,
            signers=self.signers,
            roster=self.roster,
            policy=self.policy,
            expires=self.expires,
        )


def unchanged(signed):
    """Leave what is signed as it is: only the signers differ."""


def altered(files, name, change, signers=(ANN, BEN)):
    """Return `files` with what one metadata file says changed, and signed anew."""
    return {**files, name: resigned(files[name], change, signers)}


def resigned(data, change, signers=(ANN, BEN)):
    metadata = Metadata.from_bytes(data)
    change(metadata.signed)
    metadata.signatures.clear()
    for signer in signers:
        keyid = signer.tuf_key.keyid
        metadata.signatures[keyid] = Signature(keyid, signer.sign(metadata.signed_bytes).hex())
    return metadata.to_bytes()


def foreign_client(directory, scratch, *, root):
    """Return roster and policy as python-tuf's own client gets them, with no network."""
    return tuple(path.read_bytes() for path in downloaded(directory, scratch, root=root))


def _person(name, custodians):
    return {
        "id": name,
        "name": name.upper(),
        "roles": ["custodian"],
        "aliases": [],
        "conflictGroups": [],
        "uniquenessTag": name.encode().hex().rjust(64, "0"),
        "status": [{"since": "2095-01-01T00:00:00Z"}],
        "credentials": [_credential(custodian, name) for custodian in custodians],
    }


@cache  # a key agrees once: ECDSA would sign otherwise the next time
def _credential(custodian, holder):
    challenge = custodian.fingerprint[:32].encode()
    lines = ("countersign-enrol-v1", challenge.hex(), holder, custodian.fingerprint, "trust")
    signature = custodian.private_signature("".join(f"{line}\n" for line in lines).encode())
    return {
        "fingerprint": custodian.fingerprint,
        "spki": base64.b64encode(custodian.public_key.spki).decode(),
        "uses": ["trust"],
        "enrolled": "2095-01-01T00:00:00Z",
        "enrolledBy": [],
        "validFrom": "2095-01-01T00:00:00Z",
        "validTo": "2099-01-01T00:00:00Z",
        "state": "active",
        "proof": {
            "challenge": base64.b64encode(challenge).decode(),
            "signature": base64.b64encode(signature).decode(),
        },
    }


def _json(**fields):
    return json.dumps(fields, separators=(",", ":")).encode()


def rotate(world):
    """Hand the trust root over to other custodians."""
    rotate_root(
        world.directory,
        custodians=[DORA.public_key, RSA.public_key],
        threshold=2,
        signers=(ANN, BEN, DORA, RSA),
        expires=LATER,
    )
