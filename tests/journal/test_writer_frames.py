"""Whatever comes over the channel, the writer answers it or closes the channel; it takes no room for lies."""

from __future__ import annotations

import os
import resource
import socket
import struct

import pytest
from journal.journal_world import START, boot

from workstation.core.errors import Malformed
from workstation.process import frames


@pytest.mark.parametrize(
    "frame",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"op":NaN}', b'{"op":1,"op":2}', b"[" * 100_000, b'{"op":"\\ud800"}'],
)
def test_a_malformed_frame_is_answered_and_the_writer_goes_on(station, frame):
    with station.open() as journal:
        fd = journal._writer._child.fd
        frames.send(fd, frame)

        answer = frames.receive_json(fd, frames.deadline_in(20))

        assert "malformed" in answer
        assert journal.head().size == START


def test_a_frame_that_is_announced_too_long_is_answered_and_ends_the_channel_in_order(station):
    with station.open() as journal:
        journal.append(boot())
        fd = journal._writer._child.fd
        os.write(fd, struct.pack(">I", frames.MAX_FRAME + 1))

        answer = frames.receive_json(fd, frames.deadline_in(20))

        assert answer["malformed"] == "frame"
        assert journal._writer._child.wait(20) == 0
        journal._writer.end()
    with station.open() as again:
        assert (again.head().size, again.recovered) == (START + 1, 0)


def test_no_room_is_taken_for_bytes_that_have_not_come():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(struct.pack(">I", frames.MAX_FRAME) + b"x" * 1000)
        ours.shutdown(socket.SHUT_WR)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        with pytest.raises(frames.PeerGone):
            frames.receive(theirs.fileno())

    # In KiB; the announced frame has 256 MiB.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024


def test_a_long_frame_comes_whole():
    payload = os.urandom(3 * 1024 * 1024 + 17)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        reader = os.fork()
        if not reader:
            os._exit(0 if frames.receive(theirs.fileno()) == payload else 1)
        frames.send(ours.fileno(), payload)

        assert os.waitpid(reader, 0)[1] == 0


def test_text_that_is_no_unicode_never_leaves(station):
    with station.open() as journal:
        with pytest.raises(Malformed, match="no Unicode"):
            journal._writer.ask({"op": "\ud800"})

        assert journal.head().size == START
