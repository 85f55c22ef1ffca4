"""A trust root on its way: what custodians are asked to sign, and who of them has.

Every signed byte is fixed before the first custodian signs: targets, snapshot and timestamp name
each other by version, never by a digest over signatures. So custodians need not be in one room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workstation.core.errors import Untrusted
from workstation.trust.custody import Custody
from workstation.trust.signing import add_signature
from workstation.trust.tuf_api import Signature, read_metadata

if TYPE_CHECKING:
    from workstation.core.identity import Fingerprint
    from workstation.trust.signing import CustodianSigner


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The next state of a repository, signed by some of its custodians or by none yet.

    `to_sign` is metadata by file name; `settled` are the files that need no signature. `custody`
    has, by file name, every custody whose threshold the file needs: two for a root that follows another.
    """

    settled: Mapping[str, bytes]
    to_sign: Mapping[str, bytes]
    custody: Mapping[str, Sequence[Custody]]

    @property
    def files(self) -> dict[str, bytes]:
        """The repository as it would be with the signatures so far."""
        return {**self.settled, **self.to_sign}

    def refuse_too_few(self, signers: frozenset[Fingerprint]) -> None:
        """Raise Untrusted when these custodians cannot complete it: asked before any card is."""
        for name, custodies in self.custody.items():
            for custody in custodies:
                custody.refuse_too_few(signers, where=name)

    def signed_by(self, signer: CustodianSigner) -> Proposal:
        """Return this with the signer's signature on every file they are a custodian of.

        Raises Untrusted for a stranger, and whatever the signer raises.
        """
        fingerprint = signer.public_key.fingerprint
        theirs = {name: self._keyids(name, fingerprint) for name in self.to_sign}
        if not any(theirs.values()):
            raise Untrusted("signer", f"key {fingerprint} found, one of the custodians' wanted")
        signed = {
            name: _signed(data, signer, theirs[name], name) if theirs[name] else data
            for name, data in self.to_sign.items()
        }
        return replace(self, to_sign=signed)

    @property
    def signatures(self) -> tuple[tuple[str, str, bytes], ...]:
        """Every signature so far as file name, key id and value, in the order of files and key ids."""
        return tuple(
            (name, keyid, bytes.fromhex(found.signature))
            for name in sorted(self.to_sign)
            for keyid, found in sorted(read_metadata(self.to_sign[name]).signatures.items())
        )

    @property
    def signed_so_far(self) -> frozenset[Fingerprint]:
        """The custodian keys that signed something of this, counted once under however many key ids."""
        return frozenset(fingerprint for name in self.custody for fingerprint in self._signed(name))

    @property
    def standing(self) -> tuple[tuple[str, int, int], ...]:
        """For each threshold: the file, how many distinct custodian keys signed it, and how many it takes."""
        return tuple(
            (name, len(self._signed(name) & custody.fingerprints), custody.threshold)
            for name in sorted(self.custody)
            for custody in self.custody[name]
        )

    def with_signature(self, name: str, keyid: str, value: bytes) -> Proposal:
        """Return this with one signature that was made elsewhere.

        Raises Untrusted unless it is a custodian's over exactly this file, and the first under its key id.
        """
        if name not in self.to_sign:
            raise Untrusted(name[:80], "a signature found, but nothing to be signed")
        metadata = read_metadata(self.to_sign[name])
        keys = {custody.keys[keyid] for custody in self.custody[name] if keyid in custody.keys}
        if len(keys) != 1 or keyid in metadata.signatures:
            raise Untrusted(
                name, f"a signature under key id {keyid[:64]!a} found, one of each custodian wanted"
            )
        keys.pop().verify(value, metadata.signed_bytes, where=name)
        metadata.signatures[keyid] = Signature(keyid, value.hex())
        return replace(self, to_sign={**self.to_sign, name: metadata.to_bytes()})

    def _signed(self, name: str) -> frozenset[Fingerprint]:
        return frozenset(
            custody.keys[keyid].fingerprint
            for keyid in read_metadata(self.to_sign[name]).signatures
            for custody in self.custody[name]
            if keyid in custody.keys
        )

    def _keyids(self, name: str, fingerprint: Fingerprint) -> frozenset[str]:
        return frozenset(keyid for custody in self.custody[name] for keyid in custody.keyids_of(fingerprint))


def _signed(data: bytes, signer: CustodianSigner, keyids: frozenset[str], name: str) -> bytes:
    metadata = read_metadata(data)
    add_signature(metadata, signer, sorted(keyids), where=name)
    return metadata.to_bytes()
