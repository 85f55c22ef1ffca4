"""Squashfs and ISO images with something changed in them: refused with a sentence, or shown."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from review.archives import refusals, walked

from workstation.review.ledger import Ledger

needs = pytest.mark.skipif(
    not (shutil.which("mksquashfs") and shutil.which("xorriso")), reason="mksquashfs or xorriso is missing"
)
pytestmark = needs


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One small tree, as images of several kinds."""
    base = tmp_path_factory.mktemp("images")
    folder = base / "in"
    (folder / "d").mkdir(parents=True)
    (folder / "a").write_bytes(b"first\n" * 10)
    (folder / "d" / "b").write_bytes(bytes(range(256)) * 600)
    (folder / "l").symlink_to("d/b")
    commands = {
        "squashfs": ["mksquashfs", ".", "{}", "-noappend", "-quiet", "-no-progress", "-noI", "-noD", "-noF"],
        "packed": ["mksquashfs", ".", "{}", "-noappend", "-quiet", "-no-progress", "-comp", "xz"],
        "lz4": ["mksquashfs", ".", "{}", "-noappend", "-quiet", "-no-progress", "-comp", "lz4"],
        "rock": ["xorriso", "-as", "mkisofs", "-quiet", "-R", "-J", "-o", "{}", "."],
        "joliet": ["xorriso", "-as", "mkisofs", "-quiet", "-J", "-o", "{}", "."],
    }
    found = {}
    for name, command in commands.items():
        path = base / name
        subprocess.run([one.format(path) for one in command], cwd=folder, check=True, capture_output=True)
        found[name] = path.read_bytes()
    return found


def patched(data: bytes, old: bytes, new: bytes, count: int = 1) -> bytes:
    assert old in data
    return data.replace(old, new, count)


def at(data: bytes, place: int, new: bytes) -> bytes:
    return data[:place] + new + data[place + len(new) :]


def files(ledger: Ledger, name: str) -> set[str]:
    return {path.partition("!/")[2] for path in ledger.members if path.startswith(f"{name}!/")}


@pytest.mark.parametrize("name", ["squashfs", "packed", "rock", "joliet"])
def test_every_kind_of_image_shows_the_same_tree(images: dict[str, bytes], name: str) -> None:
    ledger = walked("i", images[name])

    expected = {"a", "d", "d/b"} | ({"l"} if name != "joliet" else set())
    assert (files(ledger, "i") - {"l"} | ({"l"} & expected), refusals(ledger)) == (expected, [])


def test_a_packing_nobody_here_reads_is_said_loudly_and_not_called_a_lie(images: dict[str, bytes]) -> None:
    ledger = walked("i.squashfs", images["lz4"])

    assert [(one.rule, one.rank) for one in ledger.findings] == [("DIFF-OPAQUE", 90)]
    assert [one.why for one in ledger.not_inspected] == [
        "a squashfs image packed with lz4 is a container this review does not open"
    ]


@pytest.mark.parametrize(
    ("place", "new", "sentence"),
    [
        (12, b"\1\0\0\0", "a squashfs block size of 1"),
        (40, b"\xff" * 7 + b"\0", "lies outside it"),
        (48, b"\xff\xff\xff\x00", "lies outside"),
        (32, b"\xff\xff\0\0", "lies outside"),
    ],
)
def test_a_squashfs_image_whose_tables_lie_outside_is_refused(
    images: dict[str, bytes], place: int, new: bytes, sentence: str
) -> None:
    found = refusals(walked("i.squashfs", at(images["squashfs"], place, new)))

    assert any(sentence in one for one in found)


def test_names_of_a_squashfs_folder_have_to_be_sorted(images: dict[str, bytes]) -> None:
    table = int.from_bytes(images["squashfs"][72:80], "little")
    start = images["squashfs"].index(b"\0\0l", table)

    found = refusals(walked("i.squashfs", at(images["squashfs"], start + 2, b"/")))

    assert found == ["the names in a squashfs folder are not sorted, or none"]


def test_data_behind_a_squashfs_image_is_refused(images: dict[str, bytes]) -> None:
    found = refusals(walked("i.squashfs", images["squashfs"] + b"hidden"))

    assert found == ["data follows the end of the squashfs image"]


def test_a_file_only_one_tree_of_an_iso_image_has_is_refused(images: dict[str, bytes]) -> None:
    # In Joliet's tree the file `a` is made to begin one block later.
    record = images["rock"].rindex(b"\x02\0a\0") - 32
    extent = int.from_bytes(images["rock"][record + 2 : record + 6], "little") + 1
    both = extent.to_bytes(4, "little") + extent.to_bytes(4, "big")

    found = refusals(walked("i.iso", at(images["rock"], record + 2, both)))

    assert found == ["the trees of the ISO image hold different files; readers disagree on them"]


@pytest.mark.parametrize(
    ("place", "new", "sentence"),
    [
        (16 * 2048 + 158, b"\xff\xff\xff\x7f", "given twice, differently"),
        (16 * 2048 + 80, b"\1", "given twice, differently"),
        (16 * 2048 + 128, b"\0\4\4\0", "other blocks than of 2048 bytes"),
        (17 * 2048 + 1, b"CD002", "damaged or missing"),
    ],
)
def test_an_iso_image_whose_descriptors_contradict_themselves_is_refused(
    images: dict[str, bytes], place: int, new: bytes, sentence: str
) -> None:
    found = refusals(walked("i.iso", at(images["rock"], place, new)))

    assert any(sentence in one for one in found)


def test_boot_code_of_an_iso_image_is_shown(images: dict[str, bytes]) -> None:
    ledger = walked("i.iso", at(images["rock"], 0, b"\xeb\x3c boot"))

    assert "i.iso!/[BOOT]/system-area" in ledger.members


def test_data_behind_an_iso_image_is_pointed_out(images: dict[str, bytes]) -> None:
    ledger = walked("i.iso", images["rock"] + b"hidden")

    assert [one.sentence for one in ledger.findings] == ["data follows the end of the ISO volume"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["squashfs", "packed", "rock", "joliet"]),
    where=st.floats(0, 1, exclude_max=True),
    new=st.binary(min_size=1, max_size=8),
)
def test_an_image_with_any_bytes_changed_is_read_or_refused(
    images: dict[str, bytes], name: str, where: float, new: bytes
) -> None:
    data = images[name]

    ledger = walked("i", at(data, int(where * len(data)), new))

    assert all(one.sentence for one in ledger.findings)
    assert "i" in ledger.members


def test_the_fixture_is_a_real_image(images: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(images["squashfs"])

    done = subprocess.run(
        ["unsquashfs", "-l", str(tmp_path / "image")], capture_output=True, text=True, check=True
    )

    assert "squashfs-root/d/b" in done.stdout


def test_a_squashfs_file_of_nothing_but_holes_is_a_bomb(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with (tmp_path / "in" / "huge").open("wb") as huge:
        huge.truncate(1 << 30)
    command = ["mksquashfs", "in", "image", "-noappend", "-quiet", "-no-progress"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    found = refusals(walked("i.squashfs", (tmp_path / "image").read_bytes()))

    assert found == ["it unpacks to more than 250 times its size"]
