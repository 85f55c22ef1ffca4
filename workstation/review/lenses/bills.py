"""Reading bills of materials: CycloneDX in JSON and XML, SPDX in JSON and tag-value, OpenVEX answers.

Sources: CycloneDX 1.4 to 1.7 (ECMA-424); SPDX 2.3, clauses 7 and annex on tag-value; OpenVEX 0.2.0.
XML through defusedxml: no entities, no outside references.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from workstation.core.bill import Bill, Component, Known
from workstation.review.lenses.loose_json import as_object, loose_json, objects, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ANSWERED: Final = frozenset(
    {"not_affected", "resolved", "resolved_with_pedigree", "false_positive", "fixed"}
)
_NOBODY_SAYS: Final = ("", "NOASSERTION", "NONE")
_LINE: Final = re.compile(r"(?P<tag>[A-Za-z]+):[ \t]*(?P<value><text>.*?</text>|[^\n]*)", re.DOTALL)
_MOST: Final = 200_000


def read_bill(text: bytes | None) -> Bill | None:
    """Return the bill of materials a text is; None when it is none, or cannot be read."""
    start = (text or b"")[:4096].lstrip()
    if text is None or not start:
        return None
    if start.startswith(b"{"):
        return _from_json(text) if b'"bomFormat"' in text or b'"spdxVersion"' in text else None
    if start.startswith(b"<") and b"cyclonedx.org/schema/bom" in start:
        return _cyclonedx_xml(text)
    return _tag_value(text.decode("utf-8", "replace")) if start.startswith(b"SPDXVersion:") else None


def answered_in(text: bytes | None) -> frozenset[str]:
    """Return the vulnerabilities an OpenVEX document answers as not affecting, or fixed."""
    if text is None or b"openvex" not in text[:4096]:
        return frozenset()
    found = set[str]()
    for statement in objects(loose_json(text), "statements"):
        named = as_object(statement.get("vulnerability"))
        names = {word(named, "name"), word(statement, "vulnerability")}
        # What is said later about the same vulnerability counts (OpenVEX, "updating statements").
        found = found | names if word(statement, "status") in _ANSWERED else found - names
    return frozenset(found - {""})


def _from_json(text: bytes) -> Bill | None:
    document = loose_json(text)
    if document is None:
        return None
    if word(document, "bomFormat") == "CycloneDX":
        return _cyclonedx_json(document)
    return _spdx_json(document) if word(document, "spdxVersion").startswith("SPDX-2") else None


def _cyclonedx_json(document: dict[str, object]) -> Bill:
    listed = list(_nested(objects(document, "components")))
    names = {word(one, "bom-ref"): word(one, "name") for one in listed}
    return Bill(
        format=f"CycloneDX {word(document, 'specVersion')}",
        components=tuple(
            Component(
                name=word(one, "name"),
                version=word(one, "version"),
                purl=word(one, "purl"),
                licences=tuple(sorted(_json_licences(one))),
            )
            for one in listed
        ),
        known=tuple(_json_known(one, names) for one in objects(document, "vulnerabilities")),
    )


def _nested(components: Iterable[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Yield components and those they hold; a component may hold others (CycloneDX "assemblies")."""
    waiting = list(components)[::-1]
    for _ in range(_MOST):
        if not waiting:
            return
        one = waiting.pop()
        yield one
        waiting.extend(objects(one, "components")[::-1])


def _json_licences(component: dict[str, object]) -> Iterator[str]:
    for choice in objects(component, "licenses"):
        licence = as_object(choice.get("license"))
        yield word(choice, "expression") or word(licence, "id") or word(licence, "name")


def _json_known(one: dict[str, object], names: dict[str, str]) -> Known:
    ratings = objects(one, "ratings")
    affected = (word(place, "ref") for place in objects(one, "affects"))
    return Known(
        id=word(one, "id"),
        severity=word(ratings[0], "severity") if ratings else "",
        answered=word(as_object(one.get("analysis")), "state") in _ANSWERED,
        where=tuple(sorted(names.get(ref, ref) for ref in affected)),
    )


def _cyclonedx_xml(text: bytes) -> Bill | None:
    try:
        root: Element = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    space = root.tag.removesuffix("bom")
    listed = [one for held in root.findall(f"{space}components") for one in held.iter(f"{space}component")]
    names = {one.get("bom-ref", ""): _xml(one, f"{space}name") for one in listed}
    known = root.findall(f"{space}vulnerabilities/{space}vulnerability")
    return Bill(
        format=f"CycloneDX {space.strip('{}').rpartition('/')[2]}",
        components=tuple(
            Component(
                name=_xml(one, f"{space}name"),
                version=_xml(one, f"{space}version"),
                purl=_xml(one, f"{space}purl"),
                licences=tuple(sorted(_xml_licences(one, space))),
            )
            for one in listed
        ),
        known=tuple(_xml_known(one, space, names) for one in known),
    )


def _xml_licences(component: Element, space: str) -> Iterator[str]:
    for held in component.findall(f"{space}licenses"):
        yield from (expression.text or "" for expression in held.findall(f"{space}expression"))
        for one in held.findall(f"{space}license"):
            yield _xml(one, f"{space}id") or _xml(one, f"{space}name")


def _xml_known(one: Element, space: str, names: dict[str, str]) -> Known:
    affected = (ref.text or "" for ref in one.iter(f"{space}ref"))
    return Known(
        id=_xml(one, f"{space}id"),
        severity=_xml(one, f"{space}ratings/{space}rating/{space}severity"),
        answered=_xml(one, f"{space}analysis/{space}state") in _ANSWERED,
        where=tuple(sorted(names.get(ref, ref) for ref in affected)),
    )


def _xml(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _spdx_json(document: dict[str, object]) -> Bill:
    return Bill(
        format=f"SPDX {word(document, 'spdxVersion').removeprefix('SPDX-')}",
        components=tuple(
            Component(
                name=word(one, "name"),
                version=word(one, "versionInfo"),
                purl=next((word(r, "referenceLocator") for r in _references(one, "purl")), ""),
                licences=_said(word(one, "licenseConcluded"), word(one, "licenseDeclared")),
            )
            for one in objects(document, "packages")
        ),
        known=tuple(
            Known(id=word(reference, "referenceLocator").rpartition("/")[2], where=(word(one, "name"),))
            for one in objects(document, "packages")
            for reference in _references(one, "advisory")
        ),
    )


def _references(package: dict[str, object], kind: str) -> list[dict[str, object]]:
    return [one for one in objects(package, "externalRefs") if word(one, "referenceType") == kind]


def _said(*licences: str) -> tuple[str, ...]:
    """Return the first that says something: what was concluded goes before what was declared."""
    return next(((one,) for one in licences if one not in _NOBODY_SAYS), ())


def _tag_value(text: str) -> Bill:
    version, packages = "", list[dict[str, str]]()
    known = list[Known]()
    for found in _LINE.finditer(text):
        tag, value = found["tag"], found["value"].removeprefix("<text>").removesuffix("</text>").strip()
        if tag == "SPDXVersion":
            version = value.removeprefix("SPDX-")
        elif tag == "PackageName":
            packages.append({tag: value})
        elif packages and tag == "ExternalRef":
            _category, kind, locator = (*value.split(None, 2), "", "", "")[:3]
            if kind == "purl":
                packages[-1].setdefault("purl", locator)
            elif kind == "advisory":
                known.append(Known(id=locator.rpartition("/")[2], where=(packages[-1]["PackageName"],)))
        elif packages:
            packages[-1].setdefault(tag, value)
    return Bill(format=f"SPDX {version}", components=tuple(map(_tagged, packages)), known=tuple(known))


def _tagged(package: dict[str, str]) -> Component:
    return Component(
        name=package["PackageName"],
        version=package.get("PackageVersion", ""),
        purl=package.get("purl", ""),
        licences=_said(package.get("PackageLicenseConcluded", ""), package.get("PackageLicenseDeclared", "")),
    )
