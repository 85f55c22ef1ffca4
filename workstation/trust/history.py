"""The versions of a trust root before the newest: who signed each, and which roster it delivered.

A repository keeps them, so that a workstation that skipped some can still tell who signed a change to
whose record. They are verified like the newest, under a root of the chain; their expiry is of the past.
Nothing here reads a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.errors import Malformed, Untrusted
from workstation.core.identity import SHA256_HEX, Digest
from workstation.core.roster_document import parse_roster
from workstation.core.trust_snapshot import TrustStep
from workstation.trust.root_chain import walk_roots
from workstation.trust.tuf_api import Targets
from workstation.trust.tuf_metadata import MetadataFile, RoleName, numbered, parse_metadata
from workstation.trust.verification import (
    ROSTER,
    document_of,
    refuse_one_person_twice,
    role_of,
    signed_metadata,
    target_file,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workstation.trust.root_chain import RootLink
    from workstation.trust.verified_trust import VerifiedTrust

_MISSING: Final = ""


def earlier_files(files: Mapping[str, bytes], newest: int) -> dict[str, bytes]:
    """Return the targets metadata before version `newest` and the rosters they list, to be kept.

    Raises Malformed for metadata that is none. Nothing is verified: whoever follows does that.
    """
    found: dict[str, bytes] = {}
    for version in range(1, newest):
        name = numbered(RoleName.TARGETS, version)
        if name in files:
            found[name] = files[name]
            roster = _roster_file(parse_metadata(Targets, files[name], where=name))
            found.update({roster: files[roster]} if roster in files else {})
    return found


def steps_between(files: Mapping[str, bytes], trust: VerifiedTrust, since: int) -> tuple[TrustStep, ...]:
    """Return every version after `since` and before the newest that is among the files, verified.

    Which are missing shows in their numbers: a guardrail says so. Raises Malformed and Untrusted for one
    that is there and does not verify.
    """
    chain = walk_roots(files, trust.pinned_root)
    return tuple(_steps(files, chain, range(since + 1, trust.snapshot.targets_version)))


def _steps(files: Mapping[str, bytes], chain: Sequence[RootLink], versions: range) -> Iterator[TrustStep]:
    for version in versions:
        name = numbered(RoleName.TARGETS, version)
        if name not in files:
            continue
        # Custodians change and never change back: what an older root signed comes before.
        chain, metadata = _under(files, chain, name)
        if metadata.signed.version != version:
            raise Untrusted(name, f"version {metadata.signed.version} found, {version} wanted")
        document = document_of(files, metadata, ROSTER)
        roster, role = parse_roster(document.data, where=document.where), role_of(metadata, chain[0])
        refuse_one_person_twice(RoleName.TARGETS, role, roster)
        yield TrustStep(targets_version=version, roster=roster, signed_by=role.signed_by)


def _under(
    files: Mapping[str, bytes], chain: Sequence[RootLink], name: str
) -> tuple[Sequence[RootLink], MetadataFile[Targets]]:
    """Return the rest of the chain from the root whose custodians signed this, and what they signed."""
    for place, link in enumerate(chain):
        try:
            return chain[place:], signed_metadata(Targets, files, name, link)
        except Untrusted:
            if place == len(chain) - 1:
                raise
    raise Malformed(name, "no root found, one wanted")


def _roster_file(targets: MetadataFile[Targets]) -> str:
    entry = targets.signed.targets.get(ROSTER)
    digest = _MISSING if entry is None else entry.hashes.get("sha256", _MISSING)
    return target_file(ROSTER, Digest(digest)) if SHA256_HEX.fullmatch(digest) else _MISSING
