"""The keys inside a JSON Web Signature (RFC 7515, RFC 7517), as wheels carry one in RECORD.jws.

A key id alone names nobody: the key has to be in the header, as `jwk` or as a certificate in `x5c`.
Wheels of old write Ed25519 keys as `{"kty": "Ed25519", "vk": ...}` (PEP 427, Signed wheel files).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from workstation.core import strict_json
from workstation.core.errors import Malformed
from workstation.core.key_readers.found_key import SignerName
from workstation.core.key_readers.x509 import parse_certificate
from workstation.core.public_key import PublicKey, from_loaded
from workstation.core.shape import Fields, Shape

_CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}
_MOST_CHARACTERS = 20_000


def jws_signer_names(data: bytes, *, where: str) -> tuple[SignerName, ...]:
    """Return the fingerprint of each signer's key in a JWS in JSON form; raises Malformed."""
    top = Shape(strict_json.parse_object(data, where=where), where).open_fields()
    listed = top.get("signatures")
    signed = (
        [top] if listed is None else [item.open_fields() for item in listed.items(at_least=1, at_most=64)]
    )
    return tuple(SignerName(_key(_header(one, where), where).fingerprint) for one in signed)


def _header(signed: Fields, where: str) -> Fields:
    protected = _bytes(signed["protected"])
    return Shape(strict_json.parse_object(protected, where=where), f"{where}.protected").open_fields()


def _key(header: Fields, where: str) -> PublicKey:
    if (chain := header.get("x5c")) is not None:
        first = next(chain.items(at_least=1))
        return parse_certificate(first.base64(), where=where).key(where)
    try:
        return from_loaded(_loaded(header["jwk"].open_fields(), where), where=where)
    except ValueError as error:
        raise Malformed(where, "a JSON Web Key that is no key found") from error


def _loaded(jwk: Fields, where: str) -> object:
    kind = jwk["kty"].text()
    match kind, _text(jwk, "crv"):
        case "OKP", "Ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(_bytes(jwk["x"]))
        case "Ed25519", _:
            return ed25519.Ed25519PublicKey.from_public_bytes(_bytes(jwk["vk"]))
        case "EC", curve if curve in _CURVES:
            x, y = _numbers(jwk, "x", "y")
            return ec.EllipticCurvePublicNumbers(x, y, _CURVES[curve]).public_key()
        case "RSA", _:
            n, e = _numbers(jwk, "n", "e")
            return rsa.RSAPublicNumbers(e, n).public_key()
        case _:
            raise Malformed(where, f"a JSON Web Key of type {kind[:40]!a} found, EC, RSA or Ed25519 wanted")


def _text(fields: Fields, name: str) -> str:
    shape = fields.get(name)
    return "" if shape is None else shape.text()


def _numbers(jwk: Fields, *names: str) -> Iterator[int]:
    return (int.from_bytes(_bytes(jwk[name]), "big") for name in names)


def _bytes(shape: Shape) -> bytes:
    """Return bytes from base64url without padding (RFC 7515 section 2)."""
    text = shape.text(at_most=_MOST_CHARACTERS)
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(shape.where, "not base64url") from error
