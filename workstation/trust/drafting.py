"""Drafting TUF metadata for custodians to sign: the four roles, at the versions given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from workstation.core.errors import Malformed
from workstation.core.identity import digest_of
from workstation.core.public_key import PublicKey
from workstation.trust.custody import LEAST_THRESHOLD
from workstation.trust.tuf_api import MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp, unsigned
from workstation.trust.tuf_keys import to_tuf
from workstation.trust.tuf_metadata import RoleName, numbered
from workstation.trust.verification import POLICY, ROSTER, TIMESTAMP, target_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The versions of the roles that change with every roster or policy."""

    targets: int
    snapshot: int
    timestamp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What the trust root delivers: the bytes of roster.json and policy.json."""

    roster: bytes
    policy: bytes

    @property
    def by_name(self) -> dict[str, bytes]:
        """The documents by target name."""
        return {ROSTER: self.roster, POLICY: self.policy}

    @property
    def files(self) -> dict[str, bytes]:
        """The documents by the name of the file they are in."""
        return {target_file(name, digest_of(data)): data for name, data in self.by_name.items()}


def refuse_odd_custodians(custodians: Sequence[PublicKey], threshold: int) -> None:
    """Raise Malformed for one key listed twice, or a threshold that is below two or out of reach."""
    distinct = {custodian.fingerprint for custodian in custodians}
    if len(distinct) != len(custodians):
        raise Malformed("custodians", "one key found twice, distinct keys wanted")
    if not LEAST_THRESHOLD <= threshold <= len(distinct):
        raise Malformed("threshold", f"{threshold} found, {LEAST_THRESHOLD} to {len(distinct)} wanted")


def draft_root(custodians: Sequence[PublicKey], threshold: int, version: int, expires: datetime) -> Root:
    """Return a root that gives all four roles to `custodians`, `threshold` of them each."""
    root = Root(version=version, expires=utc(expires), consistent_snapshot=True)
    for role in RoleName:
        for custodian in custodians:
            root.add_key(to_tuf(custodian), role.value)
        root.roles[role.value].threshold = threshold
    return root


def draft_rest(delivery: Delivery, versions: Versions, expires: datetime) -> dict[str, bytes]:
    """Return unsigned targets, snapshot and timestamp for `delivery`, by file name."""
    until = utc(expires)
    listed = {name: TargetFile.from_data(name, data, ["sha256"]) for name, data in delivery.by_name.items()}
    targets = Targets(version=versions.targets, expires=until, targets=listed)
    meta = {"targets.json": MetaFile(versions.targets)}
    snapshot = Snapshot(version=versions.snapshot, expires=until, meta=meta)
    pointer = MetaFile(versions.snapshot)
    timestamp = Timestamp(version=versions.timestamp, expires=until, snapshot_meta=pointer)
    return {
        numbered(RoleName.TARGETS, versions.targets): unsigned(targets),
        numbered(RoleName.SNAPSHOT, versions.snapshot): unsigned(snapshot),
        TIMESTAMP: unsigned(timestamp),
    }


def utc(moment: datetime) -> datetime:
    """Return `moment` in UTC; raises Malformed when it does not say where its clock stands."""
    if moment.tzinfo is None:
        raise Malformed("expires", "a time without a zone found, UTC wanted")
    return moment.astimezone(UTC)
