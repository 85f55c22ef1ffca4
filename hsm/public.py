"""Public keys as tokens show them: from a certificate, or from a public key object's numbers.

A token may show both; then they must be one key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hsm import fields
from hsm.errors import TokenCode, TokenError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hsm.wire import Message

_CURVES: Final[Mapping[bytes, ec.EllipticCurve]] = {
    bytes.fromhex("06082a8648ce3d030107"): ec.SECP256R1(),
    bytes.fromhex("06052b81040022"): ec.SECP384R1(),
}


def spki_of(certificate_der: bytes | None, numbers: Message | None) -> bytes:
    """Return the one public key (SubjectPublicKeyInfo DER) a token shows under a CKA_ID.

    Raises TokenError `key_missing` for nothing, `key_ambiguous` for two different keys and
    `key_not_permitted` for a kind we do not sign with.
    """
    shown = {
        *([] if certificate_der is None else [_spki_of_certificate(certificate_der)]),
        *([] if numbers is None else [_spki_of_numbers(numbers)]),
    }
    if len(shown) > 1:
        raise TokenError(TokenCode.KEY_AMBIGUOUS, "the certificate and the public key object are of two keys")
    if not shown:
        raise TokenError(
            TokenCode.KEY_MISSING, "no certificate and no public key found under this id, one wanted"
        )
    return shown.pop()


def _spki_of_certificate(der: bytes) -> bytes:
    try:
        key = x509.load_der_x509_certificate(der).public_key()
    except (ValueError, x509.InvalidVersion) as error:
        raise TokenError(TokenCode.KEY_NOT_PERMITTED, "the certificate cannot be parsed") from error
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _spki_of_numbers(numbers: Message) -> bytes:
    try:
        key = _key_of(numbers)
    except ValueError as error:
        raise TokenError(TokenCode.KEY_NOT_PERMITTED, "the public key object cannot be parsed") from error
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _key_of(numbers: Message) -> ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey:
    match fields.text(numbers, "kind"):
        case "RSA":
            modulus = int.from_bytes(fields.octets(numbers, "modulus"), "big")
            return rsa.RSAPublicNumbers(
                int.from_bytes(fields.octets(numbers, "exponent"), "big"), modulus
            ).public_key()
        case "EC":
            return ec.EllipticCurvePublicKey.from_encoded_point(_curve_of(numbers), _point_of(numbers))
        case "EC_EDWARDS":
            return ed25519.Ed25519PublicKey.from_public_bytes(_point_of(numbers))
        case kind:
            raise TokenError(TokenCode.KEY_NOT_PERMITTED, f"{kind} found, an EC, Ed25519 or RSA key wanted")


def _curve_of(numbers: Message) -> ec.EllipticCurve:
    try:
        return _CURVES[fields.octets(numbers, "parameters")]
    except KeyError as error:
        raise TokenError(TokenCode.KEY_NOT_PERMITTED, "another curve found, P-256 or P-384 wanted") from error


def _point_of(numbers: Message) -> bytes:
    # PKCS#11 3.1, section 6.3.3: CKA_EC_POINT is the DER of an OCTET STRING; ours are all short.
    der = fields.octets(numbers, "point")
    if der[:1] != b"\x04" or der[1:2] != bytes([len(der) - 2]):
        raise ValueError("no octet string")
    return der[2:]
