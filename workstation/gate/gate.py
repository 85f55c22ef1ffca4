"""`Gate.perform`: recorded before, judged, recorded, done, recorded after.

A journal that cannot be written stops an action before anything else can happen. A refusal about
a request is signed by the workstation, bound to the entry that says it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from workstation.clock import Timekeeper
from workstation.core.action import Action, Countersign
from workstation.core.canonical import canonical
from workstation.core.countersignature import bind
from workstation.core.dsse import IN_TOTO, Signature, make_envelope
from workstation.core.entry import Draft, Entry, Kind, Outcome
from workstation.core.errors import TokenRefused, WorkstationError
from workstation.core.facts import Facts
from workstation.core.guardrails.judge import judge
from workstation.core.identity import Digest, Fingerprint, digest_of
from workstation.core.narration import Narration, narrate
from workstation.core.refusal import refusal_statement
from workstation.core.review import RENDERER
from workstation.core.strict_json import JsonObject
from workstation.core.timekeeping import noticed
from workstation.core.verdict import Allowed, Blocked
from workstation.effects.run import run
from workstation.effects.tools import Effected, Tools
from workstation.gate.folding import folded, unended
from workstation.gate.gathering import gather
from workstation.gate.starting import at_start
from workstation.journal.client import Journal
from workstation.outcome import Materials, Result
from workstation.permit import Permit
from workstation.tokens.cards import Cards
from workstation.trust.store import load
from workstation.trust.verified_trust import VerifiedTrust
from workstation.vault.store import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """The action was done; `entry` is the number of the entry that says so."""

    result: Result
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The action was blocked; `entry` says so, and `envelope` is the signed refusal if there is one."""

    blocked: Blocked
    entry: int
    envelope: Digest | None


GateOutcome: TypeAlias = Performed | Refusal


class Gate:
    """Holds what actions need, and lends it to one action at a time."""

    def __init__(
        self,
        *,
        journal: Journal,
        vault: Vault,
        cards: Cards | None,
        trust_directory: Path,
        station: Fingerprint,
        keeper: Timekeeper,
    ) -> None:
        self._journal, self._vault, self._cards = journal, vault, cards
        self._trust_directory, self._station, self._keeper = trust_directory, station, keeper
        self.ledger = folded(journal)
        self._note(at_start(self.ledger, keeper))
        self.trust: VerifiedTrust | None = load(trust_directory, now=keeper.now())
        opened: JsonObject = {"recovered": journal.recovered, "size": self.ledger.size}
        self._append(Draft(kind=Kind.JOURNAL_OPEN, outcome=Outcome.INFO, payload=opened))
        self._import_spool()
        for ended in unended(journal, self.ledger):
            self._append(ended)

    def perform(self, action: Action, materials: Materials | None = None) -> GateOutcome:
        """Do `action` if every guardrail agrees; either way, say so in the journal.

        Raises JournalError before anything was done when the journal cannot be written, and what
        the effect raises (TokenRefused, MediaError, Untrusted …) after the journal says it failed.
        """
        self._note(noticed(self.ledger.machine.last, self._keeper.reading()))
        told = narrate(action)
        intent = self._append(told.intent())
        try:
            facts = self._facts(action)
            verdict = judge(action, facts)
        except Exception as error:
            self._failed(told, intent, error)
            raise
        match verdict:
            case Blocked():
                return self._refused(action, told, intent, facts, verdict)
            case Allowed():
                return self._done(action, told, intent, facts, materials or Materials())

    def _facts(self, action: Action) -> Facts:
        trust = None if self.trust is None else self.trust.snapshot
        return gather(action, self.ledger, trust, self._vault, self._keeper.now())

    def _done(
        self, action: Action, told: Narration, intent: Entry, facts: Facts, materials: Materials
    ) -> Performed:
        allowed = self._append(told.draft(Outcome.ALLOWED, ref=intent.seq))
        try:
            effected = run(Permit(action, facts, allowed), self._tools(facts.now), materials)
        except Exception as error:
            self._failed(told, intent, error)
            raise
        return self._recorded(told, intent, effected)

    def _recorded(self, told: Narration, intent: Entry, effected: Effected) -> Performed:
        # An effect may have had entries written itself; the fold takes them up before this one.
        self._catch_up()
        done = self._append(told.draft(Outcome.DONE, ref=intent.seq, payload=effected.payload))
        self.trust = load(self._trust_directory, now=self._keeper.now())
        return Performed(result=effected.result, entry=done.seq)

    def _refused(
        self, action: Action, told: Narration, intent: Entry, facts: Facts, blocked: Blocked
    ) -> Refusal:
        statement = self._refusal(action, facts, blocked)
        named = None if statement is None else digest_of(statement)
        entry = self._append(told.blocked(intent.seq, blocked, statement=named))
        envelope = None if statement is None else self._attested(entry, statement)
        return Refusal(blocked=blocked, entry=entry.seq, envelope=envelope)

    def _refusal(self, action: Action, facts: Facts, blocked: Blocked) -> bytes | None:
        if not isinstance(action, Countersign) or facts.trust is None or facts.builders is None:
            return None
        binding = bind(
            action.review.request,
            facts.trust,
            facts.builders,
            review=action.review.digest,
            renderer=RENDERER,
            station=self._station,
            at=facts.now,
            journal=self._tools(facts.now).head(),
        )
        return refusal_statement(action.review.request.manifest, binding, action.approver, blocked)

    def _attested(self, entry: Entry, statement: bytes) -> Digest:
        value = self._journal.attest(entry.seq, IN_TOTO, statement)
        signature = Signature(keyid=self._station_keyid(), value=value)
        return self._vault.put(make_envelope(statement, (signature,)).received)

    def _station_keyid(self) -> str:
        held = None if self.trust is None else self.trust.snapshot.roster.holder_of(self._station)
        return "" if held is None else held.credential.key.keyid

    def _failed(self, told: Narration, intent: Entry, error: Exception) -> None:
        self._catch_up()
        # A known trouble is told; of a defect only its kind, for its text could hold anything.
        known = isinstance(error, WorkstationError)
        reason = str(error) if known else f"defect: {type(error).__name__}"
        rule = error.code if isinstance(error, TokenRefused) else None
        self._append(told.draft(Outcome.FAILED, ref=intent.seq, reason=reason, rule=rule))

    def note(self, draft: Draft) -> Entry:
        """Put on record what was noticed and is nobody's action, such as a memory that contradicts."""
        return self._append(draft)

    def _note(self, drafts: Iterable[Draft]) -> None:
        for draft in drafts:
            self._append(draft)

    def _import_spool(self) -> None:
        """Take over what happened before the journal was unlocked."""
        if self._journal.import_spool():
            self._catch_up()

    def _append(self, draft: Draft) -> Entry:
        # Text that is no Unicode (a path, an argument) is told before anything is sent.
        canonical(draft.to_json(), where="entry")
        entry = self._journal.append(draft)
        if entry.seq == self.ledger.size:
            self.ledger = self.ledger.after([entry])
        else:  # the writer had something to say itself before, such as that a new segment began
            self._catch_up()
        machine = self.ledger.machine
        self._keeper.floor_ms, self._keeper.attested = machine.floor_ms, machine.attested
        return entry

    def _catch_up(self) -> None:
        self.ledger = self.ledger.after(self._journal.entries(self.ledger.size))

    def _tools(self, now: datetime) -> Tools:
        return Tools(
            journal=self._journal,
            vault=self._vault,
            cards=self._cards,
            trust_directory=self._trust_directory,
            trust=self.trust,
            station=self._station,
            now=now,
            ledger=replace(self.ledger),
        )
