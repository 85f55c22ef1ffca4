"""A real workstation with SoftHSM cards for those who try to get around it, and what they do there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from shell.deliveries import Change, Delivery, blob_of, delivered, forged
from shell.journey import World, good, set_out
from shell.station import Said, Station
from token_fixtures import Holders

from workstation.core.entry import Entry

CUSTODIANS: Final = ("kim", "lars")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a command answered, and the entries it left in the journal (none: it opened no journal)."""

    said: Said
    entries: tuple[Entry, ...]

    @property
    def story(self) -> list[tuple[str, str]]:
        """The kind and outcome of each entry, without what the journal says of itself."""
        told = ((entry.kind.value, entry.outcome.value) for entry in self.entries)
        return [(kind, outcome) for kind, outcome in told if not kind.startswith("journal.")]


@dataclass
class Bench:
    """The workstation, and everything tried at it so far by name."""

    world: World
    holders: Holders
    home: Path
    said: dict[str, tuple[Said, int | None]] = field(default_factory=dict)
    opened: int = 0
    """How often a command of ours has opened the journal."""

    @property
    def station(self) -> Station:
        """The workstation, which has released 1.0."""
        return self.world.station

    def desk(self, *words: str, pins: tuple[str, ...] = ()) -> Said:
        """Run a command that opens the journal."""
        self.opened += 1
        return self.station.run(*words, pins=pins)

    def tried(self, name: str, said: Said, *, journaled: bool = True) -> None:
        """Remember what the last command answered."""
        self.said[name] = (said, self.opened - 1 if journaled else None)

    def sign(self, request: str, card: str) -> Said:
        """Countersign with a card."""
        pin = self.world.pins[card.removesuffix(" (clone)")]
        label = "clone" if card.endswith("(clone)") else card
        return self.desk("countersign", request, "--token", f"pkcs11:token={label}", pins=(pin,))

    def taken_in(self, medium: Path) -> str:
        """Take a request in; return its id."""
        request: str = good(self.desk("intake", str(medium))).document["request"]
        return request

    # What a builder brings -----------------------------------------------------------------

    def out(self, name: str) -> Path:
        """Return a new place for a medium."""
        return self.home / "".join(letter if letter.isalnum() else "-" for letter in name)

    def forged(self, name: str, change: Change) -> Path:
        """Return the request for 1.1 with its statement changed, signed by its builder."""
        out = self.out(name)
        forged(
            self.world.bundle, out, self.world.keys / "bob-build.pem", lambda said: change(said["predicate"])
        )
        return out

    def delivered(self, name: str, **other: Any) -> Delivery:
        """Return a build of 1.2 of one's own."""
        return delivered("1.2", self.out(f"{name} built"), self.world.keys / "ci-7.pem", **other)

    def made(self, name: str, delivery: Delivery) -> Path:
        """Return the request for a build."""
        out = self.out(name)
        key = self.world.keys / "bob-build.pem"
        good(self.station.run(*delivery.words(key, out, self.world.first_release)))
        return out

    def spoilt(self, name: str, title: str, change: bytes | None) -> Path:
        """Return the medium of 1.1 with one file changed, or gone."""
        out = shutil.copytree(self.world.bundle, self.out(name))
        blob = blob_of(out, title)
        if change is None:
            blob.unlink()
        else:
            blob.write_bytes(change)
        return out

    # What custodians bring, with a tool that refuses them nothing ----------------------------

    def offered(self, name: str, roster: Mapping[str, Any]) -> Path:
        """Return a trust root that delivers this roster, signed by kim and lars."""
        out = shutil.copytree(self.station.repository, self.out(name))
        file = self.out(f"{name} roster")
        file.write_text(json.dumps(roster))
        signers = [part for one in CUSTODIANS for part in ("--signer", f"pkcs11:token={one}")]
        with (
            patch("workstation.trust.proposing.refuse_no_successor"),
            patch("workstation.trust.repository.refuse_no_successor"),
            patch("workstation.console.trust_commands.violations_of", return_value=()),
        ):
            pins = tuple(self.world.pins[one] for one in CUSTODIANS)
            good(self.station.run("trust", "update", str(out), "--roster", str(file), *signers, pins=pins))
        return out

    def next_roster(self) -> dict[str, Any]:
        """Return the next version of the roster, to be changed."""
        out = self.out(f"next {len(list(self.home.iterdir()))}")
        good(self.station.run("roster", "next", str(self.station.home / "roster.json"), "--out", str(out)))
        found: dict[str, Any] = json.loads(out.read_bytes())
        return found

    def enrolled(self, name: str, roster: Mapping[str, Any], person: str, card: str) -> dict[str, Any]:
        """Return a roster with a person more, whose card two custodians enrolled today."""
        file = self.out(f"{name} draft")
        file.write_text(json.dumps(roster))
        who = ("--id", person, "--name", person, "--role", "approver", "--mark", person)
        good(self.station.run("roster", "add-person", str(file), *who))
        good(self.enrol(file, person, card))
        found: dict[str, Any] = json.loads(file.read_bytes())
        return found

    def enrol(self, file: Path, person: str, card: str) -> Said:
        """Enrol a card for somebody in a draft, kim and lars looking on."""
        words = ["--token", f"pkcs11:token={card}", "--use", "countersign"]
        words += [part for one in ("kim", "lars") for part in ("--by-card", f"pkcs11:token={one}")]
        pins = tuple(self.world.pins[one] for one in (card, "kim", "lars"))
        return self.station.run("roster", "enrol", str(file), "--holder", person, *words, pins=pins)

    def clone(self, card: str) -> None:
        """Copy a card, key and PIN and all, into a token of another serial."""
        original = self.holders.token_directory(card)
        copy = shutil.copytree(original, original.with_name("00000000-0000-0000-0000-00000000c10e"))
        with patch.dict("os.environ", self.station.environment):
            serial = self.serial(card)
        token = copy / "token.object"
        data = token.read_bytes()
        assert data.count(serial.encode()) == 1
        label = card.encode().ljust(32)
        data = data.replace(serial.encode(), serial.encode()[::-1]).replace(label, b"clone".ljust(32))
        token.write_bytes(data)

    def serial(self, card: str) -> str:
        """Return the serial the roster has of a card."""
        roster = json.loads((self.station.home / "roster.json").read_bytes())
        (found,) = (
            one["tokenSerial"]
            for person in roster["people"]
            if person["id"] == f"p-{card}"
            for one in person["credentials"]
        )
        return str(found)

    def results(self) -> dict[str, Tried]:
        """Return everything tried, each with the entries it left; the journal is read once."""
        runs: list[list[Entry]] = []
        for entry in self.station.entries():
            if entry.kind.value == "journal.open" or not runs:
                runs.append([])
            runs[-1].append(entry)
        before = len(runs) - self.opened - 1
        return {
            name: Tried(said=said, entries=() if place is None else tuple(runs[before + place]))
            for name, (said, place) in self.said.items()
        }


@contextmanager
def set_up(home: Path, holders: Holders) -> Generator[Bench]:
    """Yield a bench at a workstation that has released 1.0."""
    (home / "media").mkdir(parents=True)
    yield Bench(world=set_out(home, holders.home), holders=holders, home=home / "media")
