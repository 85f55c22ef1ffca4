"""The certificates in a file: one in DER, or any number in PEM (RFC 7468 section 5)."""

from __future__ import annotations

from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from workstation.core.errors import Malformed

_PEM: Final = b"-----BEGIN"


def read_certificates(data: bytes, *, where: str) -> tuple[bytes, ...]:
    """Return each certificate's DER, in the order they stand; raises Malformed."""
    try:
        if _PEM in data:
            return tuple(one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(data))
        return (x509.load_der_x509_certificate(data).public_bytes(Encoding.DER),)
    except ValueError as error:
        raise Malformed(where, "no X.509 certificate found, one in PEM or DER wanted") from error
