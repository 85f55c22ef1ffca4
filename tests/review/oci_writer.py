"""Container images in a tar archive, written by hand (OCI image-spec 1.1)."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Sequence

from review.archives import Files, tar_of


def blob_name(data: bytes) -> str:
    return f"blobs/sha256/{hashlib.sha256(data).hexdigest()}"


def descriptor(data: bytes, **more: object) -> dict[str, object]:
    return {"digest": f"sha256:{hashlib.sha256(data).hexdigest()}", "size": len(data), **more}


def image_of(layers: Sequence[bytes], *, arch: str = "amd64", ids: Sequence[str] | None = None) -> Files:
    """Return the files of a layout with one image, its layers gzipped, the lowest first."""
    packed = [gzip.compress(layer, mtime=0) for layer in layers]
    plain = [f"sha256:{hashlib.sha256(layer).hexdigest()}" for layer in layers]
    rootfs = {"type": "layers", "diff_ids": list(plain if ids is None else ids)}
    config = json.dumps({"os": "linux", "architecture": arch, "rootfs": rootfs}).encode()
    manifest = json.dumps(
        {"schemaVersion": 2, "config": descriptor(config), "layers": [descriptor(one) for one in packed]}
    ).encode()
    index = json.dumps({"schemaVersion": 2, "manifests": [descriptor(manifest)]}).encode()
    blobs = {blob_name(one): one for one in (config, manifest, *packed)}
    return {**blobs, "index.json": index, "oci-layout": b'{"imageLayoutVersion":"1.0.0"}'}


def layout_of(*layers: Files) -> bytes:
    return tar_of(image_of([tar_of(files) for files in layers]))
