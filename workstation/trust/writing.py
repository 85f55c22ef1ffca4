"""Writing a repository directory whole or not at all: beside its place first, then by renames."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.core.errors import MediaError
from workstation.durable import sync_directory
from workstation.trust.exchange import exchange

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping


def refuse_occupied(directory: Path) -> None:
    """Raise MediaError when something other than an empty directory is there."""
    with _disk(directory):
        if directory.is_symlink() or (directory.exists() and any(directory.iterdir())):
            raise MediaError(directory.name, "something is there already, an empty place wanted")


def write_directory(directory: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` as a new directory; raises MediaError, also when something is there already."""
    refuse_occupied(directory)
    with _disk(directory), _staged(directory, files) as staged:
        # rename(2) replaces an empty directory and refuses any other.
        staged.rename(directory)
        sync_directory(directory.parent)


def replace_directory(directory: Path, files: Mapping[str, bytes]) -> None:
    """Put `files` in the place of a directory at once; raises MediaError.

    A filesystem that cannot let two directories change places needs two renames: should power fail between
    them, the old one is whole beside it as `.NAME.previous`, and `restore_interrupted` puts it back.
    """
    refuse_interrupted(directory)
    with _disk(directory), _staged(directory, files) as staged:
        if exchange(staged, directory):
            sync_directory(directory.parent)
            return
        previous = _previous(directory)
        directory.rename(previous)
        try:
            staged.rename(directory)
        except OSError:
            previous.rename(directory)
            raise
        sync_directory(directory.parent)
        shutil.rmtree(previous)


def advance_directory(directory: Path, files: Mapping[str, bytes], *, last: str) -> None:
    """Bring a directory to `files`, the file `last` pointing to all the others; raises MediaError.

    What is new comes first, under names nobody reads yet; then `last`, by one rename; then what
    nobody reads any more goes. So at any moment there is the old state or the new one, whole.
    """
    with _disk(directory):
        for name in (*sorted(files.keys() - {last}), last):
            _put(directory, name, files[name])
        for path in [path for path in directory.rglob("*") if path.is_file()]:
            if str(path.relative_to(directory)) not in files:
                path.unlink()


def restore_interrupted(directory: Path) -> None:
    """Put back what a replacement cut short between its two renames had moved aside; raises MediaError."""
    previous = _previous(directory)
    with _disk(directory):
        if not directory.exists() and previous.is_dir() and not previous.is_symlink():
            previous.rename(directory)
            sync_directory(directory.parent)


def refuse_interrupted(directory: Path) -> None:
    """Raise MediaError when a replacement of `directory` was cut short: a person says which one counts."""
    refuse_occupied(_previous(directory))


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` in the place of a file at once, durably; raises MediaError."""
    fresh = path.with_name(f".{path.name}.new")
    with _disk(path):
        _write(fresh, data)
        fresh.replace(path)
        sync_directory(path.parent)


def _put(directory: Path, name: str, data: bytes) -> None:
    """Write a file of a directory at once, unless it is there already with just this content."""
    path = directory / name
    path.parent.mkdir(exist_ok=True)
    if not path.is_file() or path.read_bytes() != data:
        # Unfinished it stands beside the directory: in it, a reader would find a name of no layout.
        fresh = directory.with_name(f".{directory.name}.new")
        _write(fresh, data)
        fresh.replace(path)
        sync_directory(path.parent)


def _previous(directory: Path) -> Path:
    return directory.with_name(f".{directory.name}.previous")


@contextmanager
def _staged(directory: Path, files: Mapping[str, bytes]) -> Generator[Path]:
    staged = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    try:
        staged.chmod(0o755)  # Nothing in a trust root is secret.
        for name, data in files.items():
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            _write(staged / name, data)
        for folder in (staged, *(path for path in staged.rglob("*") if path.is_dir())):
            sync_directory(folder)
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _disk(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise MediaError(path.name, error.strerror or "the disk refused") from error
