"""Running a command to its end, with secrets on descriptors of their own."""

from __future__ import annotations

import os
import subprocess  # noqa: TID251 (with `child`, the place that starts processes)
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


def run(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    pass_fds: Sequence[int] = (),
    stdin: int = subprocess.DEVNULL,
    seconds: float = 300,
) -> Ended:
    """Run `command` and wait for its end; raises subprocess.TimeoutExpired after `seconds`.

    `stdin` is a descriptor it reads from, such as one of `readable`.
    """
    done = subprocess.run(  # noqa: S603 (the caller names the program)
        list(command),
        env=dict(environment),
        pass_fds=tuple(pass_fds),
        stdin=stdin,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Ended(status=done.returncode, out=done.stdout, err=done.stderr)


@contextmanager
def readable(secret: bytes) -> Generator[int]:
    """Lend a descriptor from which `secret` (at most a pipe's 4 KiB) can be read once."""
    reader, writer = os.pipe()
    try:
        os.write(writer, secret)
        os.close(writer)
        yield reader
    finally:
        os.close(reader)
