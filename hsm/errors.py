"""Every way a token, its module or its worker can say no: one closed list."""

from __future__ import annotations

from enum import StrEnum


class TokenCode(StrEnum):
    """The closed list of reasons; each has words for people elsewhere."""

    PIN_INCORRECT = "pin_incorrect"
    PIN_LOCKED = "pin_locked"
    PIN_FORMAT = "pin_format"
    PIN_EXPIRED = "pin_expired"
    PIN_UNINITIALISED = "pin_uninitialised"
    TOKEN_MISSING = "token_missing"  # noqa: S105 (a code, no password)
    TOKEN_REMOVED = "token_removed"  # noqa: S105 (a code, no password)
    TOKEN_CHANGED = "token_changed"  # noqa: S105 (a code, no password)
    TOKEN_IO = "token_io"  # noqa: S105 (a code, no password)
    TOKEN_UNKNOWN = "token_unknown"  # noqa: S105 (a code, no password)
    KEY_MISSING = "key_missing"
    KEY_AMBIGUOUS = "key_ambiguous"
    KEY_NOT_PERMITTED = "key_not_permitted"
    MECHANISM_UNSUPPORTED = "mechanism_unsupported"
    CANCELLED_ON_DEVICE = "cancelled_on_device"
    TIMEOUT = "timeout"
    WORKER_CRASHED = "worker_crashed"
    LOGIN_LOST = "login_lost"
    STATE = "state"
    SIGNATURE_MISMATCH = "signature_mismatch"
    PINPAD_ALWAYS_AUTH_UNSUPPORTED = "pinpad_always_auth_unsupported"
    MODULE_REFUSED = "module_refused"
    BAD_REQUEST = "bad_request"
    INTERNAL = "internal"


class TokenError(Exception):
    """A token said no, or could not be asked.

    `detail` says what was found and what was wanted, and never holds a PIN. `tries_left` is the
    number of PIN tries before the token locks, where the token tells it, else None.
    """

    def __init__(self, code: TokenCode, detail: str = "", tries_left: int | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail
        self.tries_left = tries_left
