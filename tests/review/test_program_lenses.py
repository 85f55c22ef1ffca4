"""Programs: what they are made of is read, what they lost or gained is said, and what lies is broken."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from review.archives import diffed, rules, tar_of
from review.programs import elf, pe

from workstation.review.lenses.elf import BrokenElf, Elf, read_elf
from workstation.review.lenses.pe import BrokenPe, Pe, read_pe

DENSE = random.Random(7).randbytes(9000)
DER = b"\x30\x03\x02\x01\x05"


def found(old: bytes | None, new: bytes) -> set[tuple[str, int, str]]:
    before = {"other": b"x"} if old is None else {"other": b"x", "bin/demo": old}
    return rules(diffed({"a.tar": tar_of(before)}, {"a.tar": tar_of({"other": b"x", "bin/demo": new})}))


def test_an_elf_file_says_what_it_is_made_of() -> None:
    seen = read_elf(
        elf(needed=("libz.so.1", "libc.so.6"), runpath="/opt/x", imports=("puts",), exports=("run",))
    )

    assert isinstance(seen, Elf)
    assert (seen.kind, seen.needed, seen.searched) == ("ET_DYN", ("libc.so.6", "libz.so.1"), ("/opt/x",))
    assert (seen.imports, seen.exports, seen.relro, seen.stack) == (("puts",), ("run",), "full", "RW")
    assert seen.overlay == 0
    assert ".text" in dict(seen.sections)


@pytest.mark.parametrize(
    ("old", "new", "rank"),
    [
        ({}, {"kind": 2}, 85),
        ({}, {"stack": 7}, 88),
        ({}, {"stack": None}, 86),
        ({}, {"relro": False}, 82),
        ({}, {"now": False}, 80),
        ({"imports": ("__stack_chk_fail",)}, {}, 80),
        ({"imports": ("__strcpy_chk",)}, {}, 80),
        ({}, {"runpath": "/tmp/lib"}, 85),
        ({}, {"load": 7}, 84),
    ],
)
def test_protection_lost_is_found_and_protection_gained_is_not(
    old: dict[str, object], new: dict[str, object], rank: int
) -> None:
    before, now = elf(**old), elf(**new)

    assert ("DIFF-HARDENING", rank, "bin/demo") in found(before, now)
    assert "DIFF-HARDENING" not in {rule for rule, _, _ in found(now, before)}


def test_a_new_library_is_found_and_another_version_of_one_is_less() -> None:
    added = found(elf(), elf(needed=("libc.so.6", "libcrypt.so.1")))
    respelled = found(elf(needed=("libopen-8fb26fc6.so",)), elf(needed=("libopen-fdde5778.so",)))

    assert ("DIFF-LIBRARY", 64, "bin/demo") in added
    assert ("DIFF-LIBRARY-VERSION", 38, "bin/demo") in respelled
    assert "DIFF-LIBRARY" not in {rule for rule, _, _ in respelled}


@pytest.mark.parametrize(("name", "rank"), [("connect", 65), ("execve", 62), ("ptrace", 60)])
def test_powers_gained_are_found_and_powers_kept_are_not(name: str, rank: int) -> None:
    without, having = elf(imports=("puts",)), elf(imports=("puts", name))
    kept = elf(imports=("puts", name), text=b"\xcc" * 16)

    assert ("DIFF-POWERS", rank, "bin/demo") in found(without, having)
    assert ("DIFF-IMPORTS", 36, "bin/demo") in found(without, having)
    assert {rule for rule, _, _ in found(having, kept)} == {"DIFF-PROGRAM-CODE"}


def test_bytes_after_the_image_are_found_when_they_grow() -> None:
    hidden = elf(overlay=DENSE)

    assert ("DIFF-PROGRAM-OVERLAY", 86, "bin/demo") in found(elf(), hidden)
    assert ("DIFF-PROGRAM-OVERLAY", 70, "bin/demo") in found(elf(), elf(overlay=b"plain " * 1000))
    assert "DIFF-PROGRAM-OVERLAY" not in {
        rule for rule, _, _ in found(hidden, elf(overlay=DENSE, text=b"\xcc" * 16))
    }
    assert "DIFF-PROGRAM-OVERLAY" not in {rule for rule, _, _ in found(elf(), elf(overlay=b"\0" * 64))}


def test_a_program_of_which_only_the_mark_of_its_build_changed_is_folded() -> None:
    assert found(elf(build_id=b"one"), elf(build_id=b"two")) == {("DIFF-BUILD-ID", 5, "bin/demo")}


def test_a_program_added_says_what_it_needs_and_what_it_lacks() -> None:
    added = found(None, elf(kind=2, stack=7, imports=("socket",)))

    assert {("DIFF-PROGRAM-ADDED", 54, "bin/demo"), ("DIFF-PROGRAM-WEAK", 56, "bin/demo")} <= added
    assert ("DIFF-POWERS", 55, "bin/demo") in added
    assert "DIFF-PROGRAM-WEAK" not in {rule for rule, _, _ in found(None, elf())}


def test_what_changed_in_a_program_is_told_as_facts() -> None:
    old, new = elf(imports=("puts",)), elf(imports=("gets",), relro=False)
    diff = diffed({"demo": old}, {"demo": new})

    facts = {(one.name, one.old, one.new) for one in diff.changes[0].facts}
    assert {
        ("import", "puts", ""),
        ("import", "", "gets"),
        ("read-only relocations", "full", "none"),
    } <= facts


def test_a_file_that_only_begins_as_elf_is_broken_and_says_so_once() -> None:
    broken = b"\x7fELF" + b"\0\xff" * 200

    assert isinstance(read_elf(broken), BrokenElf)
    assert ("DIFF-PROGRAM-BROKEN", 70, "bin/demo") in found(elf(), broken)
    assert "DIFF-PROGRAM-BROKEN" not in {rule for rule, _, _ in found(broken, broken + b"\1")}


@given(st.integers(0, len(elf()) - 1), st.binary(min_size=1, max_size=8), st.integers(0, len(elf())))
def test_no_damage_to_an_elf_file_is_more_than_broken(place: int, wrong: bytes, cut: int) -> None:
    whole = elf(imports=("puts", "connect"))
    damaged = whole[:place] + wrong + whole[place + len(wrong) :]

    assert isinstance(read_elf(damaged), Elf | BrokenElf)
    assert isinstance(read_elf(b"\x7fELF" + damaged[4:cut]), Elf | BrokenElf)


def test_a_pe_file_says_what_it_is_made_of() -> None:
    seen = read_pe(pe(libraries=("KERNEL32.dll", "WS2_32.dll"), signature=DER))

    assert isinstance(seen, Pe)
    assert seen.libraries == ("kernel32.dll", "ws2_32.dll")
    assert seen.protections == ("ASLR", "CFG", "NX")
    assert (seen.signed, seen.slack, seen.overlay) == (True, 0, 0)


@pytest.mark.parametrize(
    ("old", "new", "rule", "rank"),
    [
        ({}, {"flags": 0x40}, "DIFF-HARDENING", 85),
        ({}, {"section_flags": 0xE0000020}, "DIFF-HARDENING", 85),
        ({"signature": DER}, {}, "DIFF-HARDENING", 85),
        ({}, {"libraries": ("KERNEL32.dll", "WS2_32.dll")}, "DIFF-LIBRARY", 64),
        ({}, {"libraries": ("KERNEL32.dll", "WS2_32.dll")}, "DIFF-POWERS", 65),
        ({"signature": DER}, {"signature": DER, "slack": b"x" * 500}, "DIFF-SIGNATURE-AREA", 88),
        ({}, {"overlay": DENSE}, "DIFF-PROGRAM-OVERLAY", 86),
    ],
)
def test_what_a_windows_program_lost_or_gained_is_found_and_the_other_way_is_not(
    old: dict[str, object], new: dict[str, object], rule: str, rank: int
) -> None:
    before, now = pe(**old), pe(**new)

    assert (rule, rank, "bin/demo") in found(before, now)
    assert rule not in {name for name, _, _ in found(now, before)}


@given(st.integers(0, len(pe(signature=DER)) - 1), st.binary(min_size=1, max_size=8))
def test_no_damage_to_a_pe_file_is_more_than_broken(place: int, wrong: bytes) -> None:
    whole = pe(signature=DER, libraries=("a.dll", "b.dll"))

    assert isinstance(read_pe(whole[:place] + wrong + whole[place + len(wrong) :]), Pe | BrokenPe | None)
    assert isinstance(read_pe(whole[:place]), Pe | BrokenPe | None)


def test_a_dos_program_is_no_pe_file() -> None:
    assert read_pe(b"MZ" + b"\0" * 500) is None
