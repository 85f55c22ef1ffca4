"""Who may sign a role of the trust root, and whether enough of them did.

python-tuf counts key ids. We count fingerprints: one key under two key ids is one key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.core.errors import Malformed, Untrusted
from workstation.core.public_key import PublicKey
from workstation.trust.tuf_api import Role, Root, Signed
from workstation.trust.tuf_keys import from_tuf
from workstation.trust.tuf_metadata import RoleName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workstation.core.identity import Fingerprint
    from workstation.trust.tuf_metadata import MetadataFile

LEAST_THRESHOLD: Final = 2
"""No role of the trust root is in one person's hands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """The keys that may sign one role, by key id, and how many distinct ones it takes."""

    role: RoleName
    keys: Mapping[str, PublicKey]
    threshold: int

    @property
    def fingerprints(self) -> frozenset[Fingerprint]:
        """Every key that may sign."""
        return frozenset(key.fingerprint for key in self.keys.values())

    def keyids_of(self, fingerprint: Fingerprint) -> tuple[str, ...]:
        """Return the key ids this root has for one key."""
        return tuple(keyid for keyid, key in self.keys.items() if key.fingerprint == fingerprint)

    def refuse_too_few(self, signers: frozenset[Fingerprint], *, where: str) -> None:
        """Raise Untrusted unless enough of `signers` are custodians of this role."""
        found = len(signers & self.fingerprints)
        if found < self.threshold:
            raise Untrusted(
                where, f"{found} distinct custodian keys of {self.role} found, {self.threshold} wanted"
            )


def custodies_of(root: Root, *, where: str) -> dict[RoleName, Custody]:
    """Return who may sign each role under `root`.

    Raises Malformed for keys that are not ours, Untrusted for a threshold below two.
    """
    keys = {keyid: from_tuf(key, where=f"{where}.keys") for keyid, key in root.keys.items()}
    return {role: _custody(root.roles[role.value], role, keys, where) for role in RoleName}


def _custody(found: Role, role: RoleName, keys: Mapping[str, PublicKey], where: str) -> Custody:
    place = f"{where}.roles.{role.value}"
    if type(found.threshold) is not int or not set(found.keyids) <= set(keys):
        raise Malformed(place, "a role without its keys found, a threshold and listed keys wanted")
    if found.threshold < LEAST_THRESHOLD:
        raise Untrusted(place, f"threshold {found.threshold} found, at least {LEAST_THRESHOLD} wanted")
    return Custody(role=role, keys={keyid: keys[keyid] for keyid in found.keyids}, threshold=found.threshold)


def verify_signatures(metadata: MetadataFile[Signed], custodies: Sequence[Custody]) -> None:
    """Raise Untrusted unless `metadata` is signed by the threshold of each of `custodies`.

    Every signature must be by a key of these custodies and must hold, also beyond the threshold.
    """
    signed = {
        keyid: _verified(metadata, keyid, value, custodies) for keyid, value in metadata.signatures.items()
    }
    for custody in custodies:
        # By key id first, as python-tuf looks: what we accept, it accepts.
        theirs = frozenset(fingerprint for keyid, fingerprint in signed.items() if keyid in custody.keys)
        custody.refuse_too_few(theirs, where=metadata.where)


def _verified(
    metadata: MetadataFile[Signed], keyid: str, value: bytes, custodies: Sequence[Custody]
) -> Fingerprint:
    keys = {custody.keys[keyid] for custody in custodies if keyid in custody.keys}
    if len(keys) != 1:
        raise Untrusted(
            metadata.where,
            f"a signature under key id {keyid[:64]!a} for {len(keys)} custodian keys found, one wanted",
        )
    key = keys.pop()
    key.verify(value, metadata.payload, where=metadata.where)
    return key.fingerprint
