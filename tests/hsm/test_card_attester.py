"""The attester: a process of its own for one question to a card; here with no card to ask."""

from __future__ import annotations

import socket

import pytest

from hsm.attesting import attestation
from hsm.errors import TokenCode, TokenError

PCSCD = "/run/pcscd/pcscd.comm"


def refused(slot, reader=None, **environment):
    with pytest.raises(TokenError) as raised:
        attestation(slot, reader, environment=environment)
    return raised.value.code


def card_service_runs():
    with socket.socket(socket.AF_UNIX) as channel:
        return channel.connect_ex(PCSCD) == 0


@pytest.mark.parametrize("slot", ["", "9b", "f9", "9C", "9c ", "81", "96", "0x9c", "9c9c"])
def test_only_slots_that_can_hold_a_key_of_a_person_are_asked_about(slot):
    assert refused(slot) is TokenCode.BAD_REQUEST


def test_without_a_card_service_no_card_is_there():
    if card_service_runs():
        pytest.skip("a card service runs here, with whatever card is in it")

    assert refused("9c") is TokenCode.TOKEN_MISSING


def test_nothing_that_swaps_code_reaches_the_attester():
    assert refused("9c", LD_PRELOAD="/tmp/other.so") is TokenCode.BAD_REQUEST
