"""How far the desk is: told while it works; and what is stopped leaves nothing behind."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from shell.journey import Journey
from shell.station import Station, files_below

from workstation.core.errors import Cancelled, WorkstationError
from workstation.core.glimpse import Glimpse, Watch
from workstation.core.identity import RequestId
from workstation.core.release_diff import Finding
from workstation.desk import face, replies
from workstation.desk.client import DeskClient
from workstation.desk.desk import Desk
from workstation.desk.server import serve
from workstation.process import frames

FINDING = Finding(rule="DIFF-NAME", rank=90, path="a!/b", sentence="it leads out")
FIRST = Glimpse(bytes_total=9, changed=("a",), findings=(FINDING,))


@pytest.fixture
def desk(admitted: Station) -> Iterator[Desk]:
    with admitted.desk() as opened:
        yield opened


def stop(_glimpse: Glimpse) -> None:
    raise Cancelled("nobody waits for it any more")


def test_a_review_tells_how_far_it_is_up_to_its_end(desk: Desk, journey: Journey) -> None:
    seen: list[Glimpse] = []

    desk.review(RequestId(journey.request), watch=seen.append)

    shares = [glimpse.bytes_read / glimpse.bytes_total for glimpse in seen]
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] <= 1
    assert any(glimpse.changed for glimpse in seen)


def test_a_review_that_is_stopped_is_not_opened_and_can_be_begun_again(desk: Desk, journey: Journey) -> None:
    size = desk.ledger.size

    with pytest.raises(Cancelled):
        desk.review(RequestId(journey.request), watch=stop)

    assert desk.ledger.size == size
    assert isinstance(desk.review(RequestId(journey.request)), face.ReviewPage)


def test_a_review_that_is_stopped_while_it_compares_is_remembered_by_nobody(
    desk: Desk, journey: Journey
) -> None:
    def stop_late(glimpse: Glimpse) -> None:
        if glimpse.entries:
            stop(glimpse)

    for _ in range(2):
        with pytest.raises(Cancelled):
            desk.review(RequestId(journey.request), watch=stop_late)


def test_an_intake_that_is_stopped_keeps_nothing_and_rejects_nothing(desk: Desk, journey: Journey) -> None:
    size, kept = desk.ledger.size, files_below(desk.parts.vault.directory)

    with pytest.raises(Cancelled):
        desk.admit(journey.world.bundle, stop)

    assert desk.ledger.size == size
    assert files_below(desk.parts.vault.directory) == kept
    assert list(desk.parts.staging.iterdir()) == []


class Working:
    """A desk that works until it is told to stop, or as often as it is said to."""

    def __init__(self, glimpses: list[Glimpse], *, forever: bool) -> None:
        self.glimpses, self.forever = glimpses, forever

    def answer(
        self,
        question: face.Question,  # noqa: ARG002 (the desk's signature)
        secret: bytearray | None = None,  # noqa: ARG002 (as above)
        watch: Watch | None = None,
    ) -> face.Answer:
        """Tell every glimpse, then go on for as long as it is let."""
        assert watch is not None
        try:
            for glimpse in self.glimpses:
                watch(glimpse)
            while self.forever:
                watch(Glimpse(bytes_read=2, bytes_total=2))
        except WorkstationError as error:
            return replies.problem(error)
        return face.Queue(items=())


@pytest.fixture
def client(request: pytest.FixtureRequest) -> Iterator[DeskClient]:
    ours, theirs = socket.socketpair()

    def work() -> None:
        with suppress(OSError):
            serve(theirs.fileno(), request.param)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()

    yield DeskClient(ours.fileno())
    for side in (ours, theirs):
        with suppress(OSError):
            side.shutdown(socket.SHUT_RDWR)
    thread.join(10)
    ours.close()
    theirs.close()


def heard(client: DeskClient) -> tuple[list[Glimpse], face.Answer]:
    """Return what the desk told, up to its answer."""
    told: list[Glimpse] = []
    while isinstance(found := client.receive(), Glimpse):
        told.append(found)
    return told, found


@pytest.mark.parametrize("client", [Working([FIRST], forever=False)], indirect=True)
def test_the_first_glimpse_crosses_at_once_and_whole(client: DeskClient) -> None:
    client.ask(face.AskQueue())

    told, answer = heard(client)

    assert told == [FIRST]
    assert answer == face.Queue(items=())


@pytest.mark.parametrize(
    "client",
    [Working([Glimpse(), Glimpse(changed=("a",)), Glimpse(changed=("b",), bytes_read=1)], forever=True)],
    indirect=True,
)
def test_what_was_seen_between_two_tellings_is_told_together(client: DeskClient) -> None:
    client.ask(face.AskQueue())
    first, second = client.receive(), client.receive()
    client.cancel()

    _, answer = heard(client)

    assert first == Glimpse()
    assert isinstance(second, Glimpse)
    assert second.changed == ("a", "b")
    assert isinstance(answer, face.Problem)
    assert answer.code == "cancelled"


@pytest.mark.parametrize("client", [Working([], forever=False)], indirect=True)
def test_a_stop_after_the_answer_means_nothing(client: DeskClient) -> None:
    client.ask(face.AskQueue())
    heard(client)
    client.cancel()

    client.ask(face.AskQueue())

    assert heard(client) == ([], face.Queue(items=()))


@pytest.mark.parametrize("client", [Working([], forever=True)], indirect=True)
def test_another_question_while_one_is_answered_is_nonsense(client: DeskClient) -> None:
    client.ask(face.AskQueue())
    frames.send_json(client.fd, {"secret": False, "question": {"is": "AskQueue"}})

    _, answer = heard(client)

    assert isinstance(answer, face.Problem)
    assert answer.code == "malformed"
