"""The reading room: media, the journal, receipts, policy and people, and slips to take away."""

from __future__ import annotations

from pathlib import Path
from typing import Final, assert_never

from workstation.core.action import ReadJournal
from workstation.core.entry import Draft, Entry, Kind, Outcome
from workstation.core.errors import Malformed, MediaError
from workstation.core.glimpse import Watch
from workstation.core.identity import Digest, RequestId
from workstation.core.ledger import RequestHistory
from workstation.core.receipt import parse_receipt
from workstation.core.slip import PrintedSlip
from workstation.core.slips import checkpoint_slip, refusal_slip, request_sheet
from workstation.core.wording import RULES
from workstation.desk import records
from workstation.desk.back_office import BackOffice
from workstation.desk.face import Refused
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
    Ceremony,
    Ejected,
    JournalPage,
    JournalVerified,
    Media,
    Printed,
    Receipts,
    RecordAnswer,
    RecordQuestion,
    Slip,
    TakenIn,
)
from workstation.desk.slip_writer import write_slip
from workstation.intake.media import let_go, sticks

_AT_ONCE: Final = 200


class ReadingRoom(BackOffice):
    """Answers what is asked about records rather than about one request's decision."""

    def read(  # noqa: C901 (one case for each question)
        self, question: RecordQuestion, watch: Watch | None = None
    ) -> RecordAnswer | Refused:
        """Answer a question about the records; raises WorkstationError."""
        trust = self._trust
        match question:
            case AskMedia():
                return self.media()
            case AskTakeIn(bundle=bundle):
                return self.take_in(bundle, watch)
            case AskEject(medium=medium):
                return self.eject(medium)
            case AskJournal(before=before):
                return self.journal_page(before)
            case AskVerifyJournal():
                return self.verify_journal()
            case AskReceipts():
                return self.receipts()
            case AskPolicy():
                return records.policy_page(None if trust is None else trust.policy)
            case AskPeople():
                return records.people(self.roster, self.parts.clock())
            case AskCeremony():
                # Runbooks are followed from the command line; none is ever open here yet.
                return Ceremony(title="", rehearsal=False, steps=())
            case AskSlip():
                return self.print_slip(question)
            case _:
                assert_never(question)

    def media(self) -> Media:
        """Return the media that are here."""
        found = sticks(self.parts.media)
        return Media(
            sticks=tuple(records.stick_line(stick) for stick in found), outgoing=str(self.parts.outgoing)
        )

    def take_in(self, bundle: str, watch: Watch | None = None) -> TakenIn | Refused:
        """Take in a bundle that lies on one of the media; raises what `admit` raises, and MediaError."""
        if not any(bundle in map(str, stick.bundles) for stick in sticks(self.parts.media)):
            raise MediaError(bundle, "no bundle found there on any medium")
        outcome = self.admit(Path(bundle), watch)
        if isinstance(outcome, Refused):
            return outcome
        request = outcome.request
        return TakenIn(
            request=request.id,
            product=request.product._replace(version=None).to_string(),
            version=request.version,
            channel=request.channel,
            artifacts=len(request.manifest),
            evidence=len(request.evidence),
            size=sum(one.size for one in request.manifest),
            entry=outcome.entry,
        )

    def eject(self, medium: str) -> Ejected:
        """Let go of a medium; raises MediaError when it is not here or still in use."""
        for stick in sticks(self.parts.media):
            if str(stick.path) == medium:
                let_go(stick)
                return Ejected(medium=medium)
        raise MediaError(medium, "no such medium found")

    def journal_page(self, before: int | None) -> JournalPage:
        """Return the newest entries, or those before one; that they were read is an entry too."""
        self._gate.perform(ReadJournal(purpose="the journal at the screen"))
        head = self.parts.journal.head()
        stop = head.size if before is None else max(0, min(before, head.size))
        entries = self.parts.journal.entries(max(0, stop - _AT_ONCE), stop)
        return JournalPage(
            lines=tuple(records.journal_line(entry, self.roster) for entry in reversed(entries)),
            size=head.size,
            root=Digest(head.root.hex()),
            origin=head.origin,
        )

    def verify_journal(self) -> JournalVerified:
        """Verify the journal as far as is possible without K_0, and note that in it."""
        found = self.parts.journal.verify()
        root, findings = Digest(found.root.hex()), found.findings[:20]
        self.parts.journal.append(
            Draft(
                kind=Kind.JOURNAL_VERIFY,
                outcome=Outcome.INFO,
                payload={"size": found.size, "root": root, "findings": [*findings], "sealed": False},
            )
        )
        return JournalVerified(size=found.size, root=root, findings=findings)

    def receipts(self) -> Receipts:
        """Return every receipt, and which releases still wait for one."""
        histories = self.ledger.requests.values()
        lines = [
            records.receipt_line(
                parse_receipt(self.parts.vault.read(receipt), where=f"store/{receipt}"),
                (one.product, one.version, one.channel),
                self.roster,
            )
            for one in histories
            for receipt in one.receipts
        ]
        awaited = (one for one in histories if one.released is not None and not one.receipts)
        return Receipts(
            lines=tuple(lines),
            awaited=tuple(f"{one.product} {one.version} {one.channel}" for one in awaited),
        )

    def print_slip(self, asked: AskSlip) -> Printed:
        """Write a slip to the outgoing medium; raises MediaError, and Malformed for what is not there."""
        slip, name = self._slip(asked)
        path, digest = write_slip(slip, self.parts.outgoing, name)
        return Printed(slip=asked.slip, path=str(path), digest=digest)

    def _slip(self, asked: AskSlip) -> tuple[PrintedSlip, str]:
        match asked.slip:
            case Slip.REQUEST:
                request = self.shelf.request(self._history(asked.about))
                return request_sheet(request), f"request-{request.id[:12]}"
            case Slip.REFUSAL:
                entry = self._blocked(asked.about)
                return _refusal(entry, records.journal_line(entry, self.roster).who), f"refusal-{entry.seq}"
            case Slip.CHECKPOINT:
                note = self.parts.journal.checkpoint()
                return checkpoint_slip(note), f"checkpoint-{self.parts.journal.head().size}"
            case _:
                assert_never(asked.slip)

    def _history(self, request: str) -> RequestHistory:
        history = self.ledger.requests.get(RequestId(request))
        if history is None:
            raise Malformed("slip.about", "a request this journal does not know found")
        return history

    def _blocked(self, about: str) -> Entry:
        size = self.parts.journal.head().size
        seq = int(about) if about.isascii() and about.isdecimal() and len(about) < len(str(2**53)) else size
        found = self.parts.journal.entries(seq, seq + 1) if seq < size else ()
        if not found or found[0].outcome is not Outcome.BLOCKED:
            raise Malformed("slip.about", f"{about[:40]!a} found, the number of a refusal's entry wanted")
        return found[0]


def _refusal(entry: Entry, who: str) -> PrintedSlip:
    line = records.journal_line(entry, None)
    rules = dict.fromkeys(reason.partition(":")[0] for reason in line.reasons)
    said = tuple(f"{rule}: {RULES[rule].headline} {RULES[rule].next_step}" for rule in rules if rule in RULES)
    return refusal_slip(
        origin=entry.log,
        entry=entry.seq,
        leaf=line.leaf,
        at=records.moment(entry),
        action=f"{entry.kind.value} {line.about}".strip(),
        who=who,
        reasons=(*said, *line.reasons),
    )
