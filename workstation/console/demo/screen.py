"""The demo at the screen: the journey through the desk's own pages, and the desk left open for a person."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from workstation.bootstrap import open_desk
from workstation.console.demo.narrator import Narrator
from workstation.console.demo.world import PASSPHRASE, World
from workstation.console.screen_command import screen_environment
from workstation.core.errors import WorkstationError
from workstation.core.identity import RequestId
from workstation.core.release_words import release_words
from workstation.desk.desk import Desk
from workstation.desk.server import serve
from workstation.journal.client import PassphraseUnlock
from workstation.process.child import Child
from workstation.process.command import readable


def travel(narrator: Narrator, world: World, request: str) -> None:
    """Go through the real pages by keyboard, without a display, and leave a picture of each."""
    world.screenshots.mkdir()
    steps = json.dumps(_script(world, request)).encode()
    with readable(steps) as script, _desk(world) as desk:
        environment = screen_environment() | {"QT_QPA_PLATFORM": "offscreen"}
        arguments = ["--screenshots", str(world.screenshots)]
        screen = Child("ui.journey", arguments, environment=environment, stdin=script)
        try:
            serve(screen.fd, desk)
            status = screen.wait(30)
        finally:
            screen.close()
    if status:
        raise WorkstationError(f"the journey through the pages ended with status {status}")
    for picture in sorted(world.screenshots.iterdir()):
        narrator.say(f"  {picture.relative_to(world.directory)}")


def open_desk_screen(narrator: Narrator, world: World) -> None:
    """Leave the desk open on the waiting request until a person closes it."""
    narrator.say("", "The desk is open: PINs are in README.txt. Close the window to end the demo.")
    with _desk(world) as desk:
        screen = Child("ui", environment=screen_environment())
        try:
            serve(screen.fd, desk)
        finally:
            screen.close()


def _script(world: World, request: str) -> list[dict[str, Any]]:
    """Return the steps: queue, openings, review, two refusals, two countersignatures, release."""
    steps: list[dict[str, Any]] = [{"open": "home"}, {"picture": "queue"}]
    for number, (name, page) in enumerate(
        (("bob-second", "refusal"), ("ned", "refusal"), ("alice", "done"), ("carol", "done"))
    ):
        steps += _to_review(world, request, name, told=page == "refusal")
        steps += [] if number else [{"picture": "review"}]
        steps += [{"look": ""}, {"open": "sign"}, {"words": " ".join(release_words(RequestId(request)))}]
        steps += [{"card": name}, {"tick": ""}, {"pin": world.card(name).pin}]
        steps += [{"picture": f"sign-{name}"}, {"click": "sign.countersign.button"}]
        steps += [{"wait": page}, {"picture": f"{page}-{name}"}]
    return [*steps, {"click": "done.release.button"}, {"wait": "released"}, {"picture": "released"}]


def _to_review(world: World, request: str, name: str, *, told: bool) -> list[dict[str, Any]]:
    """Return the steps of opening the review with a card; a builder is `told` at once, and reads on."""
    steps: list[dict[str, Any]] = [{"open": "home"}, {"select": request[:12]}, {"open": "opening"}]
    steps += [{"card": name}, {"pin": world.card(name).pin}, {"click": "opening.open.button"}]
    if told:
        steps += [{"picture": f"opening-{name}"}, {"click": "opening.read.button"}]
    return [*steps, {"wait": "review"}]


@contextmanager
def _desk(world: World) -> Generator[Desk]:
    os.environ["SOFTHSM2_CONF"] = world.environment["SOFTHSM2_CONF"]
    unlock = PassphraseUnlock(passphrase=bytearray(PASSPHRASE))
    with open_desk(world.state, unlock) as desk:
        yield desk
