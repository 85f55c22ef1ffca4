"""What the desk tells of its records, takes from media and writes to them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from shell.journey import Journey
from shell.station import Station

from workstation.core.identity import RequestId
from workstation.core.release_words import release_words
from workstation.desk.desk import Desk
from workstation.desk.face import Problem, Refused
from workstation.desk.records_face import (
    AskEject,
    AskJournal,
    AskMedia,
    AskPeople,
    AskPolicy,
    AskReceipts,
    AskSlip,
    AskTakeIn,
    AskVerifyJournal,
    Ejected,
    JournalPage,
    JournalVerified,
    Media,
    People,
    PolicyPage,
    Printed,
    Receipts,
    Slip,
    TakenIn,
)
from workstation.intake.media import sticks

Opened = Callable[..., Desk]


def bundle(journey: Journey) -> Path:
    """Return where the request for 1.1 lies on its medium."""
    return Path(journey.world.made.document["directory"])


@contextmanager
def opened(station: Station, *media: Path) -> Iterator[Desk]:
    with station.desk() as desk:
        yield Desk(replace(desk.parts, media=media))


def test_a_bundle_on_a_medium_is_found_and_taken_in(fresh: Station, journey: Journey) -> None:
    with opened(fresh, bundle(journey).parent) as desk:
        media = desk.answer(AskMedia())
        assert isinstance(media, Media)
        (stick,) = media.sticks
        taken = desk.answer(AskTakeIn(bundle=str(bundle(journey))))

    assert str(bundle(journey)) in stick.bundles
    assert stick.size > stick.free > 0
    assert isinstance(taken, TakenIn)
    assert taken.request == journey.request
    assert (taken.version, taken.channel) == ("1.1", "stable")


def test_a_bundle_that_is_on_no_medium_is_not_read(fresh: Station, journey: Journey, tmp_path: Path) -> None:
    with opened(fresh, tmp_path) as desk:
        answer = desk.answer(AskTakeIn(bundle=str(bundle(journey))))
        eject = desk.answer(AskEject(medium=str(bundle(journey))))

    assert isinstance(answer, Problem)
    assert "no bundle found there" in answer.detail
    assert isinstance(eject, Problem)


def test_the_same_request_again_is_refused_with_its_rule(admitted: Station, journey: Journey) -> None:
    with opened(admitted, bundle(journey).parent) as desk:
        answer = desk.answer(AskTakeIn(bundle=str(bundle(journey))))

    assert isinstance(answer, Refused)
    assert [reason.rule for reason in answer.reasons] == ["REQUEST-REPEATED"]


def test_letting_go_of_a_directory_writes_everything_out(fresh: Station, tmp_path: Path) -> None:
    with opened(fresh, tmp_path) as desk:
        answer = desk.answer(AskEject(medium=str(tmp_path)))

    assert answer == Ejected(medium=str(tmp_path))


def test_media_are_read_from_the_kernels_list_of_mounts(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    line = "36 35 98:0 / {} rw,noatime - vfat /dev/sdb1 rw\n"
    mounts.write_text(line.format("/proc") + line.format("/media/no\\040such") + "nonsense\n")

    assert sticks((tmp_path,), mounts)[0].mounted is False
    assert [stick.path for stick in sticks((), mounts)] == []
    assert sticks((tmp_path / "gone",), tmp_path / "none") == ()


def test_the_journal_is_told_newest_first_and_that_it_was_read_is_in_it(released: Station) -> None:
    with opened(released) as desk:
        page = desk.answer(AskJournal())
        assert isinstance(page, JournalPage)
        earlier = desk.answer(AskJournal(before=5))
        verified = desk.answer(AskVerifyJournal())

    assert page.lines[0].kind == "journal.read"
    assert [line.seq for line in page.lines] == sorted((line.seq for line in page.lines), reverse=True)
    assert any(line.outcome == "done" and line.kind == "release" for line in page.lines)
    assert isinstance(earlier, JournalPage)
    assert [line.seq for line in earlier.lines] == [4, 3, 2, 1, 0]
    assert isinstance(verified, JournalVerified)
    assert verified.findings == ()


def test_people_policy_and_receipts_are_told_as_they_are_followed(released: Station) -> None:
    with opened(released) as desk:
        people, policy, receipts = (desk.answer(ask()) for ask in (AskPeople, AskPolicy, AskReceipts))

    assert isinstance(people, People)
    assert {"Alice", "Bob"} <= {line.name for line in people.lines}
    assert any(line.service and line.controllers for line in people.lines)
    assert all(key.fingerprint for line in people.lines for key in line.keys)
    assert isinstance(policy, PolicyPage)
    assert ("approvals", True) in {(c.name.split(".")[0], bool(c.asks)) for c in policy.rules[0].controls}
    assert isinstance(receipts, Receipts)
    assert any("1.1 stable" in one for one in receipts.awaited)


def test_slips_are_written_to_the_outgoing_medium_and_never_over_another(
    admitted: Station, journey: Journey
) -> None:
    with opened(admitted) as desk:
        first = desk.answer(AskSlip(slip=Slip.REQUEST, about=journey.request))
        second = desk.answer(AskSlip(slip=Slip.REQUEST, about=journey.request))
        checkpoint = desk.answer(AskSlip(slip=Slip.CHECKPOINT))
        outgoing = desk.parts.outgoing

    assert isinstance(first, Printed)
    assert isinstance(second, Printed)
    assert isinstance(checkpoint, Printed)
    assert first.path != second.path
    assert first.digest == second.digest
    assert all(Path(one.path).parent == outgoing / "slips" for one in (first, second, checkpoint))
    assert release_words(RequestId(journey.request))[0].encode() in Path(first.path).read_bytes()


@pytest.mark.parametrize(
    "asked",
    [
        AskSlip(slip=Slip.REQUEST, about="0" * 64),
        AskSlip(slip=Slip.REFUSAL, about="0"),
        AskSlip(slip=Slip.REFUSAL, about="99999"),
        AskSlip(slip=Slip.REFUSAL, about="-1"),
        AskSlip(slip=Slip.REFUSAL, about="²"),
        AskSlip(slip=Slip.REFUSAL, about="9" * 40),
    ],
)
def test_a_slip_about_nothing_is_not_written(admitted: Station, asked: AskSlip) -> None:
    with opened(admitted) as desk:
        answer = desk.answer(asked)

        assert isinstance(answer, Problem)
        assert not (desk.parts.outgoing / "slips").exists()


def test_a_refusal_has_a_slip_with_its_rule_and_words(admitted: Station, journey: Journey) -> None:
    with opened(admitted, bundle(journey).parent) as desk:
        refused = desk.answer(AskTakeIn(bundle=str(bundle(journey))))
        assert isinstance(refused, Refused)
        slip = desk.answer(AskSlip(slip=Slip.REFUSAL, about=str(refused.entry)))

    assert isinstance(slip, Printed)
    text = Path(slip.path).read_bytes()
    assert b"REQUEST-REPEATED" in text
    assert b"REFUSED" in text


def test_a_slip_that_cannot_be_written_leaves_nothing(admitted: Station) -> None:
    with opened(admitted) as desk:
        shutil.rmtree(desk.parts.outgoing, ignore_errors=True)
        desk.parts.outgoing.write_text("not a directory")
        answer = desk.answer(AskSlip(slip=Slip.CHECKPOINT))

    assert isinstance(answer, Problem)
    assert "cannot be written" in answer.detail
