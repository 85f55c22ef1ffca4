"""A request is whole, or it is not one: its bundle, its evidence and its predicate."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from core.documents import SOURCE, Build, Loose, Signed, bundle_of, json_bytes, signed
from core.world import World

from workstation.core import evidence
from workstation.core.errors import Malformed
from workstation.core.evidence import (
    DSSE_MEDIA_TYPE,
    OCTETS_MEDIA_TYPE,
    OpaqueFile,
    OtherStatement,
    Provenance,
    Sbom,
    parse_evidence,
    summary,
)
from workstation.core.identity import digest_of
from workstation.core.oci_layout import REQUEST_BUNDLE
from workstation.core.request import REQUEST_TITLE, PreviousRelease, Source, parse_request
from workstation.core.shape import Shape
from workstation.core.statement import STATEMENT_TYPE

BYTES = digest_of(b"pump firmware 2.4.0\n")


def parsed(change=lambda _: None):
    """Return the request after a change to its statement."""
    return Build(change=change).bundled().request


def predicate(**changes):
    def change(statement):
        statement["predicate"].update(changes)
        statement["predicate"] = {n: v for n, v in statement["predicate"].items() if v is not None}

    return change


def test_a_request_says_who_asks_for_what_built_from_where():
    found = parsed(
        predicate(previousRelease={"product": "pkg:generic/pump-firmware@2.3.1", "digest": "ab" * 32})
    )

    assert (found.request_name, found.channel, found.version) == ("pump-2.4.0-1", "stable", "2.4.0")
    assert found.source == Source(uri=SOURCE, since="v2.3.1", until="v2.4.0", identities=("bob@example.org",))
    assert found.previous == PreviousRelease(
        product=Shape("pkg:generic/pump-firmware@2.3.1", "p").purl(with_version=True), digest="ab" * 32
    )
    assert (found.created, found.not_after) == (
        datetime(2026, 11, 20, 8, tzinfo=UTC), datetime(2026, 11, 27, 8, tzinfo=UTC),
    )  # fmt: skip
    assert [artifact.name for artifact in found.manifest] == ["pump-2.4.0.bin"]
    assert found.outputs == ("dsse",)
    assert found.id == found.envelope.digest


def test_a_first_release_from_an_unnamed_source_says_so():
    found = parsed(predicate(source=None))

    assert (found.source, found.previous) == (None, None)


def test_a_source_may_begin_at_the_beginning():
    found = parsed(predicate(source={"uri": SOURCE, "to": "v1", "identities": []}))

    assert found.source == Source(uri=SOURCE, since=None, until="v1", identities=())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"requestId": "a b"}, "payload.predicate.requestId: "),
        ({"product": "pkg:generic/x"}, "a canonical package URL with a version wanted"),
        ({"channel": None}, "payload.predicate.channel: nothing found"),
        ({"submitter": "bob"}, "payload.predicate.submitter: 'bob' found"),
        ({"builtBy": ["a"] * 101}, "payload.predicate.builtBy: 101 items"),
        ({"created": "yesterday"}, "payload.predicate.created: "),
        ({"priority": "high"}, "payload.predicate.priority: unknown field"),
        ({"source": {"uri": SOURCE}}, "payload.predicate.source.to: nothing found"),
        ({"source": {"uri": SOURCE, "to": "v", "identities": [], "x": 1}}, "source.x: unknown field"),
        ({"previousRelease": {"product": "pkg:a/b"}}, "previousRelease.digest: nothing found"),
        ({"outputs": ["../x"]}, r"payload.predicate.outputs\[0\]: "),
        ({"evidence": [{"name": "a", "digest": "ab" * 32}]}, r"evidence\[0\].mediaType: nothing found"),
        (
            {"evidence": [{"name": "a", "digest": "ab" * 32, "mediaType": "t"}] * 2},
            "request.dsse.json names: 'a' found twice",
        ),
        (
            {"evidence": [{"name": REQUEST_TITLE, "digest": "ab" * 32, "mediaType": "t"}]},
            "request.dsse.json names: 'request.dsse.json' found twice",
        ),
        (
            {"evidence": [{"name": "pump-2.4.0.bin", "digest": "ab" * 32, "mediaType": "t"}]},
            "request.dsse.json names: 'pump-2.4.0.bin' found twice",
        ),
    ],
)
def test_a_request_in_another_form_is_refused(changes, message):
    with pytest.raises(Malformed, match=message):
        parsed(predicate(**changes))


def test_a_bundle_without_a_request_is_none():
    bundled = Build().bundled()
    rest = {title: data for title, data in bundled.documents.items() if title != REQUEST_TITLE}

    with pytest.raises(Malformed, match=r"bundle: no request.dsse.json found"):
        parse_request(bundle_of(REQUEST_BUNDLE, rest, {}), rest)


@pytest.mark.parametrize(
    "title",
    [
        "release.dsse.json",
        "journal-proof.json",
        "countersignature.alice.dsse.json",
        "trust.metadata.1.root.json",
    ],
)
def test_no_artifact_takes_a_name_of_the_workstations_own(title):
    with pytest.raises(Malformed, match=f"bundle/{title}: a name kept for the workstation"):
        Build(artifacts={title: b"x"}).bundled().request  # noqa: B018 (asking is parsing)


def test_what_is_on_the_medium_and_not_in_the_request_is_refused():
    bundled = Build().bundled()
    bundle = bundle_of(REQUEST_BUNDLE, bundled.documents, {"pump-2.4.0.bin": b"x", "stowaway": b"y"})

    with pytest.raises(Malformed, match="bundle/stowaway: this file is on the medium but not in the request"):
        parse_request(bundle, bundled.documents)


@pytest.mark.parametrize("title", ["sbom.cdx.json", "pump-2.4.0.bin"])
def test_what_is_in_the_request_and_not_on_the_medium_is_refused(title):
    bundled = Build().bundled()
    layers = tuple(layer for layer in bundled.bundle.layers if layer.title != title)

    with pytest.raises(Malformed, match=f"bundle/{title}: this file is missing from the medium"):
        parse_request(replace(bundled.bundle, layers=layers), bundled.documents)


@pytest.mark.parametrize("change", [{"digest": "ab" * 32}, {"size": 1}])
@pytest.mark.parametrize("title", ["sbom.cdx.json", "pump-2.4.0.bin"])
def test_a_file_with_another_digest_or_size_than_the_request_says_is_refused(title, change):
    bundled = Build().bundled()
    layers = tuple(
        replace(layer, **change) if layer.title == title else layer for layer in bundled.bundle.layers
    )

    with pytest.raises(Malformed, match=f"bundle/{title}: sha256 [0-9a-f]+ of [0-9]+ bytes found"):
        parse_request(replace(bundled.bundle, layers=layers), bundled.documents)


def test_evidence_is_the_bytes_the_request_names_whatever_the_layout_says():
    bundled = Build().bundled()
    documents = bundled.documents | {
        "sbom.cdx.json": bundled.documents["sbom.cdx.json"].replace(b"1.6", b"1.5")
    }

    with pytest.raises(Malformed, match=r"bundle/sbom\.cdx\.json: other bytes found"):
        parse_request(bundled.bundle, documents)


def test_the_same_request_has_the_same_id_and_another_byte_another():
    bundled = Build().bundled()
    spaced = json.dumps(json.loads(bundled.documents[REQUEST_TITLE])).encode()
    documents = bundled.documents | {REQUEST_TITLE: spaced}
    other = parse_request(
        bundle_of(REQUEST_BUNDLE, documents, {"pump-2.4.0.bin": b"pump firmware 2.4.0\n"}), documents
    )

    assert bundled.request == bundled.request
    assert other.id != bundled.request.id


def piece(name="provenance.dsse.json", change=lambda _: None):
    """Return one piece of evidence of the world's build, after a change to its document."""
    build = Build()
    item = build.evidence[name]
    change(item.document)
    return parse_of(build, name)


def parse_of(build, name):
    bundled = build.bundled()
    media_type = (
        DSSE_MEDIA_TYPE if isinstance(build.evidence[name], Signed) else build.evidence[name].media_type
    )
    return parse_evidence(name, media_type, bundled.documents[name])


def test_provenance_names_builder_actors_sources_and_bytes():
    assert piece().content == Provenance(
        builder_id="https://ci.example.org/builders/7",
        actors=("github:1001",),
        sources=frozenset({SOURCE}),
        subjects=frozenset({BYTES}),
    )


def test_an_actor_is_one_id_and_not_a_list_of_them():
    def number(document):
        document["predicate"]["buildDefinition"]["internalParameters"]["GITHUB_ACTOR_ID"] = ["1001"]

    with pytest.raises(Malformed, match="GITHUB_ACTOR_ID: an array found"):
        piece(change=number)


def test_provenance_without_a_builder_is_refused():
    with pytest.raises(Malformed, match="runDetails: nothing found"):
        piece(change=lambda document: document["predicate"].pop("runDetails"))


def test_a_test_result_names_what_passed_and_failed():
    assert piece("tests.dsse.json").content == evidence.TestResult(
        result="PASSED", passed=("unit", "bench"), failed=(), subjects=frozenset({BYTES})
    )


def test_a_test_result_may_name_nothing():
    def bare(document):
        document["predicate"] = {"result": "FAILED"}

    found = piece("tests.dsse.json", bare).content

    assert (found.passed, found.failed) == ((), ())


def test_a_bill_of_materials_names_what_it_describes():
    found = piece("sbom.cdx.json").content

    assert isinstance(found, Sbom)
    assert (found.format, found.components) == ("cyclonedx-1.6", ("pkg:generic/zlib@1.3.1",))
    assert found.describes == {BYTES}


def test_a_bill_of_materials_may_have_decimals_and_say_nothing():
    def bare(document):
        document.clear()
        document.update(bomFormat="CycloneDX", specVersion="1.6", metadata={}, services=[{"weight": 1}])

    found = piece("sbom.cdx.json", bare).content

    assert found == Sbom(format="cyclonedx-1.6", components=(), describes=frozenset())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(bomFormat="SPDX"), "sbom.cdx.json.bomFormat: 'SPDX' found"),
        (lambda d: d.pop("specVersion"), "sbom.cdx.json.specVersion: nothing found"),
        (lambda d: d.update(components={}), "sbom.cdx.json.components: an object found"),
        (
            lambda d: d["metadata"]["component"].update(hashes=[{"alg": "SHA-256", "content": "x"}]),
            r"hashes\[0\].content: 'x' found",
        ),
    ],
)
def test_a_bill_of_materials_in_another_form_is_refused(change, message):
    with pytest.raises(Malformed, match=message):
        piece("sbom.cdx.json", change)


def test_evidence_of_a_kind_no_rule_reads_is_kept_with_its_signatures():
    document = {
        "_type": STATEMENT_TYPE,
        "subject": [{"digest": {"sha256": "ab" * 32}}],
        "predicateType": "https://example.org/x",
    }
    made = signed(json_bytes(document), World().keys["alice"]).received

    found = parse_evidence("x.json", DSSE_MEDIA_TYPE, made)

    assert found.content == OtherStatement(predicate_type="https://example.org/x")
    assert len(found.envelope.signatures) == 1


def test_a_file_that_is_no_statement_is_a_file():
    found = parse_evidence("x", OCTETS_MEDIA_TYPE, b"\xff")

    assert (found.content, found.envelope, found.digest) == (
        OpaqueFile(media_type=OCTETS_MEDIA_TYPE), None, digest_of(b"\xff"),
    )  # fmt: skip


def test_every_kind_of_evidence_has_a_line_in_the_review():
    build = Build()
    build.evidence["notes"] = Loose(OCTETS_MEDIA_TYPE, {})
    provenance = build.evidence["provenance.dsse.json"].document
    other = {**provenance, "predicateType": "https://example.org/x"}
    build.evidence["other"] = Signed(other, ["ci-7"])

    assert [summary(item.content) for item in build.bundled().request.evidence] == [
        "provenance by https://ci.example.org/builders/7, run by github:1001",
        "tests PASSED: 2 passed, 0 failed",
        "SBOM cyclonedx-1.6, 1 components",
        "file of type application/octet-stream",
        "signed statement https://example.org/x",
    ]


def test_provenance_nobody_ran_says_so():
    def nobody(document):
        document["predicate"]["buildDefinition"].update(externalParameters={}, internalParameters={})

    assert summary(piece(change=nobody).content).endswith("run by nobody named")


def test_content_nobody_wrote_a_line_for_is_a_defect():
    with pytest.raises(AssertionError):
        summary(object())
