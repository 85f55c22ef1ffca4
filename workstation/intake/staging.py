"""Staging: copying a bundle off the medium in one pass, so that all later work is on the copy."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workstation.core.errors import MediaError
from workstation.core.glimpse import Watch
from workstation.core.identity import Digest, digest_of
from workstation.core.oci_layout import EMPTY_CONFIG, REQUEST_BUNDLE, Bundle
from workstation.core.request import Request, parse_request
from workstation.intake.bytes_read import BytesRead
from workstation.intake.medium import Medium
from workstation.intake.request_reader import documents_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A request that parsed, and its blobs copied and hashed, by digest."""

    request: Request
    bundle: Bundle
    blobs: dict[Digest, Path]


@contextmanager
def staged(directory: Path, staging: Path, watch: Watch | None = None) -> Generator[Staged]:
    """Copy the bundle in `directory` below `staging` for as long as the context lasts.

    Raises Malformed or MediaError, and Cancelled when `watch` does; whatever happens, nothing stays in
    `staging`.
    """
    with Medium(directory) as medium:
        bundle = medium.bundle(REQUEST_BUNDLE)
        target = _fresh(staging)
        try:
            yield _copied(medium, bundle, target, watch)
        finally:
            shutil.rmtree(target, ignore_errors=True)


def _copied(medium: Medium, bundle: Bundle, target: Path, watch: Watch | None) -> Staged:
    request = parse_request(bundle, documents_of(medium, bundle), where=medium.label)
    reading = BytesRead(watch, sum(layer.size for layer in bundle.layers))
    blobs = {
        layer.digest: _copy(_counted(medium.chunks(layer), reading), target / layer.digest)
        for layer in bundle.layers
    }
    blobs[bundle.digest] = _copy([medium.manifest_bytes(bundle)], target / bundle.digest)
    config = digest_of(EMPTY_CONFIG)
    blobs[config] = _copy([EMPTY_CONFIG], target / config)
    return Staged(request=request, bundle=bundle, blobs=blobs)


def _counted(chunks: Iterable[bytes], reading: BytesRead) -> Iterator[bytes]:
    for chunk in chunks:
        reading.read(len(chunk))
        yield chunk


def _copy(chunks: Iterable[bytes], target: Path) -> Path:
    try:
        with target.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise MediaError(str(target.parent), f"cannot be written: {error.strerror}") from error
    return target


def _fresh(staging: Path) -> Path:
    try:
        staging.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=staging))
    except OSError as error:
        raise MediaError(str(staging), f"cannot be written: {error.strerror}") from error
