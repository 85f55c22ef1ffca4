"""What python-pkcs11 raises, in our closed list of codes; by name, so no module is loaded here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hsm.errors import TokenCode

if TYPE_CHECKING:
    from collections.abc import Mapping

_CODES: Final[Mapping[str, TokenCode]] = {
    "PinIncorrect": TokenCode.PIN_INCORRECT,
    "PinLocked": TokenCode.PIN_LOCKED,
    "PinLenRange": TokenCode.PIN_FORMAT,
    "PinInvalid": TokenCode.PIN_FORMAT,
    "PinExpired": TokenCode.PIN_EXPIRED,
    "UserPinNotInitialized": TokenCode.PIN_UNINITIALISED,
    "DeviceRemoved": TokenCode.TOKEN_REMOVED,
    "TokenNotPresent": TokenCode.TOKEN_REMOVED,
    "TokenNotRecognised": TokenCode.TOKEN_UNKNOWN,
    "SessionHandleInvalid": TokenCode.TOKEN_REMOVED,
    "SessionClosed": TokenCode.TOKEN_REMOVED,
    "ObjectHandleInvalid": TokenCode.TOKEN_REMOVED,
    "SlotIDInvalid": TokenCode.TOKEN_REMOVED,
    "DeviceError": TokenCode.TOKEN_IO,
    "DeviceMemory": TokenCode.TOKEN_IO,
    "FunctionFailed": TokenCode.TOKEN_IO,
    "GeneralError": TokenCode.TOKEN_IO,
    "HostMemory": TokenCode.TOKEN_IO,
    "MechanismInvalid": TokenCode.MECHANISM_UNSUPPORTED,
    "MechanismParamInvalid": TokenCode.MECHANISM_UNSUPPORTED,
    "KeyTypeInconsistent": TokenCode.MECHANISM_UNSUPPORTED,
    "KeySizeRange": TokenCode.KEY_NOT_PERMITTED,
    "FunctionNotSupported": TokenCode.MECHANISM_UNSUPPORTED,
    "FunctionCancelled": TokenCode.CANCELLED_ON_DEVICE,
    "FunctionRejected": TokenCode.CANCELLED_ON_DEVICE,
    "UserNotLoggedIn": TokenCode.LOGIN_LOST,
    "UserAlreadyLoggedIn": TokenCode.STATE,
    "AnotherUserAlreadyLoggedIn": TokenCode.STATE,
    "OperationActive": TokenCode.STATE,
    "OperationNotInitialized": TokenCode.STATE,
    "NoSuchKey": TokenCode.KEY_MISSING,
    "MultipleObjectsReturned": TokenCode.KEY_AMBIGUOUS,
}

# Removal shows up as any of these, and these show up without removal: presence decides.
_PERHAPS_REMOVED: Final = frozenset(
    {
        TokenCode.TOKEN_REMOVED,
        TokenCode.TOKEN_IO,
        TokenCode.TOKEN_UNKNOWN,
        TokenCode.LOGIN_LOST,
        TokenCode.STATE,
    }
)


def code_of(exception_name: str, *, token_present: bool) -> TokenCode:
    """Return the code for a python-pkcs11 exception class, and for where the token is now."""
    code = _CODES.get(exception_name, TokenCode.TOKEN_UNKNOWN)
    if code in _PERHAPS_REMOVED and not token_present:
        return TokenCode.TOKEN_REMOVED
    return TokenCode.TOKEN_IO if code is TokenCode.TOKEN_REMOVED else code


def refused(code: TokenCode, detail: str) -> dict[str, object]:
    """Return the answer that is a refusal."""
    return {"refused": code, "detail": detail}
