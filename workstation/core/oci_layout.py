"""The transfer format: an OCI image layout holding one artifact manifest (OCI image-spec v1.1).

Its layers are our documents and artifacts, by title. Nothing here touches a disk; the bounded
reader in `intake` and the writer in `release` do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.core import strict_json
from workstation.core.errors import Malformed
from workstation.core.identity import Digest, digest_of
from workstation.core.manifest import MAX_ARTIFACT_BYTES, refuse_repeats
from workstation.core.shape import Shape

if TYPE_CHECKING:
    from workstation.core.strict_json import JsonObject, JsonValue

INDEX_TYPE: Final = "application/vnd.oci.image.index.v1+json"
MANIFEST_TYPE: Final = "application/vnd.oci.image.manifest.v1+json"
EMPTY_TYPE: Final = "application/vnd.oci.empty.v1+json"
REQUEST_BUNDLE: Final = "application/vnd.countersign.request.v1"
RELEASE_BUNDLE: Final = "application/vnd.countersign.release.v1"
LAYOUT_FILE: Final = b'{"imageLayoutVersion":"1.0.0"}'
EMPTY_CONFIG: Final = b"{}"
MAX_LAYERS: Final = 4000
_TITLE: Final = "org.opencontainers.image.title"
_REF_NAME: Final = "org.opencontainers.image.ref.name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One file in a bundle: title, media type, digest and size in bytes."""

    title: str
    media_type: str
    digest: Digest
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """The one manifest an index points to."""

    bundle_type: str
    digest: Digest
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What an artifact manifest says is in the bundle."""

    bundle_type: str
    digest: Digest
    layers: tuple[Layer, ...]

    def blobs(self) -> frozenset[Digest]:
        """Return every blob that belongs here: the manifest, its empty config and the layers."""
        return frozenset({self.digest, digest_of(EMPTY_CONFIG)} | {layer.digest for layer in self.layers})


def parse_layout_file(data: bytes, *, where: str) -> None:
    """Refuse any oci-layout file but version 1.0.0."""
    fields = Shape(strict_json.parse_object(data, where=where), where).fields("imageLayoutVersion")
    fields["imageLayoutVersion"].constant("1.0.0")


def parse_index(data: bytes, *, where: str) -> Pointer:
    """Return the pointer to the one manifest of the bundle; raises Malformed."""
    top = Shape(strict_json.parse_object(data, where=where), where)
    fields = top.fields("schemaVersion", "manifests", optional=("mediaType",))
    fields["schemaVersion"].constant(2)
    (entry,) = fields["manifests"].items(at_least=1, at_most=1)
    pointer = entry.fields("mediaType", "artifactType", "digest", "size", optional=("annotations",))
    pointer["mediaType"].constant(MANIFEST_TYPE)
    return Pointer(
        bundle_type=pointer["artifactType"].printable(),
        digest=_oci_digest(pointer["digest"]),
        size=pointer["size"].integer(0, strict_json.MAX_BYTES),
    )


def parse_bundle(data: bytes, *, where: str) -> Bundle:
    """Return what an artifact manifest lists; raises Malformed."""
    top = Shape(strict_json.parse_object(data, where=where), where)
    fields = top.fields("schemaVersion", "mediaType", "artifactType", "config", "layers")
    fields["schemaVersion"].constant(2)
    fields["mediaType"].constant(MANIFEST_TYPE)
    layers = tuple(_layer(item) for item in fields["layers"].items(at_least=1, at_most=MAX_LAYERS))
    refuse_repeats((layer.title for layer in layers), f"{where}.layers")
    return Bundle(
        bundle_type=fields["artifactType"].printable(),
        digest=digest_of(data),
        layers=layers,
    )


def make_manifest(bundle_type: str, layers: tuple[Layer, ...]) -> bytes:
    """Return the bytes of the artifact manifest listing `layers`."""
    config: JsonObject = {
        "mediaType": EMPTY_TYPE,
        "digest": f"sha256:{digest_of(EMPTY_CONFIG)}",
        "size": len(EMPTY_CONFIG),
        "data": "e30=",
    }
    listed: list[JsonValue] = [_descriptor(layer) for layer in layers]
    manifest: JsonObject = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "artifactType": bundle_type,
        "config": config,
        "layers": listed,
    }
    return strict_json.dump(manifest)


def make_index(bundle_type: str, manifest: bytes, *, name: str) -> bytes:
    """Return the bytes of an index pointing to `manifest` under the reference `name`."""
    pointer: JsonObject = {
        "mediaType": MANIFEST_TYPE,
        "artifactType": bundle_type,
        "digest": f"sha256:{digest_of(manifest)}",
        "size": len(manifest),
        "annotations": {_REF_NAME: name},
    }
    return strict_json.dump({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [pointer]})


def _descriptor(layer: Layer) -> JsonObject:
    return {
        "mediaType": layer.media_type,
        "digest": f"sha256:{layer.digest}",
        "size": layer.size,
        "annotations": {_TITLE: layer.title},
    }


def _layer(shape: Shape) -> Layer:
    fields = shape.fields("mediaType", "digest", "size", "annotations")
    return Layer(
        title=fields["annotations"].fields(_TITLE)[_TITLE].identifier(),
        media_type=fields["mediaType"].printable(),
        digest=_oci_digest(fields["digest"]),
        size=fields["size"].integer(0, MAX_ARTIFACT_BYTES),
    )


def _oci_digest(shape: Shape) -> Digest:
    algorithm, _, value = shape.text().partition(":")
    if algorithm != "sha256":
        raise Malformed(shape.where, f"{algorithm[:20]!a} found, a sha256: digest wanted")
    return Shape(value, shape.where).digest()
