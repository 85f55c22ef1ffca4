"""A content-addressed store on disk: every blob is a file named by its SHA-256.

A blob is written whole, synced and renamed into place, or it is not there. Reading hashes again, so
a damaged blob is `Untrusted`, never wrong bytes.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from workstation.core.errors import MediaError, Untrusted
from workstation.core.identity import SHA256_HEX, Digest, digest_of
from workstation.durable import sync_directory

_CHUNK: Final = 1024 * 1024
DOCUMENT_LIMIT: Final = 64 * 1024 * 1024


class Vault:
    """The store under one directory."""

    def __init__(self, directory: Path) -> None:
        """Open the store, made if missing; raises MediaError when it cannot be made."""
        self.directory = directory
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise MediaError(str(directory), f"cannot be made: {error.strerror}") from error

    def path(self, digest: Digest) -> Path:
        """Return where a blob is or would be."""
        return self.directory / digest

    def holds(self, digest: Digest) -> bool:
        """Answer whether a blob is here."""
        return self.path(digest).is_file()

    def put(self, data: bytes) -> Digest:
        """Keep some bytes; returns their digest. Raises MediaError when they cannot be written."""
        digest = digest_of(data)
        if self.holds(digest):
            return digest
        descriptor, name = _temporary(self.directory)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path(digest))
            sync_directory(self.directory)
        except OSError as error:
            with suppress(OSError):
                Path(name).unlink()
            raise MediaError(str(self.directory), f"cannot be written: {error.strerror}") from error
        return digest

    def adopt(self, staged: Path, digest: Digest) -> None:
        """Take over a file already hashed and synced on the same disk."""
        try:
            staged.replace(self.path(digest))
        except OSError as error:
            raise MediaError(str(self.directory), f"cannot be written: {error.strerror}") from error

    def discard(self, digest: Digest) -> bool:
        """Let a blob go for good; returns whether it was here. Raises MediaError when it cannot go."""
        if not self.holds(digest):
            return False
        try:
            self.path(digest).unlink()
            sync_directory(self.directory)
        except OSError as error:
            raise MediaError(f"store/{digest}", f"cannot be removed: {error.strerror}") from error
        return True

    def read(self, digest: Digest, limit: int = DOCUMENT_LIMIT) -> bytes:
        """Return a blob's bytes; raises MediaError when missing or too large, Untrusted when damaged."""
        try:
            with self.path(digest).open("rb") as file:
                data = file.read(limit + 1)
        except OSError as error:
            raise MediaError(f"store/{digest}", f"cannot be read: {error.strerror}") from error
        if len(data) > limit:
            raise MediaError(f"store/{digest}", f"more than {limit} bytes found")
        if digest_of(data) != digest:
            raise Untrusted(f"store/{digest}", f"sha256 {digest_of(data)} found: the store was changed")
        return data

    def newest(self, most: int, limit: int) -> tuple[Digest, ...]:
        """Return what was put in last, newest first: at most `most` of those with at most `limit` bytes."""
        try:
            found = [(path.stat(), path.name) for path in self.directory.iterdir() if path.is_file()]
        except OSError as error:
            raise MediaError(str(self.directory), f"cannot be read: {error.strerror}") from error
        small = [(about.st_mtime_ns, name) for about, name in found if about.st_size <= limit]
        named = (name for _, name in sorted(small, reverse=True) if SHA256_HEX.fullmatch(name))
        return tuple(Digest(name) for name in islice(named, most))

    def verify(self, digest: Digest, on_read: Callable[[int], None] | None = None) -> None:
        """Hash a blob of any size again; raises MediaError or Untrusted, and whatever `on_read` raises.

        `on_read` is told how many bytes were read since the last time.
        """
        hashed = hashlib.sha256()
        try:
            with self.path(digest).open("rb") as file:
                while chunk := file.read(_CHUNK):
                    hashed.update(chunk)
                    if on_read is not None:
                        on_read(len(chunk))
        except OSError as error:
            raise MediaError(f"store/{digest}", f"cannot be read: {error.strerror}") from error
        if hashed.hexdigest() != digest:
            raise Untrusted(f"store/{digest}", f"sha256 {hashed.hexdigest()} found: the store was changed")


def _temporary(directory: Path) -> tuple[int, str]:
    try:
        return tempfile.mkstemp(dir=directory, prefix=".new-")
    except OSError as error:
        raise MediaError(str(directory), f"cannot be written: {error.strerror}") from error
