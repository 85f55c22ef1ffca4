"""The desk itself: answers questions by asking the gate, and shows what came of it.

The command line uses it in its own process; the screen asks it over a channel (see `server`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from workstation.core.action import Countersign, Decline, Identify, OpenReview, Release
from workstation.core.errors import Malformed, TokenRefused, WorkstationError
from workstation.core.facts import Facts
from workstation.core.glimpse import Watch
from workstation.core.identity import Digest, RequestId
from workstation.core.quorum import quorum_of
from workstation.core.request import Request
from workstation.core.review import Review
from workstation.core.roster import Roster
from workstation.core.shape import time_text
from workstation.desk import pages, replies
from workstation.desk.face import (
    Answer,
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
    Queue,
    QueueItem,
    Refused,
    Released,
    ReviewPage,
    Station,
    TokenCard,
    Tokens,
)
from workstation.desk.reading import reader_line, reader_of
from workstation.desk.reading_room import ReadingRoom
from workstation.desk.review_parts import bill_part, guardrail_lines
from workstation.desk.typed import refuse_too_much, refuse_unwritable
from workstation.gate.gate import Refusal
from workstation.gate.gathering import facts_about
from workstation.outcome import Identified, Materials, Signed, Written
from workstation.process.frames import wipe
from workstation.tokens.cards import Card, Cards, parse_uri


class Desk(ReadingRoom):
    """The whole workstation, as seen from the chair."""

    def answer(
        self, question: Question, secret: bytearray | None = None, watch: Watch | None = None
    ) -> Answer:
        """Answer one question; the world's troubles come back as a Problem, defects are raised.

        The secret is wiped, however this ends. `watch` sees how far a review or an intake is, and may end it
        by raising Cancelled, until a card or the journal is asked.
        """
        try:
            return self._answer(question, secret, watch)
        except WorkstationError as error:
            return replies.problem(error)
        finally:
            if secret is not None:
                wipe(secret)

    def _answer(self, question: Question, secret: bytearray | None, watch: Watch | None) -> Answer:
        match question:
            case AskStation():
                return self.station()
            case AskQueue():
                return self.queue()
            case AskReview(request=request, token=token):
                return self.review(request, token, secret, watch)
            case AskTokens():
                return self.tokens()
            case AskCountersign():
                return self.countersign(question, secret)
            case AskDecline():
                return self.decline(question, secret)
            case AskRelease(request=request):
                return self.release(request)
            case _:
                return self.read(question, watch)

    # ── questions that change nothing ────────────────────────────────────────────────────────────

    def station(self) -> Station:
        """Return what machine this is and what it follows."""
        head, trust = self.parts.journal.head(), self._trust
        return Station(
            origin=head.origin,
            fingerprint=self.parts.station,
            journal_size=head.size,
            journal_root=Digest(head.root.hex()),
            roster_version=0 if trust is None else trust.roster.version,
            policy_id="" if trust is None else trust.policy.id,
            policy_version=0 if trust is None else trust.policy.version,
            trust_expires="" if trust is None else time_text(trust.expires),
            outgoing=str(self.parts.outgoing),
        )

    def queue(self) -> Queue:
        """Return every request, those still to be decided first."""
        items = [self._item(self.shelf.request(history)) for history in self._gate.ledger.requests.values()]
        return Queue(
            items=tuple(sorted(items, key=lambda item: (item.stage in pages.DECIDED, item.admitted)))
        )

    def tokens(self) -> Tokens:
        """Return the cards in the readers."""
        roster = None if self._trust is None else self._trust.roster
        return Tokens(cards=tuple(_token_card(card, roster) for card in self._cards.present()))

    # ── questions that go through the gate ───────────────────────────────────────────────────────

    def review(
        self,
        request_id: RequestId,
        token: str = "",
        pin: bytearray | None = None,
        watch: Watch | None = None,
    ) -> ReviewPage | Refused:
        """Open a review with the card at `token`, or with none; that it is shown, and to whom, is journaled.

        The card answers for this review before anything of it is shown.
        """
        review = self._review_of(request_id, watch)
        reader = reader_of(self._identify(token, pin, review.digest)) if token else None
        outcome = self._gate.perform(OpenReview(review=review, reader=reader))
        if isinstance(outcome, Refusal):
            return self._refused("open the review", "" if reader is None else reader.holder.label, outcome)
        facts = self._facts(review.request)
        line = None if reader is None else reader_line(reader, review, facts)
        previous = self.shelf.previous(review.request, self._gate.ledger)
        return replace(
            pages.review_page(review, self._item(review.request), facts),
            reader=line,
            bill=bill_part(previous, review.request),
            guardrails=guardrail_lines(review.request, facts, review.diff, line),
        )

    def countersign(self, asked: AskCountersign, pin: bytearray | None) -> Countersigned | Refused:
        """Find out whose card it is, and let them countersign or be refused."""
        refuse_unwritable("comment", asked.comment)
        for finding in asked.acknowledged:
            refuse_unwritable("acknowledged", finding)
        refuse_too_much("acknowledged", asked.acknowledged)
        review = self._review_of(asked.request)
        card = self._identify(asked.token, pin)
        action = Countersign(
            review=review,
            shown=asked.review,
            approver=card.holder,
            acknowledged=asked.acknowledged,
            comment=asked.comment,
            at_screen=asked.at_screen,
        )
        outcome = self._gate.perform(action, Materials(pin=pin, card=card.card))
        if isinstance(outcome, Refusal):
            return self._refused("countersign", card.holder.label, outcome)
        signed, person = outcome.result, card.holder.person
        if not isinstance(signed, Signed) or person is None:
            raise TypeError("countersigning gave no signature")
        quorum = quorum_of(self._facts(review.request))
        return Countersigned(
            request=review.request.id,
            person=person.id,
            name=person.name,
            fingerprint=card.holder.key.fingerprint,
            envelope=signed.envelope,
            entry=outcome.entry,
            have=len(quorum.approvers),
            need=max((met.need.at_least for met in quorum.needs), default=0),
            quorate=quorum.reached,
            statement=signed.statement.decode(),
        )

    def decline(self, asked: AskDecline, pin: bytearray | None) -> Declined | Refused:
        """Let whoever holds the card object, for a reason."""
        if not asked.reason.strip():
            raise Malformed("reason", "nothing found, a reason wanted")
        refuse_unwritable("reason", asked.reason)
        review = self._review_of(asked.request)
        card = self._identify(asked.token, pin)
        action = Decline(review=review, approver=card.holder, reason=asked.reason.strip())
        outcome = self._gate.perform(action, Materials(pin=pin, card=card.card))
        if isinstance(outcome, Refusal):
            return self._refused("decline", card.holder.label, outcome)
        return Declined(request=review.request.id, name=card.holder.label, entry=outcome.entry)

    def release(self, request_id: RequestId, directory: Path | None = None) -> Released | Refused:
        """Write a request with its quorum to the outgoing medium, or to `directory`."""
        request = self._request(request_id)
        name = f"{request.product.name}-{request.version}-{request.channel}"
        target = (directory or self.parts.outgoing / name).absolute()
        outcome = self._gate.perform(Release(request=request, directory=str(target)))
        if isinstance(outcome, Refusal):
            return self._refused("release", "", outcome)
        if not isinstance(outcome.result, Written):
            raise TypeError("releasing gave no release")
        return Released(
            request=request.id,
            directory=outcome.result.directory,
            release=outcome.result.release,
            entry=outcome.entry,
        )

    # ── within ───────────────────────────────────────────────────────────────────────────────────

    @property
    def _cards(self) -> Cards:
        if self.parts.cards is None:
            raise TokenRefused("module_refused", "no PKCS#11 module is configured at this workstation")
        return self.parts.cards

    def _identify(self, token: str, pin: bytearray | None, review: Digest | None = None) -> Identified:
        # Before the journal hears of it: a URI with a PIN in it is refused, never written down.
        parse_uri(token)
        # A copy: the token worker wipes what it is handed, and signing needs the PIN once more.
        copy = None if pin is None else bytearray(pin)
        outcome = self._gate.perform(Identify(token=token, review=review), Materials(pin=copy))
        if isinstance(outcome, Refusal) or not isinstance(outcome.result, Identified):
            raise TypeError("identifying gave no card holder")
        return outcome.result

    def _request(self, request_id: RequestId) -> Request:
        history = self._gate.ledger.requests.get(request_id)
        if history is None:
            raise Malformed(f"request {request_id}", "the journal knows no such request (see queue)")
        return self.shelf.request(history)

    def _review_of(self, request_id: RequestId, watch: Watch | None = None) -> Review:
        return self.shelf.review(self._request(request_id), self._gate.ledger, watch)

    def _facts(self, request: Request) -> Facts:
        return facts_about(request, self._gate.ledger, self._trust, self.parts.vault, self.parts.clock())

    def _item(self, request: Request) -> QueueItem:
        history = self._gate.ledger.requests[request.id]
        previous = self.shelf.previous(request, self._gate.ledger)
        return pages.queue_item(request, history, self._facts(request), previous)


def _token_card(card: Card, roster: Roster | None) -> TokenCard:
    held = None if roster is None or card.key is None else roster.holder_of(card.key.fingerprint)
    return TokenCard(
        uri=card.uri,
        label=card.facts.label,
        serial=card.facts.serial,
        model=card.facts.model,
        pin=card.facts.pin.value,
        fingerprint="" if card.key is None else card.key.fingerprint,
        holder="" if held is None else held.holder.name,
        pinpad=card.facts.pinpad,
    )
