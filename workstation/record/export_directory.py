"""Writing an export as a directory: whole, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from workstation.core.errors import MediaError
from workstation.core.identity import Digest, digest_of
from workstation.durable import sync_directory

VERIFIER: Final = "verify_export.py"
SUMS: Final = "SHA256SUMS"
_HERE: Final = Path(__file__).parent


def write_export(directory: Path, files: Mapping[str, bytes], words: Mapping[str, str]) -> Digest:
    """Write the files, the verifier and VERIFY.txt as `directory`; return the digest of SHA256SUMS.

    `words` fill VERIFY.txt. Raises MediaError when something is there already or it cannot be
    written; then nothing of it stays.
    """
    if os.path.lexists(directory):
        raise MediaError(str(directory), "something is there already, a new directory wanted")
    said = (_HERE / "VERIFY.txt").read_text("utf-8").format_map(dict(words))
    whole = {**files, VERIFIER: (_HERE / VERIFIER).read_bytes(), "VERIFY.txt": said.encode()}
    sums = "".join(f"{digest_of(data)}  {name}\n" for name, data in sorted(whole.items())).encode()
    try:
        _write_all(directory, {**whole, SUMS: sums})
    except OSError as error:
        raise MediaError(str(directory), f"cannot be written: {error.strerror}") from error
    return digest_of(sums)


def _write_all(directory: Path, files: Mapping[str, bytes]) -> None:
    directory.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=directory.parent, prefix=f".{directory.name}-"))
    try:
        folders = {unfinished, *((unfinished / name).parent for name in files)}
        for name, data in files.items():
            _write(unfinished / name, data)
        for folder in folders:
            sync_directory(folder)
        unfinished.chmod(0o755)
        unfinished.rename(directory)
        sync_directory(directory.parent)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
