"""The worker as a process: what it knows, and what is said when it dies, hangs or talks nonsense."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hsm import fields, wire
from hsm.errors import TokenCode, TokenError
from hsm.link import TokenWorker
from hsm.refusals import code_of

if TYPE_CHECKING:
    from token_fixtures import Holders

_CHALLENGE = b"sixteen or more fresh bytes"
_ORPHANED = """
import os, signal, sys
from pathlib import Path
from hsm.link import TokenWorker
from hsm.module import ModulePath

worker = TokenWorker(ModulePath(path=Path(sys.argv[1])), environment={"SOFTHSM2_CONF": sys.argv[2]})
worker.tokens()
print(worker.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def _proc(pid: int | None, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except PermissionError:
        # Not dumpable: to anybody but root there is nothing to read, which is better still.
        return b""


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {"Z", "X"}


def test_a_pin_is_in_no_argument_and_no_environment(
    holders: Holders, token_worker: TokenWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUR_OWN_SECRET", "kept-to-ourselves")
    pin = bytes(holders.pin("alice"))
    token_worker.identify(holders.uri("alice"), _CHALLENGE, holders.pin("alice"))
    seen = _proc(token_worker.pid, "cmdline") + _proc(token_worker.pid, "environ")

    assert b"hsm.worker" in seen
    assert pin not in seen
    assert b"kept-to-ourselves" not in seen


def test_a_worker_writes_no_core_and_gains_no_privilege(token_worker: TokenWorker) -> None:
    token_worker.tokens()
    core = next(line for line in _proc(token_worker.pid, "limits").splitlines() if b"core file" in line)

    assert core.split()[4:6] == [b"0", b"0"]
    assert b"NoNewPrivs:\t1" in _proc(token_worker.pid, "status")


def test_a_worker_dies_with_its_parent(holders: Holders) -> None:
    root = str(Path(__file__).parent.parent.parent)
    arguments = [str(holders.module.path), holders.environment["SOFTHSM2_CONF"]]
    parent = subprocess.run(
        [sys.executable, "-c", _ORPHANED, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    worker, patience = int(parent.stdout), time.monotonic() + 5
    while _alive(worker) and time.monotonic() < patience:
        time.sleep(0.01)

    assert parent.returncode == -signal.SIGKILL
    assert not _alive(worker)


def test_a_closed_worker_is_gone(token_worker: TokenWorker) -> None:
    token_worker.tokens()
    pid = token_worker.pid
    token_worker.close()

    assert pid is not None
    assert token_worker.pid is None
    assert not _alive(pid)


def test_closing_and_killing_what_never_started_is_nothing(token_worker: TokenWorker) -> None:
    token_worker.kill()
    token_worker.close()

    assert token_worker.pid is None


def test_a_silent_worker_is_a_timeout_and_is_ended(holders: Holders) -> None:
    with TokenWorker(holders.module, environment=holders.environment, seconds=1) as worker:
        worker.tokens()
        stopped, pin = worker.pid or 0, holders.pin("alice")
        os.kill(stopped, signal.SIGSTOP)
        with pytest.raises(TokenError) as refusal:
            worker.identify(holders.uri("alice"), _CHALLENGE, pin)

    assert refusal.value.code is TokenCode.TIMEOUT
    assert not _alive(stopped)
    assert not any(pin)


def test_a_worker_killed_midway_has_crashed_and_the_next_request_has_another(
    holders: Holders, token_worker: TokenWorker
) -> None:
    token_worker.tokens()
    pin = holders.pin("alice")
    os.kill(token_worker.pid or 0, signal.SIGSTOP)
    killer = threading.Timer(0.2, token_worker.kill)
    killer.start()
    with pytest.raises(TokenError) as refusal:
        token_worker.identify(holders.uri("alice"), _CHALLENGE, pin)
    killer.join()

    assert refusal.value.code is TokenCode.WORKER_CRASHED
    assert not any(pin)
    assert token_worker.identify(holders.uri("alice"), _CHALLENGE, holders.pin("alice")).signature


def test_a_worker_that_died_between_requests_is_replaced(token_worker: TokenWorker) -> None:
    token_worker.tokens()
    dead = token_worker.pid or 0
    os.kill(dead, signal.SIGSEGV)
    while _alive(dead):
        time.sleep(0.01)
    tokens = token_worker.tokens()

    assert tokens
    assert token_worker.pid != dead


@pytest.mark.parametrize("name", ["LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHONSTARTUP", "PYTHONPATH"])
def test_an_environment_that_swaps_code_is_refused(holders: Holders, name: str) -> None:
    environment = holders.environment | {name: "/elsewhere"}
    with TokenWorker(holders.module, environment=environment) as worker, pytest.raises(TokenError) as refusal:
        worker.tokens()

    assert refusal.value.code is TokenCode.BAD_REQUEST


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.booleans() | st.none()), st.binary())
def test_messages_and_secrets_arrive_as_they_were_sent(message: dict[str, object], secret: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send_message(ours, message)
        wire.send(ours, bytearray(secret))

        assert wire.receive_message(theirs) == message
        assert wire.receive(theirs) == secret


@pytest.mark.parametrize("frame", [b"[]", b"1", b"", b"{", b"\xff", b"[" * 100_000])
def test_a_frame_that_is_no_object_is_bad(frame: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(ours, frame)
        with pytest.raises(wire.BadFrame):
            wire.receive_message(theirs)


def test_a_frame_longer_than_agreed_is_bad_both_ways() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with pytest.raises(wire.BadFrame):
            wire.send(ours, bytes(wire.LONGEST_FRAME + 1))
        ours.sendall(b"\xff\xff\xff\xff")
        with pytest.raises(wire.BadFrame):
            wire.receive(theirs)


def test_a_frame_cut_short_is_a_closed_channel() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        with ours:
            ours.sendall(b"\0\0\0\x09half")
        with pytest.raises(wire.ChannelClosed):
            wire.receive(theirs)


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        (fields.text, 1),
        (fields.text, None),
        (fields.number, True),
        (fields.number, -1),
        (fields.number, "1"),
        (fields.flag, 1),
        (fields.perhaps_flag, "true"),
        (fields.octets, "0g"),
        (fields.octets, b"00"),
        (fields.part, []),
        (fields.parts, {}),
        (fields.parts, [1]),
    ],
)
def test_a_field_of_another_type_is_wrong(reader: object, value: object) -> None:
    assert callable(reader)
    with pytest.raises(fields.WrongField):
        reader({"field": value}, "field")


@pytest.mark.parametrize(
    ("name", "present", "code"),
    [
        ("DeviceRemoved", False, TokenCode.TOKEN_REMOVED),
        ("GeneralError", False, TokenCode.TOKEN_REMOVED),
        ("SessionHandleInvalid", False, TokenCode.TOKEN_REMOVED),
        ("UserNotLoggedIn", False, TokenCode.TOKEN_REMOVED),
        ("AnUnmappedError", False, TokenCode.TOKEN_REMOVED),
        ("DeviceRemoved", True, TokenCode.TOKEN_IO),
        ("GeneralError", True, TokenCode.TOKEN_IO),
        ("UserNotLoggedIn", True, TokenCode.LOGIN_LOST),
        ("AnUnmappedError", True, TokenCode.TOKEN_UNKNOWN),
        ("PinIncorrect", False, TokenCode.PIN_INCORRECT),
        ("PinLocked", True, TokenCode.PIN_LOCKED),
        ("FunctionCancelled", True, TokenCode.CANCELLED_ON_DEVICE),
    ],
)
def test_presence_decides_whether_a_token_was_removed(name: str, present: bool, code: TokenCode) -> None:
    assert code_of(name, token_present=present) is code
