"""The auditor's report as a value: duties, refusals, exceptions and how complete it is."""

from __future__ import annotations

import pytest
from core_journal.test_story import REQUEST, at, entries, said, the_story

from workstation.core.audit_controls import CONTROLS
from workstation.core.audit_report import Completeness, audit_report
from workstation.core.entry import Draft, Kind, Outcome
from workstation.core.identity import Digest, PersonId, RequestId
from workstation.core.ledger import Approval, Ledger, RequestHistory
from workstation.core.story_filter import StoryFilter
from workstation.record.report_pdf import report_pdf

WHOLE = Completeness(
    origin="station.example/journal",
    station="station.example/journal+00+AA==",
    size=8,
    root=bytes(32),
    checkpoint="station.example/journal\n8\nAAAA\n\n— station.example/journal AAAA\n",
    findings=(),
    sealed=True,
)


def history(*approvers):
    return RequestHistory(
        request=RequestId(Digest(REQUEST)),
        product="pkg:pypi/tool",
        version="1.1",
        channel="stable",
        bundle=Digest(REQUEST),
        previous=None,
        manifest=frozenset(),
        admitted_seq=0,
        approvals=tuple(
            Approval(person=PersonId(person), envelope=Digest(REQUEST), seq=0) for person in approvers
        ),
        released=Digest(REQUEST),
    )


def reported(found, *approvers, period=None, completeness=WHOLE, texts=None):
    ledger = Ledger(requests={RequestId(Digest(REQUEST)): history(*approvers)})
    period = period or StoryFilter()
    return audit_report(found, ledger, None, completeness, period=period, texts=texts or {})


def test_duties_are_shown_apart_and_whoever_has_two_is_named():
    found = entries(
        said(Outcome.INTENT, person="alice"),
        said(Outcome.DONE, person="alice", ref=0, builders=["bob", "carol"]),
        said(Outcome.DONE, kind=Kind.RECEIPT, person=None, deployer="fa" * 32),
    )

    (apart,) = reported(found, "alice").releases
    (mixed,) = reported(found, "alice", "bob").releases

    assert (apart.builders, apart.approvers, apart.deployers) == (("bob", "carol"), ("alice",), ("fa" * 32,))
    assert apart.overlap == ()
    assert mixed.overlap == ("bob",)


def test_every_refusal_and_every_end_nobody_knows_is_in_it():
    report = reported(the_story())

    assert [deed.first.seq for deed in report.refusals] == [4]
    assert [deed.first.seq for deed in report.exceptions] == [6]
    assert [deed.first.seq for deed in report.access] == [0]
    assert [deed.first.seq for deed in report.releases[0].story] == [1, 4, 6]


@pytest.mark.parametrize(
    "trouble",
    [
        Draft(kind=Kind.JOURNAL_LOSS_DETECTED, outcome=Outcome.INFO),
        said(Outcome.FAILED),
        said(Outcome.DONE, kind=Kind.RELEASE, reviewDue="2026-12-01T00:00:00Z"),
    ],
)
def test_trouble_is_an_exception(trouble):
    assert len(reported(entries(trouble)).exceptions) == 1


def test_a_period_narrows_the_tables_and_not_the_completeness():
    report = reported(the_story(), period=StoryFilter(since=at(6)))

    assert (report.refusals, len(report.exceptions), report.completeness.size) == ((), 1, 8)


def test_every_control_says_what_it_asks_and_how_it_is_met():
    frameworks = {control.framework.split()[0] for control in CONTROLS}

    assert frameworks == {"NIST", "PCI", "CA/B", "Root"}
    assert all(control.asks and control.met_by and control.kinds for control in CONTROLS)
    assert CONTROLS[1].count(the_story()) == 8


def test_equal_reports_are_equal_bytes():
    first, second = (report_pdf(reported(the_story(), "alice")) for _ in range(2))

    assert first == second
    assert first.startswith(b"%PDF-")
    assert report_pdf(reported(the_story(), "bob")) != first
