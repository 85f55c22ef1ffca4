"""Running the steps of the demo and telling them: what is done, by whom, and what came of it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

from workstation.console.demo.world import PASSPHRASE, World, interpreter
from workstation.core.errors import WorkstationError
from workstation.process.command import Ended, readable, run


class Narrator:
    """Speaks on stdout and runs commands in the demo's world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._step = 0

    def step(self, title: str) -> None:
        """Begin a step."""
        self._step += 1
        self.say("", f"── {self._step}. {title}")

    def say(self, *lines: str) -> None:
        """Say something."""
        for line in lines:
            print(line, flush=True)  # noqa: T201 (the demo speaks here)

    def countersign(
        self, *words: str, pins: tuple[str, ...] = (), passphrase: bool = False, expect: int = 0
    ) -> dict[str, Any]:
        """Run one command of ours, show it and its answer; raises WorkstationError for another status.

        Returns its JSON document. PINs and the passphrase go over descriptors, as people's would not.
        """
        secrets: dict[str, bytes] = {}
        if pins:
            secrets["--pin-fd"] = "".join(f"{pin}\n" for pin in pins).encode()
        if passphrase:
            secrets["--passphrase-fd"] = PASSPHRASE + b"\n"
        self.say(f"$ countersign {' '.join(_shown(word) for word in words)}")
        with ExitStack() as stack:
            held = {option: stack.enter_context(readable(secret)) for option, secret in secrets.items()}
            options = [part for option, descriptor in held.items() for part in (option, str(descriptor))]
            command = [*interpreter(), "--json", *options, *words]
            ended = run(command, environment=self._world.environment, pass_fds=tuple(held.values()))
        self._tell(ended, expect)
        document: dict[str, Any] = json.loads(ended.out)
        return document

    def foreign(self, *command: str, expect: int = 0) -> Ended:
        """Run somebody else's tool and show what it says."""
        self.say(f"$ {' '.join(_shown(word) for word in command)}")
        ended = run(command, environment=self._world.environment)
        for line in (ended.out + ended.err).splitlines():
            self.say(f"  {line}")
        if ended.status != expect:
            raise WorkstationError(f"{command[0]} ended with status {ended.status}, {expect} was expected")
        return ended

    def _tell(self, ended: Ended, expect: int) -> None:
        for line in ended.err.splitlines():
            self.say(f"  {line}")
        if ended.status != expect:
            raise WorkstationError(f"exit status {ended.status} found, {expect} was expected: {ended.out}")


def _shown(word: str) -> str:
    return f"'{word}'" if " " in word or ";" in word else word
