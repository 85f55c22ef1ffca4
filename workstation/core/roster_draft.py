"""Drafting a roster: each step takes a document's bytes and gives the next, whole again or refused.

A draft becomes a roster when custodians sign it as a target of the trust root.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from workstation.core.attestation import refuse_no_root
from workstation.core.credential_proof import refuse_false
from workstation.core.draft_document import closed, holder_of, listed, opened
from workstation.core.enrolment import PROVED_USES, enrolment_objections
from workstation.core.errors import Malformed
from workstation.core.identity import PersonId
from workstation.core.public_key import PublicKey
from workstation.core.roster import Attestation, Proof, Roster, Use, Vouch
from workstation.core.roster_document import parse_roster
from workstation.core.shape import time_text
from workstation.core.strict_json import JsonObject
from workstation.core.uniqueness import secret_check, uniqueness_tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A key to be enrolled: for what, in which token, by whom, from and to when.

    `proof` is its own agreement, `vouched` are its enrollers' signatures, `attestation` its token's word.
    """

    key: PublicKey
    uses: frozenset[Use]
    token_serial: str | None
    enrolled_by: tuple[str, ...]
    enrolled: datetime
    valid_to: datetime
    proof: Proof | None = None
    vouched: tuple[Vouch, ...] = ()
    attestation: Attestation | None = None


def with_person(
    draft: bytes | None,
    *,
    person: str,
    name: str,
    roles: list[str],
    aliases: list[str],
    mark: str,
    now: datetime,
    secret: bytes | None = None,
) -> bytes:
    """Add a person, beginning a roster of version 1 where there is no draft yet; raises Malformed.

    `mark` is what tells this human from every other, such as a staff number; only its tag is kept.
    Either everybody's tag is made with the one `secret` of the roster, or nobody's.
    """
    document = opened(draft, now)
    if secret is not None and draft is None:
        document["uniqueness"] = {"scheme": "hmac-sha256", "check": secret_check(secret)}
    if draft is not None:
        _refuse_other_secret(parse_roster(draft, where="roster draft"), secret)
    added: JsonObject = {
        "id": person,
        "name": name,
        "roles": [*sorted(roles)],
        "aliases": [*sorted(aliases)],
        "conflictGroups": [],
        "uniquenessTag": uniqueness_tag(mark, secret),
        "status": [{"since": time_text(now)}],
        "credentials": [],
    }
    listed(document, "people").append(added)
    return closed(document)


def with_service(
    draft: bytes, *, service: str, name: str, builder_ids: list[str], controllers: list[str], now: datetime
) -> bytes:
    """Add a service and the people who control it; raises Malformed."""
    document = opened(draft, now)
    added: JsonObject = {
        "id": service,
        "name": name,
        "builderIds": [*sorted(builder_ids)],
        "controllers": [*sorted(controllers)],
        "attested": time_text(now),
        "credentials": [],
    }
    listed(document, "services").append(added)
    return closed(document)


def with_credential(draft: bytes, holder: str, enrolment: Enrolment) -> bytes:
    """Enrol a key for a person or service of the draft.

    Raises Malformed, also for a key held already, a person's key without the proof its uses need,
    and enrollers who are too few, strangers, the holder, or whose cards did not sign; Untrusted for a
    proof or an attestation that does not hold.
    """
    before = parse_roster(draft, where="roster draft")
    document = opened(draft, enrolment.enrolled)
    entry = holder_of(document, holder)
    if enrolment.proof is None and PersonId(holder) in before.people and enrolment.uses & PROVED_USES:
        raise Malformed("proof of possession", "nothing found, a signature by the holder's card wanted")
    listed(entry, "credentials").append(_credential(enrolment))
    data = closed(document)
    after = parse_roster(data, where="roster draft")
    _refuse_enrollers(after, enrolment, len(before.custodians))
    refuse_false(after.by_fingerprint[enrolment.key.fingerprint], after)
    return data


def with_attestation_roots(draft: bytes, roots: tuple[bytes, ...], *, now: datetime) -> bytes:
    """Add root certificates (DER) of makers of tokens; raises Malformed for one that is there already."""
    document = opened(draft, now)
    for root in roots:
        refuse_no_root(root, where="attestation root")
        text = base64.b64encode(root).decode()
        if text in listed(document, "attestationRoots", begin=True):
            raise Malformed("attestation root", "one that is in the roster already found, a new one wanted")
        listed(document, "attestationRoots").append(text)
    return closed(document)


def next_version(roster: bytes, *, now: datetime) -> bytes:
    """Return a draft that follows a roster: the same people under the next version; raises Malformed."""
    document = opened(roster, now)
    document["version"] = parse_roster(roster).version + 1
    document["created"] = time_text(now)
    return closed(document)


def _credential(enrolment: Enrolment) -> JsonObject:
    found: JsonObject = {
        "fingerprint": enrolment.key.fingerprint,
        "spki": base64.b64encode(enrolment.key.spki).decode(),
        "uses": [*sorted(use.value for use in enrolment.uses)],
        "enrolled": time_text(enrolment.enrolled),
        "enrolledBy": [*enrolment.enrolled_by],
        "validFrom": time_text(enrolment.enrolled),
        "validTo": time_text(enrolment.valid_to),
        "state": "active",
    }
    if enrolment.token_serial is not None:
        found["tokenSerial"] = enrolment.token_serial
    if enrolment.proof is not None:
        found["proof"] = {
            "challenge": base64.b64encode(enrolment.proof.challenge).decode(),
            "signature": base64.b64encode(enrolment.proof.signature).decode(),
        }
    if enrolment.vouched:
        found["vouched"] = [
            {"fingerprint": vouch.fingerprint, "signature": base64.b64encode(vouch.signature).decode()}
            for vouch in enrolment.vouched
        ]
    if enrolment.attestation is not None:
        found["attestation"] = {
            "serial": enrolment.attestation.serial,
            "certificates": [base64.b64encode(one).decode() for one in enrolment.attestation.certificates],
        }
    return found


def _refuse_enrollers(roster: Roster, enrolment: Enrolment, custodians: int) -> None:
    held = roster.by_fingerprint[enrolment.key.fingerprint]
    found = tuple(enrolment_objections(roster, (held,), custodians=custodians))
    if found:
        raise Malformed("enrolled by", "; ".join(found))


def _refuse_other_secret(roster: Roster, secret: bytes | None) -> None:
    if roster.uniqueness != (None if secret is None else secret_check(secret)):
        wanted = "none" if roster.uniqueness is None else "the one its first person was added with"
        raise Malformed("roster secret", f"another than this roster's found, {wanted} wanted")
