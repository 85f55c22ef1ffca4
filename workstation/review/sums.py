"""Lists of digests beside files: SHA256SUMS as sha256sum writes it, and the checksums of a Debian source.

Sources: sha256sum(1); dsc(5), Checksums-Sha256.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import REFUSE, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.review.ledger import Ledger

_LISTS: Final = frozenset(
    {"SHA256SUMS", "SHA256SUMS.txt", "sha256sums.txt", "sha256sum.txt", "checksums.txt"}
)
_LINE: Final = re.compile(rb"(?P<digest>[0-9A-Fa-f]{64}) [ *](?P<name>[^\r\n]+)")
_DSC_LINE: Final = re.compile(rb"[ \t](?P<digest>[0-9a-f]{64})[ \t]+[0-9]+[ \t]+(?P<name>\S+)")
_BESIDE: Final = (".asc", ".sig", ".gpg", ".sigstore", ".p7s", ".minisig", ".dsc")


def sums_findings(ledger: Ledger) -> Iterator[Finding]:
    """Yield each artifact that is not what a list beside it says, is missing, or is not on the list."""
    for path in ledger.artifacts:
        folder, _, name = path.rpartition("/")
        text = ledger.texts.get(path) if name in _LISTS or name.endswith(".dsc") else None
        if text is None:
            continue
        pattern = _DSC_LINE if name.endswith(".dsc") else _LINE
        listed = {
            _path(folder, found["name"]): found["digest"].decode().lower() for found in _lines(text, pattern)
        }
        yield from _against(ledger, path, listed)
        if name in _LISTS:
            yield from _not_listed(ledger, path, folder, listed)


def _lines(text: bytes, pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    return (found for line in text.splitlines() if (found := pattern.fullmatch(line)))


def _path(folder: str, name: bytes) -> str:
    relative = name.decode("utf-8", "backslashreplace").removeprefix("./")
    return f"{folder}/{relative}" if folder else relative


def _against(ledger: Ledger, source: str, listed: dict[str, str]) -> Iterator[Finding]:
    for path, digest in sorted(listed.items()):
        member = ledger.members.get(path)
        if member is None:
            # A Debian source's list is beside its files only when somebody put them there.
            if not source.endswith(".dsc"):
                yield _refused(source, f"it lists {path!a}, and that is not there")
        elif member.digest != digest:
            yield _refused(path, f"its SHA-256 is another than {source!a} says")


def _not_listed(ledger: Ledger, source: str, folder: str, listed: dict[str, str]) -> Iterator[Finding]:
    prefix = f"{folder}/" if folder else ""
    for path in ledger.artifacts:
        if path.startswith(prefix) and path not in listed and path != source and not path.endswith(_BESIDE):
            yield _refused(path, f"it is not on the list {source!a}")


def _refused(path: str, sentence: str) -> Finding:
    return Finding(rule="DIFF-SUMS", rank=REFUSE, path=path, sentence=sentence)
