"""Who signed an Android package: the keys in its signing block and in the file of its fourth scheme.

Sources: APK Signature Scheme v2, v3, v3.1 and v4 (source.android.com, security/apksigning); the source
stamp as com.android.apksig writes it. All numbers are little-endian, every part has its length before it.
Nothing is verified. An earlier key of a rotation vouched for the next one, not for this package, and is
not named.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from workstation.core.errors import Malformed
from workstation.core.key_readers.found_key import SignerName
from workstation.core.key_readers.x509 import parse_certificate, spki_key

_NUMBER: Final = struct.Struct("<I")
_MOST_SIGNERS: Final = 64
_SDK_RANGE: Final = 8
"""Bytes for the lowest and highest SDK a signer of scheme v3 is for."""


def apk_signer_names(entry: bytes, *, where: str) -> tuple[SignerName, ...]:
    """Return the keys in one entry of a signing block, its id first; raises Malformed for an unknown id."""
    (scheme,) = _NUMBER.unpack_from(entry)
    if scheme not in _READERS:
        raise Malformed(where, f"an entry 0x{scheme:08x} of unknown meaning found in the APK signing block")
    return tuple(dict.fromkeys(_READERS[scheme](entry[_NUMBER.size :], where)))


def idsig_signer_names(data: bytes, *, where: str) -> tuple[SignerName, ...]:
    """Return the keys of an APK Signature Scheme v4 file (`.idsig`), without its hash tree."""
    _, after_hashing = _part(data[4:], where)
    signing, _ = _part(after_hashing, where)
    _digest, certificate, _more, key = _several(signing, 4, where)
    return tuple(dict.fromkeys((_of_certificate(certificate, where), _of_key(key, where))))


def _signers(value: bytes, where: str, between: int) -> Iterator[SignerName]:
    """Yield the keys of `signer = signed data, (SDK range), signatures, public key`."""
    listed, rest = _part(value, where)
    signers = _parts(listed, where)
    if rest or not 0 < len(signers) <= _MOST_SIGNERS:
        raise Malformed(where, f"{len(signers)} APK signers found, 1 to {_MOST_SIGNERS} wanted")
    for signer in signers:
        signed, after = _part(signer, where)
        _signatures, key = _several(after[between:], 2, where)
        _digests, certificates = _several(signed, 2, where)
        yield _of_certificate(_part(certificates, where)[0], where)
        yield _of_key(key, where)


def _v2(value: bytes, where: str) -> Iterator[SignerName]:
    return _signers(value, where, 0)


def _v3(value: bytes, where: str) -> Iterator[SignerName]:
    return _signers(value, where, _SDK_RANGE)


def _stamp(value: bytes, where: str) -> Iterator[SignerName]:
    stamp, _ = _part(value, where)
    yield _of_certificate(_part(stamp, where)[0], where)


_READERS: Final[Mapping[int, Callable[[bytes, str], Iterator[SignerName]]]] = {
    0x7109871A: _v2,
    0xF05368C0: _v3,
    0x1B93AD61: _v3,  # v3.1
    0x6DFF800D: _stamp,
    0x2B09189E: _stamp,  # the stamp's first version
}


def _of_certificate(data: bytes, where: str) -> SignerName:
    return SignerName(parse_certificate(data, where=where).key(where).fingerprint)


def _of_key(data: bytes, where: str) -> SignerName:
    return SignerName(spki_key(data, where=where).fingerprint)


def _several(data: bytes, count: int, where: str) -> tuple[bytes, ...]:
    """Return the first `count` parts of what holds at least so many."""
    found = list[bytes]()
    for _ in range(count):
        part, data = _part(data, where)
        found.append(part)
    return tuple(found)


def _parts(data: bytes, where: str) -> tuple[bytes, ...]:
    found = list[bytes]()
    while data:
        part, data = _part(data, where)
        found.append(part)
    return tuple(found)


def _part(data: bytes, where: str) -> tuple[bytes, bytes]:
    """Return the part whose length stands first, and what follows it."""
    if len(data) < _NUMBER.size:
        raise Malformed(where, "an APK signature that is cut short found")
    (length,) = _NUMBER.unpack_from(data)
    if _NUMBER.size + length > len(data):
        raise Malformed(where, "a part of an APK signature longer than the whole found")
    return data[_NUMBER.size : _NUMBER.size + length], data[_NUMBER.size + length :]
