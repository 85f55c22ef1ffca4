"""Container images: what a container sees of their layers, and archives that lie about them."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
import tarfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from review.archives import Files, diffed, refusals, tar_info, tar_of, walked
from review.oci_writer import blob_name, descriptor, image_of, layout_of

from workstation.review.limits import Limits

ROOT = "i.tar!/linux-amd64/rootfs!/"


def seen(data: bytes) -> dict[str, str]:
    """Return what a container sees: each path and its digest."""
    members = walked("i.tar", data).members
    return {path.removeprefix(ROOT): one.digest for path, one in members.items() if path.startswith(ROOT)}


def digests(**files: bytes) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def test_an_upper_layer_hides_what_it_replaces_or_whites_out() -> None:
    lower = {"a": b"old", "b": b"gone", "c": b"stays"}
    upper = {"a": b"new", ".wh.b": b""}

    assert seen(layout_of(lower, upper)) == digests(a=b"new", c=b"stays")


def test_an_opaque_folder_hides_everything_below_it_in_lower_layers_only() -> None:
    lower = {"d/x": b"1", "d/e/y": b"2", "z": b"3"}
    upper = {"d/.wh..wh..opq": b"", "d/new": b"4"}

    assert seen(layout_of(lower, upper)) == {**digests(z=b"3"), "d/new": digests(n=b"4")["n"]}


def test_a_whited_out_folder_can_come_back_in_a_layer_above() -> None:
    assert seen(layout_of({"d/x": b"1"}, {".wh.d": b""}, {"d/y": b"2"})) == {"d/y": digests(n=b"2")["n"]}


def test_a_file_in_place_of_a_folder_hides_what_was_in_it() -> None:
    assert seen(layout_of({"d/x": b"1"}, {"d": b"2"})) == digests(d=b"2")


LAYERS = st.lists(
    st.dictionaries(
        st.sampled_from(["a", "b", "d/a", "d/b", "d/e/a", ".wh.a", ".wh.d", "d/.wh.a", "d/.wh..wh..opq"]),
        st.binary(max_size=3),
        max_size=4,
    ),
    min_size=1,
    max_size=4,
)


def laid_over(layers: list[Files]) -> Files:
    """Apply layers from the lowest up, as the specification tells it."""
    found: Files = {}
    for layer in layers:
        for name in layer:
            folder, _, last = name.rpartition("/")
            prefix = f"{folder}/" if folder else ""
            if last == ".wh..wh..opq":
                found = {path: data for path, data in found.items() if not path.startswith(prefix)}
            elif last.startswith(".wh."):
                gone = prefix + last.removeprefix(".wh.")
                found = {
                    path: data
                    for path, data in found.items()
                    if path != gone and not path.startswith(f"{gone}/")
                }
        found |= {name: data for name, data in layer.items() if ".wh." not in name}
    return found


@given(LAYERS)
def test_layers_read_from_the_top_are_what_they_make_from_the_bottom(layers: list[Files]) -> None:
    assert seen(layout_of(*layers)) == digests(**laid_over(layers))


def test_the_change_of_an_image_is_told_by_its_files() -> None:
    old = layout_of({"etc/passwd": b"root\n", "bin/sh": b"\0x"})
    new = layout_of({"etc/passwd": b"root\n"}, {"bin/sh": b"\0y"})

    found = diffed({"i.tar": old}, {"i.tar": new})

    assert ROOT + "bin/sh" in found.content_changed
    assert not [path for path in found.added + found.removed if "rootfs" in path]


def changed(files: Files, name: str, data: bytes) -> bytes:
    return tar_of({**files, name: data})


IMAGE = image_of([tar_of({"a": b"1"})])
LAYER = max(IMAGE, key=lambda name: IMAGE[name].startswith(b"\x1f\x8b"))


@pytest.mark.parametrize(
    ("archive", "sentence"),
    [
        (changed(IMAGE, LAYER, IMAGE[LAYER][:-1] + b"\1"), "another digest than its name"),
        (changed(IMAGE, LAYER, IMAGE[LAYER] + b"x"), "its descriptor says"),
        (tar_of({name: data for name, data in IMAGE.items() if name != LAYER}), "which is not there"),
        (changed(IMAGE, "index.json", b'{"manifests": [{"digest": "md5:1"}]}'), "without a SHA-256 digest"),
        (changed(IMAGE, "index.json", b'{"manifests": [], "manifests": []}'), "twice"),
        (
            tar_of(image_of([tar_of({"a": b"1"})], ids=["sha256:" + "0" * 64])),
            "another digest than the image",
        ),
        (tar_of(image_of([tar_of({"a": b"1"})], ids=["x", "y"])), "2 layers listed"),
        (tar_of(image_of([b"no tar archive"])), "a tar header is cut short"),
        (layout_of({"d/.wh.": b""}), "a whiteout that is none"),
        (
            changed(IMAGE, "manifest.json", json.dumps([{"Config": "index.json", "Layers": []}]).encode()),
            "name different images",
        ),
    ],
)
def test_an_archive_that_lies_about_its_images_is_refused(archive: bytes, sentence: str) -> None:
    assert any(sentence in one for one in refusals(walked("i.tar", archive)))


def test_two_files_of_one_name_in_one_layer_are_refused() -> None:
    layer = tar_of({"a": b"1"}, tar_info("a"))

    assert "twice in one layer" in " ".join(refusals(walked("i.tar", tar_of(image_of([layer])))))


def test_a_blob_nothing_refers_to_is_pointed_out() -> None:
    ledger = walked("i.tar", changed(IMAGE, blob_name(b"hidden"), b"hidden"))

    assert refusals(ledger) == []
    assert [one.sentence for one in ledger.findings] == ["nothing in the image archive refers to it"]
    assert f"i.tar!/{blob_name(b'hidden')}" in ledger.members


def test_what_docker_saves_is_read_like_a_layout() -> None:
    layer = tar_of({"a": b"1"})
    ids = [f"sha256:{hashlib.sha256(layer).hexdigest()}"]
    config = json.dumps(
        {"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": ids}}
    ).encode()
    named = f"{'1' * 64}.json", f"{'2' * 64}/layer.tar"
    listed = json.dumps([{"Config": named[0], "RepoTags": ["x:1"], "Layers": [named[1]]}]).encode()

    data = tar_of({"manifest.json": listed, named[0]: config, named[1]: layer})

    assert seen(data) == digests(a=b"1")


def test_a_link_among_the_blobs_is_refused() -> None:
    link = tar_info(f"{'3' * 64}/layer.tar", type=tarfile.SYMTYPE, linkname="../x")

    found = refusals(walked("i.tar", tar_of(IMAGE, link)))

    assert found == ["a link among the blobs of an image archive"]


def test_an_artifact_manifest_shows_its_layers_as_files() -> None:
    layer, config = b'{"statement": 1}\n', b"{}"
    manifest = json.dumps({"config": descriptor(config), "layers": [descriptor(layer)]}).encode()
    index = json.dumps({"manifests": [descriptor(manifest)]}).encode()
    files = {blob_name(one): one for one in (layer, config, manifest)}

    data = tar_of({**files, "index.json": index, "oci-layout": b"{}"})

    assert "i.tar!/unknown-unknown/layer-1" in walked("i.tar", data).members


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_a_packed_archive_of_images_shows_what_a_container_sees_too(pack: Callable[[bytes], bytes]) -> None:
    plain = layout_of({"a": b"old", "b": b"gone"}, {"a": b"new", ".wh.b": b""})

    assert seen(pack(plain)) == digests(a=b"new")
    assert refusals(walked("i.tar", pack(plain))) == []


def test_a_packed_archive_of_images_that_lies_is_refused() -> None:
    files = image_of([tar_of({"a": b"1"})])
    layer = next(name for name, data in files.items() if data.startswith(b"\x1f\x8b"))

    found = refusals(walked("i.tar.gz", gzip.compress(tar_of({**files, layer: files[layer][:-1] + b"?"}))))

    assert any("another digest than its name" in one for one in found), found


def test_more_images_than_can_be_held_are_compared_as_any_archive() -> None:
    packed = gzip.compress(layout_of({"a": bytes(40_000)}))

    ledger = walked("i.tar", packed, Limits(nested_container=5_000))

    assert refusals(ledger) == []
    assert "i.tar!/index.json" in ledger.members
    assert [one.path for one in ledger.not_inspected if "not put together" in one.why] == ["i.tar"]


def test_a_packed_archive_that_only_begins_like_images_is_read_as_it_is() -> None:
    ledger = walked("a.tar.gz", gzip.compress(tar_of({"index.json": b"{}", "src/a.py": b"a = 1\n"})))

    assert set(ledger.members) == {"a.tar.gz", "a.tar.gz!/index.json", "a.tar.gz!/src/a.py"}
