"""A workstation in memory: a trust root, a request, cards, a journal, and the release they make.

It does what the gate and the effects do, in the same order and with the same core, but asks nobody:
a test decides whether a rule is asked first. So it can also be a workstation that lies.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from core.documents import (
    KEYS,
    Build,
    Bundled,
    Document,
    bundle_of,
    json_bytes,
    policy_document,
    roster_bytes,
    roster_document,
    signed,
)
from core.keys import UnsafeTestKey

from workstation.core.action import Action, Admit, Countersign, Decline, OpenReview, Release, request_of
from workstation.core.approver import IDENTIFY_PREFIX, CardHolder, identified
from workstation.core.card_checkpoint import card_signer, signs_checkpoints
from workstation.core.checkpoint import Checkpoint, SignatureType, Signer, signature_line, signed_note
from workstation.core.closure import BuilderSet, builders_of
from workstation.core.countersignature import (
    Countersignature,
    Head,
    SignedCountersignature,
    bind,
    parse_countersignature,
)
from workstation.core.disclosure import disclosed, heads, reviews_signed, to_be_read
from workstation.core.dsse import Envelope
from workstation.core.entry import NO_LEAF, Draft, Entry, EntryTime, Kind, Outcome, placed
from workstation.core.facts import Facts, VerifiedCountersignature
from workstation.core.guardrails.judge import judge
from workstation.core.identity import Digest, PersonId, digest_of
from workstation.core.journal_proof import Disclosed, Earlier, JournalProof
from workstation.core.ledger import Ledger
from workstation.core.merkle import consistency_proof, inclusion_proof, root, subtrees_of
from workstation.core.narration import narrate
from workstation.core.oci_layout import RELEASE_BUNDLE
from workstation.core.opening import Reader, opening_challenge
from workstation.core.policy import Policy, without_version
from workstation.core.policy_document import parse_policy
from workstation.core.recompute import Recomputed, recompute
from workstation.core.release_contents import (
    COUNTERSIGNATURE_PREFIX,
    PROOF_TITLE,
    RELEASE_TITLE,
    countersignature_title,
    signed_review_title,
    taken_apart,
)
from workstation.core.release_diff import ReleaseDiff
from workstation.core.release_statement import Named, ReleaseStatement
from workstation.core.request import Request
from workstation.core.review import RENDERER, Review
from workstation.core.roster import Roster
from workstation.core.roster_document import parse_roster
from workstation.core.shown_review import ShownReview, parse_review
from workstation.core.signers import sole_signer
from workstation.core.strict_json import JsonObject
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.core.verdict import Blocked, Verdict, Violation

NOW: Final = datetime(2026, 11, 20, 10, tzinfo=UTC)
EXPIRES: Final = datetime(2027, 2, 1, tzinfo=UTC)
ORIGIN: Final = "station-1.example.org/journal"
ROOT: Final = digest_of(b"the trust root")


def answered(reader: Reader | None) -> JsonObject:
    """Return what the journal keeps of what a card answered on opening a review."""
    if reader is None:
        return {}
    return {
        "challenge": base64.b64encode(reader.challenge).decode(),
        "signature": base64.b64encode(reader.signature).decode(),
    }


@cache
def roster_of(data: bytes) -> Roster:
    """Return a roster; many tests read the same one."""
    return parse_roster(data)


@cache
def policy_of(data: bytes) -> Policy:
    """Return a policy; many tests read the same one."""
    return parse_policy(data)


def violations(verdict: Verdict) -> tuple[Violation, ...]:
    """Return what stood against it; nothing when it was allowed."""
    return verdict.violations if isinstance(verdict, Blocked) else ()


def details(verdict: Verdict, rule: str) -> list[str]:
    """Return what one rule said."""
    return [violation.detail for violation in violations(verdict) if violation.rule == rule]


def verified(envelope: Envelope, roster: Roster, shown: Mapping[Digest, bytes]) -> VerifiedCountersignature:
    """Return a countersignature with who made it, and the review they were shown."""
    made = parse_countersignature(envelope.received, where="store")
    held = sole_signer(envelope, roster, None, where="store")
    return VerifiedCountersignature(made, held, shown_to(made, shown))


def shown_to(made: SignedCountersignature, shown: Mapping[Digest, bytes]) -> ShownReview:
    """Return the review a countersignature is about."""
    return parse_review(shown[made.countersignature.binding.review], shown, where="store")


@dataclass(frozen=True)
class Released:
    """A release on its way: every document by title. The layout is made anew, as anyone can."""

    documents: Mapping[str, bytes]
    artifacts: Mapping[str, bytes]

    def altered(self, title: str, data: bytes) -> Released:
        """Return it with another document under `title`."""
        return replace(self, documents={**self.documents, title: data})

    def without(self, title: str) -> Released:
        """Return it with a document missing."""
        return replace(self, documents={t: data for t, data in self.documents.items() if t != title})

    @property
    def countersignatures(self) -> tuple[str, ...]:
        """The titles of the countersignatures."""
        return tuple(title for title in self.documents if title.startswith(COUNTERSIGNATURE_PREFIX))

    def recomputed(self, trust: TrustSnapshot, *, now: datetime = NOW) -> Recomputed:
        """Verify it as a deployer does."""
        bundle = bundle_of(RELEASE_BUNDLE, self.documents, self.artifacts)
        return recompute(taken_apart(bundle, self.documents, where="release"), self.documents, trust, now=now)


@dataclass
class World:
    """One workstation and everybody around it. Change the documents first, then act."""

    keys: Mapping[str, UnsafeTestKey] = field(default_factory=lambda: KEYS)
    now: datetime = NOW
    expires: datetime = EXPIRES
    roster: Document = field(default_factory=dict)
    policy: Document = field(default_factory=policy_document)
    build: Build = field(default_factory=Build)
    diff: ReleaseDiff = field(default_factory=ReleaseDiff)
    entries: list[Entry] = field(default_factory=list)
    store: dict[Digest, Envelope] = field(default_factory=dict)
    shown: dict[Digest, bytes] = field(default_factory=dict)
    """The documents of reviews that were signed, and their lists of findings."""

    previous: Request | None = None

    def __post_init__(self) -> None:
        self.roster = self.roster or roster_document(self.keys)
        if self.build.keys is not self.keys:
            self.build = Build(keys=self.keys)

    # What the documents say ---------------------------------------------------------------

    @property
    def trust(self) -> TrustSnapshot:
        """What the trust root delivers."""
        return TrustSnapshot(
            root_version=1,
            targets_version=4,
            expires=self.expires,
            roster=roster_of(roster_bytes(self.roster)),
            policy=policy_of(json_bytes(self.policy)),
        )

    def person(self, name: str) -> Document:
        """Return a person's part of the roster, to be changed."""
        found: Document = next(each for each in self.roster["people"] if each["id"] == name)
        return found

    def service(self, name: str) -> Document:
        """Return a service's part of the roster, to be changed."""
        found: Document = next(each for each in self.roster["services"] if each["id"] == name)
        return found

    @property
    def rule(self) -> Document:
        """The policy's one rule, to be changed."""
        found: Document = self.policy["rules"][0]
        return found

    @property
    def bundled(self) -> Bundled:
        """What is on the medium; the same every time once it is in the store."""
        return self._bundled or self.build.bundled()

    _bundled: Bundled | None = None

    @property
    def request(self) -> Request:
        """The request."""
        return self.bundled.request

    @property
    def builders(self) -> BuilderSet:
        """Who had a hand in it."""
        return builders_of(self.request, self.trust.roster)

    @property
    def review(self) -> Review:
        """What an approver is shown."""
        previous = None if self.previous is None else self.previous.id
        return Review(request=self.request, previous=previous, diff=self.diff)

    def card(self, name: str, *, token: str | None = None) -> CardHolder:
        """Return whoever answers with this key."""
        key = self.keys[name]
        return identified(
            key.public,
            challenge=b"fresh",
            signature=key.sign(IDENTIFY_PREFIX + b"fresh"),
            token_serial=token or f"token-{name}",
            token_label=name,
            roster=self.trust.roster,
        )

    # Actions and what the rules say of them -----------------------------------------------

    def admitting(self) -> Admit:
        """Return the action of taking the request in."""
        return Admit(request=self.request, bundle=self.bundled.bundle, previous=self.previous)

    def countersigning(self, name: str, *, token: str | None = None, opened: bool = True) -> Countersign:
        """Return the action of countersigning with the key of this name, its review opened before."""
        review = self.review
        if opened:
            self.open(name, token=token)
        return Countersign(
            review=review,
            shown=review.digest,
            approver=self.card(name, token=token),
            acknowledged=(),
            comment="looks right",
        )

    def reading(self, name: str, *, token: str | None = None) -> OpenReview:
        """Return the action of opening the review with the key of this name."""
        review = self.review
        return OpenReview(review=review, reader=self.reader(name, review, token=token))

    def reader(self, name: str, review: Review, *, token: str | None = None) -> Reader:
        """Return whoever opens a review with the key of this name, and what it answers."""
        nonce = bytes.fromhex(digest_of(name.encode()))
        challenge = opening_challenge(self.head.root, nonce, review.digest)
        signature = self.keys[name].sign(IDENTIFY_PREFIX + challenge)
        return Reader(holder=self.card(name, token=token), challenge=challenge, signature=signature)

    def open(self, name: str, *, token: str | None = None) -> World:
        """Have `name` open the review with their card, unless they have, or there is no request here."""
        history, holder = self.ledger.requests.get(self.request.id), self.card(name, token=token)
        if history is None:
            return self
        cards = {(one.review, one.person, one.fingerprint, one.token_serial) for one in history.openings}
        person = holder.person.id if holder.person else None
        if (self.review.digest, person, holder.key.fingerprint, holder.token_serial) not in cards:
            action = self.reading(name, token=token)
            self.perform(action, lambda: answered(action.reader))
        return self

    def note_opening(self, name: str, reader: Reader) -> World:
        """Write down that `name` opened the review with this reader's key and answer; no rule is asked."""
        told = narrate(OpenReview(review=self.review, reader=reader))
        said = replace(told, actor=replace(told.actor, person=name))
        self.append(said.draft(Outcome.DONE, payload=answered(reader)))
        return self

    def declining(self, name: str) -> Decline:
        """Return the action of declining."""
        return Decline(review=self.review, approver=self.card(name), reason="the pump leaks")

    def releasing(self) -> Release:
        """Return the action of releasing."""
        return Release(request=self.request, directory="out")

    def facts(self, action: Action) -> Facts:
        """Return the facts about `action`, gathered as the gate gathers them."""
        request = request_of(action)
        if request is None:
            return Facts(now=self.now, ledger=self.ledger, trust=self.trust)
        history = self.ledger.requests.get(request.id)
        made = () if history is None else history.approvals
        return Facts(
            now=self.now,
            ledger=self.ledger,
            trust=self.trust,
            request=request,
            history=history,
            builders=builders_of(request, self.trust.roster),
            rule=self.trust.policy.rule_for(request.product, request.channel),
            countersignatures=tuple(self._verified(self.store[one.envelope]) for one in made),
        )

    def judge(self, action: Action) -> Verdict:
        """Return what the guardrails say."""
        return judge(action, self.facts(action))

    # The journal --------------------------------------------------------------------------

    @property
    def ledger(self) -> Ledger:
        """The journal's fold."""
        return Ledger().after(self.entries)

    @property
    def head(self) -> Head:
        """The journal's head."""
        return Head(origin=ORIGIN, size=len(self.entries), root=Digest(root(self._leaves()).hex()))

    def append(self, draft: Draft) -> Entry:
        """Append an entry."""
        millis = int(self.now.timestamp() * 1000)
        seq = len(self.entries)
        entry = placed(
            draft,
            log=ORIGIN,
            seq=seq,
            prev=self.entries[-1].leaf().hex() if self.entries else NO_LEAF,
            nonce=digest_of(b"%d" % seq)[:32],
            time=EntryTime(boot=1, mono_ms=seq, rtc_ms=millis, floor_ms=millis),
        )
        self.entries.append(entry)
        return entry

    def perform(self, action: Action, effect: Callable[[], JsonObject] = dict) -> Entry:
        """Write down an action that is allowed and done; `effect` gives what the last entry adds."""
        told = narrate(action)
        intent = self.append(told.intent())
        self.append(told.draft(Outcome.ALLOWED, ref=intent.seq))
        return self.append(told.draft(Outcome.DONE, ref=intent.seq, payload=effect()))

    # The chain ----------------------------------------------------------------------------

    def admit(self) -> World:
        """Take the request in, and open its review without a card."""
        self._bundled = self.bundled
        request, previous = self.request, self.previous
        taken: JsonObject = {
            "product": without_version(request.product),
            "version": request.version,
            "channel": request.channel,
            "previous": None if previous is None else previous.id,
            "manifest": {artifact.name: artifact.digest for artifact in request.manifest},
        }
        self.perform(self.admitting(), lambda: taken)
        self.perform(OpenReview(review=self.review))
        return self

    def decline(self, name: str) -> World:
        """Have `name` decline."""
        self.perform(self.declining(name), lambda: {"person": name})
        return self

    def released_as(self, digest: Digest) -> World:
        """Note that the release went out."""
        self.perform(self.releasing(), lambda: {"release": digest})
        return self

    def next_request(self, build: Build) -> World:
        """Go on with another request at the same workstation."""
        self.previous = self.request
        self.build, self._bundled = build, None
        return self

    def countersign(
        self,
        name: str,
        *,
        key: str | None = None,
        opened: bool = True,
        change: Callable[[Countersignature], Countersignature] = lambda said: said,
    ) -> SignedCountersignature:
        """Have the key of `name` sign whatever `change` makes of the countersignature.

        With `key`, another key signs. The review is opened before with the same token. No rule is asked.
        """
        made: list[Envelope] = []

        def effect() -> JsonObject:
            said = change(self.said_by(name, key=key))
            statement = said.to_statement(self.request.manifest)
            made.append(signed(statement, self.keys[key or name]))
            self.store[made[0].digest] = made[0]
            document = self.review.document
            self.shown |= {self.review.digest: document, said.binding.review: document, **self.review.lists}
            return {"envelope": made[0].digest, "statement": digest_of(statement), "person": said.approver}

        if opened:
            self.open(name, token=change(self.said_by(name)).token_serial)
        self.perform(self.countersigning(name, opened=False), effect)
        return parse_countersignature(made[0].received, where="countersignature")

    def said_by(self, name: str, *, key: str | None = None) -> Countersignature:
        """Return what the card of `name` would sign now; with `key`, another key signs."""
        holder = self.card(name)
        person = holder.person
        binding = bind(
            self.request,
            self.trust,
            self.builders,
            review=self.review.digest,
            renderer=RENDERER,
            station=self.keys["station"].public.fingerprint,
            at=self.now,
            journal=self.head,
        )
        return Countersignature(
            binding=binding,
            approver=person.id if person else PersonId("nobody"),
            fingerprint=holder.key.fingerprint,
            token_serial=holder.token_serial,
            roles=tuple(sorted(person.roles)) if person else (),
            acknowledged=(),
            comment="looks right",
            checkpoint=self.checkpoint(key or name).decode(),
        )

    def quorate(self) -> World:
        """Take the request in and have alice and carol countersign it."""
        self.admit()
        for minutes, name in enumerate(("alice", "carol"), start=1):
            self.now += timedelta(minutes=minutes)
            self.countersign(name)
        return self

    def release(
        self,
        *,
        by: str = "station",
        change: Callable[[ReleaseStatement], ReleaseStatement] = lambda said: said,
        hide: Callable[[Entry], bool] = lambda _: False,
        tell: Callable[[Entry], bool] = lambda _: False,
    ) -> Released:
        """Write the release with every countersignature made; no rule is asked.

        `hide` keeps entries out of the proof, `tell` puts those in that were done and need not be there.
        """
        request, history = self.request, self.ledger.requests.get(self.request.id)
        made = [self.store[one.envelope] for one in (history.approvals if history else ())]
        parsed = [parse_countersignature(one.received, where="made") for one in made]
        said = ReleaseStatement(
            purl=request.product.to_string(),
            channel=request.channel,
            request=request.id,
            roster=self.trust.roster.digest,
            policy=self.trust.policy.digest,
            countersignatures=tuple(
                Named(person=one.countersignature.approver, digest=one.envelope.digest) for one in parsed
            ),
            declined=history.declined if history else (),
            at=self.now,
        )
        statement = change(said).to_statement(request)
        self._attest(request, statement)
        documents = {
            **self.bundled.documents,
            **{
                countersignature_title(one.countersignature.approver): one.envelope.received for one in parsed
            },
            **self.signed_reviews(),
            RELEASE_TITLE: signed(statement, self.keys[by]).received,
            PROOF_TITLE: self.proof(hide, tell).to_bytes(),
        }
        return Released(documents, self.build.artifacts)

    def signed_reviews(self) -> dict[str, bytes]:
        """Return the documents of the reviews that were signed, and the lists of findings asked about."""
        facts = self.telling()
        wanted = reviews_signed(facts.countersignatures, facts)
        return {signed_review_title(digest): self.shown[digest] for digest in sorted(wanted)}

    def proof(
        self,
        hide: Callable[[Entry], bool] = lambda _: False,
        tell: Callable[[Entry], bool] = lambda _: False,
    ) -> JournalProof:
        """Return what the journal discloses about the request."""
        facts = self.telling()
        made = facts.countersignatures
        subtrees, size = subtrees_of(self._leaves()), len(self.entries)
        read = [self.entries[seq] for seq in to_be_read(facts, made)]
        wanted = {entry.seq for entry in disclosed(read, facts, made) if not hide(entry)}
        wanted |= {one.seq for one in self.entries if one.outcome is Outcome.DONE and tell(one)}
        told = [self.entries[seq] for seq in sorted(wanted)]
        return JournalProof(
            checkpoint=self.checkpoint(),
            entries=tuple(
                Disclosed(seq=e.seq, body=e.to_bytes(), proof=inclusion_proof(e.seq, size, subtrees))
                for e in told
            ),
            earlier=tuple(
                Earlier(head=head, proof=consistency_proof(head.size, size, subtrees))
                for head in heads(made)
                if head.size <= size
            ),
        )

    def telling(self) -> Facts:
        """Return what a workstation knows that tells of every countersignature, whoever made it."""
        request, ledger, trust = self.request, self.ledger, self.trust
        history = ledger.requests.get(request.id)
        made = [self.store[one.envelope] for one in (history.approvals if history else ())]
        anybody = next(iter(trust.roster.by_fingerprint.values()))
        parsed = [parse_countersignature(one.received, where="made") for one in made]
        return Facts(
            now=self.now,
            ledger=ledger,
            trust=trust,
            request=request,
            history=history,
            rule=trust.policy.rule_for(request.product, request.channel),
            countersignatures=tuple(
                VerifiedCountersignature(one, anybody, shown_to(one, self.shown)) for one in parsed
            ),
        )

    def checkpoint(self, *cards: str, station: str = "station") -> bytes:
        """Return the station's signed checkpoint, signed by some cards too."""
        raw = self.keys[station].public.spki[-32:]
        body = Checkpoint(origin=ORIGIN, size=len(self.entries), root=root(self._leaves()))
        signers = [(Signer(name=ORIGIN, type=SignatureType.ED25519, key=raw), self.keys[station])]
        held = (self.keys[name] for name in cards)
        signers += [(card_signer(one.public), one) for one in held if signs_checkpoints(one.public)]
        return signed_note(body, [signature_line(known, one.sign(body.body())) for known, one in signers])

    def _attest(self, request: Request, statement: bytes) -> None:
        payload: JsonObject = {"request": request.id, "statement": digest_of(statement)}
        self.append(Draft(kind=Kind.RELEASE, outcome=Outcome.INFO, payload=payload))

    def _leaves(self) -> list[bytes]:
        return [entry.leaf() for entry in self.entries]

    def _verified(self, envelope: Envelope) -> VerifiedCountersignature:
        return verified(envelope, self.trust.roster, self.shown)
