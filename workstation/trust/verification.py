"""Verifying a trust root: bytes and a moment in, a verified value out.

The order is TUF's (specification 1.0, section 5): root, timestamp, snapshot, targets, then the two
targets we read. Nothing here reads a file. Expiry is reported, not judged: a guardrail does that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from workstation.core.credential_proof import refuse_false_proof
from workstation.core.errors import Malformed, Untrusted
from workstation.core.identity import Digest, digest_of
from workstation.core.policy_document import parse_policy
from workstation.core.roster_document import parse_roster
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.trust.custody import verify_signatures
from workstation.trust.root_chain import FIRST_ROOT, RootLink, walk_roots
from workstation.trust.tuf_api import (
    LengthOrHashMismatchError,
    MetaFile,
    Signed,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from workstation.trust.tuf_metadata import MetadataFile, RoleName, SignedT, numbered, parse_metadata
from workstation.trust.verified_trust import VerifiedRole, VerifiedTrust

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from workstation.core.roster import Roster

ROSTER: Final = "roster.json"
POLICY: Final = "policy.json"
TIMESTAMP: Final = "metadata/timestamp.json"
_TARGETS_ENTRY: Final = "targets.json"


class _Rest(NamedTuple):
    """The roles below the root, each signed and at the version the one before it lists."""

    timestamp: MetadataFile[Timestamp]
    snapshot: MetadataFile[Snapshot]
    targets: MetadataFile[Targets]


class Document(NamedTuple):
    """A target's bytes, and the file they are in."""

    where: str
    data: bytes


def verify_repository(files: Mapping[str, bytes], *, root: bytes, now: datetime) -> VerifiedTrust:
    """Return what the repository `files` delivers, trusting `root` and nothing else.

    Raises Malformed for files that are missing or not what their format says, Untrusted for
    signatures, versions, lengths and digests that do not hold. Files it does not need are ignored.
    """
    chain = walk_roots(files, root)
    rest = _rest(files, chain[-1])
    parts = (chain[-1].metadata, *rest)
    roles = {RoleName(part.signed.type): role_of(part, chain[-1]) for part in parts}
    documents = _documents(files, rest.targets)
    used = {FIRST_ROOT: root} | {numbered(RoleName.ROOT, link.version): link.metadata.data for link in chain}
    return VerifiedTrust(
        snapshot=_snapshot(roles, documents),
        roster_bytes=documents[ROSTER].data,
        policy_bytes=documents[POLICY].data,
        pinned_root=root,
        root_bytes=chain[-1].metadata.data,
        root_chain={link.version: digest_of(link.metadata.payload) for link in chain},
        roles=roles,
        files=used | _by_name(rest) | _by_name(documents.values()),
        verified_at=now,
    )


def file_of(files: Mapping[str, bytes], name: str) -> bytes:
    """Return the file `name`; raises Malformed when it is not there."""
    if name not in files:
        raise Malformed(name, "nothing found, a file wanted")
    return files[name]


def target_file(name: str, digest: Digest) -> str:
    """Return the name of the file a target is in (consistent snapshots)."""
    return f"targets/{digest}.{name}"


def _rest(files: Mapping[str, bytes], newest: RootLink) -> _Rest:
    timestamp = signed_metadata(Timestamp, files, TIMESTAMP, newest)
    snapshot = _listed(Snapshot, files, timestamp.signed.snapshot_meta, newest)
    targets = _listed(Targets, files, _targets_entry(snapshot), newest)
    return _Rest(timestamp, snapshot, targets)


def _documents(files: Mapping[str, bytes], targets: MetadataFile[Targets]) -> dict[str, Document]:
    return {name: document_of(files, targets, name) for name in (ROSTER, POLICY)}


def _snapshot(roles: Mapping[RoleName, VerifiedRole], documents: Mapping[str, Document]) -> TrustSnapshot:
    roster = parse_roster(documents[ROSTER].data, where=ROSTER)
    for name, role in roles.items():
        refuse_one_person_twice(name, role, roster)
    return TrustSnapshot(
        root_version=roles[RoleName.ROOT].version,
        targets_version=roles[RoleName.TARGETS].version,
        expires=min(role.expires for role in roles.values()),
        roster=roster,
        policy=parse_policy(documents[POLICY].data, where=POLICY),
        signed_by=roles[RoleName.TARGETS].signed_by,
    )


def signed_metadata(
    kind: type[SignedT], files: Mapping[str, bytes], name: str, newest: RootLink
) -> MetadataFile[SignedT]:
    """Return the metadata in a file, signed by the threshold one root names; raises Malformed, Untrusted."""
    metadata = parse_metadata(kind, file_of(files, name), where=name)
    verify_signatures(metadata, (newest.custody[RoleName(kind.type)],))
    return metadata


def _listed(
    kind: type[SignedT], files: Mapping[str, bytes], entry: MetaFile, newest: RootLink
) -> MetadataFile[SignedT]:
    """Return the metadata another role lists, at exactly the version, length and hashes listed."""
    name = numbered(RoleName(kind.type), entry.version)
    metadata = signed_metadata(kind, files, name, newest)
    if metadata.signed.version != entry.version:
        raise Untrusted(name, f"version {metadata.signed.version} found, {entry.version} wanted")
    _refuse_other_bytes(entry, metadata)
    return metadata


def _targets_entry(snapshot: MetadataFile[Snapshot]) -> MetaFile:
    entry = snapshot.signed.meta.get(_TARGETS_ENTRY)
    if entry is None:
        raise Malformed(f"{snapshot.where}.meta", "nothing found, targets.json wanted")
    return entry


def document_of(files: Mapping[str, bytes], targets: MetadataFile[Targets], name: str) -> Document:
    """Return a target. Its SHA-256 must be listed, whatever other digests are."""
    entry = targets.signed.targets.get(name)
    if entry is None or "sha256" not in entry.hashes:
        raise Malformed(f"{targets.where}.targets", f"nothing found, {name} with its sha256 wanted")
    where = target_file(name, Digest(entry.hashes["sha256"]))
    found = Document(where, file_of(files, where))
    _refuse_other_bytes(entry, found)
    return found


def _by_name(found: Iterable[MetadataFile[Signed] | Document]) -> dict[str, bytes]:
    return {item.where: item.data for item in found}


def _refuse_other_bytes(entry: MetaFile | TargetFile, found: MetadataFile[Signed] | Document) -> None:
    try:
        entry.verify_length_and_hashes(found.data)
    except LengthOrHashMismatchError as error:
        raise Untrusted(found.where, str(error)) from error


def role_of(part: MetadataFile[Signed], newest: RootLink) -> VerifiedRole:
    """Return the facts of a verified part; every signature on it holds by now."""
    custody = newest.custody[RoleName(part.signed.type)]
    return VerifiedRole(
        version=part.signed.version,
        expires=part.signed.expires,
        payload=digest_of(part.payload),
        custodians=custody.fingerprints,
        threshold=custody.threshold,
        signed_by=frozenset(
            custody.keys[keyid].fingerprint for keyid in part.signatures if keyid in custody.keys
        ),
    )


def refuse_one_person_twice(name: RoleName, role: VerifiedRole, roster: Roster) -> None:
    """Refuse a threshold met by two keys that the roster delivered says one holder has."""
    held = {fingerprint: roster.holder_of(fingerprint) for fingerprint in role.signed_by}
    for one in held.values():
        if one is not None:
            refuse_false_proof(one)
    holders = {fingerprint if by is None else by.holder.id for fingerprint, by in held.items()}
    if len(holders) < role.threshold:
        raise Untrusted(name.value, f"{len(holders)} distinct custodians signed, {role.threshold} wanted")
