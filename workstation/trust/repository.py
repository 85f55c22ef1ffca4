"""Making and changing a trust root repository: proposed, signed by custodians, verified, then written.

Nothing reaches the disk that `verify_repository` would refuse, and no card is asked for a signature
while its custodians are too few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workstation.core.roster_document import parse_roster
from workstation.core.roster_succession import refuse_no_successor
from workstation.trust.directory import read_repository
from workstation.trust.drafting import Delivery, utc
from workstation.trust.history import earlier_files
from workstation.trust.proposing import propose_first, propose_rotation, propose_update
from workstation.trust.rollback import refuse_rollback
from workstation.trust.root_chain import FIRST_ROOT
from workstation.trust.tuf_metadata import RoleName, numbered
from workstation.trust.verification import TIMESTAMP, file_of, verify_repository
from workstation.trust.writing import (
    advance_directory,
    refuse_interrupted,
    refuse_occupied,
    replace_directory,
    restore_interrupted,
    write_directory,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from workstation.core.public_key import PublicKey
    from workstation.trust.proposal import Proposal
    from workstation.trust.signing import CustodianSigner
    from workstation.trust.verified_trust import VerifiedTrust


def make_repository(
    directory: Path,
    *,
    custodians: Sequence[PublicKey],
    threshold: int,
    signers: Sequence[CustodianSigner],
    roster: bytes,
    policy: bytes,
    expires: datetime,
) -> VerifiedTrust:
    """Write the first trust root, all four roles given to `custodians`, until `expires` (exclusive).

    Raises Malformed for documents, custodians or threshold; Untrusted for signers who are too few
    or strangers; MediaError when `directory` is not empty or the disk will not; and what a signer raises.
    """
    refuse_occupied(directory)
    delivery = Delivery(roster=roster, policy=policy)
    proposal = propose_first(
        custodians=custodians, threshold=threshold, delivery=delivery, expires=utc(expires)
    )
    made = complete(sign(proposal, signers), now=expires)
    write_directory(directory, made.files)
    return made


def update_repository(
    directory: Path,
    *,
    signers: Sequence[CustodianSigner],
    expires: datetime,
    roster: bytes | None = None,
    policy: bytes | None = None,
) -> VerifiedTrust:
    """Replace a trust root by the next: new documents (None keeps one as it is), the same root.

    Raises what `make_repository` raises, and Untrusted for a roster or policy older than before, a
    roster that is no successor, and signers whose own record it changes.
    """
    seen = read_verified(directory, now=expires)
    delivery = Delivery(
        roster=seen.roster_bytes if roster is None else roster,
        policy=seen.policy_bytes if policy is None else policy,
    )
    proposal = propose_update(seen, delivery=delivery, expires=utc(expires))
    who = frozenset(signer.public_key.fingerprint for signer in signers)
    refuse_no_successor(seen.snapshot.roster, parse_roster(delivery.roster), signers=who)
    return _replaced(directory, seen, proposal, signers, expires)


def rotate_root(
    directory: Path,
    *,
    custodians: Sequence[PublicKey],
    threshold: int,
    signers: Sequence[CustodianSigner],
    expires: datetime,
) -> VerifiedTrust:
    """Replace a trust root by one that `custodians` own, delivering the same roster and policy.

    `signers` are custodians before and custodians to come, a threshold of each. Raises what
    `make_repository` raises.
    """
    seen = read_verified(directory, now=expires)
    proposal = propose_rotation(seen, custodians=custodians, threshold=threshold, expires=utc(expires))
    return _replaced(directory, seen, proposal, signers, expires)


def read_verified(directory: Path, *, now: datetime) -> VerifiedTrust:
    """Return the custodians' own repository, verified from the root at its top.

    For those who keep it; anyone else verifies from the root they pinned. Raises Malformed, Untrusted.
    """
    restore_interrupted(directory)
    files = read_repository(directory)
    return verify_repository(files, root=file_of(files, FIRST_ROOT), now=now)


def sign(proposal: Proposal, signers: Sequence[CustodianSigner]) -> Proposal:
    """Return the proposal with everyone's signatures; raises Untrusted, before any is made, for too few."""
    proposal.refuse_too_few(frozenset(signer.public_key.fingerprint for signer in signers))
    for signer in signers:
        proposal = proposal.signed_by(signer)
    return proposal


def files_of(proposal: Proposal) -> dict[str, bytes]:
    """Return the repository a proposal would be, with the first root at its top."""
    first = proposal.files.get(numbered(RoleName.ROOT, 1), b"")
    return {FIRST_ROOT: first, **proposal.files}


def complete(proposal: Proposal, *, now: datetime) -> VerifiedTrust:
    """Return what a proposal has become, as anyone will verify it; raises Malformed or Untrusted."""
    files = files_of(proposal)
    return verify_repository(files, root=files[FIRST_ROOT], now=now)


def _replaced(
    directory: Path,
    seen: VerifiedTrust,
    proposal: Proposal,
    signers: Sequence[CustodianSigner],
    expires: datetime,
) -> VerifiedTrust:
    refuse_interrupted(directory)
    # Expiry is reported, never judged, so the moment given to verification here is not a claim about now.
    made = complete(sign(proposal, signers), now=expires)
    write_next(directory, seen, made)
    return made


def write_next(directory: Path, seen: VerifiedTrust, made: VerifiedTrust) -> None:
    """Put `made` in the place of `seen`, its predecessor; raises Untrusted or MediaError.

    A crash at any moment leaves one of the two, whole; under a new root see `replace_directory`. Who signed
    the versions before, and their rosters, stay.
    """
    refuse_rollback(seen, made)
    earlier = earlier_files(read_repository(directory), made.snapshot.targets_version)
    files = {**earlier, **made.files}
    if made.root_chain == seen.root_chain:
        advance_directory(directory, files, last=TIMESTAMP)
    else:
        replace_directory(directory, files)
