"""One credential of roster.json, read field by field (docs/spec/roster.md).

Nothing is verified here that takes a signature: `credential_proof` does that, where a key is used and
where a roster is followed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from workstation.core.enrolled import Attestation, Proof, Vouch
from workstation.core.enrolment import CHALLENGE_BYTES
from workstation.core.errors import Malformed
from workstation.core.identity import Fingerprint, PersonId
from workstation.core.public_key import PublicKey, parse_ordinary_spki
from workstation.core.roster import Credential, State, Use
from workstation.core.roster_limits import MOST_CERTIFICATES, MOST_ENROLLERS

if TYPE_CHECKING:
    from workstation.core.shape import Fields, Shape

_REQUIRED: Final = (
    "fingerprint", "spki", "uses", "enrolled", "enrolledBy", "validFrom", "validTo", "state",
)  # fmt: skip
_OPTIONAL: Final = ("tokenSerial", "stateSince", "stateReason", "proof", "vouched", "attestation")
_KEPT: Final = 2**15


def read_credential(shape: Shape) -> Credential:
    """Return a credential; raises Malformed."""
    fields = shape.fields(*_REQUIRED, optional=_OPTIONAL)
    key = _key(fields["spki"])
    if str(fields["fingerprint"].digest()) != key.fingerprint:
        raise fields["fingerprint"].wanted(f"{key.fingerprint}, the fingerprint of spki")
    serial, since, reason = fields.get("tokenSerial"), fields.get("stateSince"), fields.get("stateReason")
    state = fields["state"].choice(State)
    if (state is State.ACTIVE) != (since is None) or (since is None and reason is not None):
        raise fields["state"].wanted("stateSince for a retired or revoked credential, and only for those")
    proof = fields.get("proof")
    return Credential(
        key=key,
        uses=frozenset(item.choice(Use) for item in fields["uses"].items(at_least=1, at_most=len(Use))),
        token_serial=None if serial is None else serial.identifier(),
        enrolled=fields["enrolled"].time(),
        enrolled_by=tuple(
            PersonId(item.identifier()) for item in fields["enrolledBy"].items(at_most=MOST_ENROLLERS)
        ),
        valid_from=fields["validFrom"].time(),
        valid_to=fields["validTo"].time(),
        state=state,
        state_since=None if since is None else since.time(),
        state_reason=None if reason is None else reason.name(),
        proof=None if proof is None else _proof(proof),
        vouched=_vouches(fields),
        attestation=_attestation(fields),
    )


def _key(shape: Shape) -> PublicKey:
    try:
        return parsed_key(shape.base64())
    except Malformed as error:
        raise Malformed(shape.where, error.why) from error


@lru_cache(maxsize=_KEPT)
def parsed_key(spki: bytes) -> PublicKey:
    """Return the key in a DER SubjectPublicKeyInfo, parsed once; raises Malformed."""
    return parse_ordinary_spki(spki, where="spki")


def _proof(shape: Shape) -> Proof:
    fields = shape.fields("challenge", "signature")
    challenge = fields["challenge"].base64()
    if len(challenge) != CHALLENGE_BYTES:
        raise fields["challenge"].wanted(f"{CHALLENGE_BYTES} bytes in base64")
    return Proof(challenge=challenge, signature=fields["signature"].base64())


def _vouches(fields: Fields) -> tuple[Vouch, ...]:
    shape = fields.get("vouched")
    if shape is None:
        return ()
    found = tuple(_vouch(item) for item in shape.items(at_least=1, at_most=MOST_ENROLLERS))
    if len({vouch.fingerprint for vouch in found}) != len(found):
        raise shape.wanted("one signature of a card")
    return found


def _vouch(shape: Shape) -> Vouch:
    fields = shape.fields("fingerprint", "signature")
    return Vouch(
        fingerprint=Fingerprint(fields["fingerprint"].digest()), signature=fields["signature"].base64()
    )


def _attestation(fields: Fields) -> Attestation | None:
    shape = fields.get("attestation")
    if shape is None:
        return None
    inner = shape.fields("serial", "certificates")
    return Attestation(
        serial=inner["serial"].identifier(),
        certificates=tuple(
            item.base64() for item in inner["certificates"].items(at_least=2, at_most=MOST_CERTIFICATES)
        ),
    )
