"""The desk's channel: one question, one answer, secrets beside them, and an end with a name."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from workstation.core.errors import Malformed
from workstation.core.glimpse import Watch
from workstation.core.identity import Digest, RequestId
from workstation.core.seen import AtScreen
from workstation.desk import face
from workstation.desk.client import DeskClient
from workstation.desk.server import serve
from workstation.process import frames


class Listening:
    """A desk that remembers what it was asked, and with what secret."""

    def __init__(self) -> None:
        self.asked: list[tuple[face.Question, bytes | None]] = []
        self.buffers: list[bytearray] = []

    def answer(
        self,
        question: face.Question,
        secret: bytearray | None = None,
        watch: Watch | None = None,  # noqa: ARG002 (the desk's signature)
    ) -> face.Answer:
        """Answer anything with an empty queue."""
        self.asked.append((question, None if secret is None else bytes(secret)))
        if secret is not None:
            self.buffers.append(secret)
        return face.Queue(items=())


@pytest.fixture
def channel() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Yield the screen's and the desk's end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


COUNTERSIGN = face.AskCountersign(
    request=RequestId(Digest("0" * 64)),
    review=Digest("1" * 64),
    token="pkcs11:token=alice",
    at_screen=AtScreen(words="aardvark", seen=()),
)


def test_a_secret_crosses_beside_the_question_and_is_wiped_at_both_ends(
    channel: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = channel
    desk, secret, client = Listening(), bytearray(b"31415926"), DeskClient(ours.fileno())
    thread = threading.Thread(target=serve, args=(theirs.fileno(), desk))
    thread.start()

    client.ask(COUNTERSIGN, secret)
    answer = client.receive()
    ours.shutdown(socket.SHUT_RDWR)
    thread.join()

    assert answer == face.Queue(items=())
    assert desk.asked == [(COUNTERSIGN, b"31415926")]
    assert not any(secret)
    assert not any(desk.buffers[0])


def test_a_secret_is_never_in_a_json_frame(channel: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = channel

    DeskClient(ours.fileno()).ask(COUNTERSIGN, bytearray(b"31415926"))
    message, secret = frames.receive(theirs.fileno()), frames.receive(theirs.fileno())

    assert b"31415926" not in message
    assert json.loads(message)["secret"] is True
    assert bytes(secret) == b"31415926"


def test_a_screen_that_does_not_say_what_was_typed_and_displayed_is_not_answered(
    channel: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = channel
    desk = Listening()
    DeskClient(ours.fileno()).ask(replace(COUNTERSIGN, at_screen=None), bytearray(b"31415926"))

    with pytest.raises(Malformed, match=r"question\.at_screen"):
        serve(theirs.fileno(), desk)

    assert desk.asked == []


def test_the_desk_is_asked_one_thing_at_a_time(channel: tuple[socket.socket, socket.socket]) -> None:
    client = DeskClient(channel[0].fileno())
    client.ask(face.AskQueue())

    assert client.waiting
    with pytest.raises(RuntimeError):
        client.ask(face.AskQueue())


def test_a_desk_that_is_gone_is_said_to_be_gone(channel: tuple[socket.socket, socket.socket]) -> None:
    client = DeskClient(channel[0].fileno())
    client.ask(face.AskQueue())
    channel[1].close()

    with pytest.raises(frames.PeerGone):
        client.receive()


def test_an_answer_that_is_no_message_is_refused(channel: tuple[socket.socket, socket.socket]) -> None:
    for message in (b"[]", b"{}", b'{"answer":7}', b"nonsense", b'{"answer":{"is":"Queue","is":"Queue"}}'):
        frames.send(channel[1].fileno(), message)
        with pytest.raises(Malformed):
            DeskClient(channel[0].fileno()).receive()


@pytest.mark.parametrize(
    "message",
    [
        b"nonsense",
        b"[]",
        b'{"secret":false}',
        b'{"secret":false,"question":{"is":"AskEverything"}}',
        b'{"secret":false,"question":[]}',
    ],
)
def test_a_screen_that_sends_nonsense_is_not_answered(
    channel: tuple[socket.socket, socket.socket], message: bytes
) -> None:
    desk = Listening()
    frames.send(channel[0].fileno(), message)

    with pytest.raises(Malformed):
        serve(channel[1].fileno(), desk)

    assert desk.asked == []


def test_a_frame_announced_too_large_is_refused_before_it_is_read(
    channel: tuple[socket.socket, socket.socket],
) -> None:
    os.write(channel[0].fileno(), b"\xff\xff\xff\xff")

    with pytest.raises(Malformed, match="at most"):
        serve(channel[1].fileno(), Listening())


def test_a_screen_that_leaves_ends_the_serving_in_peace(
    channel: tuple[socket.socket, socket.socket],
) -> None:
    channel[0].close()

    serve(channel[1].fileno(), Listening())
