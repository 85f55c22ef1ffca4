"""Building real archives in memory, well-formed and not, for the tests of the review."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import struct
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING

from workstation.review.compare import compare
from workstation.review.ledger import Ledger
from workstation.review.limits import Limits
from workstation.review.source import BytesSource
from workstation.review.walk import walk_artifact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workstation.core.release_diff import ReleaseDiff

Files = dict[str, bytes]


def walked(name: str, data: bytes, limits: Limits | None = None) -> Ledger:
    ledger = Ledger(limits or Limits())
    walk_artifact(name, BytesSource(data), ledger)
    return ledger


def diffed(old: Mapping[str, bytes], new: Mapping[str, bytes], limits: Limits | None = None) -> ReleaseDiff:
    sides = []
    for artifacts in (old, new):
        ledger = Ledger(limits or Limits())
        for name, data in artifacts.items():
            walk_artifact(name, BytesSource(data), ledger)
        sides.append(ledger)
    return compare(*sides)


def refusals(ledger: Ledger) -> list[str]:
    return [one.sentence for one in ledger.findings if one.rank == 100]


def rules(diff: ReleaseDiff) -> set[tuple[str, int, str]]:
    return {(one.rule, one.rank, one.path.rpartition("!/")[2]) for one in diff.findings}


def zip_of(files: Files, modes: Mapping[str, int] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = (modes or {}).get(name, 0o100644) << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def tar_info(name: str, size: int = 0, **fields: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    for field, value in fields.items():
        setattr(info, field, value)
    return info


def tar_of(files: Files, *extra: tarfile.TarInfo, form: int = tarfile.PAX_FORMAT, **fields: object) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in files.items():
            archive.addfile(tar_info(name, len(data), **fields), io.BytesIO(data))
        for info in extra:
            archive.addfile(info)
    return buffer.getvalue()


def sdist(name: str, version: str, files: Files, requires: tuple[str, ...] = ()) -> bytes:
    top = f"{name}-{version}"
    info = metadata(name, version, requires)
    return gzip.compress(
        tar_of({f"{top}/PKG-INFO": info, **{f"{top}/{k}": v for k, v in files.items()}}), mtime=0
    )


def metadata(name: str, version: str, requires: tuple[str, ...] = ()) -> bytes:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    return "\n".join([*lines, *(f"Requires-Dist: {one}" for one in requires), "", "About it.", ""]).encode()


def record_line(name: str, data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}"


def wheel(
    name: str,
    version: str,
    files: Files,
    *,
    requires: tuple[str, ...] = (),
    record: str | None = None,
    info: bytes | None = None,
    modes: Mapping[str, int] | None = None,
) -> bytes:
    folder = f"{name}-{version}.dist-info"
    everything = {**files, f"{folder}/METADATA": metadata(name, version, requires) if info is None else info}
    lines = [*(record_line(*one) for one in everything.items()), f"{folder}/RECORD,,"]
    everything[f"{folder}/RECORD"] = ("\n".join(lines) + "\n" if record is None else record).encode()
    return zip_of(everything, modes)


def raw_entry(
    name: bytes, data: bytes, *, local_name: bytes | None = None, crc: int | None = None, flags: int = 0
) -> tuple[bytes, bytes]:
    """One stored zip entry: its local part, and its central record without the offset."""
    local_name = name if local_name is None else local_name
    checksum = zlib.crc32(data) if crc is None else crc
    sizes = (checksum, len(data), len(data))
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, flags, 0, 0, 33, *sizes, len(local_name), 0)
    central = struct.pack(
        "<4sHHHHHHIIIHHHHHI", b"PK\1\2", 20, 20, flags, 0, 0, 33, *sizes, len(name), 0, 0, 0, 0, 0
    )
    return local + local_name + data, central


def raw_zip(
    entries: list[tuple[bytes, bytes, bytes]], *, offsets: list[int] | None = None, tail: bytes = b""
) -> bytes:
    """Join (name, local part, central record) into a zip archive; `offsets` may lie."""
    body, directory = b"", b""
    for number, (name, local, central) in enumerate(entries):
        offset = len(body) if offsets is None else offsets[number]
        body += local
        directory += central + struct.pack("<I", offset) + name
    count = len(entries)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + end + tail


def ar_of(members: list[tuple[str, bytes]]) -> bytes:
    parts = [b"!<arch>\n"]
    for name, data in members:
        header = f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode()
        parts.append(header + data + b"\n" * (len(data) % 2))
    return b"".join(parts)


def deb(control: Files, data: bytes) -> bytes:
    packed = gzip.compress(tar_of({f"./{name}": text for name, text in control.items()}), mtime=0)
    marker = ("debian-binary", b"2.0\n")
    return ar_of([marker, ("control.tar.gz", packed), ("data.tar.gz", gzip.compress(data, mtime=0))])
