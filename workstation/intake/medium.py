"""Reading a bundle from a medium: regular files with expected names only, hashed as they are read.

Every file is opened relative to its directory without following links (openat, O_NOFOLLOW), must be
regular with one link, and may not be larger than was announced. Reading a blob compares its
digest with its name, so nothing read here can have changed between two looks.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from workstation.core import strict_json
from workstation.core.errors import Malformed, MediaError
from workstation.core.identity import SHA256_HEX, Digest, digest_of
from workstation.core.inert_text import inert
from workstation.core.oci_layout import (
    EMPTY_CONFIG,
    RELEASE_BUNDLE,
    REQUEST_BUNDLE,
    Bundle,
    Layer,
    make_index,
    make_manifest,
    parse_bundle,
    parse_index,
    parse_layout_file,
)

MAX_BLOBS: Final = 4096
MAX_BUNDLE_BYTES: Final = 64 * 1024**3
DOCUMENT_LIMIT: Final = 64 * 1024 * 1024
_CHUNK: Final = 1024 * 1024
_NAMES: Final = {REQUEST_BUNDLE: "request", RELEASE_BUNDLE: "release"}
_TOP: Final = ("blobs", "index.json", "oci-layout")
_OPEN: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class Medium:
    """One OCI layout directory, held open."""

    def __init__(self, directory: Path) -> None:
        """Open the layout; raises MediaError when it is not a directory, Malformed for unexpected names."""
        self.label: Final = inert(directory.name or str(directory))
        """What errors call this medium; its own name can be hostile text."""
        self._descriptors: list[int] = []
        self._blobs: int | None = None
        try:
            self._top = self._directory(str(directory), None)
            self._expect_names(self._top, _TOP, self.label)
            blobs = self._directory("blobs", self._top)
            self._expect_names(blobs, ("sha256",), f"{self.label}/blobs")
            self._sha256 = self._directory("sha256", blobs)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the medium."""
        while self._descriptors:
            os.close(self._descriptors.pop())

    def bundle(self, wanted_type: str) -> Bundle:
        """Return what the one manifest lists, once nothing else is on the medium; raises Malformed."""
        parse_layout_file(self._small("oci-layout"), where=f"{self.label}/oci-layout")
        where = f"{self.label}/index.json"
        index = self._small("index.json")
        pointer = parse_index(index, where=where)
        if pointer.bundle_type != wanted_type:
            raise Malformed(where, f"a bundle of type {pointer.bundle_type!a} found, {wanted_type} wanted")
        manifest = self._blob(pointer.digest, pointer.size, strict_json.MAX_BYTES, "manifest")
        bundle = parse_bundle(manifest, where=f"{self.label}/manifest")
        if bundle.bundle_type != wanted_type:
            raise Malformed(where, f"a manifest of type {bundle.bundle_type!a} found, {wanted_type} wanted")
        # No digest covers the index, and what we do not read could say anything: one bundle, one text.
        _expect_text(manifest, make_manifest(wanted_type, bundle.layers), f"{self.label}/manifest")
        _expect_text(index, make_index(wanted_type, manifest, name=_NAMES[wanted_type]), where)
        self._expect_blobs(bundle)
        self._blob(digest_of(EMPTY_CONFIG), len(EMPTY_CONFIG), len(EMPTY_CONFIG), "config")
        return bundle

    def manifest_bytes(self, bundle: Bundle) -> bytes:
        """Return the manifest's own bytes."""
        return self._blob(bundle.digest, None, strict_json.MAX_BYTES, "manifest")

    def read(self, layer: Layer) -> bytes:
        """Return a document's bytes; raises Malformed when they are not what the manifest says."""
        return self._blob(layer.digest, layer.size, DOCUMENT_LIMIT, layer.title)

    def check(self, layer: Layer) -> None:
        """Read a layer for its digest alone; raises Malformed when it is not what the manifest says."""
        for _ in self.chunks(layer):
            pass

    def chunks(self, layer: Layer) -> Iterator[bytes]:
        """Yield a layer's bytes; raises Malformed at the end when they are not what the manifest says.

        Whoever consumes them may use them only once the iterator has ended.
        """
        yield from self._chunks(layer.digest, layer.size, layer.size, layer.title)

    def _blob(self, digest: Digest, size: int | None, limit: int, title: str) -> bytes:
        return b"".join(self._chunks(digest, size, limit, title))

    def _chunks(self, digest: Digest, size: int | None, limit: int, title: str) -> Iterator[bytes]:
        where = f"{self.label}/{title}"
        hashed, got = hashlib.sha256(), 0
        with self._file(digest, self._sha256, where) as descriptor:
            while chunk := _read(descriptor, where):
                got += len(chunk)
                if got > limit:
                    raise Malformed(where, f"more than {limit} bytes found, at most {limit} wanted")
                hashed.update(chunk)
                yield chunk
        if size is not None and got != size:
            raise Malformed(where, f"{got} bytes found, {size} wanted")
        if hashed.hexdigest() != digest:
            raise Malformed(where, f"sha256 {hashed.hexdigest()} found, {digest} wanted")

    def _small(self, name: str) -> bytes:
        where = f"{self.label}/{name}"
        with self._file(name, self._top, where) as descriptor:
            data = b""
            while chunk := _read(descriptor, where):
                data += chunk
                if len(data) > strict_json.MAX_BYTES:
                    raise Malformed(where, f"more than {strict_json.MAX_BYTES} bytes found")
        return data

    @contextmanager
    def _file(self, name: str, parent: int, where: str) -> Generator[int]:
        try:
            descriptor = os.open(name, _OPEN, dir_fd=parent)
        except OSError as error:
            raise _unreadable(where, error) from error
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise Malformed(where, "something other than a regular file found")
            if found.st_nlink != 1:
                raise Malformed(where, f"a file with {found.st_nlink} links found, one wanted")
            yield descriptor
        finally:
            os.close(descriptor)

    def _directory(self, name: str, parent: int | None) -> int:
        try:
            descriptor = os.open(name, _OPEN | os.O_DIRECTORY, dir_fd=parent)
        except OSError as error:
            raise _unreadable(self.label if parent is None else f"{self.label}/{name}", error) from error
        self._descriptors.append(descriptor)
        return descriptor

    def _expect_names(self, directory: int, wanted: tuple[str, ...], where: str) -> None:
        found = set(_names(directory, len(wanted) + 1))
        for name in sorted(found - set(wanted)):
            raise Malformed(f"{where}/{name!a}", "an unexpected file found, none wanted")
        for name in sorted(set(wanted) - found):
            raise Malformed(f"{where}/{name}", "nothing found, it is part of an OCI layout")

    def _expect_blobs(self, bundle: Bundle) -> None:
        found = set(_names(self._sha256, MAX_BLOBS + 1))
        if len(found) > MAX_BLOBS:
            raise Malformed(f"{self.label}/blobs", f"more than {MAX_BLOBS} blobs found")
        for name in sorted(found - bundle.blobs()):
            what = "a blob the manifest does not list" if SHA256_HEX.fullmatch(name) else "an unexpected file"
            raise Malformed(f"{self.label}/blobs/sha256/{name[:80]!a}", f"{what} found, none wanted")
        total = sum(layer.size for layer in bundle.layers)
        if total > MAX_BUNDLE_BYTES:
            raise Malformed(
                f"{self.label}/manifest", f"{total} bytes announced, at most {MAX_BUNDLE_BYTES} wanted"
            )
        titles = {layer.digest: layer.title for layer in bundle.layers}
        for digest in sorted(bundle.blobs() - found):
            title = titles.get(digest, "config")
            raise Malformed(f"{self.label}/{title}", f"blob {digest} is missing from the medium")


def _expect_text(found: bytes, wanted: bytes, where: str) -> None:
    if found != wanted:
        raise Malformed(where, "another text found, the one our bundles have wanted (docs/spec/bundle.md)")


def _names(directory: int, at_most: int) -> Iterator[str]:
    with os.scandir(directory) as entries:
        for count, entry in enumerate(entries):
            if count >= at_most:
                return
            yield entry.name


def _read(descriptor: int, where: str) -> bytes:
    try:
        return os.read(descriptor, _CHUNK)
    except OSError as error:
        raise _unreadable(where, error) from error


def _unreadable(where: str, error: OSError) -> Malformed | MediaError:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return Malformed(where, "a symbolic link or something other than wanted found")
    if error.errno == errno.ENXIO:
        return Malformed(where, "something other than a regular file found")
    return MediaError(where, f"cannot be read: {error.strerror}")
