"""From the pinned root to the newest: each root signed by the custodians before it and by its own.

TUF specification 1.0, section 5.3. Nothing here reads a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from workstation.core.errors import Malformed, Untrusted
from workstation.trust.custody import Custody, custodies_of, verify_signatures
from workstation.trust.tuf_api import Root
from workstation.trust.tuf_metadata import MetadataFile, RoleName, numbered, parse_metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_ROOT: Final = "root.json"
"""Beside the metadata: the first root of the chain in this directory, for people to pin."""

MAX_ROOTS: Final = 256
_ROOT_NAME: Final = re.compile(r"metadata/([1-9][0-9]{0,8})\.root\.json", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RootLink:
    """One verified root: its metadata, and the custody of each role under it."""

    metadata: MetadataFile[Root]
    custody: Mapping[RoleName, Custody]

    @property
    def version(self) -> int:
        """The root's version."""
        return self.metadata.signed.version


def walk_roots(files: Mapping[str, bytes], pinned: bytes) -> tuple[RootLink, ...]:
    """Return the chain from `pinned` to the newest root in `files`.

    Raises Malformed (also for a gap in the versions) and Untrusted.
    """
    chain = [_first(pinned)]
    _refuse_other_pin(files, chain[0])
    while (name := numbered(RoleName.ROOT, chain[-1].version + 1)) in files:
        if len(chain) == MAX_ROOTS:
            raise Malformed(name, f"more than {MAX_ROOTS} roots found")
        chain.append(_next(chain[-1], files[name], name))
    for version in _versions(files):
        if version > chain[-1].version:
            raise Malformed(name, f"nothing found, but root version {version} is there")
    return tuple(chain)


def _first(pinned: bytes) -> RootLink:
    metadata = parse_metadata(Root, pinned, where="pinned root")
    custody = _custody(metadata)
    own = custody[RoleName.ROOT]
    # A later root carries signatures of the custodians before it, whom it need not know. We may
    # leave those out here alone: these bytes are pinned, so nobody can have put them in.
    known = {keyid: value for keyid, value in metadata.signatures.items() if keyid in own.keys}
    verify_signatures(replace(metadata, signatures=known), (own,))
    return RootLink(metadata=metadata, custody=custody)


def _next(previous: RootLink, data: bytes, name: str) -> RootLink:
    metadata = parse_metadata(Root, data, where=name)
    if metadata.signed.version != previous.version + 1:
        raise Untrusted(name, f"root version {metadata.signed.version} found, {previous.version + 1} wanted")
    custody = _custody(metadata)
    verify_signatures(metadata, (previous.custody[RoleName.ROOT], custody[RoleName.ROOT]))
    return RootLink(metadata=metadata, custody=custody)


def _custody(metadata: MetadataFile[Root]) -> Mapping[RoleName, Custody]:
    if metadata.signed.consistent_snapshot is not True:
        raise Malformed(f"{metadata.where}.consistent_snapshot", "true wanted")
    return custodies_of(metadata.signed, where=metadata.where)


def _refuse_other_pin(files: Mapping[str, bytes], pinned: RootLink) -> None:
    """Refuse another root under the pinned version, and a copy at the top that is not the first root."""
    name = numbered(RoleName.ROOT, pinned.version)
    if files.get(name, pinned.metadata.data) != pinned.metadata.data:
        raise Untrusted(name, f"another root version {pinned.version} than the pinned one found")
    first = numbered(RoleName.ROOT, min(_versions(files), default=pinned.version))
    if FIRST_ROOT in files and files[FIRST_ROOT] != files.get(first, pinned.metadata.data):
        raise Untrusted(FIRST_ROOT, f"something else than {first} found")


def _versions(files: Mapping[str, bytes]) -> Iterator[int]:
    return (int(match[1]) for name in files if (match := _ROOT_NAME.fullmatch(name)))
