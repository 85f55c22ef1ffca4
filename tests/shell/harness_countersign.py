"""Kill a workstation at any point of a countersign: `python -m shell.harness_countersign '{"home":…}'`.

`home` is a workstation that has taken in `request`; it is copied. The next desk says what it finds.
`points` are spread over all a countersign executes, in a `way` of `strikes`; of them every `step`-th
from `first` on is tried.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from unittest.mock import patch

from journal.io_shim import quick_directory
from shell.station import PASSPHRASE, Station
from shell.strikes import WAYS, in_a_child

from workstation.bootstrap import journal_directory
from workstation.core.entry import Kind, Outcome
from workstation.core.identity import Digest, RequestId
from workstation.core.unfinished import UNKNOWN_AFTER_CRASH
from workstation.desk.face import AskCountersign, ReviewPage
from workstation.journal import keyring, opening
from workstation.journal.envelope import Envelope
from workstation.journal.slot_way import Argon2Cost

CARD = "pkcs11:token=alice"
CHEAP = Argon2Cost(memory_kib=512, iterations=1, lanes=1)


def countersign(station, question, pin, struck, say):
    """Open the desk and say what it found; unless that was all, countersign in the context `struck` gives."""
    with station.desk() as desk:
        say({"entries": [_said(entry) for entry in desk.parts.journal.entries()]})
        approvals = len(desk.ledger.requests[question.request].approvals)
        say({"approvals": approvals})
        if approvals or struck is None:
            say({"findings": list(desk.parts.journal.verify().findings)})
            return
        say({"writer": desk.parts.journal._writer.pid, "desk": os.getpid()})
        sign, asked = desk.parts.cards.sign, []

        def noted(*arguments):
            asked.append(desk.parts.journal.head().size)
            say({"asked": asked[0]})
            return sign(*arguments)

        with patch.object(desk.parts.cards, "sign", noted), struck(desk):
            answer = desk.answer(question, bytearray(pin.encode()))
        say({"answer": type(answer).__name__})


def question_of(station, request, pin):
    """Open the review with the card that is to sign it; return the question whether it may."""

    def work(say):
        with station.desk() as desk:
            shown = desk.review(request, CARD, bytearray(pin.encode()))
            if not isinstance(shown, ReviewPage):
                raise TypeError("the review could not be opened")
            say({"review": shown.review})

    review = Digest(in_a_child(work)["review"])
    return AskCountersign(request=request, review=review, token=CARD, comment="")


def _said(entry):
    return [entry.seq, entry.kind.value, entry.outcome.value, entry.ref, entry.rule]


def opened_quickly(station):
    """Seal the journal's key anew under a cheap passphrase, so that opening costs little."""
    directory = journal_directory(station.state)
    opened = opening.unlock_with_passphrase(directory, bytearray(PASSPHRASE))
    origin = opened.log.head().origin
    slot = keyring.sealed(origin, opened.key, keyring.passphrase_slot("quick", bytearray(PASSPHRASE), CHEAP))
    opened.close()
    keyring.write_envelope(directory / opening.ENVELOPE, Envelope(origin=origin, slots=(slot,)))


class Reckoning:
    """What the journal says after each strike, held against what was seen outside of it."""

    def __init__(self):
        self.sums = {
            "points": 0,
            "asked the card": 0,
            "unknown after a crash": 0,
            "countersigned": 0,
            "struck": {},
            "wrong": [],
        }
        self._known = 0
        self._strike = None

    def begin(self, entries):
        """Take a fresh copy with these entries."""
        self._known, self._strike = len(entries), None

    def found(self, said):
        """Judge what a desk found when it was opened, and remember the strike it then suffered."""
        if self._strike is not None:
            self._judge(self._strike, said["entries"][self._known :], said["approvals"])
        self._known, self._strike = len(said["entries"]), said
        self.sums["wrong"] += said.get("findings", [])

    def _judge(self, strike, new, approvals):
        ends = [entry for entry in new if entry[2] in {"done", "failed", "blocked"}]
        for intent in (entry[0] for entry in new if entry[2] == Outcome.INTENT.value):
            if sum(entry[3] == intent for entry in ends) != 1:
                self._wrong(f"intent {intent} does not have one end")
        done = [entry for entry in new if entry[1:3] == [Kind.COUNTERSIGN.value, Outcome.DONE.value]]
        allowed = [entry[0] for entry in new if entry[1:3] == [Kind.COUNTERSIGN.value, Outcome.ALLOWED.value]]
        asked = strike.get("asked")
        if asked is not None and asked - 1 not in allowed:
            self._wrong(f"the card was asked when entry {asked - 1} was the newest, which does not allow it")
        if asked is None and done:
            self._wrong("it was countersigned, and no card was asked")
        if len(done) != approvals:
            self._wrong(f"{approvals} approvals found, {len(done)} entries say so")
        self.sums["points"] += 1
        if "struck" in strike:
            self.sums["struck"][strike["struck"]] = self.sums["struck"].get(strike["struck"], 0) + 1
        self.sums["asked the card"] += asked is not None
        self.sums["unknown after a crash"] += sum(entry[4] == UNKNOWN_AFTER_CRASH for entry in ends)
        self.sums["countersigned"] += len(done)

    def _wrong(self, what):
        self.sums["wrong"].append(what)


class Stations:
    """Copies of one workstation, a new one whenever the last was brought to an end."""

    def __init__(self, home, cards, scratch):
        self._scratch, self._count = scratch, 0
        self._kept, self._cards = the_card(cards), scratch / "cards"
        self._cards.mkdir()
        (self._cards / "softhsm2.conf").write_text(f"directories.tokendir = {self._cards / 'tokens'}\n")
        self.sound_card()
        self.base = Station(home=home, cards=cards).copied_to(scratch / "base", cards=self._cards)
        opened_quickly(self.base)

    def sound_card(self):
        """Put the card back as it was: SoftHSM's files do not outlive a kill, a card does."""
        shutil.rmtree(self._cards / "tokens", ignore_errors=True)
        shutil.copytree(self._kept, self._cards / "tokens" / self._kept.name)

    def fresh(self):
        """Return a copy nobody has touched."""
        self._count += 1
        return self.base.copied_to(self._scratch / f"copy-{self._count}")


def the_card(cards):
    """Return the directory of the one card that is asked."""
    label = CARD.partition("=")[2].encode()
    return next(path.parent for path in cards.glob("tokens/*/token.object") if label in path.read_bytes())


def main(asked):
    """Strike at every point of a share, and print the reckoning."""
    reckoning, request, pin = Reckoning(), RequestId(Digest(asked["request"])), asked["pin"]
    with quick_directory() as scratch:
        stations = Stations(Path(asked["home"]), Path(asked["cards"]), Path(scratch))
        strikes = WAYS[asked["way"]](asked["library"])
        question = question_of(stations.base, request, pin)

        def on(station):
            return lambda struck, say: countersign(station, question, pin, struck, say)

        strikes.count(on(stations.fresh()))
        station = stations.fresh()
        for number in range(asked["first"], asked["points"], asked["step"]):
            stations.sound_card()
            said = strikes.strike(on(station), number, asked["points"])
            reckoning.found(said)
            if said["approvals"]:
                shutil.rmtree(station.home)
                station = stations.fresh()
                said = strikes.strike(on(station), number, asked["points"])
                reckoning.begin(said["entries"])
                reckoning.found(said)
        reckoning.found(in_a_child(lambda say: on(station)(None, say)))
    print(json.dumps(reckoning.sums | {"moments": strikes.moments}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
