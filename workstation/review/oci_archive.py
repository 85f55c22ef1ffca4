"""Container images in a tar archive: the OCI Image Layout, or what `docker save` writes (image-spec 1.1).

Found out by the first names in it, so that no other tar archive is read twice. Every blob has to
have the digest it is named by, and something has to refer to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.core.errors import Malformed
from workstation.core.strict_json import parse
from workstation.review.ledger import Ledger, Lie, TooMuch
from workstation.review.names import clean
from workstation.review.source import Part, Source, text_of
from workstation.review.tar_extras import EXTRA_KINDS
from workstation.review.tar_header import BLOCK, looks_like_tar, parse_header

if TYPE_CHECKING:
    from workstation.core.strict_json import JsonValue

INDEX, DOCKER = "index.json", "manifest.json"
_LAYOUT: Final = "oci-layout"
_EXPECTED: Final = re.compile(
    r"|oci-layout|index\.json|manifest\.json|repositories|blobs(?:/sha256(?:/[0-9a-f]{64})?)?"
    r"|[0-9a-f]{64}(?:\.json|\.tar|/(?:layer\.tar|VERSION|json)?)?"
)
_BLOB: Final = re.compile(r"blobs/sha256/(?P<hex>[0-9a-f]{64})")
_MOST_JSON: Final = 4 * 1024 * 1024
_MOST_FILES: Final = 20_000
_DEEPEST: Final = 4
_NOT_TOLD: Final = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image: its files in the archive, the lowest layer first, and what its layers unpack to."""

    name: str
    manifest: str | None
    config: str
    layers: tuple[str, ...]
    unpacked: tuple[str, ...]

    @property
    def has_root(self) -> bool:
        """Whether its layers make up what a container sees; else they are files of another kind."""
        return len(self.unpacked) == len(self.layers)


def image_files(source: Source) -> dict[str, Part] | None:
    """Return the files of a tar archive that holds images, by name; None for any other archive."""
    found: dict[str, Part] = {}
    place = 0
    while looks_like_tar(head := source.at(place, BLOCK)):
        try:
            header = parse_header(head, "")
        except Lie:
            return None
        name = clean(text_of(header.name)).removesuffix("/")
        start = place + BLOCK
        place = start + -(-header.size // BLOCK) * BLOCK
        if header.kind in EXTRA_KINDS:
            continue
        if not _EXPECTED.fullmatch(name) or len(found) > _MOST_FILES:
            return None
        if header.kind in (b"0", b"\0"):
            found[name] = Part(source, start, header.size)
    oci = _LAYOUT in found and INDEX in found
    return found if oci or DOCKER in found else None


def may_hold_images(head: bytes) -> bool:
    """Whether the first names of a tar archive that begins so are those of an archive of images."""
    place, names = 0, set[str]()
    while looks_like_tar(block := head[place : place + BLOCK]):
        try:
            header = parse_header(block, "")
        except Lie:
            return False
        place += BLOCK + -(-header.size // BLOCK) * BLOCK
        if header.kind not in EXTRA_KINDS:
            names.add(clean(text_of(header.name)).removesuffix("/"))
    return bool(names - {""}) and all(_EXPECTED.fullmatch(name) for name in names)


class Archive:
    """The images of an archive, by what its index says; raises Lie and TooMuch."""

    def __init__(self, files: dict[str, Part], where: str, ledger: Ledger) -> None:
        self._files, self._where, self._ledger = files, where, ledger
        self.referred: set[str] = {INDEX, DOCKER, _LAYOUT, "repositories"}

    def images(self) -> list[Image]:
        """Return the images, each under a name of its own."""
        found = self._of_index(INDEX, 0) if INDEX in self._files else self._of_docker()
        if INDEX in self._files and DOCKER in self._files:
            self._compare(found, self._of_docker())
        names = [image.name for image in found]
        if len(set(names)) != len(names):
            raise Lie(self._where, f"two images for one platform: {', '.join(sorted(names))}")
        return found

    def unreferred(self) -> list[str]:
        """Return the files nothing refers to."""
        return sorted(self._files.keys() - self.referred)

    def _of_index(self, name: str, depth: int) -> list[Image]:
        if depth > _DEEPEST:
            raise TooMuch(self._where, "image indexes nested too deep")
        index = _object(self._json(name), f"{self._where}!/{name}")
        return [image for one in _objects(index, "manifests") for image in self._described(one, depth)]

    def _described(self, descriptor: dict[str, JsonValue], depth: int) -> Iterator[Image]:
        name = self._blob(descriptor)
        manifest = _object(self._json(name), f"{self._where}!/{name}")
        if "manifests" in manifest:
            yield from self._of_index(name, depth + 1)
            return
        config = manifest.get("config")
        if not isinstance(config, dict):
            raise Lie(f"{self._where}!/{name}", "an image manifest without a config")
        layers = tuple(self._blob(one) for one in _objects(manifest, "layers"))
        yield self._image(name, self._blob(config), layers, descriptor)

    def _of_docker(self) -> list[Image]:
        listed = self._json(DOCKER)
        images = list[Image]()
        for one in listed if isinstance(listed, list) else ():
            found = _object(one, f"{self._where}!/{DOCKER}")
            layers = found.get("Layers")
            names = [str(name) for name in layers] if isinstance(layers, list) else []
            config = str(found.get("Config"))
            for name in (config, *names):
                self._refer(name)
            images.append(self._image(None, config, tuple(names), {}))
        return images

    def _image(
        self,
        manifest: str | None,
        config: str,
        layers: tuple[str, ...],
        descriptor: dict[str, JsonValue],
    ) -> Image:
        document = _object(self._json(config), f"{self._where}!/{config}")
        platform = descriptor.get("platform")
        told = platform if isinstance(platform, dict) else document
        parts = (told.get("os", document.get("os", _NOT_TOLD)), told.get("architecture", _NOT_TOLD))
        variant = told.get("variant")
        name = "-".join(re.sub(r"[^A-Za-z0-9.]", "_", str(part)) for part in (*parts, variant) if part)
        rootfs = document.get("rootfs")
        ids = rootfs.get("diff_ids") if isinstance(rootfs, dict) else None
        unpacked = tuple(str(one) for one in ids) if isinstance(ids, list) else ()
        if rootfs is not None and len(unpacked) != len(layers):
            raise Lie(
                f"{self._where}!/{config}", f"{len(unpacked)} layers listed, the manifest has {len(layers)}"
            )
        return Image(name=name, manifest=manifest, config=config, layers=layers, unpacked=unpacked)

    def _blob(self, descriptor: dict[str, JsonValue]) -> str:
        """Return the file a descriptor means; its size has to be right, its digest is the name's."""
        digest, size = descriptor.get("digest"), descriptor.get("size")
        name = f"blobs/sha256/{str(digest).removeprefix('sha256:')}"
        if not _BLOB.fullmatch(name) or not str(digest).startswith("sha256:"):
            raise Lie(self._where, f"a descriptor without a SHA-256 digest: {str(digest)[:100]!a}")
        self._refer(name)
        if self._files[name].size != size:
            raise Lie(f"{self._where}!/{name}", f"{self._files[name].size} bytes, its descriptor says {size}")
        return name

    def _refer(self, name: str) -> None:
        if name not in self._files:
            raise Lie(self._where, f"something refers to {name[:200]!a}, which is not there")
        self.referred.add(name)

    def _compare(self, images: list[Image], docker: list[Image]) -> None:
        """Refuse an archive in which Docker and everybody else see different images."""
        seen = {(image.config, image.layers) for image in images}
        if any((image.config, image.layers) not in seen for image in docker):
            self._ledger.lie(self._where, "manifest.json and index.json name different images")

    def _json(self, name: str) -> JsonValue:
        part = self._files[name]
        where = f"{self._where}!/{name}"
        if part.size > _MOST_JSON:
            raise TooMuch(where, f"a JSON document of {part.size} bytes found")
        try:
            return parse(part.at(0, part.size), where=where, limit=_MOST_JSON)
        except Malformed as error:
            raise Lie(error.where, error.why) from error


def named_digest(name: str) -> str | None:
    """Return the digest a file is named by, if it is."""
    found = _BLOB.fullmatch(name)
    return found["hex"] if found else None


def _object(value: JsonValue, where: str) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise Lie(where, "no JSON object")
    return value


def _objects(document: dict[str, JsonValue], name: str) -> Iterator[dict[str, JsonValue]]:
    listed = document.get(name)
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict):
            yield one
