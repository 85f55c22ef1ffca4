"""Certificates: which trust anchors came and went, by name, key and digest rather than as text."""

from __future__ import annotations

import hashlib
import re
import warnings
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

_PEM: Final = re.compile(
    rb"-----BEGIN (?:TRUSTED )?CERTIFICATE-----.*?-----END (?:TRUSTED )?CERTIFICATE-----", re.DOTALL
)
_MOST: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One certificate (RFC 5280): subject (RFC 4514), last day, SHA-256, and whether it may issue others."""

    subject: str
    until: str
    digest: str
    authority: bool

    def shown(self) -> str:
        """Return it in one line."""
        kind = "authority" if self.authority else "certificate"
        return f"{kind} {self.subject}, until {self.until}, sha256 {self.digest[:16]}"


def read_certificates(data: bytes) -> tuple[Certificate, ...]:
    """Return the certificates in a PEM or DER file, in order; what is damaged in it is passed over."""
    parts = [data] if data.startswith(b"\x30") else _PEM.findall(data)[:_MOST]
    return tuple(found for part in parts if (found := _read(part)) is not None)


def _read(part: bytes) -> Certificate | None:
    try:
        # Old anchors bend the rules (serial numbers, versions); they are to be shown all the same.
        with warnings.catch_warnings(action="ignore"):
            load = (
                x509.load_der_x509_certificate if part.startswith(b"\x30") else x509.load_pem_x509_certificate
            )
            found = load(part)
            return Certificate(
                subject=found.subject.rfc4514_string() or "without a name",
                until=found.not_valid_after_utc.date().isoformat(),
                digest=hashlib.sha256(found.public_bytes(Encoding.DER)).hexdigest(),
                authority=_authority(found),
            )
    except ValueError:
        return None


def _authority(found: x509.Certificate) -> bool:
    try:
        return found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        # A root of version 1 has no extensions and is an authority all the same.
        return found.issuer == found.subject
