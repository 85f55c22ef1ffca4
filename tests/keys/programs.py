"""Programs of others, run in a directory of their own; a test without its program says so."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest


def run(directory: Path, *command: str, **environment: str) -> str:
    """Run a program to its good end and return what it printed."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    named = kept | {"HOME": str(directory), "LC_ALL": "C.UTF-8"} | environment
    done = subprocess.run(command, cwd=directory, env=named, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode()


@contextmanager
def gpg_home(directory: Path) -> Generator[dict[str, str]]:
    """Give gpg a home of its own (short, for its sockets), and end its agent afterwards."""
    home = directory / "gpg"
    home.mkdir(mode=0o700)
    named = {"GNUPGHOME": str(home)}
    try:
        yield named
    finally:
        if shutil.which("gpgconf"):
            run(directory, "gpgconf", "--kill", "all", **named)
