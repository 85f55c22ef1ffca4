"""PINs: never tried twice, never kept, and never asked for in vain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hsm.checks import refuse_pin
from hsm.errors import TokenCode, TokenError
from hsm.facts import PinState

if TYPE_CHECKING:
    from token_fixtures import Holders

    from hsm.link import TokenWorker
    from hsm.uri import TokenUri

_CHALLENGE = b"sixteen or more fresh bytes"


def _refusal_of(worker: TokenWorker, uri: TokenUri, pin: bytearray | None) -> TokenError:
    with pytest.raises(TokenError) as refusal:
        worker.identify(uri, _CHALLENGE, pin)
    return refusal.value


def test_a_wrong_pin_is_incorrect_and_softhsm_does_not_tell_how_many_tries_are_left(
    holders: Holders, token_worker: TokenWorker
) -> None:
    refusal = _refusal_of(token_worker, holders.uri("alice"), bytearray(b"00000000"))

    assert (refusal.code, refusal.tries_left) == (TokenCode.PIN_INCORRECT, None)


def test_a_wrong_pin_shows_before_the_next_is_asked_for(holders: Holders, token_worker: TokenWorker) -> None:
    _refusal_of(token_worker, holders.uri("alice"), bytearray(b"00000000"))

    assert token_worker.public_key(holders.uri("alice")).token.pin is PinState.LOW


def test_a_wrong_pin_leaves_nothing_behind_that_hinders_the_right_one(
    holders: Holders, token_worker: TokenWorker
) -> None:
    _refusal_of(token_worker, holders.uri("alice"), bytearray(b"00000000"))
    identified = token_worker.identify(holders.uri("alice"), _CHALLENGE, holders.pin("alice"))

    assert identified.candidate.token.label == "alice"


def test_a_right_pin_logs_in_nobody_for_the_next_request(holders: Holders, token_worker: TokenWorker) -> None:
    token_worker.identify(holders.uri("alice"), _CHALLENGE, holders.pin("alice"))
    refusal = _refusal_of(token_worker, holders.uri("alice"), bytearray(b"00000000"))

    assert refusal.code is TokenCode.PIN_INCORRECT


@pytest.mark.parametrize(("pin", "code"), [(b"", TokenCode.PIN_FORMAT), (b"1" * 256, TokenCode.PIN_FORMAT)])
def test_a_pin_of_no_possible_length_spends_no_try(
    holders: Holders, token_worker: TokenWorker, pin: bytes, code: TokenCode
) -> None:
    refusal = _refusal_of(token_worker, holders.uri("alice"), bytearray(pin))

    assert refusal.code is code
    assert token_worker.public_key(holders.uri("alice")).token.pin is PinState.OK


def test_no_pin_is_a_bad_request_where_there_is_no_pin_pad(
    holders: Holders, token_worker: TokenWorker
) -> None:
    assert _refusal_of(token_worker, holders.uri("alice"), None).code is TokenCode.BAD_REQUEST


@pytest.mark.parametrize(
    ("state", "code", "tries_left"),
    [
        (PinState.LOCKED, TokenCode.PIN_LOCKED, 0),
        (PinState.UNINITIALISED, TokenCode.PIN_UNINITIALISED, None),
    ],
)
def test_a_pin_that_cannot_work_is_refused_from_the_flags(
    holders: Holders, token_worker: TokenWorker, state: PinState, code: TokenCode, tries_left: int | None
) -> None:
    token = replace(token_worker.public_key(holders.uri("alice")).token, pin=state)
    with pytest.raises(TokenError) as refusal:
        refuse_pin(token, bytearray(b"1234"))

    assert (refusal.value.code, refusal.value.tries_left) == (code, tries_left)


def test_no_pin_is_wanted_of_a_token_exactly_when_it_has_a_pin_pad(
    holders: Holders, token_worker: TokenWorker
) -> None:
    token = token_worker.public_key(holders.uri("alice")).token
    refuse_pin(replace(token, pinpad=True), None)
    with pytest.raises(TokenError) as refusal:
        refuse_pin(replace(token, pinpad=False), None)

    assert refusal.value.code is TokenCode.BAD_REQUEST


def test_the_last_try_is_known_from_the_flags() -> None:
    assert {state: state.tries_left for state in PinState} == {
        PinState.OK: None,
        PinState.LOW: None,
        PinState.FINAL: 1,
        PinState.LOCKED: 0,
        PinState.UNINITIALISED: None,
    }
