"""Extended attributes, whatever carries them: shown as text, and a gain of capabilities ranked as one."""

from __future__ import annotations

import base64
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from review.archives import diffed, tar_of, walked
from review.rpm_writer import rpm_of

from workstation.core.inert_text import inert
from workstation.core.release_diff import ReleaseDiff
from workstation.core.release_diff_reader import from_json
from workstation.review.attributes import attributes_text, capabilities_in

RULES = ("DIFF-CAPABILITY", "DIFF-ATTRIBUTE")
NET_RAW = 1 << 13
SYS_ADMIN = 1 << 21
STAR, LIBARCHIVE = "SCHILY.xattr.", "LIBARCHIVE.xattr."


def capability(permitted: int, *, effective: bool = True, root: int | None = None) -> bytes:
    revision = 0x02000000 if root is None else 0x03000000
    value = struct.pack("<IIIII", revision | effective, permitted & 0xFFFFFFFF, 0, permitted >> 32, 0)
    return value if root is None else value + struct.pack("<I", root)


def ping(**attributes: str) -> bytes:
    return tar_of({"ping": b"program\n"}, pax_headers={f"{STAR}{name}": v for name, v in attributes.items()})


def with_capability(value: bytes) -> bytes:
    return tar_of({"ping": b"program\n"}, pax_headers={f"{STAR}security.capability": value.decode("ascii")})


def said(diff: ReleaseDiff) -> list[tuple[str, int]]:
    return [
        (one.rule, one.rank) for one in diff.findings if one.rule in ("DIFF-CAPABILITY", "DIFF-ATTRIBUTE")
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (capability(NET_RAW), "cap_net_raw=ep"),
        (capability(NET_RAW | SYS_ADMIN, effective=False), "cap_net_raw,cap_sys_admin=p"),
        (capability(1 << 38 | 1 << 63), "cap_perfmon,cap_63=ep"),
        (capability(NET_RAW, root=1000), "cap_net_raw=ep (for root of user 1000)"),
        (
            struct.pack("<IIIII", 0x02000001, NET_RAW, 1, 0, 0),
            "cap_chown,cap_net_raw=eip (inheritable cap_chown)",
        ),
        (b"what\t", "what→"),
    ],
)
def test_capabilities_have_names(value: bytes, shown: str) -> None:
    assert capabilities_in(attributes_text({"user.a": b"x", "security.capability": value})) == shown


def test_a_program_that_gains_capabilities_is_as_high_as_one_that_runs_as_its_owner() -> None:
    found = diffed({"a.tar": ping()}, {"a.tar": with_capability(capability(NET_RAW))})

    assert said(found) == [("DIFF-CAPABILITY", 90)]
    assert "cap_net_raw=ep (none before)" in found.findings[0].sentence


def test_other_capabilities_than_before_are_a_gain() -> None:
    old, new = (with_capability(capability(bits)) for bits in (NET_RAW, NET_RAW | SYS_ADMIN))

    found = diffed({"a.tar": old}, {"a.tar": new})

    assert said(found) == [("DIFF-CAPABILITY", 90)]


def test_capabilities_that_stay_are_not_told_and_those_that_go_are_low() -> None:
    archive = with_capability(capability(NET_RAW))

    assert said(diffed({"a.tar": archive}, {"a.tar": archive})) == []
    assert said(diffed({"a.tar": archive}, {"a.tar": ping()})) == [("DIFF-ATTRIBUTE", 15)]


def test_any_other_attribute_is_shown_and_lower() -> None:
    found = diffed({"a.tar": ping()}, {"a.tar": ping(**{"user.note": "read me\u202e"})})

    assert said(found) == [("DIFF-ATTRIBUTE", 45)]
    (change,) = found.changes
    assert change.new is not None
    assert change.new.attributes == "user.note: " + inert("read me\u202e")
    assert from_json(found.to_json(), where="diff") == found


def test_what_star_and_libarchive_wrote_is_the_same() -> None:
    value = capability(NET_RAW)
    packed = base64.b64encode(value).decode().rstrip("=")
    by = [
        {f"{STAR}security.capability": value.decode()},
        {f"{LIBARCHIVE}security.capability": packed},
        {f"{STAR}security.capability": value.decode(), f"{LIBARCHIVE}security.capability": packed},
    ]

    ledgers = [walked("a.tar", tar_of({"a": b""}, pax_headers=one)) for one in by]

    shown = {ledger.members["a.tar!/a"].attributes for ledger in ledgers}
    assert shown == {"security.capability: cap_net_raw=ep"}


def test_an_rpm_gives_capabilities_in_its_header() -> None:
    old = rpm_of({"usr/bin/ping": b"program\n"})
    new = rpm_of({"usr/bin/ping": b"program\n"}, listed={5010: ["cap_net_raw=p"]})

    found = diffed({"a.rpm": old}, {"a.rpm": new})

    assert said(found) == [("DIFF-CAPABILITY", 90)]


@pytest.mark.skipif(shutil.which("sqfstar") is None, reason="sqfstar is not on this machine")
def test_a_squashfs_image_has_them_too(tmp_path: Path) -> None:
    value = capability(NET_RAW).decode()
    note = "much the same " * 5  # long enough to stand once for all who have it
    records = {f"{STAR}security.capability": value, f"{STAR}user.note": note}
    both = tar_of({"one": b"1", "two": b"2"}, pax_headers=records)
    third = tar_of({"three": b"3"}, pax_headers={**records, f"{STAR}user.more": "more"})
    made = both[: -(-(both.rindex(b"2") + 1) // 512) * 512] + third  # without its end marker
    subprocess.run(["sqfstar", "-quiet", "image"], cwd=tmp_path, input=made, check=True, capture_output=True)

    ledger = walked("a.squashfs", (tmp_path / "image").read_bytes())

    for name in ("one", "two", "three"):
        shown = ledger.members[f"a.squashfs!/{name}"].attributes.split("\n")
        assert shown[0] == "security.capability: cap_net_raw=ep"
        assert shown[-1] == f"user.note: {'much the same ' * 4}much the same·"
    assert "user.more: more" in shown


@given(st.dictionaries(st.text(min_size=1), st.binary(max_size=400), max_size=4))
def test_two_sets_that_differ_never_read_alike(found: dict[str, bytes]) -> None:
    other = {**found, "user.z": b"x" * 300 + b"1"}
    third = {**found, "user.z": b"x" * 300 + b"2"}

    assert attributes_text(other) != attributes_text(third)
    assert attributes_text(found).isprintable() or "\n" in attributes_text(found)


def test_more_than_anybody_reads_is_cut_and_still_told_apart() -> None:
    many = {f"user.{number:05}": b"x" for number in range(5000)}

    one, other = attributes_text(many), attributes_text({**many, "user.zz": b"y"})

    assert len(one) < 30_000
    assert one != other
