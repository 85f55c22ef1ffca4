"""Who signed a CMS or PKCS#7 SignedData (RFC 5652 section 5): the keys of its signers' certificates.

Nothing is verified: that somebody's certificate is named accuses them, and acquits nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from workstation.core.errors import Malformed
from workstation.core.key_readers import der
from workstation.core.key_readers.der import Value
from workstation.core.key_readers.found_key import FoundKey, KeysFound, PassedOver, SignerName
from workstation.core.key_readers.x509 import Certificate, parse_certificate

_SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
_NESTED_AUTHENTICODE: Final = bytes.fromhex("2b060104018237020401")  # 1.3.6.1.4.1.311.2.4.1
_CONTENT, _CERTIFICATES, _KEY_ID, _UNSIGNED = 0xA0, 0xA0, 0x80, 0xA1
_MOST_SIGNERS: Final = 64
_DEEPEST: Final = 4


@dataclass(frozen=True, slots=True)
class CmsSigner:
    """One signer: its name, and its certificate where that came along."""

    name: str
    certificate: Certificate | None


def is_signed_data(data: bytes) -> bool:
    """Answer whether DER begins as a SignedData."""
    return bytes([der.OBJECT_ID, len(_SIGNED_DATA)]) + _SIGNED_DATA in data[:20]


def cms_keys(data: bytes, *, where: str) -> KeysFound:
    """Return the keys of all signers, those of nested Authenticode signatures too; raises Malformed."""
    keys: list[FoundKey] = []
    without: list[PassedOver] = []
    for signer in _signers(data, where, 1):
        part = f"signer {signer.name}"
        if signer.certificate is None:
            without.append(PassedOver(part=part, why="its certificate is not in the file", refused=True))
        else:
            keys.append(FoundKey(key=signer.certificate.key(where), part=part, alias=signer.name))
    return KeysFound(tuple(keys), tuple(without))


def cms_signer_names(data: bytes, *, where: str) -> tuple[SignerName, ...]:
    """Return each signer's fingerprint, or an alias of its certificate where that did not come along."""
    return tuple(
        SignerName(signer.name if signer.certificate is None else signer.certificate.key(where).fingerprint)
        for signer in _signers(data, where, 1)
    )


def _signers(data: bytes, where: str, depth: int) -> Iterator[CmsSigner]:
    if depth > _DEEPEST:
        raise Malformed(where, f"signatures nested deeper than {_DEEPEST} found")
    certificates, infos = _signed_data(data, where)
    if not 0 < len(infos) <= _MOST_SIGNERS:
        raise Malformed(where, f"{len(infos)} signers found, 1 to {_MOST_SIGNERS} wanted")
    for info in infos:
        fields = der.parts_of(info, der.INTEGER, where=where)
        yield _signer(fields[1:2], certificates, where)
        for nested in _nested(fields[2:], where):
            yield from _signers(nested, where, depth + 1)


def _signed_data(data: bytes, where: str) -> tuple[tuple[Certificate, ...], tuple[Value, ...]]:
    outer = der.only_value(data, where=where, tag=der.SEQUENCE)
    kind, content = der.parts_of(outer, der.OBJECT_ID, _CONTENT, where=where)[:2]
    if kind.content != _SIGNED_DATA:
        raise Malformed(where, "a CMS message that is not SignedData found")
    signed = der.only_value(content.content, where=where, tag=der.SEQUENCE)
    fields = der.parts_of(signed, der.INTEGER, der.SET, der.SEQUENCE, where=where)
    if fields[-1].tag != der.SET:
        raise Malformed(where, "SignedData without its signers found")
    listed = fields[3].content if fields[3].tag == _CERTIFICATES else b""
    certificates = tuple(
        parse_certificate(one.whole, where=where)
        for one in der.values_in(listed, where=where)
        if one.tag == der.SEQUENCE  # other tags are attribute certificates and obsolete forms
    )
    return certificates, der.values_in(fields[-1].content, where=where)


def _signer(identifier: tuple[Value, ...], certificates: tuple[Certificate, ...], where: str) -> CmsSigner:
    match identifier:
        case (Value(der.SEQUENCE, content, _),):
            issuer, serial = der.parts_of(identifier[0], der.SEQUENCE, der.INTEGER, where=where)[:2]
            named = [one for one in certificates if (one.issuer, one.serial) == (issuer.whole, serial.whole)]
            name = f"x509:{hashlib.sha256(content).hexdigest()}"
        case (Value(tag, key_id, _),) if tag == _KEY_ID:
            named = [one for one in certificates if one.key_id == key_id]
            name = f"x509-key:{key_id.hex()[:128]}"
        case _:
            raise Malformed(where, "a signer named in an unknown way found")
    if len({one.spki for one in named}) > 1:
        raise Malformed(where, f"two certificates with different keys go by {name}")
    return CmsSigner(name, named[0] if named else None)


def _nested(fields: tuple[Value, ...], where: str) -> Iterator[bytes]:
    """Yield the signatures Authenticode keeps in an unsigned attribute, for a second digest."""
    for field in fields:
        for attribute in der.values_in(field.content, where=where) if field.tag == _UNSIGNED else ():
            kind, values = der.parts_of(attribute, der.OBJECT_ID, der.SET, where=where)[:2]
            if kind.content == _NESTED_AUTHENTICODE:
                yield from (one.whole for one in der.values_in(values.content, where=where))
