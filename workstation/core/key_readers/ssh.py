"""SSH public keys: `.pub` files, authorized_keys, allowed_signers, and the key inside an SSHSIG.

Sources: RFC 4253 section 6.6, sshd(8) AUTHORIZED_KEYS FILE FORMAT, ssh-keygen(1) ALLOWED SIGNERS, and
OpenSSH's PROTOCOL.sshsig, PROTOCOL.certkeys and PROTOCOL.u2f.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import re
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    SSHCertificate,
    load_ssh_public_identity,
    load_ssh_public_key,
)

from workstation.core.errors import Malformed
from workstation.core.key_readers.found_key import FoundKey, KeysFound
from workstation.core.public_key import PublicKey, from_loaded

_TYPES: Final = frozenset(
    (
        "ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "ssh-dss", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
    )
)  # fmt: skip
_CERTIFICATE: Final = "-cert-v01@openssh.com"
_WORD: Final = re.compile(r'(?:[^\s"]|"(?:[^"\\]|\\.)*")+')
_SIGNATURE_MAGIC: Final = b"SSHSIG\x00\x00\x00\x01"
_MOST_LINES: Final = 10_000


def _is_type(word: str) -> bool:
    """Answer whether a word names a kind of SSH key or certificate."""
    return word in _TYPES or word.endswith(_CERTIFICATE)


def ssh_keys(text: str, *, where: str) -> KeysFound:
    """Return the keys of all lines; raises Malformed for a line without a key."""
    lines = text.splitlines()
    if len(lines) > _MOST_LINES:
        raise Malformed(where, f"{len(lines)} lines found, at most {_MOST_LINES} wanted")
    numbered = [(number, line.strip()) for number, line in enumerate(lines, start=1)]
    return KeysFound(
        tuple(
            FoundKey(key=_line_key(line, f"{where}, line {number}"), part=f"line {number}")
            for number, line in numbered
            if line and not line.startswith("#")
        )
    )


def sshsig_key(blob: bytes, *, where: str) -> PublicKey:
    """Return the key an SSH signature says it is by (PROTOCOL.sshsig); raises Malformed."""
    if not blob.startswith(_SIGNATURE_MAGIC):
        raise Malformed(where, "not an SSH signature of version 1")
    return blob_key(_string(blob, len(_SIGNATURE_MAGIC), where), where=where)


def blob_key(blob: bytes, *, where: str) -> PublicKey:
    """Return the key in SSH's own encoding (RFC 4253 section 6.6); raises Malformed."""
    kind = _string(blob, 0, where)
    line = kind + b" " + base64.b64encode(blob)
    try:
        if kind.decode("ascii", "replace").endswith(_CERTIFICATE):
            return from_loaded(_certified(line), where=where)
        loaded = load_ssh_public_key(line)
    except (ValueError, UnsupportedAlgorithm, NotImplementedError) as error:
        # NotImplementedError is how cryptography refuses compressed points.
        raise Malformed(where, "not an SSH public key") from error
    if not kind.startswith(b"sk-") and loaded.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH) != line:
        raise Malformed(where, "an SSH key in an odd encoding found")
    return from_loaded(loaded, where=where)


def _certified(line: bytes) -> object:
    """Return the key an SSH certificate is about: who holds it is the roster's to say, not the CA's."""
    found = load_ssh_public_identity(line)
    return found.public_key() if isinstance(found, SSHCertificate) else found


def _line_key(line: str, where: str) -> PublicKey:
    """Return the key of a line; options or principals may stand before it, a comment after."""
    words = _WORD.findall(line)
    for kind, encoded in itertools.pairwise(words):
        if not _is_type(kind):
            continue
        blob = _unbase64(encoded, where)
        if _string(blob, 0, where) != kind.encode():
            raise Malformed(where, f"another key found than the {kind[:60]!a} announced")
        return blob_key(blob, where=where)
    raise Malformed(where, "no SSH public key found")


def _unbase64(text: str, where: str) -> bytes:
    try:
        blob = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(where, "not base64") from error
    if base64.b64encode(blob).decode() != text:
        raise Malformed(where, "base64 with stray bits found")
    return blob


def _string(blob: bytes, place: int, where: str) -> bytes:
    """Return the string at a place (RFC 4251 section 5)."""
    length = int.from_bytes(blob[place : place + 4], "big")
    start = place + 4
    if start > len(blob) or start + length > len(blob):
        raise Malformed(where, "an SSH encoding that is cut short found")
    return blob[start : start + length]
