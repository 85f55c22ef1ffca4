"""Every way the journal can fail, by name, so that it survives the walk between two processes."""

from __future__ import annotations

from enum import StrEnum

from workstation.core.errors import JournalError


class FailureName(StrEnum):
    """What went wrong, for the gate and the screen to choose words by."""

    MISSING = "missing"
    """There is no journal here; a journal is made in the commissioning ceremony and nowhere else."""

    EXISTS = "exists"
    """There is a journal here already, where one was to be made."""

    HELD = "held"
    """Another process has this journal open."""

    WRONG_KEY = "wrong-key"
    """The passphrase, the token's secret or the journal key does not open it."""

    DAMAGED = "damaged"
    """A file is not what it was when it was written."""

    LOSS = "loss"
    """Acknowledged entries are gone, or an older copy of a file was put in place."""

    DISK = "disk"
    """The disk is full or failed; the journal has to be opened again."""

    POISONED = "poisoned"
    """An earlier write failed, so nothing more is written until the journal is opened again."""

    REFUSED = "refused"
    """What was asked cannot be done."""

    UNSAFE = "unsafe"
    """The database library is not one this journal may be written with."""

    WRITER_GONE = "writer-gone"
    """The journal writer ended; what was not acknowledged may or may not be there."""

    WRITER_SILENT = "writer-silent"
    """The journal writer did not answer in time and was ended."""


class JournalFailure(JournalError):
    """A JournalError with a name."""

    def __init__(self, name: FailureName, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


def database_failure(text: str) -> JournalFailure:
    """Return the failure that a message of the database library means."""
    if "not a database" in text:
        return JournalFailure(
            FailureName.WRONG_KEY, "the key does not open the database, or its first page is damaged"
        )
    if "malformed" in text:
        return JournalFailure(FailureName.DAMAGED, f"the database is damaged ({text})")
    return JournalFailure(FailureName.DISK, f"the database could not be read or written ({text})")
