"""Checkpoints: a journal's size and root as a C2SP signed note, read and verified strictly.

The body is C2SP tlog-checkpoint, the frame C2SP signed-note. Three signature types are known:
the station's Ed25519, an approver's P-256 card, and a witness's cosignature (C2SP
tlog-cosignature v1). Making a signature is left to whoever holds the key.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Final, assert_never

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import load_der_public_key

from workstation.core.errors import Malformed, Untrusted
from workstation.core.merkle import HASH_BYTES
from workstation.core.shape import Shape
from workstation.core.strict_json import MAX_INTEGER

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_NOTE_BYTES: Final = 64 * 1024
MAX_SIGNATURES: Final = 100
KEY_ID_BYTES: Final = 4
_MARK: Final = "\N{EM DASH} "
_NAME: Final = re.compile(r"[!-*,-~]{1,200}", re.ASCII)  # printable, no space and no plus
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)
_LEAST_BODY_LINES: Final = 3
_STAMP: Final = struct.Struct(">Q")


class SignatureType(IntEnum):
    """The algorithm byte of a signed note's key (C2SP signed-note, "Signatures")."""

    ED25519 = 0x01
    ECDSA = 0x02
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A journal at one moment: origin, number of entries, root hash, and extension lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def body(self) -> bytes:
        """Return the text that is signed."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(line + "\n" for line in lines).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A known key: raw 32 bytes for both Ed25519 types, SubjectPublicKeyInfo (DER) for P-256."""

    name: str
    type: SignatureType
    key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that point at this key; they prove nothing."""
        if self.type is SignatureType.ECDSA:
            return hashlib.sha256(self.key).digest()[:KEY_ID_BYTES]
        kind = bytes([self.type])
        return hashlib.sha256(self.name.encode() + b"\n" + kind + self.key).digest()[:KEY_ID_BYTES]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLine:
    """One signature line, verified or not."""

    name: str
    key_id: bytes
    signature: bytes

    def text(self) -> str:
        """Return the line with its newline."""
        return f"{_MARK}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A parsed note; nobody has looked at its signatures yet."""

    checkpoint: Checkpoint
    lines: tuple[SignatureLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCheckpoint:
    """What a note says, and which known keys stand behind it."""

    origin: str
    size: int
    root: bytes
    signers: tuple[Signer, ...]
    extensions: tuple[str, ...] = field(default=())


def is_name(text: str) -> bool:
    """Say whether `text` can be an origin or a key's name: printable ASCII, no space, no plus."""
    return _NAME.fullmatch(text) is not None


def signed_note(checkpoint: Checkpoint, lines: Sequence[SignatureLine]) -> bytes:
    """Return the note's bytes."""
    return checkpoint.body() + b"\n" + "".join(line.text() for line in lines).encode()


def signature_line(signer: Signer, signature: bytes) -> SignatureLine:
    """Return the line for a signature made over `signed_bytes`."""
    return SignatureLine(name=signer.name, key_id=signer.key_id, signature=signature)


def cosigned_bytes(checkpoint: Checkpoint, seconds: int) -> bytes:
    """Return what a witness signs at a time in seconds since 1970 (tlog-cosignature v1)."""
    return f"cosignature/v1\ntime {seconds}\n".encode() + checkpoint.body()


def cosignature_line(signer: Signer, seconds: int, signature: bytes) -> SignatureLine:
    """Return the line for a witness's signature over `cosigned_bytes`."""
    return signature_line(signer, _STAMP.pack(seconds) + signature)


def parse_note(data: bytes) -> Note:
    """Return the note in `data`; raises Malformed for every other spelling of the same note."""
    if len(data) > MAX_NOTE_BYTES:
        raise Malformed("checkpoint", f"{len(data)} bytes found, at most {MAX_NOTE_BYTES} wanted")
    body, blank, signatures = _text(data).partition("\n\n")
    if not blank:
        raise Malformed("checkpoint", "no blank line found before the signatures")
    lines = _lines(signatures, "checkpoint.signatures")
    if len(lines) > MAX_SIGNATURES:
        raise Malformed("checkpoint.signatures", f"{len(lines)} found, at most {MAX_SIGNATURES} wanted")
    parsed = tuple(_signature_line(line, index) for index, line in enumerate(lines))
    if len({(line.name, line.key_id) for line in parsed}) != len(parsed):
        raise Malformed("checkpoint.signatures", "two lines by one key found, one wanted")
    return Note(checkpoint=_checkpoint(_lines(body + "\n", "checkpoint.body")), lines=parsed)


def verify_note(data: bytes, known: Sequence[Signer]) -> VerifiedCheckpoint:
    """Return what the note says once every known key on it verified and at least one did.

    Lines by unknown keys are passed over (C2SP signed-note). Raises Malformed, Untrusted.
    """
    note = parse_note(data)
    signers: list[Signer] = []
    for line in note.lines:
        for signer in known:
            if (line.name, line.key_id) == (signer.name, signer.key_id):
                _verify(signer, line.signature, note.checkpoint)
                signers.append(signer)
    if not signers:
        raise Untrusted("checkpoint.signatures", "no known key signed this")
    said = note.checkpoint
    return VerifiedCheckpoint(
        origin=said.origin,
        size=said.size,
        root=said.root,
        signers=tuple(signers),
        extensions=said.extensions,
    )


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("checkpoint", f"byte {error.start} is not UTF-8") from error
    if any(character < " " and character != "\n" for character in text):
        raise Malformed("checkpoint", "a control character found, lines of text wanted")
    return text


def _lines(text: str, where: str) -> list[str]:
    # Not splitlines(): that breaks lines at characters which are text here.
    *lines, rest = text.split("\n")
    if rest or not lines or not all(lines):
        raise Malformed(where, "lines that each end with one newline wanted")
    return lines


def _checkpoint(lines: list[str]) -> Checkpoint:
    if len(lines) < _LEAST_BODY_LINES:
        raise Malformed("checkpoint.body", f"{len(lines)} lines found, origin, size and root wanted")
    origin, size, root, *extensions = lines
    if not is_name(origin):
        raise Malformed("checkpoint.origin", "printable ASCII without space or plus wanted")
    if not _SIZE.fullmatch(size) or int(size) > MAX_INTEGER:
        raise Malformed("checkpoint.size", f"{size[:40]!a} found, a decimal number wanted")
    found = Shape(root, "checkpoint.root").base64()
    if len(found) != HASH_BYTES:
        raise Malformed("checkpoint.root", f"{len(found)} bytes found, {HASH_BYTES} wanted")
    return Checkpoint(origin=origin, size=int(size), root=found, extensions=tuple(extensions))


def _signature_line(line: str, index: int) -> SignatureLine:
    where = f"checkpoint.signatures[{index}]"
    name, space, blob = line.removeprefix(_MARK).partition(" ")
    if not line.startswith(_MARK) or not space or not is_name(name):
        raise Malformed(where, "an em dash, a name and base64 wanted")
    found = Shape(blob, where).base64()
    if len(found) <= KEY_ID_BYTES:
        raise Malformed(where, f"{len(found)} bytes found, a key id and a signature wanted")
    return SignatureLine(name=name, key_id=found[:KEY_ID_BYTES], signature=found[KEY_ID_BYTES:])


def _verify(signer: Signer, signature: bytes, checkpoint: Checkpoint) -> None:
    try:
        match signer.type:
            case SignatureType.ED25519:
                _ed25519(signer).verify(signature, checkpoint.body())
            case SignatureType.ECDSA:
                _p256(signer).verify(signature, checkpoint.body(), ec.ECDSA(hashes.SHA256()))
            case SignatureType.COSIGNATURE:
                stamp, rest = signature[: _STAMP.size].rjust(_STAMP.size, b"\0"), signature[_STAMP.size :]
                _ed25519(signer).verify(rest, cosigned_bytes(checkpoint, _STAMP.unpack(stamp)[0]))
            case _:
                assert_never(signer.type)
    except InvalidSignature as error:
        raise Untrusted("checkpoint.signatures", f"the signature of {signer.name} does not verify") from error


def _ed25519(signer: Signer) -> ed25519.Ed25519PublicKey:
    return ed25519.Ed25519PublicKey.from_public_bytes(signer.key)


def _p256(signer: Signer) -> ec.EllipticCurvePublicKey:
    found = load_der_public_key(signer.key)
    if not isinstance(found, ec.EllipticCurvePublicKey):
        raise Malformed("checkpoint.signer", f"the key of {signer.name} is not an elliptic curve key")
    return found
