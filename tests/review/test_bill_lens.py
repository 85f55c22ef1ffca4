"""Bills of materials: the same change is told whatever format it is written in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from review.archives import diffed, rules

from workstation.core.bill import Bill, Component, bill_diff
from workstation.review.lenses.bills import answered_in, read_bill

SPACE = "http://cyclonedx.org/schema/bom/1.6"
Rows = list[tuple[str, str, str]]
OLD: Rows = [("idna", "3.6", "BSD-3-Clause"), ("gone", "1", "MIT"), ("back", "2.0", "MIT")]
NEW: Rows = [("idna", "3.7", "BSD-3-Clause"), ("back", "1.9", "MIT"), ("urlib3", "2", "GPL-3.0-only")]


def cyclonedx_json(rows: Rows, *, known: str = "", state: str = "") -> bytes:
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "components": [
            {
                "bom-ref": n,
                "name": n,
                "version": v,
                "purl": f"pkg:pypi/{n}@{v}",
                "licenses": [{"license": {"id": x}}],
            }
            for n, v, x in rows
        ],
    }
    if known:
        analysis = {"analysis": {"state": state}} if state else {}
        severe = {"ratings": [{"severity": "high"}], "affects": [{"ref": "idna"}]}
        document["vulnerabilities"] = [{"id": known, **severe, **analysis}]
    return json.dumps(document).encode()


def cyclonedx_xml(rows: Rows) -> bytes:
    inside = "".join(
        f"<component><name>{n}</name><version>{v}</version><licenses><license><id>{x}</id></license></licenses>"
        f"<purl>pkg:pypi/{n}@{v}</purl></component>"
        for n, v, x in rows
    )
    return f'<?xml version="1.0"?><bom xmlns="{SPACE}"><components>{inside}</components></bom>'.encode()


def spdx_json(rows: Rows) -> bytes:
    def package(name: str, version: str, licence: str) -> dict[str, object]:
        purl = {"referenceType": "purl", "referenceLocator": f"pkg:pypi/{name}@{version}"}
        said = {"licenseConcluded": "NOASSERTION", "licenseDeclared": licence}
        return {"name": name, "versionInfo": version, "externalRefs": [purl], **said}

    return json.dumps({"spdxVersion": "SPDX-2.3", "packages": [package(*row) for row in rows]}).encode()


def spdx_tags(rows: Rows) -> bytes:
    parts = ["SPDXVersion: SPDX-2.3", "DocumentName: <text>several\nlines</text>"]
    for name, version, licence in rows:
        parts += [f"PackageName: {name}", f"PackageVersion: {version}", f"PackageLicenseDeclared: {licence}"]
        parts += [f"ExternalRef: PACKAGE-MANAGER purl pkg:pypi/{name}@{version}"]
    return "\n".join(parts).encode()


@pytest.mark.parametrize("written", [cyclonedx_json, cyclonedx_xml, spdx_json, spdx_tags])
def test_components_come_and_go_and_change_in_every_format(written) -> None:
    diff = diffed({"app.bom": written(OLD)}, {"app.bom": written(NEW)})

    said = {(one.rule, one.rank): one.sentence for one in diff.findings}
    assert said["DIFF-COMPONENT", 90] == (
        "a new component: urlib3 2; its name is one letter away from urllib3"
    )
    assert said["DIFF-COMPONENT-VERSION", 34] == "idna: 3.6 before, 3.7 now"
    assert said["DIFF-COMPONENT-BACK", 60] == "back: 2.0 before, 1.9 now"
    assert said["DIFF-COMPONENT-GONE", 26] == "a component is gone: gone 1"
    assert ("component idna", "3.6", "3.7") in {(one.name, one.old, one.new) for one in diff.changes[0].facts}


@pytest.mark.parametrize("written", [cyclonedx_json, cyclonedx_xml, spdx_json, spdx_tags])
def test_another_licence_is_found(written) -> None:
    diff = diffed({"a": written([("x", "1", "MIT")])}, {"a": written([("x", "1", "GPL-3.0-only")])})

    assert {"x is under GPL-3.0-only; before MIT"} == {one.sentence for one in diff.findings}


def test_all_formats_are_read_as_the_same_bill() -> None:
    bills = [read_bill(written(NEW)) for written in (cyclonedx_json, cyclonedx_xml, spdx_json, spdx_tags)]

    assert len({bill.components for bill in bills if bill}) == 1


def test_a_known_vulnerability_is_found_until_somebody_answers_it() -> None:
    before = cyclonedx_json(OLD[:1])
    known = cyclonedx_json(OLD[:1], known="CVE-2024-3651")
    answered = cyclonedx_json(OLD[:1], known="CVE-2024-3651", state="not_affected")

    assert ("DIFF-VULNERABILITY", 76, "app.json") in rules(diffed({"app.json": before}, {"app.json": known}))
    assert rules(diffed({"app.json": before}, {"app.json": answered})) == set()
    assert ("DIFF-VULNERABILITY-ANSWERED", 18, "app.json") in rules(
        diffed({"app.json": known}, {"app.json": answered})
    )


def test_a_vex_document_beside_the_bill_answers_it() -> None:
    vex = {"@context": "https://openvex.dev/ns/v0.2.0", "statements": [_statement("not_affected")]}
    old = {"app.json": cyclonedx_json(OLD[:1]), "vex.json": b"{}"}
    new = {
        "app.json": cyclonedx_json(OLD[:1], known="CVE-2024-3651"),
        "vex.json": json.dumps(vex).encode(),
    }

    assert "DIFF-VULNERABILITY" not in {rule for rule, _, _ in rules(diffed(old, new))}


def test_what_a_vex_document_says_last_counts() -> None:
    statements = [_statement("not_affected"), _statement("affected")]

    text = json.dumps({"@context": "https://openvex.dev/ns", "statements": statements}).encode()
    assert answered_in(text) == frozenset()


def _statement(status: str) -> dict[str, object]:
    return {"vulnerability": {"name": "CVE-2024-3651"}, "status": status}


@pytest.mark.parametrize(
    "text",
    [
        b'{"bomFormat": "CycloneDX", "bomFormat": "x"}',
        b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "b">]><bom xmlns="http://cyclonedx.org/schema/bom/1.5">&a;</bom>',
        b'<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><components>',
        b'{"spdxVersion": "SPDX-9"}',
        b"[" * 100_000,
        b"plain text",
        b"",
    ],
)
def test_what_cannot_be_read_is_no_bill(text: bytes) -> None:
    assert read_bill(text) is None


def test_a_bill_that_can_no_longer_be_read_is_found() -> None:
    broken = b'{"bomFormat": "CycloneDX", "components": ['

    assert ("DIFF-METADATA", 70, "a.json") in rules(
        diffed({"a.json": cyclonedx_json(OLD)}, {"a.json": broken})
    )


components = st.lists(
    st.builds(
        Component,
        name=st.sampled_from("abc"),
        version=st.sampled_from("123"),
        licences=st.sampled_from([(), ("MIT",)]),
    )
).map(tuple)


@given(components)
def test_a_bill_differs_from_itself_in_nothing_whatever_its_order(found: tuple[Component, ...]) -> None:
    diff = bill_diff(Bill(format="x", components=found), Bill(format="y", components=found[::-1]))

    assert not any((diff.added, diff.removed, diff.moved, diff.relicensed))


@given(components, components)
def test_what_one_way_adds_the_other_way_removes(
    old: tuple[Component, ...], new: tuple[Component, ...]
) -> None:
    there = bill_diff(Bill(format="x", components=old), Bill(format="x", components=new))
    back = bill_diff(Bill(format="x", components=new), Bill(format="x", components=old))

    assert [one.name for one in there.added] == [one.name for one in back.removed]
    assert [(one.old, one.new) for one in there.moved] == [(one.new, one.old) for one in back.moved]
