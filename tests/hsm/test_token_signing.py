"""Signing with tokens: what every good key holder can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from hsm.facts import PinState
from hsm.keys import Scheme
from hsm.uri import TokenUri

if TYPE_CHECKING:
    from token_fixtures import Holders

    from hsm.link import TokenWorker

_CHALLENGE = b"sixteen or more fresh bytes"
_SIGNERS = {
    "alice": Scheme.ECDSA_P256_SHA256,
    "carol": Scheme.ECDSA_P384_SHA384,
    "dave": Scheme.RSA_PSS_SHA256,
    "erin": Scheme.ED25519,
}


def _holds(spki: bytes, message: bytes, signature: bytes) -> None:
    """Verify without a line of ours."""
    key = load_der_public_key(spki)
    match key:
        case ed25519.Ed25519PublicKey():
            key.verify(signature, message)
        case ec.EllipticCurvePublicKey():
            key.verify(
                signature, message, ec.ECDSA(hashes.SHA256() if key.key_size == 256 else hashes.SHA384())
            )
        case rsa.RSAPublicKey():
            key.verify(signature, message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        case _:
            pytest.fail("no such key here")


@pytest.mark.parametrize(("name", "scheme"), _SIGNERS.items())
def test_every_scheme_signs_what_anybody_can_verify(
    holders: Holders, token_worker: TokenWorker, name: str, scheme: Scheme
) -> None:
    uri = holders.uri(name)
    identified = token_worker.identify(uri, _CHALLENGE, holders.pin(name))
    signature = token_worker.sign(uri, identified, b"a release", holders.pin(name))

    assert identified.candidate.scheme is scheme
    _holds(holders.spki(name), b"a release", signature)


@pytest.mark.parametrize("name", _SIGNERS)
def test_an_identification_is_proof_anybody_can_check(
    holders: Holders, token_worker: TokenWorker, name: str
) -> None:
    identified = token_worker.identify(holders.uri(name), _CHALLENGE, holders.pin(name))

    assert identified.candidate.spki_der == holders.spki(name)
    assert identified.challenge == _CHALLENGE
    _holds(holders.spki(name), b"countersign-identify-v1\n" + _CHALLENGE, identified.signature)


def test_one_identification_serves_several_signatures(holders: Holders, token_worker: TokenWorker) -> None:
    uri = holders.uri("erin")
    identified = token_worker.identify(uri, _CHALLENGE, holders.pin("erin"))
    first = token_worker.sign(uri, identified, b"one", holders.pin("erin"))
    second = token_worker.sign(uri, identified, b"two", holders.pin("erin"))

    _holds(holders.spki("erin"), b"one", first)
    _holds(holders.spki("erin"), b"two", second)


@pytest.mark.parametrize("name", [*_SIGNERS, "bob-build", "bob-second", "ci-7", "mismatch-mia", "nopin-pat"])
def test_a_public_key_is_read_without_a_pin(holders: Holders, token_worker: TokenWorker, name: str) -> None:
    candidate = token_worker.public_key(holders.uri(name))
    certificate = x509.load_der_x509_certificate(candidate.certificate_der or b"")

    assert candidate.spki_der == holders.spki(name)
    assert candidate.key_id == b"\x02"
    assert candidate.token.label == name
    assert certificate.public_key() == load_der_public_key(candidate.spki_der)


def test_a_key_without_a_certificate_is_read_from_its_public_key_object(
    holders: Holders, token_worker: TokenWorker
) -> None:
    candidate = token_worker.public_key(holders.uri("nocert-noa"))

    assert (candidate.certificate_der, candidate.spki_der) == (None, holders.spki("nocert-noa"))


def test_every_token_is_listed_with_what_its_flags_say(holders: Holders, token_worker: TokenWorker) -> None:
    tokens = {token.label: token for token in token_worker.tokens()}

    assert set(tokens) == {entry["token"] for entry in holders.entries.values()}
    assert tokens["alice"].pin is PinState.OK
    assert tokens["nopin-pat"].pin is PinState.UNINITIALISED
    assert tokens["alice"].manufacturer == "SoftHSM project"
    assert len({token.serial for token in tokens.values()}) == len(tokens)


def test_a_key_that_wants_its_pin_at_each_use_gets_it(holders: Holders, token_worker: TokenWorker) -> None:
    uri, pin = holders.uri("always-ada"), holders.pin("always-ada")
    identified = token_worker.identify(uri, _CHALLENGE, pin)

    assert identified.protection.always_authenticate is True
    assert not any(pin)


def test_an_imported_key_says_it_was_not_made_on_its_token(
    holders: Holders, token_worker: TokenWorker
) -> None:
    identified = token_worker.identify(holders.uri("alice"), _CHALLENGE, holders.pin("alice"))

    assert identified.protection.made_on_token is False
    assert identified.protection.never_extractable is False


def test_a_key_is_found_by_its_serial_and_label_too(holders: Holders, token_worker: TokenWorker) -> None:
    serial = token_worker.public_key(holders.uri("alice")).token.serial
    uri = TokenUri(serial=serial, id=b"\x02", object="SIGN key")

    assert token_worker.identify(uri, _CHALLENGE, holders.pin("alice")).candidate.spki_der == holders.spki(
        "alice"
    )


def test_a_token_put_in_later_is_seen(holders: Holders, token_worker: TokenWorker) -> None:
    drawn = holders.take_out("alice")
    before = {token.label for token in token_worker.tokens()}
    holders.put_in(drawn)
    after = {token.label for token in token_worker.tokens()}

    assert after - before == {"alice"}
