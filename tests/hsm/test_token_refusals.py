"""Tokens and keys that must not sign, and what is said instead."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from token_fixtures import SOFTHSM

from hsm.checks import LONGEST_MESSAGE
from hsm.errors import TokenCode, TokenError
from hsm.link import TokenWorker
from hsm.uri import TokenUri

if TYPE_CHECKING:
    from token_fixtures import Holders

_CHALLENGE = b"sixteen or more fresh bytes"
# Runs in a process of its own: puts another private key under id 02, and leaves what is public.
_SWAP_PRIVATE_KEY = """
import sys
import pkcs11
from pkcs11 import Attribute as A, KeyType, ObjectClass

module, label, pin = sys.argv[1:]
with pkcs11.lib(module).get_token(token_label=label).open(rw=True, user_pin=pin) as session:
    session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=bytes([2])).destroy()
    session.create_object({
        A.CLASS: ObjectClass.PRIVATE_KEY, A.KEY_TYPE: KeyType.EC, A.TOKEN: True, A.PRIVATE: True,
        A.SENSITIVE: True, A.EXTRACTABLE: False, A.SIGN: True, A.ID: bytes([2]),
        A.EC_PARAMS: bytes.fromhex("06082a8648ce3d030107"), A.VALUE: bytes([7] * 32),
    })
"""


def _refusal_of(worker: TokenWorker, uri: TokenUri, pin: bytearray | None) -> TokenError:
    with pytest.raises(TokenError) as refusal:
        worker.identify(uri, _CHALLENGE, pin)
    return refusal.value


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nosign-nia", TokenCode.KEY_NOT_PERMITTED),
        ("alice-unlock", TokenCode.KEY_NOT_PERMITTED),
        ("short-sid", TokenCode.KEY_NOT_PERMITTED),
        ("leaky-lou", TokenCode.KEY_NOT_PERMITTED),
        ("mismatch-mia", TokenCode.SIGNATURE_MISMATCH),
        ("nopin-pat", TokenCode.PIN_UNINITIALISED),
        ("twin-tom", TokenCode.KEY_AMBIGUOUS),
    ],
)
def test_an_unfit_key_never_signs_and_says_why(
    holders: Holders, token_worker: TokenWorker, name: str, code: TokenCode
) -> None:
    pin = holders.pin(name)
    refusal = _refusal_of(token_worker, holders.uri(name), pin)

    assert refusal.code is code
    assert not any(pin)


def test_a_token_that_is_not_there_is_missing(holders: Holders, token_worker: TokenWorker) -> None:
    holders.take_out("alice")
    pin = holders.pin("alice")
    refusal = _refusal_of(token_worker, holders.uri("alice"), pin)

    assert refusal.code is TokenCode.TOKEN_MISSING
    assert not any(pin)


def test_two_tokens_that_match_are_ambiguous_and_both_named(
    holders: Holders, token_worker: TokenWorker
) -> None:
    holders.keep_only("bob-build", "bob-second")
    serials = [token.serial for token in token_worker.tokens()]
    refusal = _refusal_of(token_worker, TokenUri.parse("pkcs11:id=%02"), holders.pin("bob"))

    assert refusal.code is TokenCode.KEY_AMBIGUOUS
    assert "2 tokens match pkcs11:id=%02, one wanted" in refusal.detail
    assert all(name in refusal.detail for name in ("bob-build", "bob-second", *serials))


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("pkcs11:token=alice;id=%09", TokenCode.KEY_MISSING),
        ("pkcs11:token=alice;id=%02;object=another", TokenCode.KEY_MISSING),
        ("pkcs11:token=alice", TokenCode.BAD_REQUEST),
        ("pkcs11:token=alice;id=%02;type=data", TokenCode.BAD_REQUEST),
        ("pkcs11:token=alice;id=%02?module-path=/another.so", TokenCode.MODULE_REFUSED),
    ],
)
def test_a_uri_that_names_no_key_here_is_refused(
    holders: Holders, token_worker: TokenWorker, uri: str, code: TokenCode
) -> None:
    assert _refusal_of(token_worker, TokenUri.parse(uri), holders.pin("alice")).code is code


def test_another_token_in_its_place_never_signs_for_the_identified_one(
    holders: Holders, token_worker: TokenWorker
) -> None:
    holders.keep_only("alice")
    uri = TokenUri.parse("pkcs11:manufacturer=SoftHSM%20project;id=%02")
    identified = token_worker.identify(uri, _CHALLENGE, holders.pin("alice"))
    holders.take_out("alice")
    holders.put_in(holders.home / "drawer" / "carol")
    with pytest.raises(TokenError) as refusal:
        token_worker.sign(uri, identified, b"m", holders.pin("carol"))

    assert refusal.value.code is TokenCode.TOKEN_CHANGED


def test_another_key_on_the_identified_token_never_signs(holders: Holders, token_worker: TokenWorker) -> None:
    uri, unlock = holders.uri("alice"), holders.uri("alice-unlock")
    identified = token_worker.identify(uri, _CHALLENGE, holders.pin("alice"))
    with pytest.raises(TokenError) as refusal:
        token_worker.sign(unlock, identified, b"m", holders.pin("alice"))

    assert refusal.value.code is TokenCode.TOKEN_CHANGED


def test_a_private_key_exchanged_under_the_same_certificate_is_a_signature_mismatch(
    holders: Holders, token_worker: TokenWorker
) -> None:
    uri = holders.uri("alice")
    identified = token_worker.identify(uri, _CHALLENGE, holders.pin("alice"))
    swap = [sys.executable, "-c", _SWAP_PRIVATE_KEY, str(SOFTHSM), "alice", holders.pin("alice").decode()]
    subprocess.run(swap, env=holders.environment, check=True)
    with pytest.raises(TokenError) as refusal:
        token_worker.sign(uri, identified, b"m", holders.pin("alice"))

    assert refusal.value.code is TokenCode.SIGNATURE_MISMATCH


def test_an_identification_that_does_not_hold_signs_nothing(
    holders: Holders, token_worker: TokenWorker
) -> None:
    uri, pin = holders.uri("alice"), holders.pin("alice")
    identified = token_worker.identify(uri, _CHALLENGE, holders.pin("alice"))
    forged = replace(identified, challenge=b"another challenge, never signed")
    with pytest.raises(TokenError) as refusal:
        token_worker.sign(uri, forged, b"m", pin)

    assert refusal.value.code is TokenCode.SIGNATURE_MISMATCH
    assert not any(pin)


@pytest.mark.parametrize(
    "message",
    [b"countersign-identify-v1\nsixteen or more fresh bytes", bytes(LONGEST_MESSAGE + 1)],
    ids=["an identification", "too long"],
)
def test_some_messages_are_never_signed(holders: Holders, token_worker: TokenWorker, message: bytes) -> None:
    uri, pin = holders.uri("alice"), holders.pin("alice")
    identified = token_worker.identify(uri, _CHALLENGE, holders.pin("alice"))
    with pytest.raises(TokenError) as refusal:
        token_worker.sign(uri, identified, message, pin)

    assert refusal.value.code is TokenCode.BAD_REQUEST
    assert not any(pin)


def test_a_challenge_too_short_to_be_fresh_is_not_signed(holders: Holders, token_worker: TokenWorker) -> None:
    with pytest.raises(TokenError) as refusal:
        token_worker.identify(holders.uri("alice"), b"short", holders.pin("alice"))

    assert refusal.value.code is TokenCode.BAD_REQUEST


def test_a_mechanism_the_token_does_not_offer_is_unsupported(holders: Holders) -> None:
    configuration = holders.home / "softhsm2.conf"
    configuration.write_text(configuration.read_text() + "slots.mechanisms = CKM_EDDSA\n")
    with TokenWorker(holders.module, environment=holders.environment) as worker:
        refusal = _refusal_of(worker, holders.uri("alice"), holders.pin("alice"))

    assert refusal.code is TokenCode.MECHANISM_UNSUPPORTED
