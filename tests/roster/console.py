"""The command line in this process, with SoftHSM cards: PINs go over pipes, as people's would not."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass

from token_fixtures import SOFTHSM, Holders

from workstation.console.main import main
from workstation.process.command import readable


@dataclass
class Console:
    """Runs commands; `said` and `told` are the last one's JSON and words."""

    holders: Holders
    capsys: object
    said: object = None
    told: str = ""

    def run(self, *words, cards=(), secret=None):
        """Run a command, giving the PINs of `cards` in this order; return its exit status."""
        pins = b"".join(bytes(self.holders.pin(card)) + b"\n" for card in cards)
        with ExitStack() as stack:
            options = ["--json", "--module", str(SOFTHSM), "--pin-fd", stack.enter_context(readable(pins))]
            if secret is not None:
                words = (*words, "--secret-fd", stack.enter_context(readable(secret + b"\n")))
            self.capsys.readouterr()
            status = main([str(word) for word in (*options, *words)])
        out = self.capsys.readouterr()
        self.said, self.told = json.loads(out.out), out.err
        return status

    def uri(self, card):
        """Return the URI of a card's key."""
        return str(self.holders.entry(card)["uri"])

    def enrol(self, draft, person, card, *uses, by=(), cards=(), pins=None):
        """Enrol a card's key for a person, by people and by people's cards; return the exit status."""
        words = ["roster", "enrol", draft, "--holder", person, "--token", self.uri(card)]
        words += [part for use in uses for part in ("--use", use)]
        words += [part for each in by for part in ("--by", each)]
        words += [part for each in cards for part in ("--by-card", self.uri(each))]
        return self.run(*words, cards=(card, *cards) if pins is None else pins)
