"""A scripted desk that answers about the sample release from a table, behind the real serving loop."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

import sample_records as records
from sample_answers import (
    STATEMENT,
    card,
    refusal,
    sample_queue,
    sample_reader,
    sample_review,
    sample_station,
    wrong_pin,
)
from sample_release import CARDS, PIN, REQUEST, REVIEW, fingerprint, mark

from workstation.core.errors import Cancelled
from workstation.core.glimpse import Glimpse, Watch
from workstation.core.identity import PersonId
from workstation.desk import replies, server
from workstation.desk.face import (
    Answer,
    ApprovalLine,
    AskCountersign,
    AskDecline,
    AskQueue,
    AskRelease,
    AskReview,
    AskStation,
    AskTokens,
    Countersigned,
    Declined,
    Question,
    Released,
    Tokens,
)
from workstation.desk.records_face import (
    AskCeremony,
    AskEject,
    AskJournal,
    AskMedia,
    AskPeople,
    AskPolicy,
    AskReceipts,
    AskSlip,
    AskTakeIn,
    AskVerifyJournal,
    RecordQuestion,
)


@dataclass
class SampleDesk:
    """Answers from a table; `overrides` by question type come first. Remembers what it was asked."""

    overrides: dict[type, Callable[[Question], Answer]] = field(default_factory=dict)
    asked: list[Question] = field(default_factory=list)
    secrets: list[bytes | None] = field(default_factory=list)
    glimpses: list[Glimpse] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    approvals: list[ApprovalLine] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    def answer(
        self, question: Question, secret: bytearray | None = None, watch: Watch | None = None
    ) -> Answer:
        self.asked.append(question)
        self.secrets.append(bytes(secret) if secret is not None else None)
        try:
            self._take_time(watch)
        except Cancelled as error:
            return replies.problem(error)
        override = self.overrides.get(type(question))
        return override(question) if override else self._usual(question, secret)

    def _take_time(self, watch: Watch | None) -> None:
        """Wait for the gate; where there is something to be seen meanwhile, tell it and listen."""
        if watch is None or not self.glimpses:
            self.gate.wait(20)
            return
        for glimpse in self.glimpses:
            watch(glimpse)
        while not self.gate.wait(0.02):
            watch(Glimpse(bytes_read=40_000_000, bytes_total=100_000_000, entries=1200))

    def _usual(self, question: Question, secret: bytearray | None) -> Answer:
        match question:
            case AskStation():
                return sample_station()
            case AskQueue():
                return sample_queue()
            case AskReview(token=""):
                return replace(sample_review(), approvals=tuple(self.approvals))
            case AskReview(token=token):
                return self._opened(token, bytes(secret or b"").decode())
            case AskTokens():
                return Tokens(cards=tuple(card(name) for name in CARDS))
            case AskCountersign(token=token):
                return self._countersign(token, bytes(secret or b"").decode())
            case AskDecline():
                return Declined(request=REQUEST, name="Alice Example", entry=420)
            case AskRelease():
                return Released(
                    request=REQUEST, directory="/media/outgoing/urllib3-2.2.2", release=mark("out"), entry=431
                )

            case _:
                return self._record(question)

    def _record(self, question: RecordQuestion) -> Answer:  # noqa: C901 (one case for each question)
        match question:
            case AskMedia():
                return records.sample_media()
            case AskTakeIn():
                return records.sample_taken()
            case AskEject(medium=medium):
                return records.sample_ejected(medium)
            case AskJournal():
                return records.sample_journal()
            case AskVerifyJournal():
                return records.sample_verified()
            case AskReceipts():
                return records.sample_receipts()
            case AskPolicy():
                return records.sample_policy()
            case AskPeople():
                return records.sample_people()
            case AskCeremony():
                return records.sample_ceremony()
            case AskSlip(slip=slip):
                return records.sample_printed(slip)

    def _opened(self, token: str, pin: str) -> Answer:
        if pin != PIN:
            return wrong_pin()
        return replace(sample_review(), approvals=tuple(self.approvals), reader=sample_reader(token))

    def _countersign(self, token: str, pin: str) -> Answer:
        if pin != PIN:
            return wrong_pin()
        if "bob" in token or "dana" in token:
            return refusal("Bob Builder" if "bob" in token else "Carla Control")
        name = "alice" if "alice" in token else "carol"
        self.approvals.append(
            ApprovalLine(
                person=PersonId(f"p-{name}"),
                name=f"{name.title()} Example",
                fingerprint=fingerprint(name),
                at="2026-11-20T10:05:00Z",
                counts=True,
            )
        )
        have = len(self.approvals)
        return Countersigned(
            request=REQUEST,
            person=PersonId(f"p-{name}"),
            name=f"{name.title()} Example",
            fingerprint=fingerprint(name),
            envelope=mark("envelope" + name),
            entry=420 + have,
            have=have,
            need=2,
            quorate=have >= 2,
            statement=STATEMENT.format(request=REQUEST, review=REVIEW),
        )


class DeskThread:
    """The real serving loop over a socketpair, in a thread that knows nothing of Qt."""

    def __init__(self, desk: SampleDesk) -> None:
        self.desk = desk
        self._ours, self._theirs = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def fd(self) -> int:
        return self._ours.fileno()

    def end(self) -> None:
        """End the desk, as if its process had died."""
        self._theirs.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.desk.gate.set()
        for side in (self._ours, self._theirs):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._ours.close()
        self._theirs.close()

    def _serve(self) -> None:
        try:
            server.serve(self._theirs.fileno(), self.desk)
        except OSError:
            return
