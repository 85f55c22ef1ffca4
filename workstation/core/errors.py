"""Every way the world can fail to be as needed, raised where ignoring it would be wrong.

A refusal is not here: `Blocked` is a value (see `verdict`). A defect of ours is not here
either: it is never caught, and the gate journals it.
"""

from __future__ import annotations


class WorkstationError(Exception):
    """Base of everything raised on purpose; `exit_status` is the command line's answer."""

    exit_status = 70


class Malformed(WorkstationError):
    """Input is not what its format says: where, what was found and what was wanted."""

    exit_status = 3

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


class Usage(WorkstationError):
    """The command line was not given what it needs."""

    exit_status = 2

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


class Untrusted(WorkstationError):
    """A signature, proof, chain or digest does not hold."""

    exit_status = 4

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


class MediaError(WorkstationError):
    """The medium or a file on it cannot be read or written."""

    exit_status = 3

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


class Cancelled(WorkstationError):
    """Whoever waited wanted no more of it: nothing was decided, nothing is kept."""

    exit_status = 1


class PolicyError(WorkstationError):
    """The signed policy or roster cannot be used as it stands."""

    exit_status = 3


class JournalError(WorkstationError):
    """The journal cannot be opened, written or verified; nothing may happen until it can."""

    exit_status = 6


class TokenRefused(WorkstationError):
    """A token said no, or could not be asked.

    `code` is one of the closed list in `hsm.errors`; `tries_left` is the PIN counter
    where the token tells it, else None.
    """

    exit_status = 5

    def __init__(self, code: str, detail: str = "", tries_left: int | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.tries_left = tries_left
