"""The worker as its parent sees it: spawned fresh, asked once at a time, ended on any doubt.

Never forked: a forked child of a process that once touched a token can sign without a PIN. The
worker also dies when the thread that started it ends (PDEATHSIG), so start it from a lasting one.
"""

from __future__ import annotations

import os
import socket
import subprocess  # noqa: TID251 (this is the one place that starts the token worker)
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from hsm import fields, wire
from hsm.errors import TokenCode, TokenError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hsm.wire import Message

_BASE_ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
_CODE_CHANGING: Final = ("LD_", "PYTHON")
_SECONDS_TO_START: Final = 30.0
_SECONDS_TO_END: Final = 2.0


class WorkerProcess:
    """One worker process at the far end of a socketpair."""

    def __init__(
        self, module: Path | None, environment: Mapping[str, str], *, program: str = "hsm.worker"
    ) -> None:
        """Start it, and wait until it is ready, with the module loaded; raises TokenError."""
        named = [] if module is None else [os.fspath(module)]
        clean = _worker_environment(environment)
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
                [sys.executable, "-s", "-P", "-m", program, str(theirs.fileno()), *named],
                stdin=subprocess.DEVNULL,
                env=clean,
                pass_fds=(theirs.fileno(),),
            )
        self._retired = False
        self._read_answer(wire.deadline_in(_SECONDS_TO_START))

    @classmethod
    def attester(cls, environment: Mapping[str, str]) -> Self:
        """Start the process that has cards attest keys; raises TokenError."""
        return cls(None, environment, program="hsm.attester")

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process lives and has not said it is ending."""
        return not self._retired and self._process.poll() is None

    def ask(self, request: Message, *, secret: bytearray | None = None, seconds: float) -> Message:
        """Send one request (and its secret) and return its answer; raises TokenError.

        When the worker dies (`worker_crashed`), is silent for `seconds` (`timeout`) or talks
        nonsense (`internal`), it is ended.
        """
        deadline = wire.deadline_in(seconds)
        self._send(request, secret, deadline)
        return self._read_answer(deadline)

    def receive_secret(self, seconds: float) -> bytearray:
        """Return the raw frame that follows an answer; raises as `ask` does."""
        try:
            return wire.receive(self._channel, wire.deadline_in(seconds))
        except (wire.ChannelClosed, wire.ChannelSilent, wire.BadFrame) as error:
            raise self._ended(error) from error

    def kill(self) -> None:
        """End the process at once; whoever waits for an answer is told `worker_crashed`.

        Safe from another thread than the one that asks.
        """
        self._process.kill()

    def close(self) -> None:
        """Close the channel, which asks the worker to end, and reap it; kill it when it lingers."""
        self._channel.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_SECONDS_TO_END)
        self._process.kill()
        self._process.wait()

    def _send(self, request: Message, secret: bytearray | None, deadline: float) -> None:
        try:
            wire.send_message(self._channel, {**request, "secret": secret is not None}, deadline)
            if secret is not None:
                wire.send(self._channel, secret, deadline)
        except wire.BadFrame as error:
            self._end()
            raise TokenError(TokenCode.BAD_REQUEST, str(error)) from error
        except (wire.ChannelClosed, wire.ChannelSilent) as error:
            raise self._ended(error) from error

    def _read_answer(self, deadline: float) -> Message:
        try:
            answer = wire.receive_message(self._channel, deadline)
            refusal = _refusal_in(answer)
            self._retired = answer.get("last") is True
        except (
            wire.ChannelClosed,
            wire.ChannelSilent,
            wire.BadFrame,
            fields.WrongField,
            ValueError,
        ) as error:
            raise self._ended(error) from error
        if refusal is None:
            return answer
        if refusal.code is TokenCode.MODULE_REFUSED:
            self._end()
        raise refusal

    def _ended(self, error: Exception) -> TokenError:
        """End the process, and say why in the closed list's words."""
        if isinstance(error, wire.ChannelSilent):
            self._process.kill()
        status = self._end()
        match error:
            case wire.ChannelSilent():
                return TokenError(TokenCode.TIMEOUT, "no answer in time; the worker was ended")
            case wire.ChannelClosed():
                return TokenError(TokenCode.WORKER_CRASHED, f"the worker ended with status {status}")
            case _:
                return TokenError(TokenCode.INTERNAL, f"the worker's answer makes no sense: {error}")

    def _end(self) -> int:
        with suppress(subprocess.TimeoutExpired):
            # A crashing process closes its channel a moment before it has a status to give.
            self._process.wait(0.2)
        self._process.kill()
        status = self._process.wait()
        self._channel.close()
        return status


def _refusal_in(answer: Message) -> TokenError | None:
    if "refused" not in answer:
        return None
    tries = answer.get("tries_left")
    return TokenError(
        TokenCode(fields.text(answer, "refused")),
        fields.text(answer, "detail"),
        None if tries is None else fields.number(answer, "tries_left"),
    )


def _worker_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Nothing is inherited: the caller names what its module reads, and nothing that swaps code."""
    for name in extra:
        if name.startswith(_CODE_CHANGING):
            raise TokenError(
                TokenCode.BAD_REQUEST, f"{name} found in the worker's environment, which it must not reach"
            )
    return {**_BASE_ENVIRONMENT, **extra, "PYTHONPATH": os.fspath(Path(__file__).parent.parent)}
