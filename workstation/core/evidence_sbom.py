"""Bills of materials: CycloneDX 1.4 to 1.7 (ECMA-424) and SPDX 2.3, in JSON, as far as rules read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workstation.core.identity import Digest
from workstation.core.shape import Fields

MAX_COMPONENTS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Licensed:
    """A component and the licence expressions it is under, all of them; none when nobody says."""

    component: str
    licences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sbom:
    """A bill of materials: format with version, component purls, the digests it describes, licences."""

    format: str
    components: tuple[str, ...]
    describes: frozenset[Digest]
    licensed: tuple[Licensed, ...] = ()


def cyclonedx(document: Fields) -> Sbom:
    """Return what a CycloneDX document says; raises Malformed."""
    document["bomFormat"].constant("CycloneDX")
    listed = _objects(document, "components")
    described = [component for component in (_described(document), *listed) if component is not None]
    return Sbom(
        format=f"cyclonedx-{document['specVersion'].printable(at_most=10)}",
        components=tuple(purl.printable() for component in listed if (purl := component.get("purl"))),
        describes=frozenset(digest for component in described for digest in _hashes(component)),
        licensed=tuple(
            Licensed(component=_text(component, "name"), licences=tuple(_cyclonedx_licences(component)))
            for component in listed
        ),
    )


def spdx(document: Fields) -> Sbom:
    """Return what an SPDX 2 document says (SPDX 2.3, clauses 6 to 8); raises Malformed."""
    packages, files = _objects(document, "packages"), _objects(document, "files")
    return Sbom(
        format=f"spdx-{document['spdxVersion'].printable(at_most=10).removeprefix('SPDX-')}",
        components=tuple(purl for package in packages for purl in _purls(package)),
        describes=frozenset(digest for item in (*packages, *files) for digest in _checksums(item)),
        licensed=tuple(
            Licensed(component=_text(package, "name"), licences=tuple(_spdx_licences(package)))
            for package in packages
        ),
    )


def _objects(fields: Fields, name: str) -> tuple[Fields, ...]:
    shape = fields.get(name)
    items = () if shape is None else shape.items(at_most=MAX_COMPONENTS)
    return tuple(item.open_fields() for item in items)


def _text(fields: Fields, name: str) -> str:
    shape = fields.get(name)
    return "" if shape is None else shape.text(at_most=500)


def _described(document: Fields) -> Fields | None:
    metadata = document.get("metadata")
    component = None if metadata is None else metadata.open_fields().get("component")
    return None if component is None else component.open_fields()


def _hashes(component: Fields) -> Iterator[Digest]:
    for fields in _objects(component, "hashes"):
        if fields["alg"].text() == "SHA-256":
            yield fields["content"].digest()


def _cyclonedx_licences(component: Fields) -> Iterator[str]:
    for choice in _objects(component, "licenses"):
        licence, expression = choice.get("license"), choice.get("expression")
        if expression is not None:
            yield expression.text()
        if licence is not None:
            found = licence.open_fields()
            yield (found.get("id") or found["name"]).text()


def _checksums(item: Fields) -> Iterator[Digest]:
    for fields in _objects(item, "checksums"):
        if fields["algorithm"].text() == "SHA256":
            yield fields["checksumValue"].digest()


def _purls(package: Fields) -> Iterator[str]:
    for reference in _objects(package, "externalRefs"):
        if reference["referenceType"].text() == "purl":
            yield reference["referenceLocator"].printable()


def _spdx_licences(package: Fields) -> Iterator[str]:
    # What somebody concluded goes before what was declared (SPDX 2.3, 7.13 and 7.15).
    for name in ("licenseConcluded", "licenseDeclared"):
        if (found := _text(package, name)) not in ("", "NOASSERTION", "NONE"):
            yield found
            return
