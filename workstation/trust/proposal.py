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
from workstation.trust.tuf_api import read_metadata

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

    def _keyids(self, name: str, fingerprint: Fingerprint) -> frozenset[str]:
        return frozenset(keyid for custody in self.custody[name] for keyid in custody.keyids_of(fingerprint))


def _signed(data: bytes, signer: CustodianSigner, keyids: frozenset[str], name: str) -> bytes:
    metadata = read_metadata(data)
    add_signature(metadata, signer, sorted(keyids), where=name)
    return metadata.to_bytes()
