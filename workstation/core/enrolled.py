"""What a credential was enrolled with: the key's own agreement, others' word for it, its token's."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.core.identity import Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The key itself signed that it is to be enrolled for this holder and these uses (see `enrolment`)."""

    challenge: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouch:
    """An enroller's card, the one with this key, signed whose credential this is (see `vouching`)."""

    fingerprint: Fingerprint
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """What a token said of a key it made: the token's serial, and DER certificates, the key's own first."""

    serial: str
    certificates: tuple[bytes, ...]
