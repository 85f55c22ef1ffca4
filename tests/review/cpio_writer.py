"""Cpio archives in the new ASCII form, written by hand (cpio(5))."""

from __future__ import annotations

from collections.abc import Mapping


def cpio_entry(
    name: bytes, data: bytes = b"", *, mode: int = 0o100644, checksum: int | None = None, **fields: int
) -> bytes:
    order = ("inode", "mode", "uid", "gid", "links", "mtime", "size", "major", "minor", "rmajor", "rminor")
    values = {"inode": 0, "links": 1, "mode": mode, "size": len(data), **fields}
    numbers = [*(values.get(field, 0) for field in order), len(name) + 1, checksum or 0]
    magic = b"070701" if checksum is None else b"070702"
    head = magic + b"".join(b"%08X" % number for number in numbers) + name + b"\0"
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


TRAILER = cpio_entry(b"TRAILER!!!", mode=0)


def cpio_of(files: Mapping[str, bytes], *, checksums: bool = False) -> bytes:
    entries = [
        cpio_entry(name.encode(), data, inode=number, checksum=sum(data) & 0xFFFFFFFF if checksums else None)
        for number, (name, data) in enumerate(files.items(), 1)
    ]
    trailer = cpio_entry(b"TRAILER!!!", mode=0, checksum=0) if checksums else TRAILER
    return b"".join(entries) + trailer
