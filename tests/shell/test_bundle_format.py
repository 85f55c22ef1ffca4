"""A bundle's bytes are those of docs/spec/bundle.md, and everything is there or nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest
from shell.station import files_below

from workstation.core.errors import MediaError
from workstation.core.identity import digest_of
from workstation.core.oci_layout import REQUEST_BUNDLE
from workstation.release.layout_writer import Content, write_bundle

CONTENTS = (
    Content(title="request.dsse.json", media_type="application/vnd.dsse.envelope.v1+json", source=b"{}x"),
    Content(title="tide-1.0.tar.gz", media_type="application/octet-stream", source=b"abc"),
)
MANIFEST = "300dcab36b56da313aa0817e3d8c6c1502d1b4be617db7f93bdb3e433c88a21d"
INDEX = (
    b'{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":['
    b'{"mediaType":"application/vnd.oci.image.manifest.v1+json",'
    b'"artifactType":"application/vnd.countersign.request.v1",'
    b'"digest":"sha256:300dcab36b56da313aa0817e3d8c6c1502d1b4be617db7f93bdb3e433c88a21d","size":723,'
    b'"annotations":{"org.opencontainers.image.ref.name":"request"}}]}'
)


def test_the_bytes_of_a_bundle_are_those_of_its_specification(tmp_path: Path) -> None:
    digest = write_bundle(tmp_path / "out", REQUEST_BUNDLE, CONTENTS, name="request")

    assert digest == MANIFEST
    assert (tmp_path / "out" / "index.json").read_bytes() == INDEX
    assert (tmp_path / "out" / "oci-layout").read_bytes() == b'{"imageLayoutVersion":"1.0.0"}'
    assert {path.name for path in (tmp_path / "out" / "blobs" / "sha256").iterdir()} == {
        MANIFEST,
        digest_of(b"{}"),
        digest_of(b"{}x"),
        digest_of(b"abc"),
    }


def test_a_bundle_whose_content_is_gone_leaves_nothing(tmp_path: Path) -> None:
    gone = Content(title="gone", media_type="application/octet-stream", source=tmp_path / "gone")

    with pytest.raises(MediaError):
        write_bundle(tmp_path / "out", REQUEST_BUNDLE, (*CONTENTS, gone), name="request")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["file", "link", "occupied"])
def test_a_bundle_is_never_written_over_something(tmp_path: Path, kind: str) -> None:
    (tmp_path / "place").mkdir()
    out = tmp_path / "place" / "out"
    if kind == "file":
        out.write_text("mine")
    elif kind == "link":
        out.symlink_to(tmp_path / "nowhere")
    else:
        out.mkdir()
        (out / "thesis.txt").write_text("mine")
    before = files_below(tmp_path)

    with pytest.raises(MediaError):
        write_bundle(out, REQUEST_BUNDLE, CONTENTS, name="request")

    assert files_below(tmp_path) == before
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_an_empty_directory_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    assert write_bundle(tmp_path / "out", REQUEST_BUNDLE, CONTENTS, name="request") == MANIFEST
