"""The journal as a story: one sentence a deed, nothing left out, nothing that could lie."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from workstation.core.entry import Actor, Draft, EntryTime, Kind, Outcome, Subject, placed
from workstation.core.errors import Malformed
from workstation.core.identity import PersonId
from workstation.core.ledger import Ledger
from workstation.core.ocsf import ocsf_event, ocsf_lines
from workstation.core.story import deeds, sentence, told
from workstation.core.story_filter import StoryFilter, request_named
from workstation.core.unfinished import UNKNOWN_AFTER_CRASH, unfinished

REQUEST = "ab" * 32
PRODUCT = Subject(digest=REQUEST, name="pkg:pypi/tool@1.1")
VIOLATIONS = [{"rule": "SOD-BUILDER", "control": "", "detail": "bob ← signed it\u202e"}]
SECOND = 1_795_000_000_000


def entries(*drafts):
    return [
        placed(
            draft,
            log="station.example/journal",
            seq=seq,
            prev="0" * 64,
            nonce="00" * 16,
            time=EntryTime(boot=0, mono_ms=0, rtc_ms=SECOND + 1000 * seq, floor_ms=0, attested=True),
        )
        for seq, draft in enumerate(drafts)
    ]


def said(outcome, *, kind=Kind.COUNTERSIGN, person="bob", ref=None, **payload):
    payload = {"request": REQUEST} | payload
    return Draft(
        kind=kind, outcome=outcome, actor=Actor(person=person), subject=PRODUCT, ref=ref, payload=payload
    )


def the_story():
    """Return a countersign that was done, one that was refused, and one that never ended."""
    return entries(
        Draft(kind=Kind.JOURNAL_OPEN, outcome=Outcome.INFO),
        said(Outcome.INTENT, person="alice"),
        said(Outcome.ALLOWED, person="alice", ref=1),
        said(Outcome.DONE, person="alice", ref=1),
        said(Outcome.INTENT),
        said(Outcome.BLOCKED, ref=4, violations=VIOLATIONS),
        said(Outcome.INTENT, kind=Kind.DECLINE, person="carol"),
        said(Outcome.ALLOWED, kind=Kind.DECLINE, person="carol", ref=6),
    )


def test_a_decision_at_a_time_nobody_attested_says_so_and_others_do_not():
    attested = entries(said(Outcome.INTENT), said(Outcome.DONE, ref=0))
    done = [replace(one, time=replace(one.time, attested=False)) for one in attested]
    refused = entries(said(Outcome.INTENT), said(Outcome.BLOCKED, ref=0))

    remarks = [deed.remarks() for each in (done, attested, refused) for deed in deeds(each)]

    assert remarks == [("at a time nobody had attested since the machine started",), (), ()]


def test_who_was_asked_about_the_journal_and_who_was_not_there_is_told():
    payload = {"consulted": ["countersignatures", "token:42\u202e"], "missing": ["tpm"]}
    consulted = Draft(kind=Kind.JOURNAL_CONSULT, outcome=Outcome.INFO, payload=payload)

    _, asked, missing = told(deeds(entries(consulted)), None)

    assert asked.strip() == "asked: countersignatures, token:42\u2039U+202E\u203a"
    assert missing.strip() == "NOT THERE: tpm"


def test_one_deed_is_one_sentence_whatever_the_number_of_its_entries():
    found = deeds(the_story())

    assert [sentence(deed, None) for deed in found] == [
        "The workstation opened the journal.",
        "alice countersigned pkg:pypi/tool@1.1.",
        "bob was REFUSED to countersign pkg:pypi/tool@1.1.",
        "carol began to decline pkg:pypi/tool@1.1; HOW IT ENDED IS UNKNOWN.",
    ]
    assert [entry.seq for deed in found for entry in deed.entries] == list(range(8))


def test_a_refusal_is_told_with_its_reasons_made_inert():
    lines = list(told(deeds(the_story()), None))

    assert "■" in lines[2]
    assert lines[3].strip() == "because SOD-BUILDER: bob ← signed it\u2039U+202E\u203a"


def test_peoples_own_words_are_told_inert_and_a_redaction_leaves_a_mark():
    found = deeds(
        entries(
            replace(said(Outcome.INTENT), beside={"comment": "ab" * 32}),
            replace(said(Outcome.DONE, ref=0), beside={"comment": "cd" * 32}),
        )
    )

    _, words = told(found, None, {(1, "comment"): "fine\u202e"})
    _, redacted = told(found, None, {})
    silent = list(told(found, None, {(1, "comment"): ""}))

    assert words.strip() == "comment: fine\u2039U+202E\u203a"
    assert redacted.strip() == "comment: (redacted)"
    assert len(silent) == 1


def test_what_an_effect_wrote_itself_belongs_to_its_deed():
    found = deeds(
        entries(
            said(Outcome.INTENT, kind=Kind.RELEASE),
            said(Outcome.ALLOWED, kind=Kind.RELEASE, ref=0),
            said(Outcome.INFO, kind=Kind.RELEASE, ref=1),
            said(Outcome.DONE, kind=Kind.RELEASE, ref=0),
        )
    )

    assert [len(deed.entries) for deed in found] == [4]


def test_an_end_nobody_knows_is_told_as_one_before_and_after_it_was_put_on_record():
    story = the_story()
    (ended,) = unfinished(story)
    (deed,) = [
        one
        for one in deeds([*story, *entries(*[Draft(kind=Kind.BOOT, outcome=Outcome.INFO)] * 8, ended)[8:]])
        if one.unknown
    ]

    assert ended.rule == UNKNOWN_AFTER_CRASH
    assert (ended.kind, ended.outcome, ended.ref) == (Kind.DECLINE, Outcome.FAILED, 6)
    assert "may have been done" in deed.reasons()[0]
    assert "UNKNOWN" in sentence(deed, None)


def test_an_action_that_was_announced_and_never_judged_did_nothing():
    (ended,) = unfinished(entries(said(Outcome.INTENT)))

    assert "nothing was done" in ended.reason


@pytest.mark.parametrize("end", [Outcome.DONE, Outcome.FAILED, Outcome.BLOCKED])
def test_an_action_that_ended_is_not_unfinished(end):
    assert unfinished(entries(said(Outcome.INTENT), said(end, ref=0))) == ()


def at(second):
    return datetime.fromtimestamp(SECOND / 1000 + second, UTC)


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (StoryFilter(), [0, 1, 4, 6]),
        (StoryFilter(person=PersonId("bob")), [4]),
        (StoryFilter(person=PersonId("nobody")), []),
        (StoryFilter(request=REQUEST), [1, 4, 6]),
        (StoryFilter(refused=True), [4]),
        (StoryFilter(since=at(3)), [1, 4, 6]),
        (StoryFilter(until=at(3)), [0]),
        (StoryFilter(since=at(3), until=at(4)), [1]),
        (StoryFilter(request=REQUEST, person=PersonId("alice"), refused=True), []),
    ],
)
def test_a_filter_lets_through_what_fits_all_of_it(wanted, numbers):
    assert [deed.first.seq for deed in wanted.of(deeds(the_story()))] == numbers


def test_a_release_nobody_asked_for_is_told():
    with pytest.raises(Malformed, match="0 requests fit"):
        request_named("9.9", Ledger())


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("outcome", Outcome)
def test_every_entry_has_an_event_with_what_its_class_requires(kind, outcome):
    (entry,) = entries(Draft(kind=kind, outcome=outcome, rule="SOD-BUILDER", subject=PRODUCT))

    event = ocsf_event(entry)

    assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
    assert event["category_uid"] == event["class_uid"] // 1000
    assert event["time"] == SECOND
    assert event["raw_data"].encode() == entry.to_bytes()
    assert event["metadata"]["uid"] == entry.leaf().hex()
    required = {3002: {"user", "service"}, 3004: {"entity"}, 6002: {"app"}, 1008: {"log_name"}}
    assert required[event["class_uid"]] <= set(event)


def test_a_refusal_is_an_event_that_was_denied():
    refusal = ocsf_event(the_story()[5])

    assert (refusal["action"], refusal["status"], refusal["severity"]) == ("Denied", "Failure", "Medium")
    assert refusal["actor"] == {"user": {"uid": "bob", "name": "bob", "type_id": 1}}
    assert ocsf_lines(the_story()).count(b"\n") == 8
