"""A proposal on a stick: custodians pass it on, each adding a signature (docs/spec/trust-proposal.md).

    proposal.json      what is proposed, and the signatures so far
    roster.json        the documents to be delivered
    policy.json
    before/            the repository it follows; absent for a first trust root

Only the signatures are taken as they are, and only those that hold over metadata drafted anew here.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from workstation.core import strict_json
from workstation.core.errors import Malformed
from workstation.core.public_key import PublicKey, parse_spki
from workstation.core.roster_document import MAX_BYTES
from workstation.core.shape import Shape, time_text
from workstation.trust.change import Custodians, TrustChange
from workstation.trust.directory import read_named, read_repository
from workstation.trust.drafting import Delivery
from workstation.trust.proposal import Proposal
from workstation.trust.root_chain import FIRST_ROOT
from workstation.trust.verification import POLICY, ROSTER, file_of, verify_repository
from workstation.trust.writing import replace_file, write_directory

if TYPE_CHECKING:
    from pathlib import Path

    from workstation.core.strict_json import JsonObject, JsonValue
    from workstation.trust.signing import CustodianSigner
    from workstation.trust.verified_trust import VerifiedTrust

SCHEMA: Final = "urn:countersign:trust-proposal:v1"
PROPOSAL: Final = "proposal.json"
BEFORE: Final = "before"
MAX_PROPOSAL_BYTES: Final = 1024 * 1024
_LIMITS: Final = {PROPOSAL: MAX_PROPOSAL_BYTES, ROSTER: MAX_BYTES, POLICY: MAX_BYTES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A change, and the proposal it has become with the signatures so far."""

    change: TrustChange
    proposal: Proposal

    def signed_by(self, signer: CustodianSigner) -> Carried:
        """Return this with one more custodian's signatures; raises what `Proposal.signed_by` raises."""
        return replace(self, proposal=self.proposal.signed_by(signer))

    def to_bytes(self) -> bytes:
        """Return proposal.json."""
        custodians = self.change.custodians
        signatures: list[JsonValue] = [
            {"file": name, "keyid": keyid, "sig": value.hex()}
            for name, keyid, value in self.proposal.signatures
        ]
        document: JsonObject = {
            "schema": SCHEMA,
            "expires": time_text(self.change.expires),
            "custodians": None if custodians is None else _listed(custodians),
            "signatures": signatures,
        }
        return strict_json.dump(document)


def begin(change: TrustChange) -> Carried:
    """Return a change that nobody has signed yet; raises Malformed or Untrusted."""
    return Carried(change=change, proposal=change.proposal())


def is_proposal(directory: Path) -> bool:
    """Answer whether a directory says it is a proposal rather than a repository."""
    return (directory / PROPOSAL).is_file()


def write_proposal(directory: Path, carried: Carried) -> None:
    """Write a new proposal directory; raises MediaError, also when something is there already."""
    change = carried.change
    before: Mapping[str, bytes] = {} if change.before is None else change.before.files
    files = {f"{BEFORE}/{name}": data for name, data in before.items()}
    write_directory(directory, {**files, **change.delivery.by_name, PROPOSAL: carried.to_bytes()})


def write_signatures(directory: Path, carried: Carried) -> None:
    """Put the signatures so far into a proposal directory at once; raises MediaError."""
    replace_file(directory / PROPOSAL, carried.to_bytes())


def read_change(directory: Path, *, now: datetime, root: bytes | None = None) -> TrustChange:
    """Return what the proposal in a directory is about, whether or not it may be signed.

    What it follows is verified from its own first root, and from `root` where given. Raises Malformed
    or MediaError for what is not a proposal, Untrusted for a trust root before it that does not verify.
    """
    return _read(directory, now, root)[0]


def read_proposal(directory: Path, *, now: datetime, root: bytes | None = None) -> Carried:
    """Return the proposal in a directory, all of it verified.

    Raises what `read_change` raises, and Untrusted for a roster that is no successor of the one
    before, or a signature that does not hold.
    """
    change, signatures, data = _read(directory, now, root)
    carried = Carried(change=change, proposal=_signed(change.proposal(), signatures))
    if carried.to_bytes() != data:
        raise Malformed(PROPOSAL, "JSON in an odd form found, compact and in our order wanted")
    return carried


def _read(directory: Path, now: datetime, root: bytes | None) -> tuple[TrustChange, Shape, bytes]:
    files = read_named(directory, _LIMITS, folders=frozenset({BEFORE}))
    fields = Shape(strict_json.parse_object(files[PROPOSAL], where=PROPOSAL), PROPOSAL).fields(
        "schema", "expires", "custodians", "signatures"
    )
    fields["schema"].constant(SCHEMA)
    change = TrustChange(
        before=_before(directory, root, now),
        delivery=Delivery(roster=files[ROSTER], policy=files[POLICY]),
        custodians=_custodians(fields["custodians"]),
        expires=fields["expires"].time(),
    )
    return change, fields["signatures"], files[PROPOSAL]


def _before(directory: Path, root: bytes | None, now: datetime) -> VerifiedTrust | None:
    if not (directory / BEFORE).exists() and root is None:
        return None
    files = read_repository(directory / BEFORE)
    if root is not None:
        verify_repository(files, root=root, now=now)
    found = verify_repository(files, root=file_of(files, FIRST_ROOT), now=now)
    for name in files.keys() - found.files.keys():
        raise Malformed(f"{BEFORE}/{name}", "a file of no use found, only what is verified wanted")
    return found


def _signed(proposal: Proposal, signatures: Shape) -> Proposal:
    for item in signatures.items(at_most=1000):
        fields = item.fields("file", "keyid", "sig")
        keyid, value = fields["keyid"].printable(), fields["sig"]
        try:
            signature = bytes.fromhex(value.printable(at_most=4096))
        except ValueError as error:
            raise value.wanted("a signature in hex") from error
        proposal = proposal.with_signature(fields["file"].printable(), keyid, signature)
    return proposal


def _custodians(shape: Shape) -> Custodians | None:
    if shape.value is None:
        return None
    fields = shape.fields("threshold", "keys")
    return Custodians(
        threshold=fields["threshold"].integer(1, 1000),
        keys=tuple(_key(item) for item in fields["keys"].items(at_least=1, at_most=1000)),
    )


def _key(shape: Shape) -> PublicKey:
    return parse_spki(shape.base64(), where=shape.where)


def _listed(custodians: Custodians) -> JsonObject:
    keys: list[JsonValue] = [base64.b64encode(key.spki).decode() for key in custodians.keys]
    return {"threshold": custodians.threshold, "keys": keys}
