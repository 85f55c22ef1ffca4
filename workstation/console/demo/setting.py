"""Setting the stage: an emptied directory, minted cards, a commissioned workstation, a trust root."""

from __future__ import annotations

import base64
import shutil
import sys
from pathlib import Path

from workstation.console.demo import cast
from workstation.console.demo.ci import BUILDER_ID
from workstation.console.demo.narrator import Narrator
from workstation.console.demo.world import ORIGIN, Card, World, source_tree
from workstation.core.errors import MediaError


def empty(world: World) -> None:
    """Make the demo's directory new; raises MediaError when what is there is not a demo's own."""
    directory = world.directory
    if directory.exists() and any(directory.iterdir()):
        if not world.marker.is_file():
            raise MediaError(str(directory), "something other than a demo's own directory found")
        shutil.rmtree(directory)
    directory.mkdir(parents=True, exist_ok=True)
    world.marker.write_text("Made by `countersign demo`; the next demo empties this directory.\n")


def mint_cards(narrator: Narrator, world: World) -> None:
    """Have SoftHSM play everybody's cards."""
    script = source_tree() / "softhsm-fixtures" / "provision.py"
    narrator.foreign(sys.executable, str(script), str(world.cards))


def commission(narrator: Narrator, world: World) -> Path:
    """Make the workstation; returns the file with its public key, for the custodians."""
    world.far_side.mkdir()
    document = narrator.countersign(
        "--module", str(world.module),
        "commission",
        "--origin", ORIGIN,
        "--outgoing", str(world.stick_out),
        "--seal-out", str(world.far_side / "K0.seal"),
        passphrase=True,
    )  # fmt: skip
    station = world.directory / "station.spki"
    station.write_bytes(base64.b64decode(document["spki"]))
    return station


def draft_roster(narrator: Narrator, world: World, station: Path) -> Path:
    """Draft the roster: people, their cards, the CI service and this workstation."""
    roster = world.directory / "roster.json"
    for person in cast.PEOPLE:
        words = ["roster", "add-person", str(roster), "--id", person.id, "--name", person.name]
        words += [part for role in person.roles for part in ("--role", role)]
        words += [part for alias in person.aliases for part in ("--alias", alias)]
        narrator.countersign(*words, "--mark", f"staff {person.id}")
    for service, name, builder, controller in (
        ("ci-7", "CI runner 7", BUILDER_ID, "p-ned"),
        ("ws-1", "This workstation", "", "p-kim"),
    ):
        words = ["roster", "add-service", str(roster), "--id", service, "--name", name]
        words += ["--builder-id", builder] if builder else []
        narrator.countersign(*words, "--controller", controller)
    custodians = {f"p-{name}": world.card(name) for name in cast.CUSTODIANS}
    # Custodians first: their cards then sign for everybody else's.
    for person in sorted(cast.PEOPLE, key=lambda one: one.id not in custodians):
        for card, uses in person.cards:
            by = [] if person.id in custodians else [*custodians.values()][:2]
            words = _enrolling(roster, person.id, world.card(card), uses)
            _enrol(narrator, words, world.card(card), by)
    _enrol(narrator, _enrolling(roster, "ci-7", world.card("ci-7"), ("evidence",)), world.card("ci-7"), [])
    narrator.countersign(
        "roster", "enrol", str(roster), "--holder", "ws-1", "--key", str(station), "--use", "station"
    )
    return roster


def _enrolling(roster: Path, holder: str, card: Card, uses: tuple[str, ...]) -> list[str]:
    words = ["roster", "enrol", str(roster), "--holder", holder, "--token", card.uri]
    return words + [part for use in uses for part in ("--use", use)]


def _enrol(narrator: Narrator, words: list[str], card: Card, by: list[Card]) -> None:
    """Have the card sign that it is enrolled, and those who enrol it sign that it is its holder's."""
    cards = [part for enroller in by for part in ("--by-card", enroller.uri)]
    narrator.countersign(*words, *cards, pins=(card.pin, *(enroller.pin for enroller in by)))


def sign_trust_root(narrator: Narrator, world: World, roster: Path) -> None:
    """Have two of three custodians sign roster and policy, and the workstation follow them."""
    world.trust.mkdir()
    policy = world.directory / "policy.json"
    policy.write_bytes(cast.policy())
    cards = [world.card(name) for name in cast.CUSTODIANS]
    words = ["trust", "init", "--threshold", "2", "--out", str(world.repository)]
    words += [part for card in cards for part in ("--custodian", card.uri)]
    words += [part for card in cards[:2] for part in ("--signer", card.uri)]
    pins = tuple(card.pin for card in cards[:2])
    narrator.countersign(*words, "--roster", str(roster), "--policy", str(policy), pins=pins)
    root = world.trust / "root.json"
    shutil.copyfile(world.repository / "root.json", root)
    shutil.copyfile(root, world.far_side / "root.json")
    narrator.countersign("trust", "apply", str(world.repository), "--root", str(root), passphrase=True)
