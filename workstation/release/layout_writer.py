"""Writing an OCI layout directory: into a temporary sibling, synced, then renamed into place."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workstation.core.errors import MediaError
from workstation.core.identity import Digest, digest_of
from workstation.core.oci_layout import EMPTY_CONFIG, LAYOUT_FILE, Layer, make_index, make_manifest
from workstation.durable import sync_directory

_CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One file to be put into a bundle: its bytes, or where they are."""

    title: str
    media_type: str
    source: bytes | Path


def write_bundle(directory: Path, bundle_type: str, contents: Sequence[Content], *, name: str) -> Digest:
    """Write a bundle as `directory` and return the digest of its manifest.

    Raises MediaError when the directory holds anything already or cannot be written; then nothing
    of the bundle stays.
    """
    if directory.is_symlink() or (
        directory.exists() and (not directory.is_dir() or any(directory.iterdir()))
    ):
        raise MediaError(str(directory), "something is there already, an empty or new directory wanted")
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=directory.parent, prefix=f".{directory.name}-"))
    except OSError as error:
        raise MediaError(str(directory), f"cannot be written: {error.strerror}") from error
    try:
        digest = _fill(unfinished, bundle_type, contents, name)
        unfinished.chmod(0o755)
        unfinished.replace(directory)
        sync_directory(directory.parent)
    except OSError as error:
        raise MediaError(str(directory), f"cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return digest


def hashed_file(path: Path) -> tuple[Digest, int]:
    """Return a file's digest and its size in bytes; raises MediaError when it cannot be read."""
    hashed, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as reader:
            while chunk := reader.read(_CHUNK):
                hashed.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise MediaError(str(path), f"cannot be read: {error.strerror}") from error
    return Digest(hashed.hexdigest()), size


def _fill(target: Path, bundle_type: str, contents: Sequence[Content], name: str) -> Digest:
    blobs = target / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    layers = tuple(_layer(blobs, content) for content in contents)
    manifest = make_manifest(bundle_type, layers)
    _write(blobs / digest_of(manifest), manifest)
    _write(blobs / digest_of(EMPTY_CONFIG), EMPTY_CONFIG)
    _write(target / "oci-layout", LAYOUT_FILE)
    _write(target / "index.json", make_index(bundle_type, manifest, name=name))
    for folder in (blobs, blobs.parent, target):
        sync_directory(folder)
    return digest_of(manifest)


def _layer(blobs: Path, content: Content) -> Layer:
    if isinstance(content.source, bytes):
        digest, size = digest_of(content.source), len(content.source)
        _write(blobs / digest, content.source)
    else:
        digest, size = _copy(content.source, blobs)
    return Layer(title=content.title, media_type=content.media_type, digest=digest, size=size)


def _copy(source: Path, blobs: Path) -> tuple[Digest, int]:
    hashed, size, unnamed = hashlib.sha256(), 0, blobs / "unnamed"
    with source.open("rb") as reader, unnamed.open("wb") as writer:
        while chunk := reader.read(_CHUNK):
            hashed.update(chunk)
            size += len(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    digest = Digest(hashed.hexdigest())
    unnamed.replace(blobs / digest)
    return digest, size


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
