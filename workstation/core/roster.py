"""The roster: who is who, with which keys, in which roles. Append-only, delivered as a TUF target.

A fingerprint, token serial or uniqueness tag under two holders makes the whole roster invalid.
Credentials retire or are revoked; they never vanish, so an old builder key still points to its
first owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from workstation.core.attestation import Attested
from workstation.core.enrolled import Attestation, Proof, Vouch
from workstation.core.identity import Digest, Fingerprint, PersonId, ServiceId
from workstation.core.public_key import PublicKey

__all__ = [
    "CUSTODIAN", "Attestation", "Credential", "Held", "Holder", "Interval", "Person", "Proof", "Roster",
    "Service", "State", "Use", "Vouch",
]  # fmt: skip

CUSTODIAN: Final = "custodian"
"""The role of those who own the trust root and this list."""


class Use(StrEnum):
    """What a credential may be used for."""

    COUNTERSIGN = "countersign"
    REQUEST = "request"
    EVIDENCE = "evidence"
    RECEIPT = "receipt"
    TRUST = "trust"
    STATION = "station"


class State(StrEnum):
    """Where a credential stands in its life."""

    ACTIVE = "active"
    RETIRED = "retired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A public key enrolled for one holder; `valid_to` is exclusive.

    `proof` is missing only where no card stands behind the key, or the use decides nothing. What is here
    was read and not yet believed: `credential_proof` says whether signatures and certificates hold.
    `token_serial` is the name its module has for the token; its maker's is in the attestation, which is
    already `Attested` in a credential that is only imagined (see `imagined`).
    """

    key: PublicKey
    uses: frozenset[Use]
    token_serial: str | None
    enrolled: datetime
    enrolled_by: tuple[PersonId, ...]
    valid_from: datetime
    valid_to: datetime
    state: State
    state_since: datetime | None
    state_reason: str | None = None
    proof: Proof | None = None
    vouched: tuple[Vouch, ...] = ()
    attestation: Attestation | Attested | None = None

    @property
    def serials(self) -> frozenset[str]:
        """Every name of the token this key is in."""
        maker = None if self.attestation is None else self.attestation.serial
        return frozenset(name for name in (self.token_serial, maker) if name is not None)

    def valid_at(self, moment: datetime) -> bool:
        """Answer whether this credential could be used at `moment`."""
        if not self.valid_from <= moment < self.valid_to:
            return False
        return self.state is State.ACTIVE or (self.state_since is not None and moment < self.state_since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A stretch of time a person belongs to the roster; open-ended when `until` is None."""

    since: datetime
    until: datetime | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A key holder."""

    id: PersonId
    name: str
    roles: frozenset[str]
    aliases: frozenset[str]
    conflict_groups: frozenset[str]
    uniqueness_tag: str
    status: tuple[Interval, ...]
    credentials: tuple[Credential, ...]

    def active_at(self, moment: datetime) -> bool:
        """Answer whether the person belonged to the roster at `moment`."""
        return any(
            span.since <= moment and (span.until is None or moment < span.until) for span in self.status
        )

    @property
    def left(self) -> bool:
        """Whether the last stretch of time has an end."""
        return self.status[-1].until is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """Somebody who controlled a service, and until when: the last time, if there were several."""

    person: PersonId
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A machine identity and the people who can make it act, now and formerly. Never an approver."""

    id: ServiceId
    name: str
    builder_ids: frozenset[str]
    controllers: tuple[PersonId, ...]
    attested: datetime
    credentials: tuple[Credential, ...]
    former: tuple[Former, ...] = ()


Holder: TypeAlias = Person | Service


@dataclass(frozen=True, slots=True)
class Held:
    """A credential together with who holds it."""

    credential: Credential
    holder: Holder


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The whole roster at one version, with its indexes.

    `uniqueness` is the check value of the secret all uniqueness tags were made with; None when they
    are plain digests (see `uniqueness`). `attestation_roots` are DER certificates of makers of tokens,
    whom the custodians believe (see `attestation`).
    """

    version: int
    created: datetime
    digest: Digest
    people: dict[PersonId, Person]
    services: dict[ServiceId, Service]
    by_fingerprint: dict[Fingerprint, Held]
    by_keyid: dict[str, Held]
    by_alias: dict[str, PersonId]
    by_builder_id: dict[str, ServiceId]
    uniqueness: Digest | None = None
    attestation_roots: tuple[bytes, ...] = ()

    @property
    def custodians(self) -> frozenset[PersonId]:
        """The people with the role of custodian who have not left."""
        return frozenset(
            person.id for person in self.people.values() if CUSTODIAN in person.roles and not person.left
        )

    def holder_of(self, fingerprint: Fingerprint) -> Held | None:
        """Return who has ever held this key, whatever became of the credential."""
        return self.by_fingerprint.get(fingerprint)

    def holder_of_keyid(self, keyid: str) -> Held | None:
        """Return who holds the key an envelope's keyid points to; the signature decides, not this."""
        return self.by_keyid.get(keyid)

    def person_with_alias(self, alias: str) -> PersonId | None:
        """Return the person known by an exact e-mail address or forge account id."""
        return self.by_alias.get(alias)

    def service_of_builder(self, builder_id: str) -> Service | None:
        """Return the service registered under a provenance builder id."""
        service = self.by_builder_id.get(builder_id)
        return None if service is None else self.services[service]

    def name_of(self, person: PersonId) -> str:
        """Return the display name of a person, or the id of someone not in the roster."""
        found = self.people.get(person)
        return person if found is None else found.name
