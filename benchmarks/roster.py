"""How long a roster of 10,000 credentials takes to read, beside what no reader can do without.

The floor is json.loads and SHA-256 of the same bytes. Taking a roster over verifies every proof of
possession too: its floor is one signature verification for each. Two kinds of key: P-256, as on cards,
and Ed25519. What a process has parsed and verified once it does not do anew: so a next version costs less.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from workstation.core import enrolment
from workstation.core.credential_proof import refuse_false_proof, refuse_false_proofs
from workstation.core.public_key import PublicKey, from_loaded
from workstation.core.roster import Use
from workstation.core.roster_document import parse_roster

PEOPLE: Final = 5_000
EACH: Final = 2
USES: Final = (Use.COUNTERSIGN,)
NOW: Final = "2026-11-20T09:00:00Z"


@dataclass(frozen=True, slots=True)
class Sample:
    """A roster's bytes, and what is in it to be verified."""

    data: bytes
    proofs: list[tuple[PublicKey, bytes, bytes]]

    @property
    def next_version(self) -> bytes:
        """The roster that follows it: the same people."""
        return self.data.replace(b'"version":1,', b'"version":2,', 1)


def main() -> None:
    """Measure and print a table of seconds and ratios."""
    print(f"{PEOPLE * EACH:,} credentials{'':22}CPU seconds   ratio to floor")
    for kind, curve in (("P-256", True), ("Ed25519", False)):
        sample = _sample(p256=curve)
        floor = _seconds(lambda sample=sample: (json.loads(sample.data), hashlib.sha256(sample.data)))
        proofs = _seconds(lambda sample=sample: [_verified(*proof) for proof in sample.proofs])
        first = _seconds(lambda sample=sample: parse_roster(sample.data))
        roster = parse_roster(sample.data)
        used = _seconds(lambda roster=roster: refuse_false_proof(next(iter(roster.by_fingerprint.values()))))
        whole = _seconds(lambda roster=roster: refuse_false_proofs(roster))
        again = _seconds(lambda sample=sample: parse_roster(sample.data))
        later = _seconds(lambda sample=sample: parse_roster(sample.next_version))
        for what, found, beside in (
            ("json.loads and sha256", floor, floor),
            ("each proof verified once", proofs, proofs),
            ("parse_roster, first time", first, floor),
            ("parse_roster, the next version", later, floor),
            ("parse_roster, again", again, floor),
            ("the proof of one key in use", used, proofs / len(sample.proofs)),
            ("all proofs, as when followed", whole, proofs),
        ):
            print(f"  {kind:8} {what:32} {found:10.5f} {found / beside:8.2f}")


def _sample(*, p256: bool) -> Sample:
    proofs: list[tuple[PublicKey, bytes, bytes]] = []
    people = [_person(number, p256, proofs) for number in range(PEOPLE)]
    document = {
        "schema": "urn:countersign:roster:v1",
        "version": 1,
        "created": NOW,
        "people": people,
        "services": [],
    }
    return Sample(json.dumps(document, separators=(",", ":")).encode(), proofs)


def _person(number: int, p256: bool, proofs: list[tuple[PublicKey, bytes, bytes]]) -> dict[str, object]:
    name = f"p-{number}"
    return {
        "id": name,
        "name": f"Person {number}",
        "roles": ["approver"],
        "aliases": [f"{name}@example.org"],
        "conflictGroups": [],
        "uniquenessTag": f"{number:064x}",
        "status": [{"since": NOW}],
        "credentials": [_credential(name, f"{number}-{each}", p256, proofs) for each in range(EACH)],
    }


def _credential(
    name: str, serial: str, p256: bool, proofs: list[tuple[PublicKey, bytes, bytes]]
) -> dict[str, object]:
    private = ec.generate_private_key(ec.SECP256R1()) if p256 else ed25519.Ed25519PrivateKey.generate()
    key = from_loaded(private.public_key(), where="sample")
    challenge = serial.encode().rjust(enrolment.CHALLENGE_BYTES, b"0")
    message = enrolment.proof_message(name, key, USES, challenge)
    match private:
        case ec.EllipticCurvePrivateKey():
            signature = private.sign(message, ec.ECDSA(hashes.SHA256()))
        case ed25519.Ed25519PrivateKey():
            signature = private.sign(message)
    proofs.append((key, signature, message))
    return {
        "fingerprint": key.fingerprint,
        "spki": base64.b64encode(key.spki).decode(),
        "uses": [use.value for use in USES],
        "tokenSerial": serial,
        "enrolled": NOW,
        "enrolledBy": ["p-1", "p-2"],
        "validFrom": NOW,
        "validTo": "2028-11-20T09:00:00Z",
        "state": "active",
        "proof": {
            "challenge": base64.b64encode(challenge).decode(),
            "signature": base64.b64encode(signature).decode(),
        },
    }


def _verified(key: PublicKey, signature: bytes, message: bytes) -> None:
    key.verify(signature, message, where="sample")


def _seconds(run: Callable[[], object]) -> float:
    # Of the processor, so that whatever else runs on the machine is left out.
    began = time.process_time()
    run()
    return time.process_time() - began


if __name__ == "__main__":
    main()
