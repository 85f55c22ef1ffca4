"""Cards that may not or cannot sign: nothing is signed, nothing is tried twice, and the journal says why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from shell.journey import Journey
from shell.station import PASSPHRASE, Station, told

from workstation.core.action import Identify, OpenReview
from workstation.core.errors import Malformed, Untrusted
from workstation.core.identity import Digest, RequestId
from workstation.desk.desk import Desk
from workstation.desk.face import Answer, AskCountersign, AskDecline, AskReview, Problem, Refused, ReviewPage
from workstation.desk.reading import reader_of
from workstation.desk.shelf import find
from workstation.gate.gate import Performed
from workstation.outcome import Identified, Materials

IDENTIFIED: Final = [("token.identify", outcome) for outcome in ("intent", "allowed", "done")]
NOT_IDENTIFIED: Final = [("token.identify", outcome) for outcome in ("intent", "allowed", "failed")]
REFUSED: Final = [*IDENTIFIED, ("countersign", "intent"), ("countersign", "blocked")]


class Chair:
    """A desk with a review open: who sits there tries cards and looks at what came of it."""

    def __init__(self, desk: Desk, journey: Journey) -> None:
        shown = desk.review(RequestId(Digest(journey.request)))
        assert isinstance(shown, ReviewPage)
        self.desk, self.shown, self.pins = desk, shown, journey.world.pins
        self.size = desk.ledger.size

    def try_card(self, name: str, pin: str | None = None, *, uri: str = "", comment: str = "") -> Answer:
        """Try to countersign with a card."""
        self.size = self.desk.ledger.size
        asked = AskCountersign(
            request=self.shown.item.request,
            review=self.shown.review,
            token=uri or f"pkcs11:token={name}",
            comment=comment,
        )
        secret = bytearray((pin or self.pins.get(name, "123456")).encode())
        answer = self.desk.answer(asked, secret)
        assert not any(secret), "the PIN is wiped, however it ends"
        return answer

    def open_with(self, name: str) -> None:
        """Have a card's holder open the review, as they do before they sign."""
        shown = self.desk.review(
            self.shown.item.request, f"pkcs11:token={name}", bytearray(self.pins[name].encode())
        )
        assert isinstance(shown, ReviewPage)
        assert shown.review == self.shown.review

    def story(self) -> list[tuple[str, str]]:
        """Return what the journal says of the last try."""
        return told(self.desk.parts.journal.entries(self.size))


@pytest.fixture(scope="module")
def chair(journey: Journey, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chair]:
    """Yield a chair at a desk where nobody succeeds in signing."""
    station = journey.admitted.copied_to(tmp_path_factory.mktemp("cards") / "station")
    with station.desk() as desk:
        yield Chair(desk, journey)
        assert desk.ledger.requests[RequestId(Digest(journey.request))].approvals == ()


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("bob-second", {"SOD-BUILDER"}),
        ("bob-build", {"SOD-BUILDER", "CREDENTIAL-USE"}),
        ("ned", {"SOD-BUILDER"}),
        ("sam", {"APPROVER-UNKNOWN"}),
        ("ci-7", {"APPROVER-SERVICE", "CREDENTIAL-USE"}),
        ("kim", {"APPROVER-ROLE", "CREDENTIAL-USE"}),
        ("frank", {"APPROVER-ROLE", "CREDENTIAL-USE"}),
    ],
)
def test_a_card_whose_holder_may_not_sign_is_refused_for_every_reason(
    chair: Chair, name: str, rules: set[str]
) -> None:
    chair.open_with(name)

    answer = chair.try_card(name)

    assert isinstance(answer, Refused)
    assert {reason.rule for reason in answer.reasons} == rules
    assert chair.story() == REFUSED


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nobody", "token_missing"),
        ("nopin-pat", "pin_uninitialised"),
        ("nosign-nia", "key_not_permitted"),
        ("twin-tom", "key_ambiguous"),
        ("mismatch-mia", "signature_mismatch"),
    ],
)
def test_a_card_that_cannot_sign_is_a_token_error_by_name(chair: Chair, name: str, code: str) -> None:
    answer = chair.try_card(name)

    assert isinstance(answer, Problem)
    assert (answer.code, answer.exit_status) == (code, 5)
    assert chair.story() == NOT_IDENTIFIED


def test_two_cards_that_match_are_never_chosen_between(chair: Chair) -> None:
    answer = chair.try_card("", uri="pkcs11:manufacturer=SoftHSM%20project")

    assert isinstance(answer, Problem)
    assert answer.code == "key_ambiguous"
    assert chair.story() == NOT_IDENTIFIED


def test_a_wrong_pin_is_tried_once_and_said(chair: Chair) -> None:
    answer = chair.try_card("carol", "00000000")

    assert isinstance(answer, Problem)
    assert (answer.code, answer.exit_status) == ("pin_incorrect", 5)
    assert chair.story() == NOT_IDENTIFIED
    failed = chair.desk.parts.journal.entries(chair.size)[-1]
    assert failed.rule == "pin_incorrect"
    assert "00000000" not in failed.to_bytes().decode()


def test_the_card_still_signs_nothing_after_a_wrong_pin(chair: Chair) -> None:
    before = {path.name for path in chair.desk.parts.vault.directory.iterdir()}

    chair.try_card("alice", "00000000")

    assert {path.name for path in chair.desk.parts.vault.directory.iterdir()} == before


def test_a_pin_in_the_uri_is_refused_and_never_written_down(chair: Chair) -> None:
    answer = chair.try_card("alice", uri="pkcs11:token=alice?pin-value=31415926")

    assert isinstance(answer, Problem)
    assert answer.exit_status == 3
    assert "31415926" not in f"{answer}"
    assert chair.story() == []


@pytest.mark.parametrize("comment", ["x" * 1001, "\udcff"], ids=["too long", "not UTF-8"])
def test_a_comment_no_statement_can_hold_is_refused_before_any_card_is_asked(
    chair: Chair, comment: str
) -> None:
    answer = chair.try_card("alice", comment=comment)

    assert isinstance(answer, Problem)
    assert (answer.where, answer.exit_status) == ("comment", 3)
    assert chair.story() == []


def unheeded(*_arguments: str) -> None:
    """Take what people type as it is."""


def test_no_card_is_asked_to_sign_what_could_not_be_read_again(
    chair: Chair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workstation.desk.desk.refuse_unwritable", unheeded)
    chair.open_with("alice")

    answer = chair.try_card("alice", comment="x" * 1001)

    assert isinstance(answer, Problem)
    assert answer.exit_status == 3
    assert answer.where.startswith("countersignature")
    assert chair.story()[-1] == ("countersign", "failed")


@pytest.mark.parametrize("reason", ["", " \n", "x" * 1001, "\udcff"])
def test_nobody_declines_without_a_readable_reason(chair: Chair, reason: str) -> None:
    size = chair.desk.ledger.size
    asked = AskDecline(
        request=chair.shown.item.request, review=chair.shown.review, token="pkcs11:token=alice", reason=reason
    )

    answer = chair.desk.answer(asked, bytearray(b"1234"))

    assert isinstance(answer, Problem)
    assert (answer.where, answer.exit_status) == ("reason", 3)
    assert chair.desk.ledger.size == size


def test_a_stranger_cannot_decline(chair: Chair) -> None:
    asked = AskDecline(
        request=chair.shown.item.request,
        review=chair.shown.review,
        token="pkcs11:token=sam",
        reason="because",
    )

    answer = chair.desk.answer(asked, bytearray(chair.pins["sam"].encode()))

    assert isinstance(answer, Refused)
    assert [reason.rule for reason in answer.reasons] == ["DECLINER-UNKNOWN"]


def test_a_review_that_was_not_shown_is_not_signed(chair: Chair) -> None:
    chair.open_with("alice")
    asked = AskCountersign(
        request=chair.shown.item.request, review=Digest("0" * 64), token="pkcs11:token=alice"
    )

    answer = chair.desk.answer(asked, bytearray(chair.pins["alice"].encode()))

    assert isinstance(answer, Refused)
    assert [reason.rule for reason in answer.reasons] == ["REVIEW-STALE"]


def test_who_reads_without_a_card_signs_nothing(chair: Chair) -> None:
    answer = chair.try_card("carol")

    assert isinstance(answer, Refused)
    assert [reason.rule for reason in answer.reasons] == ["REVIEW-UNOPENED"]
    assert chair.story() == REFUSED


def test_more_acknowledgements_than_the_journal_holds_are_refused_before_any_card_is_asked(
    chair: Chair,
) -> None:
    size = chair.desk.ledger.size
    asked = AskCountersign(
        request=chair.shown.item.request,
        review=chair.shown.review,
        token="pkcs11:token=alice",
        acknowledged=("x" * 1000,) * 101,
    )

    answer = chair.desk.answer(asked, bytearray(b"1234"))

    assert isinstance(answer, Problem)
    assert (answer.where, answer.exit_status) == ("acknowledged", 3)
    assert chair.desk.ledger.size == size


def test_what_a_refused_attempt_said_and_acknowledged_is_on_record(chair: Chair) -> None:
    size = chair.desk.ledger.size
    asked = AskCountersign(
        request=chair.shown.item.request,
        review=chair.shown.review,
        token="pkcs11:token=ned",
        comment="it is urgent",
        acknowledged=("DIFF-TEXT a", "DIFF-MODE b"),
    )

    answer = chair.desk.answer(asked, bytearray(chair.pins["ned"].encode()))

    entries = chair.desk.parts.journal.entries(size)
    (intent,) = (one for one in entries if told((one,)) == [("countersign", "intent")])
    assert isinstance(answer, Refused)
    beside = chair.desk.parts.journal.beside(intent.seq, intent.seq + 1)
    assert [(one.name, one.text) for one in beside] == [("comment", "it is urgent")]
    assert intent.payload["acknowledged"] == ["DIFF-TEXT a", "DIFF-MODE b"]


@pytest.mark.parametrize(
    ("name", "against"),
    [("bob-second", {"SOD-BUILDER"}), ("sam", {"APPROVER-UNKNOWN"}), ("carol", set[str]())],
)
def test_whoever_opens_a_review_is_told_at_once_why_they_could_not_sign(
    chair: Chair, name: str, against: set[str]
) -> None:
    size = chair.desk.ledger.size
    asked = AskReview(request=chair.shown.item.request, token=f"pkcs11:token={name}")

    answer = chair.desk.answer(asked, bytearray(chair.pins[name].encode()))

    assert isinstance(answer, ReviewPage)
    assert answer.reader is not None
    assert {one.rule for one in answer.reader.against} == against
    opened = chair.desk.parts.journal.entries(size)[-1]
    assert (opened.actor.person, opened.actor.token) == (
        answer.reader.person or None,
        answer.reader.token_serial,
    )
    assert (opened.actor.key, opened.actor.role) == (answer.reader.fingerprint, "reader")


def test_a_wrong_pin_opens_no_review(chair: Chair) -> None:
    size = chair.desk.ledger.size
    asked = AskReview(request=chair.shown.item.request, token="pkcs11:token=alice")

    answer = chair.desk.answer(asked, bytearray(b"00000000"))

    assert isinstance(answer, Problem)
    assert answer.code == "pin_incorrect"
    assert told(chair.desk.parts.journal.entries(size)) == NOT_IDENTIFIED


def test_a_card_that_answered_about_something_else_opens_nothing(chair: Chair) -> None:
    gate, request = chair.desk.parts.gate, chair.desk.ledger.requests[chair.shown.item.request]
    review = chair.desk.shelf.review(chair.desk.shelf.request(request), chair.desk.ledger)
    pin = bytearray(chair.pins["alice"].encode())
    asked = gate.perform(Identify(token="pkcs11:token=alice"), Materials(pin=pin))
    assert isinstance(asked, Performed)
    assert isinstance(asked.result, Identified)
    openings, size = request.openings, chair.desk.ledger.size

    with pytest.raises(Untrusted, match="not about this review"):
        gate.perform(OpenReview(review=review, reader=reader_of(asked.result)))

    assert told(chair.desk.parts.journal.entries(size))[-1] == ("review.open", "failed")
    assert chair.desk.ledger.requests[review.request.id].openings == openings


def test_the_command_line_opens_a_review_with_a_card_and_tells_a_builder_first(
    admitted: Station, journey: Journey
) -> None:
    card, pin = "pkcs11:token=bob-second", journey.world.pins["bob-second"]

    said = admitted.run("review", journey.request, "--token", card, pins=(pin,))

    assert said.status == 0
    assert said.document["reader"]["person"] == "p-bob"
    assert {one["rule"] for one in said.document["reader"]["against"]} == {"SOD-BUILDER"}
    assert said.words.splitlines()[0].endswith("you can read this review but not countersign it:")
    assert admitted.run("review", journey.request).document["reader"] is None


def test_the_command_line_answers_a_wrong_pin_with_status_five(admitted: Station, journey: Journey) -> None:
    said = admitted.run("countersign", journey.request, "--token", "pkcs11:token=alice", pins=("00000000",))

    assert said.status == 5
    assert set(said.document["error"]) == {"kind", "where", "detail", "triesLeft"}
    assert said.document["error"]["kind"] == "pin_incorrect"
    assert "never retried" in said.words


def test_a_wrong_passphrase_opens_nothing(admitted: Station) -> None:
    said = admitted.run("queue", passphrase=b"not the passphrase")

    assert said.status == 6
    assert PASSPHRASE.decode() not in said.words


@pytest.mark.parametrize("name", ["", "short", "unknown"])
def test_a_request_is_named_by_the_beginning_of_its_id_and_only_one(chair: Chair, name: str) -> None:
    named = {"short": chair.shown.item.request[:5], "unknown": "0" * 64}.get(name, "")

    with pytest.raises(Malformed, match="exactly one request"):
        find(chair.desk.ledger, named)

    assert find(chair.desk.ledger, chair.shown.item.request[:6]).request == chair.shown.item.request
