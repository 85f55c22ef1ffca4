"""Whether what a credential was enrolled with holds: its key's agreement, its token's word, its enrollers'.

Reading a roster verifies none of it: there are thousands, and a decision is about a few. So each is
verified where its key is used (`refuse_false_proof`), and all of them where a roster is drafted, proposed,
linted or followed (`false_proofs`). Each answer is kept: it follows from the values alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Final

from workstation.core.attestation import Attested, verify_attestation
from workstation.core.enrolled import Attestation, Proof
from workstation.core.enrolment import verify_proof
from workstation.core.errors import Malformed, Untrusted
from workstation.core.public_key import PublicKey, parse_spki
from workstation.core.roster import Credential, Held, Roster, Use
from workstation.core.verdict import Violation
from workstation.core.vouching import voucher_of

_KEPT: Final = 2**15
# A serial as its maker writes it on a token: no module makes up names like these.
_MAKERS_SERIAL: Final = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)


def refuse_false_proof(held: Held) -> None:
    """Raise Untrusted when the key in use carries a proof of possession that is not one.

    That there is one where there has to be was seen when the roster was read.
    """
    credential = held.credential
    if credential.proof is not None and not _holds(
        credential.proof, credential.key, held.holder.id, credential.uses
    ):
        raise Untrusted(
            f"proof of possession of key {credential.key.fingerprint}",
            f"the key did not sign to be enrolled for {held.holder.id} and these uses",
        )


def attested(credential: Credential, roots: tuple[bytes, ...]) -> Attested | None:
    """Return what the token's maker proves of the key, or None where there is no attestation.

    Raises Malformed or Untrusted for one that does not hold, or that is about another token.
    """
    if not isinstance(credential.attestation, Attestation):
        return credential.attestation
    where = f"attestation of key {credential.key.fingerprint}"
    found = _attested(credential.attestation.certificates, roots, credential.key, credential.enrolled, where)
    # Some modules call a token by its maker's serial, others by a name of its own (see docs/spec/roster.md).
    named = credential.token_serial or ""
    for serial in (credential.attestation.serial, *([named] if _MAKERS_SERIAL.fullmatch(named) else [])):
        if serial != found.serial:
            raise Untrusted(where, f"token {serial} found, its certificate says {found.serial}")
    return found


def false_proofs(roster: Roster) -> Iterator[str]:
    """Say in words what does not hold in the whole roster: keys, proofs, attestations and vouches."""
    for held in roster.by_fingerprint.values():
        for check in _CHECKS:
            try:
                check(held, roster)
            except (Malformed, Untrusted) as error:
                yield str(error)


def proof_violations(roster: Roster) -> Iterator[Violation]:
    """Return what does not hold in the whole roster as violations of ROSTER-PROOF."""
    return (Violation("ROSTER-PROOF", detail) for detail in false_proofs(roster))


def refuse_false(held: Held, roster: Roster) -> None:
    """Raise Malformed or Untrusted unless everything one credential of the roster was enrolled with holds."""
    for check in _CHECKS:
        check(held, roster)


def refuse_false_proofs(roster: Roster) -> None:
    """Raise Untrusted unless everything in the roster holds that keys, tokens and enrollers said."""
    found = tuple(false_proofs(roster))
    if found:
        raise Untrusted("roster", "; ".join(found))


def _check_key(held: Held, _roster: Roster) -> None:
    # A roster's Ed25519 keys are read without asking whether they are points (see `ordinary_key`).
    parse_spki(held.credential.key.spki, where=f"key {held.credential.key.fingerprint}")


def _check_proof(held: Held, _roster: Roster) -> None:
    refuse_false_proof(held)


def _check_attestation(held: Held, roster: Roster) -> None:
    attested(held.credential, roster.attestation_roots)


def _check_vouches(held: Held, roster: Roster) -> None:
    for vouch in held.credential.vouched:
        voucher_of(vouch, held, roster)


_CHECKS: Final = (_check_key, _check_proof, _check_attestation, _check_vouches)


@lru_cache(maxsize=_KEPT)
def _holds(proof: Proof, key: PublicKey, holder: str, uses: frozenset[Use]) -> bool:
    try:
        verify_proof(proof, key, holder, uses, where="proof")
    except Untrusted:
        return False
    return True


@lru_cache(maxsize=_KEPT)
def _attested(
    certificates: tuple[bytes, ...], roots: tuple[bytes, ...], key: PublicKey, at: datetime, where: str
) -> Attested:
    return verify_attestation(certificates, roots, key, at, where=where)
