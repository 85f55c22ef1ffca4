"""The journal writer process: `python -m workstation.journal.writer FD DIRECTORY`.

The only process that ever holds the journal key and the station's signing key. It answers one
request after another on FD and ends when the channel closes. What can be asked is in `requests`.
"""

from __future__ import annotations

import codecs
import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from workstation.core.errors import Malformed
from workstation.core.shape import Shape
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.requests import Answer, Requests
from workstation.process import frames, sandbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workstation.core.strict_json import JsonObject


_RANDOM: Final = Path("/dev/urandom")  # the database seeds itself from it


def main(arguments: Sequence[str]) -> None:
    """Serve the channel until it closes or the journal does."""
    fd, directory = int(arguments[0]), Path(arguments[1])
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the keys
    requests = Requests(directory)
    unsafe = _confined(directory)
    try:
        while not requests.closed:
            _serve_one(fd, requests, unsafe)
    except frames.FrameTooLong as error:
        _send(fd, {"malformed": error.where, "why": error.why}, None)
    except frames.PeerGone:
        pass
    finally:
        requests.close()


def _confined(directory: Path) -> JournalFailure | None:
    """Close everything but the journal's directory; return why not, so that it can be told."""
    codecs.lookup("utf-16-be")  # Loaded at first use otherwise, which is after the walls.
    try:
        sandbox.confine_to(read=(_RANDOM,), write=(directory,))
    except sandbox.WallsUnavailable as error:
        return JournalFailure(FailureName.UNSAFE, f"the writer cannot be confined ({error})")
    return None


def _serve_one(fd: int, requests: Requests, unsafe: JournalFailure | None) -> None:
    secret: bytearray | None = None
    try:
        request = frames.receive_json(fd)
        secret = frames.receive(fd) if request.pop("secret", False) is True else None
        if unsafe is not None:
            raise unsafe
        answer = requests.answer(Shape(request, "request"), secret)
    except JournalFailure as error:
        answer = Answer(said={"failure": error.name.value, "why": error.why})
    except frames.FrameTooLong:
        raise
    except Malformed as error:
        answer = Answer(said={"malformed": error.where, "why": error.why})
    finally:
        if secret is not None:
            frames.wipe(secret)
    _send(fd, answer.said, answer.secret)


def _send(fd: int, said: JsonObject, secret: bytearray | None) -> None:
    frames.send_json(fd, said)
    if secret is not None:
        frames.send(fd, secret)
        frames.wipe(secret)


if __name__ == "__main__":
    main(sys.argv[1:])
