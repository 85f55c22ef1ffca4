"""RPM packages, written by hand (rpm's docs/manual/format.md): two headers and a packed cpio archive."""

from __future__ import annotations

import gzip
import hashlib
import struct
from collections.abc import Mapping

from review.cpio_writer import TRAILER, cpio_entry

Value = list[int] | list[str] | str | bytes


def header(values: Mapping[int, Value]) -> bytes:
    index, store = b"", b""
    for tag, value in sorted(values.items()):
        kind, count, data = _encoded(value)
        store += bytes(-len(store) % 8)
        index += struct.pack(">IIII", tag, kind, len(store), count)
        store += data
    return b"\x8e\xad\xe8\x01" + bytes(4) + struct.pack(">II", len(values), len(store)) + index + store


def _encoded(value: Value) -> tuple[int, int, bytes]:
    if isinstance(value, bytes):
        return 7, len(value), value
    if isinstance(value, str):
        return 6, 1, value.encode() + b"\0"
    if value and isinstance(value[0], int):
        return 4, len(value), b"".join(struct.pack(">I", number) for number in value)
    return 8, len(value), b"".join(str(text).encode() + b"\0" for text in value)


def rpm_of(
    files: Mapping[str, bytes],
    *,
    modes: Mapping[str, int] | None = None,
    listed: Mapping[int, Value] | None = None,
    payload: bytes | None = None,
    digest: str | None = None,
) -> bytes:
    """Return a package; `listed` replaces tags of the header, `payload` the packed archive."""
    names = sorted(files)
    mode = dict.fromkeys(names, 33188) | dict(modes or {})
    entries = (
        cpio_entry(f"./{name}".encode(), files[name], mode=mode[name], inode=n)
        for n, name in enumerate(names, 1)
    )
    packed = gzip.compress(b"".join(entries) + TRAILER, mtime=0) if payload is None else payload
    folders = sorted({f"/{name.rpartition('/')[0]}/".replace("//", "/") for name in names})
    main: dict[int, Value] = {
        1000: "demo",
        1001: "1.0",
        1002: "1",
        1049: ["libc.so.6"],
        1048: [0],
        1050: [""],
        1124: "cpio",
        1125: "gzip",
        5092: [hashlib.sha256(packed).hexdigest()],
    }
    if names:
        main |= {
            1030: [mode[name] for name in names],
            1035: [hashlib.sha256(files[name]).hexdigest() for name in names],
            1037: [0 for _ in names],
            1039: ["root" for _ in names],
            1040: ["root" for _ in names],
            1116: [folders.index(f"/{name.rpartition('/')[0]}/".replace("//", "/")) for name in names],
            1117: [name.rpartition("/")[2] for name in names],
            1118: folders,
            5011: [8],
        }
    main |= listed or {}
    head = header(main)
    signature = header({273: hashlib.sha256(head).hexdigest() if digest is None else digest})
    lead = struct.pack(">4sBBHH66sHH16s", b"\xed\xab\xee\xdb", 3, 0, 0, 1, b"demo-1.0-1", 1, 5, b"")
    return lead + signature + bytes(-len(signature) % 8) + head + packed
