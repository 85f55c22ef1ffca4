"""What a wheel and an sdist say about themselves, held against what they hold.

Sources: PyPA specifications "Binary distribution format", "Recording installed projects" and
"Source distribution format".
"""

from __future__ import annotations

import base64
import csv
import re
from typing import TYPE_CHECKING, Final

from workstation.review.lenses.headers import header_values
from workstation.review.lenses.requirements import normal_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workstation.core.release_diff import Member
    from workstation.review.ledger import Ledger

_SIGNATURES: Final = (".jws", ".p7s")
_SDIST: Final = re.compile(r"(?P<name>.+)-(?P<version>[0-9][^-]*)\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)")
_RECORD: Final = "DIFF-RECORD"
_METADATA: Final = "DIFF-METADATA"


def check_package(path: str, ledger: Ledger) -> None:
    """Hold a wheel or sdist against its RECORD and metadata; every contradiction is written down."""
    file_name = path.rpartition("/")[2]
    if file_name.endswith(".whl"):
        _check_wheel(path, file_name, ledger.files_below(path), ledger)
    elif named := _SDIST.fullmatch(file_name):
        _check_sdist(path, (named["name"], named["version"]), ledger.files_below(path), ledger)


def _check_wheel(path: str, file_name: str, files: Mapping[str, Member], ledger: Ledger) -> None:
    folders = sorted(
        {name.partition("/")[0] for name in files if name.partition("/")[0].endswith(".dist-info")}
    )
    if len(folders) != 1:
        ledger.lie(path, f"{len(folders)} .dist-info folders found, one wanted", rule=_METADATA)
        return
    info = folders[0]
    _check_record(path, f"{info}/RECORD", files, ledger)
    name, _, version = info.removesuffix(".dist-info").partition("-")
    _check_identity(f"{path}!/{info}/METADATA", (name, version), ledger)
    in_name = file_name.split("-")
    if not _same((in_name[0], in_name[1] if len(in_name) > 1 else ""), (name, version)):
        ledger.lie(path, f"the file is named {in_name[:2]!a}, its folder {info!a}", rule=_METADATA)


def _check_record(path: str, record: str, files: Mapping[str, Member], ledger: Ledger) -> None:
    text = ledger.texts.get(f"{path}!/{record}")
    if text is None:
        ledger.lie(path, f"{record} cannot be read", rule=_RECORD)
        return
    seen = set[str]()
    for name, digest in _record_rows(text, path, ledger):
        if name in seen:
            ledger.lie(f"{path}!/{name}", "RECORD lists it twice", rule=_RECORD)
        seen.add(name)
        if problem := _record_problem(name, digest, files.get(name), record):
            ledger.lie(f"{path}!/{name}", problem, rule=_RECORD)
    for name in sorted(files.keys() - seen):
        if not name.removesuffix(name[-4:] if name.endswith(_SIGNATURES) else "").endswith("/RECORD"):
            ledger.lie(f"{path}!/{name}", "RECORD does not list it", rule=_RECORD)


def _record_rows(text: bytes, path: str, ledger: Ledger) -> Iterator[tuple[str, str]]:
    try:
        for row in csv.reader(text.decode("utf-8", "backslashreplace").splitlines()):
            if row:
                yield row[0], row[1] if len(row) > 1 else ""
    except csv.Error:
        ledger.lie(path, "RECORD is not comma-separated values", rule=_RECORD)


def _record_problem(name: str, digest: str, member: Member | None, record: str) -> str | None:
    if member is None:
        return "RECORD lists it, and it is not there"
    if not digest:
        exempt = name == record or name.endswith(_SIGNATURES)
        return None if exempt else "RECORD has no digest for it"
    algorithm, _, value = digest.partition("=")
    if algorithm != "sha256":
        return f"RECORD gives a {algorithm!a} digest, sha256 wanted"
    found = base64.urlsafe_b64encode(bytes.fromhex(member.digest)).rstrip(b"=").decode()
    return None if found == value.rstrip("=") else "its digest is another than RECORD says"


def _check_sdist(path: str, identity: tuple[str, str], files: Mapping[str, Member], ledger: Ledger) -> None:
    tops = {name.partition("/")[0] for name in files}
    inside = [name for name in files if name.count("/") == 1 and name.endswith("/PKG-INFO")]
    if len(tops) == 1 and len(inside) == 1:
        _check_identity(f"{path}!/{inside[0]}", identity, ledger)


def _check_identity(path: str, wanted: tuple[str, str], ledger: Ledger) -> None:
    """Refuse metadata whose name or version is not the one in the file's name."""
    text = ledger.texts.get(path, b"").decode("utf-8", "replace")
    names, versions = header_values(text, "Name"), header_values(text, "Version")
    if len(names) != 1 or len(versions) != 1:
        ledger.lie(path, "one Name and one Version wanted", rule=_METADATA)
    elif not _same((names[0], versions[0]), wanted):
        found = f"{names[0]} {versions[0]}"
        ledger.lie(path, f"it says {found!a}, the file's name says {' '.join(wanted)!a}", rule=_METADATA)


def _same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return _normal(one) == _normal(other)


def _normal(identity: tuple[str, str]) -> tuple[str, str]:
    return normal_name(identity[0]), re.sub(r"[-_.+!]+", ".", identity[1].casefold())
