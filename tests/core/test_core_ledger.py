"""What has happened follows from the entries alone."""

from __future__ import annotations

import pytest
from core.documents import Build
from core.receipts import OUT, admitting
from core.world import ROOT, World

from workstation.core.action import (
    Admit,
    AdmitReceipt,
    ApplyTrust,
    Countersign,
    Decline,
    ExportJournal,
    Identify,
    OpenReview,
    ReadJournal,
    Reject,
    Release,
    request_of,
)
from workstation.core.approver import identified
from workstation.core.entry import Actor, Draft, Kind, Outcome
from workstation.core.errors import JournalError, Malformed, TokenRefused, Untrusted
from workstation.core.guardrails.judge import GUARDRAILS
from workstation.core.ledger import Approval, Ledger, disclosed_ledger
from workstation.core.narration import REASON_LIMIT, narrate
from workstation.core.upkeep import (
    AdmitCosignature,
    Anchor,
    AttestTime,
    ChangeHolders,
    HolderChange,
    Redact,
)
from workstation.core.verdict import Blocked, Violation


def history(world):
    return world.ledger.requests[world.request.id]


def test_a_request_goes_from_admitted_to_released_and_received():
    world = World().quorate().released_as(OUT)
    world.perform(admitting(world), lambda: {"envelope": OUT})

    found = history(world)

    assert (found.product, found.version, found.channel) == ("pkg:generic/pump-firmware", "2.4.0", "stable")
    assert found.bundle == world.bundled.bundle.digest
    assert found.reviews == {world.review.digest}
    assert [approval.person for approval in found.approvals] == ["alice", "carol"]
    assert (found.released, found.receipts, found.declined, found.previous) == (OUT, (OUT,), (), None)
    assert world.ledger.size == len(world.entries)
    assert world.ledger.last_released(world.request.product, "stable") == found


def test_only_what_is_done_counts():
    world = World().admit()
    told = narrate(world.countersigning("alice"))
    for outcome in (Outcome.INTENT, Outcome.ALLOWED, Outcome.FAILED, Outcome.INFO):
        world.append(told.draft(outcome))

    assert history(world).approvals == ()


def test_a_refusal_is_remembered_with_whoever_is_known_of_it():
    world = World().admit()
    blocked = Blocked((Violation("SOD-BUILDER", "they built it"),))
    for name in ("bob-second", "mallory"):
        world.append(narrate(world.countersigning(name)).blocked(3, blocked))
    draft = Draft(kind=Kind.COUNTERSIGN, outcome=Outcome.BLOCKED, payload={"request": world.request.id})
    world.append(draft)

    assert history(world).refused == ("bob", world.keys["mallory"].public.fingerprint, "unknown")


def test_a_declination_is_remembered():
    assert history(World().admit().decline("erin")).declined == ("erin",)


def test_the_newest_release_comes_first_and_the_next_request_follows_it():
    world = World().quorate().released_as(OUT)
    first = world.request
    world.next_request(Build(version="2.5.0")).quorate().released_as(ROOT)

    released = world.ledger.released(first.product, "stable")

    assert [one.version for one in released] == ["2.5.0", "2.4.0"]
    assert released[0].previous == first.id
    assert world.ledger.last_released(first.product, "testing") is None


def test_what_is_about_no_request_we_know_changes_nothing():
    world = World().admit()
    before = world.ledger.requests
    for payload in ({"request": "ab" * 32}, {}):
        world.append(Draft(kind=Kind.RELEASE, outcome=Outcome.DONE, payload=payload))
    world.append(Draft(kind=Kind.BOOT, outcome=Outcome.DONE))

    assert world.ledger.requests == before


def test_entries_follow_on_or_the_journal_is_not_one():
    world = World().admit()

    with pytest.raises(JournalError, match="entry 1 found where entry 0 was wanted"):
        Ledger().after(world.entries[1:])


def test_an_entry_without_what_its_kind_says_is_malformed():
    world = World()
    world.append(Draft(kind=Kind.INTAKE_BUNDLE, outcome=Outcome.DONE, payload={"request": "ab" * 32}))

    with pytest.raises(Malformed, match=r"entry 0.product: nothing found"):
        _ = world.ledger


def test_proved_entries_tell_of_themselves_only():
    world = World().quorate()
    shown = [entry for entry in world.entries if entry.kind is not Kind.REVIEW_OPEN]

    found = disclosed_ledger(shown).requests[world.request.id]

    assert found.reviews == frozenset()
    assert found.approvals[0] == Approval(
        person="alice", envelope=history(world).approvals[0].envelope, seq=history(world).approvals[0].seq
    )


def actions():
    """Return one of every action, with the kind it is told as and the request it is about."""
    world = World().quorate().released_as(OUT)
    request, both = world.request, (world.card("alice"), world.card("mallory"))
    return [
        (world.admitting(), Kind.INTAKE_BUNDLE, request),
        (Reject(medium="m" * 300, where="index.json", why="no"), Kind.INTAKE_REJECT, None),
        (Identify(token="pkcs11:serial=1"), Kind.TOKEN_IDENTIFY, None),
        (OpenReview(review=world.review), Kind.REVIEW_OPEN, request),
        (world.countersigning("alice"), Kind.COUNTERSIGN, request),
        (world.declining("mallory"), Kind.DECLINE, request),
        (world.releasing(), Kind.RELEASE, request),
        (admitting(world), Kind.RECEIPT, request),
        (ApplyTrust(trust=world.trust, root=ROOT, targets=ROOT), Kind.TRUST_APPLY, None),
        (ReadJournal(purpose="audit"), Kind.JOURNAL_READ, None),
        (ExportJournal(start=0, stop=None, directory=OUT, ocsf=False), Kind.JOURNAL_EXPORT, None),
        (ChangeHolders(change=HolderChange.ADD, name="alice", way="token"), Kind.HOLDER, None),
        (Redact(entry=1, names=("comment",), purpose="asked", people=both), Kind.JOURNAL_REDACT, None),
        (AttestTime(utc=world.now, people=both), Kind.CLOCK_ATTEST, None),
        (Anchor(memory="paper"), Kind.JOURNAL_ANCHOR, None),
        (AdmitCosignature(witness="laptop", size=3, root=ROOT), Kind.JOURNAL_WITNESS, None),
    ]


@pytest.mark.parametrize("index", range(16))
def test_every_action_can_be_told_at_every_outcome_and_is_about_its_request(index):
    action, kind, request = actions()[index]
    told = narrate(action)

    for outcome in Outcome:
        entry = World().append(told.draft(outcome, ref=1, reason="r" * 1000))
        assert (entry.kind, entry.outcome) == (kind, outcome)
        assert len(entry.reason) == REASON_LIMIT
    assert request_of(action) == request


def test_one_of_every_action_was_told():
    told = {type(action) for action, _, _ in actions()}

    assert told == {
        Admit, Reject, Identify, OpenReview, Countersign, Decline, Release, AdmitReceipt, ApplyTrust,
        ReadJournal, ExportJournal, ChangeHolders, Redact, AttestTime, Anchor, AdmitCosignature,
    }  # fmt: skip


def test_a_decision_is_told_with_whoever_made_it():
    world = World().admit()

    assert narrate(world.countersigning("alice")).actor == Actor(
        person="alice", role="approver", token="token-alice", key=world.keys["alice"].public.fingerprint
    )
    assert narrate(world.declining("mallory")).actor.person is None


def test_a_refusal_is_told_with_every_rule_and_reason():
    world = World().admit()
    blocked = Blocked(
        (Violation("QUORUM", "few"), Violation("QUORUM", "fewer"), Violation("TRUST-EARLY", "soon"))
    )

    draft = narrate(world.releasing()).blocked(7, blocked, statement="ab" * 32)

    assert (draft.ref, draft.rule, draft.reason) == (7, "QUORUM", "QUORUM; TRUST-EARLY")
    assert draft.payload["violations"] == [violation.to_json() for violation in blocked.violations]
    assert draft.payload["statement"] == "ab" * 32
    assert "statement" not in narrate(world.releasing()).blocked(7, blocked).payload


def test_what_is_no_action_is_a_defect_to_tell_and_no_guardrails_business():
    world = World()

    with pytest.raises(AssertionError):
        narrate(object())
    assert request_of(object()) is None
    for guardrail in GUARDRAILS:
        assert list(guardrail(object(), world.facts(world.admitting()))) == []


def test_whose_card_it_is_follows_from_its_answer():
    world = World()

    assert world.card("alice").person.id == "alice"
    assert (world.card("ci-7").service.id, world.card("ci-7").person) == ("ci-7", None)
    stranger = world.card("mallory")
    assert (stranger.person, stranger.service) == (None, None)
    assert (stranger.token_serial, stranger.token_label) == ("token-mallory", "mallory")
    assert [world.card(name).label for name in ("alice", "ci-7")] == ["Alice", "CI-7"]
    assert stranger.label == f"key {world.keys['mallory'].public.fingerprint[:16]}"


@pytest.mark.parametrize(
    ("challenge", "signed_as", "why"),
    [
        (b"", b"countersign-identify-v1\n", "^token: an empty challenge proves nothing$"),
        (
            b"fresh",
            b"countersign-identify-v1\nstale",
            "^token's answer to the challenge: the signature does not",
        ),
        (b"fresh", b"fresh", "^token's answer to the challenge: the signature does not verify under key"),
    ],
)
def test_a_card_that_answers_something_else_is_nobodys(challenge, signed_as, why):
    world = World()
    key = world.keys["alice"]

    with pytest.raises(Untrusted, match=why):
        identified(
            key.public,
            challenge=challenge,
            signature=key.sign(signed_as),
            token_serial="1",
            token_label="alice",
            roster=world.trust.roster,
        )


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (TokenRefused("timeout"), "timeout"),
        (TokenRefused("pin_incorrect", "wrong", 2), "pin_incorrect: wrong"),
    ],
)
def test_a_token_that_refuses_says_why(error, text):
    assert str(error) == text
    assert error.exit_status == 5
