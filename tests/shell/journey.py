"""The whole journey of two releases, told once for all tests: what each command answered, and the states.

Tests read what was said and work on copies of the states; nobody changes the journey itself.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from shell import cast
from shell.deliveries import Delivery, delivered
from shell.station import SOFTHSM, Said, Station

from workstation.clock import now
from workstation.core.public_key import parse_spki
from workstation.tokens.cards import Cards


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A commissioned workstation that has released 1.0, and what lies beside it."""

    station: Station
    keys: Path
    pins: dict[str, str]
    before: Delivery
    after: Delivery
    first_release: Path
    bundle: Path
    """The request for 1.1, not taken in yet."""

    made: Said
    """What `request create` answered about it."""

    def card(self, name: str) -> str:
        """Return the URI of a card."""
        return f"pkcs11:token={name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """The journey of 1.1: answers by step, and the workstation as it was at three moments."""

    world: World
    said: dict[str, Said]
    admitted: Station
    quorate: Station
    released: Station
    release: Path
    receipt: Path

    @property
    def request(self) -> str:
        """The request's id."""
        found: str = self.world.made.document["request"]
        return found


def set_out(home: Path, cards: Path) -> World:
    """Commission a workstation, sign its trust root with two of three custodians, release 1.0."""
    station = Station(home=home / "station", cards=cards)
    station.home.mkdir()
    entries = json.loads((cards / "holders.json").read_text())
    pins: dict[str, str] = {entry["holder"]: entry["pin"] for entry in entries}
    _commission(station, pins)
    keys = cards / "keys"
    before = delivered("1.0", home / "built-1.0", keys / "ci-7.pem")
    after = delivered("1.1", home / "built-1.1", keys / "ci-7.pem")
    first_bundle, first_release, bundle = home / "in-1.0", home / "out-1.0", home / "in-1.1"
    request = good(station.run(*before.words(keys / "bob-build.pem", first_bundle))).document["request"]
    good(station.run("intake", str(first_bundle)))
    with station.desk() as desk:
        desk.review(request)
    for name in ("alice", "carol"):
        good(station.run("countersign", request, "--token", f"pkcs11:token={name}", pins=(pins[name],)))
    good(station.run("release", request, "--out", str(first_release)))
    made = good(station.run(*after.words(keys / "bob-build.pem", bundle, first_release)))
    return World(
        station=station,
        keys=keys,
        pins=pins,
        before=before,
        after=after,
        first_release=first_release,
        bundle=bundle,
        made=made,
    )


def travelled(world: World, home: Path) -> Journey:
    """Take 1.1 the whole way: refused twice, countersigned twice, released, verified, received."""
    home.mkdir()
    here = world.station.copied_to(home / "station")
    request, release, receipt = world.made.document["request"], home / "out-1.1", home / "receipt.json"
    said = {"show": here.run("request", "show", str(world.bundle))}
    said["intake"] = here.run("intake", str(world.bundle))
    admitted = here.copied_to(home / "admitted")
    said["review"] = here.run("review", request, "--html", str(home / "review.html"))
    for name in ("bob-second", "ned", "alice", "carol"):
        said[name] = here.run(
            "countersign", request[:12], "--token", world.card(name), pins=(world.pins[name],)
        )
    quorate = here.copied_to(home / "quorate")
    said["queue"] = here.run("queue")
    said["release"] = here.run("release", request, "--out", str(release))
    pinned = ("--root", str(here.root))
    said["verify"] = here.run("verify", str(release), *pinned, "--known", str(home / "known"))
    said["receipt create"] = here.run(
        "receipt", "create", str(release), "--environment", "plant-3", "--result", "installed",
        "--token", world.card("frank"), "--out", str(receipt), *pinned, pins=(world.pins["frank"],),
    )  # fmt: skip
    released = here.copied_to(home / "released")
    said["receipt admit"] = here.run("receipt", "admit", str(receipt))
    said["journal verify"] = here.run("journal", "verify", "--seal", str(here.seal))
    said["journal show"] = here.run("journal", "show")
    return Journey(
        world=world,
        said=said,
        admitted=admitted,
        quorate=quorate,
        released=released,
        release=release,
        receipt=receipt,
    )


def good(said: Said) -> Said:
    """Return an answer that says done; anything else stops the journey."""
    assert said.status == 0, said
    return said


def _commission(station: Station, pins: dict[str, str]) -> None:
    made = good(
        station.run(
            "--module", SOFTHSM, "commission", "--origin", "shell.example/journal",
            "--outgoing", str(station.home / "outgoing"), "--seal-out", str(station.seal),
        )
    )  # fmt: skip
    key = parse_spki(base64.b64decode(made.document["spki"]), where="station")
    with patch.dict(os.environ, station.environment), Cards(Path(SOFTHSM)) as cards:
        roster = cast.roster(cards, pins, key, now=now())
    (station.home / "roster.json").write_bytes(roster)
    (station.home / "policy.json").write_bytes(cast.policy())
    good(station.run(*trust_init(station), pins=tuple(pins[name] for name in cast.CUSTODIANS[:2])))
    shutil.copyfile(station.repository / "root.json", station.root)
    good(station.run("trust", "apply", str(station.repository), "--root", str(station.root)))


def trust_init(station: Station) -> tuple[str, ...]:
    """Return the words that make the trust root."""
    uris = [f"pkcs11:token={name}" for name in cast.CUSTODIANS]
    return (
        "trust", "init", "--threshold", "2", "--out", str(station.repository),
        *(part for uri in uris for part in ("--custodian", uri)),
        *(part for uri in uris[:2] for part in ("--signer", uri)),
        "--roster", str(station.home / "roster.json"), "--policy", str(station.home / "policy.json"),
    )  # fmt: skip
