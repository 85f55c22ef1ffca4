"""Key agreement on a token: what opens the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from hsm.errors import TokenCode, TokenError

if TYPE_CHECKING:
    from token_fixtures import Holders

    from hsm.link import TokenWorker

_PEER = ec.derive_private_key(2**200 + 1, ec.SECP256R1())
_POINT = _PEER.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def test_both_sides_derive_one_secret(holders: Holders, token_worker: TokenWorker) -> None:
    theirs = load_der_public_key(holders.spki("alice-unlock"))
    assert isinstance(theirs, ec.EllipticCurvePublicKey)
    pin = holders.pin("alice")
    secret = token_worker.derive(holders.uri("alice-unlock"), _POINT, pin)

    assert secret == _PEER.exchange(ec.ECDH(), theirs)
    assert not any(pin)


def test_the_worker_that_held_a_secret_is_gone_and_another_serves(
    holders: Holders, token_worker: TokenWorker
) -> None:
    token_worker.tokens()
    before = token_worker.pid
    token_worker.derive(holders.uri("alice-unlock"), _POINT, holders.pin("alice"))
    after = token_worker.pid
    served = token_worker.tokens()

    assert before is not None
    assert after is None
    assert served
    assert token_worker.pid not in {None, before}


@pytest.mark.parametrize(
    ("name", "pin", "code"),
    [
        ("alice", "alice", TokenCode.KEY_NOT_PERMITTED),
        ("erin", "erin", TokenCode.KEY_NOT_PERMITTED),
        ("alice-unlock", "carol", TokenCode.PIN_INCORRECT),
        ("nopin-pat", "nopin-pat", TokenCode.PIN_UNINITIALISED),
    ],
)
def test_a_key_that_may_not_derive_does_not(
    holders: Holders, token_worker: TokenWorker, name: str, pin: str, code: TokenCode
) -> None:
    typed = holders.pin(pin)
    with pytest.raises(TokenError) as refusal:
        token_worker.derive(holders.uri(name), _POINT, typed)

    assert refusal.value.code is code
    assert not any(typed)


@pytest.mark.parametrize(
    "point",
    [
        b"",
        b"\x00",
        _POINT[:-1],
        _POINT[:-1] + bytes([_POINT[-1] ^ 1]),
        _PEER.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint),
        ec.derive_private_key(3, ec.SECP384R1())
        .public_key()
        .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
    ],
    ids=["empty", "infinity", "short", "off the curve", "compressed", "P-384"],
)
def test_a_point_that_is_not_one_on_p256_never_reaches_the_token(
    holders: Holders, token_worker: TokenWorker, point: bytes
) -> None:
    pin = holders.pin("alice")
    with pytest.raises(TokenError) as refusal:
        token_worker.derive(holders.uri("alice-unlock"), point, pin)

    assert refusal.value.code is TokenCode.BAD_REQUEST
    assert token_worker.pid is None
    assert not any(pin)
