"""The three ways a trust root comes to change: a first one, new documents, new custodians.

Each gives a Proposal and touches neither disk nor card; what could be refused later is refused here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.credential_proof import refuse_false_proofs
from workstation.core.policy_document import parse_policy
from workstation.core.roster_document import parse_roster
from workstation.core.roster_succession import refuse_no_successor
from workstation.trust.custody import custodies_of
from workstation.trust.drafting import (
    Delivery,
    Versions,
    draft_rest,
    draft_root,
    refuse_odd_custodians,
)
from workstation.trust.proposal import Proposal
from workstation.trust.rollback import refuse_older_documents
from workstation.trust.root_chain import FIRST_ROOT
from workstation.trust.tuf_api import Root, unsigned
from workstation.trust.tuf_metadata import RoleName, numbered, parse_metadata
from workstation.trust.verification import TIMESTAMP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from workstation.core.public_key import PublicKey
    from workstation.trust.custody import Custody
    from workstation.trust.verified_trust import VerifiedTrust

_ROOT: Final = "root metadata"


def propose_first(
    *, custodians: Sequence[PublicKey], threshold: int, delivery: Delivery, expires: datetime
) -> Proposal:
    """Return the first state of a repository.

    Raises Malformed for odd custodians or documents, Untrusted for a roster whose keys were enrolled oddly.
    """
    roster = parse_roster(delivery.roster)
    refuse_false_proofs(roster)
    refuse_no_successor(None, roster)
    parse_policy(delivery.policy)
    refuse_odd_custodians(custodians, threshold)
    root = draft_root(custodians, threshold, 1, expires)
    name = numbered(RoleName.ROOT, 1)
    versions = Versions(targets=1, snapshot=1, timestamp=1)
    return Proposal(
        settled=delivery.files,
        to_sign={name: unsigned(root), **draft_rest(delivery, versions, expires)},
        custody={name: (custodies_of(root, where=_ROOT)[RoleName.ROOT],), **_custody_of_rest(root, versions)},
    )


def propose_update(seen: VerifiedTrust, *, delivery: Delivery, expires: datetime) -> Proposal:
    """Return the state after `seen` that delivers `delivery`, under the same root.

    Raises Malformed for its documents, Untrusted when one has an older version than before, another
    content under the same version, or when the roster is no successor of the one before. Documents
    may stay as they are: that renews expiry.
    """
    roster = parse_roster(delivery.roster)
    refuse_older_documents(seen.snapshot, roster, parse_policy(delivery.policy))
    refuse_false_proofs(roster)
    refuse_no_successor(seen.snapshot.roster, roster)
    versions = _next_versions(seen)
    root = parse_metadata(Root, seen.root_bytes, where=_ROOT).signed
    return Proposal(
        settled={**_roots(seen), **delivery.files},
        to_sign=draft_rest(delivery, versions, expires),
        custody=_custody_of_rest(root, versions),
    )


def propose_rotation(
    seen: VerifiedTrust, *, custodians: Sequence[PublicKey], threshold: int, expires: datetime
) -> Proposal:
    """Return the state after `seen` in which `custodians` own everything and deliver the same.

    Its root needs the threshold of the custodians before and of those to come. Raises Malformed.
    """
    refuse_odd_custodians(custodians, threshold)
    before = parse_metadata(Root, seen.root_bytes, where=_ROOT).signed
    root = draft_root(custodians, threshold, before.version + 1, expires)
    name, versions, delivery = numbered(RoleName.ROOT, root.version), _next_versions(seen), _delivered(seen)
    both = [custodies_of(each, where=_ROOT)[RoleName.ROOT] for each in (before, root)]
    return Proposal(
        settled={**_roots(seen), **delivery.files},
        to_sign={name: unsigned(root), **draft_rest(delivery, versions, expires)},
        custody={name: both, **_custody_of_rest(root, versions)},
    )


def _custody_of_rest(root: Root, versions: Versions) -> dict[str, Sequence[Custody]]:
    custody = custodies_of(root, where=_ROOT)
    return {
        numbered(RoleName.TARGETS, versions.targets): (custody[RoleName.TARGETS],),
        numbered(RoleName.SNAPSHOT, versions.snapshot): (custody[RoleName.SNAPSHOT],),
        TIMESTAMP: (custody[RoleName.TIMESTAMP],),
    }


def _next_versions(seen: VerifiedTrust) -> Versions:
    return Versions(
        targets=seen.roles[RoleName.TARGETS].version + 1,
        snapshot=seen.roles[RoleName.SNAPSHOT].version + 1,
        timestamp=seen.roles[RoleName.TIMESTAMP].version + 1,
    )


def _roots(seen: VerifiedTrust) -> Mapping[str, bytes]:
    names = (FIRST_ROOT, *(numbered(RoleName.ROOT, version) for version in seen.root_chain))
    return {name: seen.files[name] for name in names}


def _delivered(seen: VerifiedTrust) -> Delivery:
    return Delivery(roster=seen.roster_bytes, policy=seen.policy_bytes)
