"""The people of the test world and what their tokens hold. TEST ONLY: every key here is public."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

SEED: Final = "countersign softhsm-fixtures, test only, 1"
SIGN_ID: Final = b"\x02"
UNLOCK_ID: Final = b"\x03"
VALID_FROM: Final = datetime(2025, 1, 1)  # noqa: DTZ001 (X.509 builders take naive UTC)
VALID_TO: Final = datetime(2045, 1, 1)  # noqa: DTZ001 (X.509 builders take naive UTC)
LONG_AGO: Final = datetime(2025, 6, 1)  # noqa: DTZ001 (X.509 builders take naive UTC)
FAR_AWAY: Final = datetime(2044, 1, 1)  # noqa: DTZ001 (X.509 builders take naive UTC)


class Kind(StrEnum):
    """A kind of key."""

    P256 = "p256"
    P384 = "p384"
    ED25519 = "ed25519"
    RSA3072 = "rsa3072"
    RSA2048 = "rsa2048"


class Certificate(StrEnum):
    """Whose certificate stands beside the key, if any."""

    OWN = "own"
    OF_ANOTHER_KEY = "of another key"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One token: its label is `name`; what differs from a good signing key is said field by field."""

    name: str
    person: str | None
    note: str
    kind: Kind = Kind.P256
    certificate: Certificate = Certificate.OWN
    not_before: datetime = VALID_FROM
    not_after: datetime = VALID_TO
    revoked: bool = False
    may_sign: bool = True
    extractable: bool = False
    always_authenticate: bool = False
    pin_set: bool = True
    twin: bool = False
    unlock_key: bool = False
    pem: bool = False

    @property
    def pin(self) -> str:
        """Six to eight digits, another for every person; a token of a service has its own."""
        digest = int.from_bytes(seed("pin", self.person or self.name), "big")
        return str(digest % 10**8).rjust(6, "7")


def seed(*names: str) -> bytes:
    """Return 32 bytes that are a function of the names alone."""
    return hashlib.sha256("\0".join((SEED, *names)).encode()).digest()


HOLDERS: Final = (
    Holder(name="bob-build", person="bob", note="builder", pem=True),
    Holder(name="bob-second", person="bob", note="builder's second token"),
    Holder(name="ned", person="ned", note="controls the service ci-7"),
    Holder(name="ci-7", person=None, note="a service's build key; controlled by ned", pem=True),
    Holder(name="alice", person="alice", note="approver; id 03 opens the journal", unlock_key=True),
    Holder(name="carol", person="carol", note="approver", kind=Kind.P384),
    Holder(name="dave", person="dave", note="approver", kind=Kind.RSA3072),
    Holder(name="erin", person="erin", note="approver", kind=Kind.ED25519),
    Holder(name="sam", person="sam", note="security reviewer"),
    Holder(name="frank", person="frank", note="deployer"),
    Holder(name="kim", person="kim", note="custodian"),
    Holder(name="lars", person="lars", note="custodian"),
    Holder(name="mona", person="mona", note="custodian"),
    Holder(name="olga", person="olga", note="auditor"),
    Holder(name="wanda", person="wanda", note="witness"),
    Holder(name="revoked-rita", person="rita", note="certificate revoked", revoked=True),
    Holder(name="expired-ed", person="ed", note="certificate expired", not_after=LONG_AGO),
    Holder(name="future-fay", person="fay", note="certificate not yet valid", not_before=FAR_AWAY),
    Holder(name="nosign-nia", person="nia", note="key may not sign", may_sign=False),
    Holder(name="short-sid", person="sid", note="RSA key too short", kind=Kind.RSA2048),
    Holder(name="leaky-lou", person="lou", note="key can leave its token", extractable=True),
    Holder(
        name="mismatch-mia",
        person="mia",
        note="certificate is of another key, and no public key object contradicts it",
        certificate=Certificate.OF_ANOTHER_KEY,
    ),
    Holder(name="nocert-noa", person="noa", note="no certificate", certificate=Certificate.NONE),
    Holder(name="nopin-pat", person="pat", note="no PIN set, so no private key", pin_set=False),
    Holder(name="twin-tom", person="tom", note="two private keys under one id", twin=True),
    Holder(name="always-ada", person="ada", note="key wants its PIN at each use", always_authenticate=True),
)
