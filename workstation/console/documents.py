"""Documents in files, as the trust and roster commands read and write them."""

from __future__ import annotations

from pathlib import Path

from workstation.core.errors import MediaError
from workstation.core.roster_document import MAX_BYTES


def read_document(name: str, *, limit: int = MAX_BYTES) -> bytes:
    """Return a file's bytes; raises MediaError when it cannot be read or has more than `limit` bytes."""
    try:
        with Path(name).open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise MediaError(name, f"cannot be read: {error.strerror}") from error
    if len(data) > limit:
        raise MediaError(name, f"more than {limit} bytes found")
    return data


def read_secret(path: Path) -> bytearray:
    """Return the bytes of a file with a secret, for whoever verifies with it to wipe; raises MediaError."""
    try:
        return bytearray(path.read_bytes())
    except OSError as error:
        raise MediaError(str(path), f"cannot be read: {error.strerror}") from error


def write_document(path: Path, data: bytes, *, new: bool = False) -> None:
    """Put `data` in a file at once; raises MediaError, with `new` also when something is there already."""
    if new and path.exists():
        raise MediaError(str(path), "something is there already, a new file wanted")
    try:
        unfinished = path.with_name(f".{path.name}.new")
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError as error:
        raise MediaError(str(path), f"cannot be written: {error.strerror}") from error
