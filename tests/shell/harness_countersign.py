"""Kill a workstation at any point of a countersign: `… HOME CARDS REQUEST PIN POINTS`.

HOME is a workstation that has taken in REQUEST; it is copied. Points are lines of our own code, spread
over all a countersign executes. At each one the desk dies, alone or with its writer and its token
worker, or one of those two dies alone. The next desk says what it finds.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import traceback
from pathlib import Path
from unittest.mock import patch

from journal.io_shim import quick_directory
from shell.station import PASSPHRASE, TREE, Station

from workstation.bootstrap import journal_directory
from workstation.core.entry import Kind, Outcome
from workstation.core.identity import Digest, RequestId
from workstation.core.unfinished import UNKNOWN_AFTER_CRASH
from workstation.desk.face import AskCountersign, ReviewPage
from workstation.journal import keyring, opening
from workstation.journal.envelope import Envelope
from workstation.journal.slot_way import Argon2Cost

CARD = "pkcs11:token=alice"
VICTIMS = ("desk", "all", "writer", "worker")
CHEAP = Argon2Cost(memory_kib=512, iterations=1, lanes=1)


class Lines:
    """Counts the lines of ours that are executed, and strikes at one of them."""

    def __init__(self, at, strike):
        self.done, self._at, self._strike = 0, at, strike
        self._ours = tuple(str(TREE / name) for name in ("workstation", "hsm"))

    def __call__(self, frame, event, _argument):
        if not frame.f_code.co_filename.startswith(self._ours):
            return None
        if event == "line":
            self.done += 1
            if self.done == self._at:
                self._strike()
        return self


def striker(desk, victim):
    """Return what ends the victim, and for the desk itself does not return."""

    def strike():
        writer, worker = desk.parts.journal._writer.pid, desk.parts.cards._worker.pid
        worker = [] if worker is None else [worker]
        ended = {
            "desk": [os.getpid()],
            "all": [writer, *worker, os.getpid()],
            "writer": [writer],
            "worker": worker,
        }
        for pid in ended[victim]:
            os.kill(pid, signal.SIGKILL)

    return strike


def countersign(station, asked, strike, say):
    """Open the desk, say what it found, and unless that was all: countersign, and be struck at line `at`."""
    (request, pin), (at, victim) = asked, strike
    with station.desk() as desk:
        say({"entries": [_said(entry) for entry in desk.parts.journal.entries()]})
        approvals = len(desk.ledger.requests[request].approvals)
        say({"approvals": approvals})
        if approvals or at is None:
            say({"findings": list(desk.parts.journal.verify().findings)})
            return
        shown = desk.review(request, CARD, bytearray(pin.encode()))
        if not isinstance(shown, ReviewPage):
            raise TypeError("the review could not be opened")
        sign = desk.parts.cards.sign

        def noted(*arguments):
            say({"asked": desk.parts.journal.head().size})
            return sign(*arguments)

        lines = Lines(at, striker(desk, victim))
        question = AskCountersign(request=request, review=shown.review, token=CARD, comment="")
        with patch.object(desk.parts.cards, "sign", noted):
            sys.settrace(lines)
            try:
                answer = desk.answer(question, bytearray(pin.encode()))
            finally:
                sys.settrace(None)
        say({"answer": type(answer).__name__, "lines": lines.done})


def _said(entry):
    return [entry.seq, entry.kind.value, entry.outcome.value, entry.ref, entry.rule]


def in_a_child(work):
    """Run `work(say)` in a forked child; return what it said."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        status = 1
        os.close(reading)
        try:
            work(lambda said: os.write(writing, json.dumps(said).encode() + b"\n"))
            status = 0
        except BaseException:  # noqa: BLE001 (said, and the child ends)
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = {key: value for line in told for key, value in json.loads(line).items()}
    os.waitpid(pid, 0)
    return said


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
        self.sums["asked the card"] += asked is not None
        self.sums["unknown after a crash"] += sum(entry[4] == UNKNOWN_AFTER_CRASH for entry in ends)
        self.sums["countersigned"] += len(done)

    def _wrong(self, what):
        self.sums["wrong"].append(what)


class Stations:
    """Copies of one workstation, a new one whenever the last was brought to an end."""

    def __init__(self, base, scratch):
        self._base, self._scratch, self._count = base, scratch, 0
        opened_quickly(base)

    def fresh(self):
        """Return a copy nobody has touched."""
        self._count += 1
        return self._base.copied_to(self._scratch / f"copy-{self._count}")


def main(home, cards, request, pin, points):
    """Strike at so many points, and print the reckoning."""
    request, reckoning = RequestId(Digest(request)), Reckoning()
    with quick_directory() as scratch:
        base = Station(home=Path(home), cards=Path(cards)).copied_to(Path(scratch) / "base")
        stations = Stations(base, Path(scratch))

        def opened(station, at, victim="desk"):
            return in_a_child(lambda say: countersign(station, (request, pin), (at, victim), say))

        station = stations.fresh()
        lines = opened(stations.fresh(), -1)["lines"]
        for number in range(points):
            at, victim = 1 + number * lines // points, VICTIMS[number % len(VICTIMS)]
            said = opened(station, at, victim)
            reckoning.found(said)
            if said["approvals"]:
                shutil.rmtree(station.home)
                station = stations.fresh()
                said = opened(station, at, victim)
                reckoning.begin(said["entries"])
                reckoning.found(said)
        reckoning.found(opened(station, None))
    print(json.dumps(reckoning.sums | {"lines": lines}))


if __name__ == "__main__":
    main(*sys.argv[1:5], int(sys.argv[5]))
