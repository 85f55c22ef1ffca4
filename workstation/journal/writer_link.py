"""The channel to a journal writer: one question, one answer, and a name for every way it can end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from workstation.core.errors import Malformed
from workstation.core.shape import Shape
from workstation.journal.failure import FailureName, JournalFailure
from workstation.process import frames
from workstation.process.child import Child

if TYPE_CHECKING:
    from pathlib import Path

    from workstation.core.shape import Fields
    from workstation.core.strict_json import JsonObject

_MODULE: Final = "workstation.journal.writer"
_SECONDS: Final = 30.0


class WriterLink:
    """The writer process, and what is known of its end."""

    def __init__(self, directory: Path) -> None:
        """Start a writer for the journal in `directory`."""
        self._child = Child(_MODULE, [str(directory.absolute())])
        self._failure: JournalFailure | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    @property
    def alive(self) -> bool:
        """Whether it may still answer."""
        return self._failure is None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._child.pid

    def ask(self, asked: JsonObject, *, secret: bytearray | None = None, seconds: float = _SECONDS) -> Fields:
        """Return the answer's fields; raises what the writer said was wrong, and wipes the secret."""
        if self._failure is not None:
            raise JournalFailure(self._failure.name, self._failure.why)
        try:
            answer = self._child.ask({**asked, "secret": secret is not None}, secret=secret, seconds=seconds)
        except frames.PeerGone as error:
            raise self._lost(FailureName.WRITER_GONE, "the journal writer ended") from error
        except frames.PeerSilent as error:
            why = f"the journal writer did not answer in {seconds:.0f} s"
            raise self._lost(FailureName.WRITER_SILENT, why) from error
        return _expect_success(Shape(answer, "writer").open_fields())

    def receive_secret(self) -> bytearray:
        """Return the secret that follows the last answer."""
        try:
            return frames.receive(self._child.fd, frames.deadline_in(_SECONDS))
        except (frames.PeerGone, frames.PeerSilent) as error:
            raise self._lost(FailureName.WRITER_GONE, "the journal writer ended") from error

    def end(self) -> None:
        """Close the channel and wait for the process."""
        if self._failure is None:
            self._child.close()
            self._failure = JournalFailure(FailureName.WRITER_GONE, "the journal was closed")

    def _lost(self, name: FailureName, why: str) -> JournalFailure:
        self._child.kill()
        self._failure = JournalFailure(name, why)
        return self._failure


def _expect_success(answer: Fields) -> Fields:
    failure, malformed = answer.get("failure"), answer.get("malformed")
    if failure is not None:
        raise JournalFailure(failure.choice(FailureName), answer["why"].text())
    if malformed is not None:
        raise Malformed(malformed.text(), answer["why"].text())
    return answer


def make_directory(directory: Path) -> None:
    """Make a journal's directory, if it is missing; raises JournalFailure (disk)."""
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise JournalFailure(FailureName.DISK, f"the directory could not be made ({error})") from error
