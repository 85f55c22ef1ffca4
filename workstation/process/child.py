"""Starting our own worker processes: spawned fresh, with an environment by allow-list.

Never forked: a forked child of a process that once touched a token can sign without a PIN.
"""

from __future__ import annotations

import os
import socket
import subprocess  # noqa: TID251 (this is the one place that starts our workers)
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from workstation.process import frames

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workstation.core.strict_json import JsonObject

_ENVIRONMENT: Final = ("PATH", "LANG", "LC_ALL", "HOME", "PYTHONPATH", "VIRTUAL_ENV", "TZ")


def clean_environment(keep: Sequence[str] = (), extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the allow-listed part of our environment, plus `keep` by name and `extra` by value."""
    names = (*_ENVIRONMENT, *keep)
    return {name: os.environ[name] for name in names if name in os.environ} | dict(extra or {})


class Child:
    """One worker process at the far end of a socketpair; frames go both ways."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str] = (),
        *,
        environment: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        stdin: int = subprocess.DEVNULL,
    ) -> None:
        """Spawn `python -m module FD arguments…`, where FD is its end of the channel."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
                [sys.executable, "-m", module, str(theirs.fileno()), *arguments],
                stdin=stdin,
                env=clean_environment() if environment is None else dict(environment),
                pass_fds=(theirs.fileno(), *pass_fds),
                close_fds=True,
            )
        self._channel = ours

    @property
    def fd(self) -> int:
        """Our end of the channel, for `select`."""
        return self._channel.fileno()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def ask(
        self,
        message: JsonObject,
        *,
        secret: bytearray | None = None,
        seconds: float | None = None,
    ) -> JsonObject:
        """Send one message (and its secret, wiped afterwards) and wait for one answer.

        Raises PeerGone when the process died and PeerSilent when it did not answer in time; in
        both cases the process is ended, so the channel is never left half read.
        """
        try:
            frames.send_json(self.fd, message)
            if secret is not None:
                frames.send(self.fd, secret)
            return frames.receive_json(self.fd, None if seconds is None else frames.deadline_in(seconds))
        except (frames.PeerGone, frames.PeerSilent):
            self.kill()
            raise
        finally:
            if secret is not None:
                frames.wipe(secret)

    def wait(self, seconds: float) -> int | None:
        """Return the exit status, or None when it still runs after `seconds`."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        return None

    def close(self, seconds: float = 5.0) -> None:
        """Close the channel, which asks the worker to end; kill it when it does not."""
        self._channel.close()
        if self.wait(seconds) is None:
            self.kill()

    def kill(self) -> None:
        """End the process now."""
        self._process.kill()
        self._process.wait()
        self._channel.close()
