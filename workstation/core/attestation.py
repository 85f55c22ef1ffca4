"""What a token's maker says of a key: made in this token, of this serial and firmware, so protected.

This is the attestation of PIV as YubiKeys give it (Yubico, "PIV attestation"): the key's certificate is
signed in the token by the key in slot F9, whose certificate its maker signed. Any maker may do the same:
which roots are believed is in the roster. The path is walked by hand, for `x509.verification` wants an
authority key identifier and these certificates have none.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.utils import CryptographyDeprecationWarning

from workstation.core.errors import Malformed, Untrusted
from workstation.core.identity import digest_of
from workstation.core.key_readers import der
from workstation.core.public_key import parse_spki

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workstation.core.public_key import PublicKey

_YUBICO: Final = "1.3.6.1.4.1.41482.3."
_FIRMWARE: Final = x509.ObjectIdentifier(f"{_YUBICO}3")
_SERIAL: Final = x509.ObjectIdentifier(f"{_YUBICO}7")
_POLICY: Final = x509.ObjectIdentifier(f"{_YUBICO}8")
_FIRMWARE_PARTS: Final = 3


class PinPolicy(IntEnum):
    """When a token asks for the PIN of a key (ykpiv's numbers; the last two know a finger too)."""

    NEVER = 1
    ONCE = 2
    ALWAYS = 3
    MATCH_ONCE = 4
    MATCH_ALWAYS = 5


class TouchPolicy(IntEnum):
    """When a token wants to be touched before it signs; `CACHED` is good for fifteen seconds."""

    NEVER = 1
    ALWAYS = 2
    CACHED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """What is proved of a key: the token it was made in, and what the token asks before it signs."""

    serial: str
    firmware: tuple[int, ...]
    pin: PinPolicy
    touch: TouchPolicy


def verify_attestation(
    certificates: Sequence[bytes], roots: Sequence[bytes], key: PublicKey, at: datetime, *, where: str
) -> Attested:
    """Return what the certificates prove of `key`; raises Malformed and Untrusted.

    They are DER: the key's own, then each the issuer of the one before; one of `roots` issued the last.
    All have to be in force `at` this moment.
    """
    path = [_loaded(data, where) for data in certificates]
    _refuse_other_key(path[0], key, where)
    believed = [_loaded(root, "attestation root") for root in roots]
    issuers = [root for root in believed if _issued(path[-1], root)]
    if not issuers:
        raise Untrusted(where, "certificates of no maker found, one the roster believes wanted")
    whole = [*path, issuers[0]]
    for depth, (one, issuer) in enumerate(pairwise(whole)):
        _refuse_no_issuer(one, issuer, depth, where)
    for one in whole:
        if not one.not_valid_before_utc <= at <= one.not_valid_after_utc:
            raise Untrusted(where, f"a certificate of {_name(one)} not in force then found")
    return _said_by(path[0], where)


def refuse_no_root(certificate: bytes, *, where: str) -> None:
    """Raise Malformed or Untrusted for what is no authority's own certificate, signed by itself."""
    root = _loaded(certificate, where)
    if not _issued(root, root):
        raise Untrusted(where, f"{_name(root)} did not sign its own certificate, a root wanted")
    _refuse_no_issuer(root, root, 0, where)


def certificate_name(certificate: bytes) -> str:
    """Return a certificate's subject and SHA-256, for people to compare; raises Malformed."""
    return f"{_name(_loaded(certificate, 'attestation root'))} {digest_of(certificate)}"


def serial_in(certificate: bytes, *, where: str) -> str:
    """Return the serial a key's certificate states, nothing verified; raises Malformed."""
    return _said_by(_loaded(certificate, where), where).serial


def _loaded(data: bytes, where: str) -> x509.Certificate:
    try:
        with warnings.catch_warnings():
            # It warns of what it will refuse one day.
            warnings.simplefilter("error", CryptographyDeprecationWarning)
            return x509.load_der_x509_certificate(data)
    except (ValueError, x509.InvalidVersion, CryptographyDeprecationWarning) as error:
        raise Malformed(where, "not an X.509 certificate") from error


def _refuse_other_key(leaf: x509.Certificate, key: PublicKey, where: str) -> None:
    try:
        spki = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed(where, "a certificate without a key we read found") from error
    if parse_spki(spki, where=where).fingerprint != key.fingerprint:
        raise Untrusted(where, "the attestation of another key found")


def _issued(one: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Answer whether the names agree and the signature holds."""
    try:
        one.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _refuse_no_issuer(one: x509.Certificate, issuer: x509.Certificate, below: int, where: str) -> None:
    """Refuse an issuer who may not be one; `below` is how many authorities stand between it and the key."""
    if not _issued(one, issuer):
        raise Untrusted(where, f"a certificate that {_name(issuer)} did not issue found")
    try:
        basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (ValueError, x509.ExtensionNotFound) as error:
        raise Untrusted(where, f"{_name(issuer)} is no authority, and issued a certificate") from error
    # The token's own key is an authority of depth 0: it issues for keys alone.
    if not basic.ca or (basic.path_length is not None and basic.path_length < below):
        raise Untrusted(where, f"{_name(issuer)} may not issue a certificate so deep")


def _said_by(leaf: x509.Certificate, where: str) -> Attested:
    firmware, policy = _extension(leaf, _FIRMWARE, where), _extension(leaf, _POLICY, where)
    serial = der.only_value(_extension(leaf, _SERIAL, where), where=where, tag=der.INTEGER)
    try:
        pin, touch = policy
        return Attested(
            serial=str(int.from_bytes(serial.content)),
            firmware=_version(firmware, where),
            pin=PinPolicy(pin),
            touch=TouchPolicy(touch),
        )
    except ValueError as error:
        raise Malformed(where, "a PIN or touch policy nobody knows found") from error


def _version(data: bytes, where: str) -> tuple[int, ...]:
    if len(data) != _FIRMWARE_PARTS:
        raise Malformed(where, f"a firmware of {len(data)} parts found, {_FIRMWARE_PARTS} wanted")
    return tuple(data)


def _extension(leaf: x509.Certificate, wanted: x509.ObjectIdentifier, where: str) -> bytes:
    try:
        return leaf.extensions.get_extension_for_oid(wanted).value.public_bytes()
    except (ValueError, x509.DuplicateExtension, x509.ExtensionNotFound) as error:
        raise Malformed(where, f"no extension {wanted.dotted_string} found, one wanted") from error


def _name(certificate: x509.Certificate) -> str:
    return ascii(certificate.subject.rfc4514_string()[:80])
