"""What an ELF file is made of: libraries, imports, hardening, sections, and what stands after its end.

Sources: System V ABI, "Object Files" and "Dynamic Linking"; GNU extensions as in elf.h. Read by
pyelftools; a file it cannot read is said to be broken, never guessed at.
"""

from __future__ import annotations

import hashlib
import io
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from elftools.common.exceptions import ELFError
from elftools.construct import ConstructError
from elftools.elf.elffile import ELFFile

from workstation.review.sniff import is_dense

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC: Final = b"\x7fELF"
_MOST_HEADERS: Final = 4096
_MOST_SYMBOLS: Final = 400_000
_SAMPLE: Final = 1 << 16
_NOW_FLAGS: Final = {"DT_FLAGS": 0x8, "DT_FLAGS_1": 0x1}  # DF_BIND_NOW, DF_1_NOW
_NO_BYTES: Final = "SHT_NOBITS"
_BROKEN: Final = (
    *(ELFError, ConstructError, struct.error, UnicodeError, OverflowError, RecursionError),
    *(ValueError, KeyError, TypeError, AttributeError, AssertionError, IndexError, OSError),
)
"""What pyelftools raises for files that lie; all of them mean the same to us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elf:
    """An ELF file; names sorted. `end` is where its image ends, `overlay` the bytes after it.

    `stack` is "RW", "RWE" or "" where the file does not say; `relro` "none", "partial" or "full".
    """

    kind: str
    machine: str
    interpreter: str = ""
    needed: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    exports: tuple[str, ...] = ()
    relro: str = "none"
    stack: str = ""
    writable_code: bool = False
    sections: tuple[tuple[str, str], ...] = ()
    overlay: int = 0
    overlay_dense: bool = False

    @property
    def canary(self) -> bool:
        """Whether it checks its stack (GCC's -fstack-protector)."""
        return "__stack_chk_fail" in self.imports

    @property
    def fortified(self) -> bool:
        """Whether it uses checked library functions (_FORTIFY_SOURCE)."""
        return any(name.endswith("_chk") and name != "__stack_chk_fail" for name in self.imports)


@dataclass(frozen=True, slots=True)
class BrokenElf:
    """A file that begins as ELF and cannot be read as one."""


def read_elf(data: bytes) -> Elf | BrokenElf:
    """Return what an ELF file is made of."""
    try:
        # pyelftools is not annotated; what comes out of it is given its type here.
        return _read(cast("Any", ELFFile(io.BytesIO(data))), data)
    except _BROKEN:
        return BrokenElf()


def _read(elf: Any, data: bytes) -> Elf:  # noqa: ANN401 (pyelftools is not annotated)
    if max(elf.num_segments(), elf.num_sections()) > _MOST_HEADERS:
        raise ValueError("too many headers")
    segments: list[Any] = list(elf.iter_segments())
    sections: list[Any] = list(elf.iter_sections())
    dynamic = _Dynamic(segments)
    imports, exports = _symbols(data, sections, little=elf.little_endian, wide=elf.elfclass == 64)  # noqa: PLR2004 (bits)
    end = max(_ends(elf, segments, sections))
    overlay = data[end : end + _SAMPLE]
    flags = {segment["p_type"]: int(segment["p_flags"]) for segment in segments}
    return Elf(
        kind=str(elf["e_type"]),
        machine=str(elf["e_machine"]),
        interpreter=next(
            (str(one.get_interp_name()) for one in segments if one["p_type"] == "PT_INTERP"), ""
        ),
        needed=dynamic.needed,
        searched=dynamic.searched,
        imports=imports,
        exports=exports,
        relro=("full" if dynamic.now else "partial") if "PT_GNU_RELRO" in flags else "none",
        stack=_stack(flags.get("PT_GNU_STACK")),
        writable_code=any(one["p_type"] == "PT_LOAD" and int(one["p_flags"]) & 3 == 3 for one in segments),  # noqa: PLR2004 (PF_X | PF_W)
        sections=tuple(_sections(data, sections)),
        overlay=max(0, len(data) - end),
        overlay_dense=is_dense(overlay),
    )


def _stack(flags: int | None) -> str:
    return "" if flags is None else "RWE" if flags & 1 else "RW"


class _Dynamic:
    """The dynamic section, as the loader sees it: through its segment."""

    def __init__(self, segments: list[Any]) -> None:
        needed, searched = list[str](), list[str]()
        self.now = False
        for tag in (tag for one in segments if one["p_type"] == "PT_DYNAMIC" for tag in one.iter_tags()):
            name = str(tag.entry.d_tag)
            if name == "DT_NEEDED":
                needed.append(str(tag.needed))
            elif name in ("DT_RPATH", "DT_RUNPATH"):
                searched.append(str(tag.rpath if name == "DT_RPATH" else tag.runpath))
            self.now |= name == "DT_BIND_NOW" or bool(int(tag.entry.d_val) & _NOW_FLAGS.get(name, 0))
        self.needed, self.searched = tuple(sorted(needed)), tuple(sorted(searched))


def _symbols(
    data: bytes, sections: list[Any], *, little: bool, wide: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names imported and exported; by hand, as libraries have tens of thousands."""
    imports, exports = set[str](), set[str]()
    form = struct.Struct(("<" if little else ">") + ("IBBHQQ" if wide else "IIIBBH"))
    number = 3 if wide else 5
    for table in sections:
        if table["sh_type"] != "SHT_DYNSYM":
            continue
        names, entries = _held(data, sections[int(table["sh_link"])]), _held(data, table)
        if len(entries) > _MOST_SYMBOLS * form.size:
            raise ValueError("too many symbols")
        for entry in form.iter_unpack(entries[: len(entries) // form.size * form.size]):
            name = names[entry[0] : names.index(b"\0", entry[0])].decode("utf-8", "backslashreplace")
            (exports if entry[number] else imports).add(name)
    return tuple(sorted(imports - {""})), tuple(sorted(exports - {""}))


def _held(data: bytes, section: Any) -> bytes:  # noqa: ANN401 (as above)
    """Return a section's bytes as they stand: pyelftools would unpack them, however much comes out."""
    if section["sh_type"] == _NO_BYTES:
        return b""
    start, size = int(section["sh_offset"]), int(section["sh_size"])
    if start + size > len(data):
        raise ValueError("a section leads out of the file")
    return data[start : start + size]


def _sections(data: bytes, sections: list[Any]) -> Iterator[tuple[str, str]]:
    for section in sections:
        yield str(section.name), hashlib.sha256(_held(data, section)).hexdigest()


def _ends(elf: Any, segments: list[Any], sections: list[Any]) -> Iterator[int]:  # noqa: ANN401 (as above)
    yield int(elf["e_ehsize"])
    yield int(elf["e_shoff"]) + int(elf["e_shnum"]) * int(elf["e_shentsize"])
    yield int(elf["e_phoff"]) + int(elf["e_phnum"]) * int(elf["e_phentsize"])
    yield from (int(one["p_offset"]) + int(one["p_filesz"]) for one in segments)
    yield from (
        int(one["sh_offset"]) + int(one["sh_size"]) for one in sections if one["sh_type"] != _NO_BYTES
    )
