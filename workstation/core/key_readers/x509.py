"""Keys in SubjectPublicKeyInfo and in X.509 certificates (RFC 5280 section 4.1)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.utils import CryptographyDeprecationWarning

from workstation.core.errors import Malformed
from workstation.core.key_readers import der
from workstation.core.key_readers.der import Value
from workstation.core.public_key import PublicKey, from_loaded, parse_spki

# AlgorithmIdentifier of id-RSASSA-PSS without parameters (RFC 4055 section 3.1): the same modulus and
# exponent as under rsaEncryption, so the same key. With parameters it is refused.
_PSS_WITHOUT_PARAMETERS: Final = bytes.fromhex("300b06092a864886f70d01010a")
_SUBJECT_KEY_IDENTIFIER: Final = bytes.fromhex("551d0e")
_VERSION, _EXTENSIONS = 0xA0, 0xA3


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What of a certificate names it and its key: DER of issuer and serial, and the subject key id."""

    issuer: bytes
    serial: bytes
    key_id: bytes | None
    spki: bytes

    def key(self, where: str) -> PublicKey:
        """Return its key; raises Malformed."""
        return spki_key(self.spki, where=where)


def spki_key(spki: bytes, *, where: str) -> PublicKey:
    """Return the key in a SubjectPublicKeyInfo from outside; raises Malformed for an odd encoding."""
    outer = der.only_value(spki, where=where, tag=der.SEQUENCE)
    algorithm = der.parts_of(outer, der.SEQUENCE, der.BIT_STRING, where=where)[0]
    if algorithm.whole != _PSS_WITHOUT_PARAMETERS:
        return parse_spki(spki, where=where)
    try:
        loaded = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed(where, "not a public key in SubjectPublicKeyInfo form") from error
    return from_loaded(loaded, where=where)


def parse_certificate(data: bytes, *, where: str) -> Certificate:
    """Return the parts of a DER certificate; raises Malformed."""
    _refuse_what_cryptography_refuses(data, where)
    outer = der.only_value(data, where=where, tag=der.SEQUENCE)
    signed = der.parts_of(outer, der.SEQUENCE, der.SEQUENCE, der.BIT_STRING, where=where)[0]
    # The version is left out where it is the first.
    versioned = signed.content[:1] == bytes([_VERSION])
    tags = (der.INTEGER, *[der.SEQUENCE] * 5)
    fields = der.parts_of(signed, *((_VERSION,) if versioned else ()), *tags, where=where)[versioned:]
    return Certificate(
        issuer=fields[2].whole,
        serial=fields[0].whole,
        key_id=_key_id(fields[6:], where),
        spki=fields[5].whole,
    )


def _refuse_what_cryptography_refuses(data: bytes, where: str) -> None:
    # It warns of certificates it will refuse one day, such as those with a serial number below 1.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", CryptographyDeprecationWarning)
            x509.load_der_x509_certificate(data)
    except (ValueError, x509.InvalidVersion, CryptographyDeprecationWarning) as error:
        raise Malformed(where, "not an X.509 certificate") from error


def _key_id(fields: tuple[Value, ...], where: str) -> bytes | None:
    """Return the subject key identifier (RFC 5280 section 4.2.1.2)."""
    for field in (one for one in fields if one.tag == _EXTENSIONS):
        extensions = der.only_value(field.content, where=where, tag=der.SEQUENCE)
        for extension in der.values_in(extensions.content, where=where):
            parts = der.parts_of(extension, der.OBJECT_ID, where=where)
            if parts[0].content == _SUBJECT_KEY_IDENTIFIER:
                return der.only_value(parts[-1].content, where=where, tag=der.OCTET_STRING).content
    return None
