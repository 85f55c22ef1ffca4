"""Writing small ELF and PE files by hand, whole in their headers and empty in their code."""

from __future__ import annotations

import struct

_BASE = 0x400000


def elf(
    *,
    kind: int = 3,
    needed: tuple[str, ...] = ("libc.so.6",),
    runpath: str = "",
    imports: tuple[str, ...] = (),
    exports: tuple[str, ...] = (),
    relro: bool = True,
    now: bool = True,
    stack: int | None = 6,
    load: int = 5,
    text: bytes = b"\x90" * 16,
    build_id: bytes = b"one",
    overlay: bytes = b"",
) -> bytes:
    """Write a 64-bit ELF file (System V ABI): `kind` 2 is ET_EXEC, 3 ET_DYN; `stack` and `load` are flags."""
    strings = b"\0"
    places: dict[str, int] = {}
    for name in (*needed, runpath, *imports, *exports):
        places[name] = len(strings) if name else 0
        strings += name.encode() + b"\0" if name else b""
    symbols = b"\0" * 24 + b"".join(
        struct.pack("<IBBHQQ", places[name], 0x12, 0, section, 0, 0)
        for section, names in ((0, imports), (1, exports))
        for name in names
    )
    tags = [(1, places[name]) for name in needed] + ([(29, places[runpath])] if runpath else [])
    tags += [(24, 0)] if now else []
    count = 3 + relro + (stack is not None)
    text_at = 64 + 56 * count
    strings_at = text_at + len(text)
    symbols_at = strings_at + len(strings)
    dynamic_at = symbols_at + len(symbols)
    tags += [(5, _BASE + strings_at), (10, len(strings)), (6, _BASE + symbols_at), (11, 24), (0, 0)]
    dynamic = b"".join(struct.pack("<qQ", *tag) for tag in tags)
    note_at = dynamic_at + len(dynamic)
    names = b"\0.text\0.dynstr\0.dynsym\0.dynamic\0.note.gnu.build-id\0.shstrtab\0"
    names_at = note_at + len(build_id)
    sections_at = names_at + len(names)

    def segment(type_: int, flags: int, offset: int, size: int) -> bytes:
        return struct.pack("<IIQQQQQQ", type_, flags, offset, _BASE + offset, 0, size, size, 8)

    segments = (
        segment(1, load, 0, note_at) + segment(2, 6, dynamic_at, len(dynamic)) + segment(4, 4, note_at, 0)
    )
    segments += segment(0x6474E552, 4, dynamic_at, 0) if relro else b""
    segments += segment(0x6474E551, stack, 0, 0) if stack is not None else b""

    def section(name: bytes, type_: int, offset: int, size: int, *more: int) -> bytes:
        link, entry = more or (0, 0)
        at = names.index(b"\0" + name + b"\0") + 1 if name else 0
        return struct.pack("<IIQQQQIIQQ", at, type_, 0, _BASE + offset, offset, size, link, 0, 1, entry)

    sections = b"\0" * 64 + b"".join(
        (
            section(b".text", 1, text_at, len(text)),
            section(b".dynstr", 3, strings_at, len(strings)),
            section(b".dynsym", 11, symbols_at, len(symbols), 2, 24),
            section(b".dynamic", 6, dynamic_at, len(dynamic), 2, 16),
            section(b".note.gnu.build-id", 1, note_at, len(build_id)),
            section(b".shstrtab", 3, names_at, len(names)),
        )
    )
    header = b"\x7fELF\2\1\1" + b"\0" * 9
    header += struct.pack("<HHIQQQIHHHHHH", kind, 62, 1, 0, 64, sections_at, 0, 64, 56, count, 64, 7, 6)
    return header + segments + text + strings + symbols + dynamic + build_id + names + sections + overlay


def pe(
    *,
    libraries: tuple[str, ...] = ("KERNEL32.dll",),
    flags: int = 0x4140,
    section_flags: int = 0x60000020,
    signature: bytes = b"",
    slack: bytes = b"",
    overlay: bytes = b"",
) -> bytes:
    """Write a PE32+ file with one section (PE and COFF specification); `flags` are DllCharacteristics."""
    start, address = 0x200, 0x1000
    names, rows = b"", b""
    names_at = 20 * (len(libraries) + 1)
    for name in libraries:
        rows += struct.pack("<IIIII", 0, 0, 0, address + names_at + len(names), 0)
        names += name.encode() + b"\0"
    body = rows + b"\0" * 20 + names
    body += b"\0" * (-len(body) % 8)
    table = b""
    if signature:
        held = signature + slack
        held += b"\0" * (-len(held) % 8)
        table = struct.pack("<IHH", 8 + len(held), 0x200, 2) + held
    directories = [(0, 0)] * 16
    directories[1] = (address, len(body))
    directories[4] = (start + len(body), len(table)) if table else (0, 0)
    optional = struct.pack("<H", 0x20B).ljust(70, b"\0") + struct.pack("<H", flags)
    optional = optional.ljust(108, b"\0") + struct.pack("<I", 16)
    optional += b"".join(struct.pack("<II", *one) for one in directories)
    section = b".text\0\0\0" + struct.pack("<IIII", len(body), address, len(body), start)
    section = section.ljust(36, b"\0") + struct.pack("<I", section_flags)
    header = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40)
    header += b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional), 0x22)
    return (header + optional + section).ljust(start, b"\0") + body + table + overlay
