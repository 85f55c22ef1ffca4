"""The gate: nothing happens that the journal does not say first, and what happened is said after."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from shell.journey import Journey
from shell.station import Station, files_below, told

from workstation.core.dsse import parse_envelope
from workstation.core.entry import Draft, Entry
from workstation.core.errors import JournalError, Malformed
from workstation.core.identity import Digest, RequestId, digest_of
from workstation.desk.desk import Desk
from workstation.desk.face import AskCountersign, Problem, Refused, ReviewPage
from workstation.effects.tools import Effected
from workstation.tokens.cards import AnsweredCard

Run = Callable[..., Effected]
EFFECT = "workstation.gate.gate.run"


@pytest.fixture(scope="module")
def desk(journey: Journey, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Yield a desk with a request on it, at which nothing is achieved."""
    station = journey.admitted.copied_to(tmp_path_factory.mktemp("gate") / "station")
    with station.desk() as opened:
        yield opened


def request_of(journey: Journey) -> RequestId:
    return RequestId(Digest(journey.request))


def writer_of(desk: Desk) -> int:
    return desk.parts.journal._writer.pid  # pyright: ignore[reportPrivateUsage]  # to be killed


@pytest.mark.parametrize("before", range(1, 7))
def test_no_signature_without_its_entry(
    admitted: Station, journey: Journey, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    # The journal writer dies before one of: identify and countersign, each intended, allowed, done.
    asked_to_sign: list[bytes] = []
    with admitted.desk() as desk:
        pin = bytearray(journey.world.pins["alice"].encode())
        shown = desk.review(request_of(journey), "pkcs11:token=alice", pin)
        assert isinstance(shown, ReviewPage)
        assert desk.parts.cards is not None
        append, sign, written = desk.parts.journal.append, desk.parts.cards.sign, [0]

        def append_or_die(draft: Draft) -> Entry:
            written[0] += 1
            if written[0] == before:
                os.kill(writer_of(desk), signal.SIGKILL)
            return append(draft)

        def noted(card: AnsweredCard, message: bytes, pin: bytearray | None) -> bytes:
            asked_to_sign.append(message)
            return sign(card, message, pin)

        monkeypatch.setattr(desk.parts.journal, "append", append_or_die)
        monkeypatch.setattr(desk.parts.cards, "sign", noted)
        asked = AskCountersign(
            request=shown.item.request, review=shown.review, token="pkcs11:token=alice", comment="fine"
        )
        answer = desk.answer(asked, bytearray(journey.world.pins["alice"].encode()))

    assert isinstance(answer, Problem)
    assert (answer.code, answer.exit_status) == ("journalfailure", 6)
    assert len(asked_to_sign) == (1 if before == 6 else 0)
    with admitted.desk() as desk:
        history = desk.ledger.requests[request_of(journey)]
        assert history.approvals == ()
        assert desk.parts.journal.verify().findings == ()


def test_what_is_not_in_the_journal_is_not_done_at_all(admitted: Station, journey: Journey) -> None:
    disk = admitted.on_disk()
    with admitted.desk() as desk:
        os.kill(writer_of(desk), signal.SIGKILL)
        with pytest.raises(JournalError):
            desk.admit(journey.world.bundle)
        with pytest.raises(JournalError):
            desk.release(request_of(journey), admitted.home / "out")

    assert admitted.on_disk() == disk
    assert not (admitted.home / "out").exists()


def raising(error: Exception) -> Run:
    def effect(*_arguments: object) -> Effected:
        raise error

    return effect


def test_a_defect_is_journaled_by_its_kind_only_and_raised(
    desk: Desk, journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = desk.ledger.size
    monkeypatch.setattr(EFFECT, raising(ValueError("the secret is 1234")))

    with pytest.raises(ValueError, match="1234"):
        desk.review(request_of(journey))

    entries = desk.parts.journal.entries(size)
    assert told(entries) == [("review.open", "intent"), ("review.open", "allowed"), ("review.open", "failed")]
    assert entries[-1].reason == "defect: ValueError"
    assert entries[-1].ref == entries[0].seq
    assert not any(b"1234" in entry.to_bytes() for entry in entries)


def test_a_defect_among_the_guardrails_is_journaled_too(
    desk: Desk, journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = desk.ledger.size
    monkeypatch.setattr("workstation.gate.gate.judge", raising(KeyError("x")))

    with pytest.raises(KeyError):
        desk.release(request_of(journey))

    assert told(desk.parts.journal.entries(size)) == [("release", "intent"), ("release", "failed")]


def test_a_blocked_action_runs_no_effect(
    desk: Desk, journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = desk.parts.vault.directory
    size, disk = desk.ledger.size, files_below(store)
    monkeypatch.setattr(EFFECT, raising(AssertionError("an effect ran")))

    again = desk.admit(journey.world.bundle)
    early = desk.release(request_of(journey), store.parent / "out")

    assert isinstance(again, Refused)
    assert isinstance(early, Refused)
    assert [reason.rule for reason in again.reasons] == ["REQUEST-REPEATED"]
    assert "QUORUM" in {reason.rule for reason in early.reasons}
    assert files_below(store) == disk
    assert told(desk.parts.journal.entries(size)) == [
        ("intake.bundle", "intent"),
        ("intake.bundle", "blocked"),
        ("release", "intent"),
        ("release", "blocked"),
    ]


def test_a_refusal_of_a_countersignature_is_signed_about_its_own_entry(desk: Desk, journey: Journey) -> None:
    store = desk.parts.vault.directory
    shown, before = desk.review(request_of(journey)), {path.name for path in store.iterdir()}
    assert isinstance(shown, ReviewPage)
    asked = AskCountersign(request=shown.item.request, review=shown.review, token="pkcs11:token=ned")

    answer = desk.answer(asked, bytearray(journey.world.pins["ned"].encode()))

    assert isinstance(answer, Refused)
    (envelope,) = {path.name for path in store.iterdir()} - before
    (entry,) = desk.parts.journal.entries(answer.entry, answer.entry + 1)
    payload = parse_envelope((store / envelope).read_bytes(), where="refusal").payload
    assert entry.payload["statement"] == digest_of(payload)


def test_the_command_line_answers_a_defect_with_seventy_and_one_document(
    admitted: Station, journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EFFECT, raising(ValueError("the secret is 1234")))

    said = admitted.run("review", journey.request)

    assert said.status == 70
    assert said.document["error"] == {
        "kind": "defect",
        "where": "",
        "detail": "ValueError",
        "triesLeft": None,
    }
    assert "Traceback" in said.words


def test_a_path_that_is_no_text_is_refused_before_anything_happens(desk: Desk, journey: Journey) -> None:
    size = desk.ledger.size

    with pytest.raises(Malformed):
        desk.release(request_of(journey), Path("/tmp/st\udcffck"))

    assert desk.parts.journal.head().size == size
