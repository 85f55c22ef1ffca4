"""The transfer format: one manifest of layers, by title, and nothing else."""

from __future__ import annotations

import json

import pytest
from core.documents import json_bytes

from workstation.core.errors import Malformed
from workstation.core.identity import digest_of
from workstation.core.oci_layout import (
    EMPTY_CONFIG,
    LAYOUT_FILE,
    MAX_LAYERS,
    REQUEST_BUNDLE,
    Layer,
    make_index,
    make_manifest,
    parse_bundle,
    parse_index,
    parse_layout_file,
)

LAYERS = (
    Layer(title="a.bin", media_type="application/octet-stream", digest=digest_of(b"a"), size=1),
    Layer(title="b.json", media_type="application/json", digest=digest_of(b"bb"), size=2),
)
MANIFEST = make_manifest(REQUEST_BUNDLE, LAYERS)


def changed(data, change):
    document = json.loads(data)
    change(document)
    return json_bytes(document)


def test_a_bundle_is_read_as_it_was_written():
    read = parse_bundle(MANIFEST, where="here")

    assert (read.bundle_type, read.layers) == (REQUEST_BUNDLE, LAYERS)
    assert read.digest == digest_of(MANIFEST)
    assert read.blobs() == {read.digest, digest_of(EMPTY_CONFIG), digest_of(b"a"), digest_of(b"bb")}


def test_an_index_points_to_one_manifest():
    pointer = parse_index(make_index(REQUEST_BUNDLE, MANIFEST, name="request"), where="here")

    assert (pointer.bundle_type, pointer.digest, pointer.size) == (
        REQUEST_BUNDLE, digest_of(MANIFEST), len(MANIFEST),
    )  # fmt: skip


def test_the_layout_file_has_one_version():
    parse_layout_file(LAYOUT_FILE, where="here")
    for wrong in (b'{"imageLayoutVersion":"1.1.0"}', b"{}", b'{"imageLayoutVersion":"1.0.0","x":1}'):
        with pytest.raises(Malformed, match="here"):
            parse_layout_file(wrong, where="here")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m.update(schemaVersion=1), "here.schemaVersion: 1 found, 2 wanted"),
        (lambda m: m.update(mediaType="x"), "here.mediaType: "),
        (lambda m: m.update(subject={}), "here.subject: unknown field"),
        (lambda m: m.update(layers=[]), "here.layers: 0 items found"),
        (lambda m: m.update(layers=m["layers"] * MAX_LAYERS), "here.layers: 8000 items found"),
        (lambda m: m["layers"].append(m["layers"][0]), "here.layers: 'a.bin' found twice"),
        (lambda m: m["layers"][0].update(urls=[]), r"here.layers\[0\].urls: unknown field"),
        (lambda m: m["layers"][0].update(digest="sha512:00"), r"here.layers\[0\].digest: 'sha512' found"),
        (lambda m: m["layers"][0].update(digest="sha256:00"), r"here.layers\[0\].digest: '00' found"),
        (lambda m: m["layers"][0].update(size=-1), r"here.layers\[0\].size: -1 found"),
        (lambda m: m["layers"][0].update(size=2**40), r"here.layers\[0\].size: "),
        (lambda m: m["layers"][0].update(annotations={}), r"title: nothing found"),
        (
            lambda m: m["layers"][0].update(annotations={"org.opencontainers.image.title": "../x"}),
            r"title: '../x' found, an identifier",
        ),
    ],
)
def test_a_manifest_in_another_form_is_refused(change, message):
    with pytest.raises(Malformed, match=message):
        parse_bundle(changed(MANIFEST, change), where="here")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda i: i.update(schemaVersion=1), "here.schemaVersion"),
        (lambda i: i.update(manifests=[]), "here.manifests: 0 items found, 1 to 1 wanted"),
        (lambda i: i["manifests"].append(i["manifests"][0]), "here.manifests: 2 items found"),
        (
            lambda i: i["manifests"][0].update(mediaType="x"),
            "mediaType: 'x' found, 'application/vnd.oci.image.manifest",
        ),
        (lambda i: i["manifests"][0].pop("artifactType"), "artifactType: nothing found"),
        (lambda i: i["manifests"][0].update(size=2**40), "size: "),
        (lambda i: i["manifests"][0].update(platform={}), "platform: unknown field"),
    ],
)
def test_an_index_in_another_form_is_refused(change, message):
    with pytest.raises(Malformed, match=message):
        parse_index(changed(make_index(REQUEST_BUNDLE, MANIFEST, name="r"), change), where="here")
