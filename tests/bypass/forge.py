"""What an attacker writes: envelopes no signer of ours makes, signed artifacts, odd keys, a trust root."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from bypass.stage import Prepare, Stage
from core.documents import (
    Document,
    Loose,
    Signed,
    json_bytes,
    policy_document,
    roster_bytes,
    roster_document,
)
from core.keys import UnsafeTestKey, edwards, p256, rsa_2048
from core.world import EXPIRES, NOW
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from keys.key_forms import pss_spki, spki, tlv, x509_certificate

from workstation.core.countersignature import Countersignature
from workstation.core.dsse import pae
from workstation.core.ed25519_point import P
from workstation.core.evidence import DSSE_MEDIA_TYPE
from workstation.core.public_key import PublicKey
from workstation.trust.drafting import Delivery
from workstation.trust.proposing import propose_first
from workstation.trust.tuf_api import AnyMetadata, Root, Signature, SSlibKey, read_metadata
from workstation.trust.tuf_metadata import RoleName, numbered
from workstation.trust.verification import verify_repository

IN_TOTO: Final = "application/vnd.in-toto+json"


# Envelopes -----------------------------------------------------------------------------------------


def signature(document: Document, key: UnsafeTestKey, keyid: str) -> Document:
    """Return a good signature by `key` under any key id."""
    value = key.sign(pae(IN_TOTO, json_bytes(document)))
    return {"keyid": keyid, "sig": base64.b64encode(value).decode()}


def envelope(document: Document, *signatures: Document, payload_type: str = IN_TOTO) -> Document:
    """Return an envelope around a statement with these signatures."""
    payload = base64.b64encode(json_bytes(document)).decode()
    return {"payloadType": payload_type, "payload": payload, "signatures": list(signatures)}


def signed_also(stage: Stage, name: str, key: UnsafeTestKey, keyid: str) -> None:
    """Have a piece of evidence carry one more signature, under any key id."""
    found = stage.envelope(name)
    theirs = [signature(found.document, stage.keys[by], stage.keys[by].public.keyid) for by in found.by]
    stage.build.evidence[name] = Loose(
        DSSE_MEDIA_TYPE, envelope(found.document, *theirs, signature(found.document, key, keyid))
    )


def with_statement(name: str, document: Document, *by: str) -> Prepare:
    """Return the change that brings one more signed statement."""
    return lambda stage: stage.build.evidence.update({name: Signed(document, list(by))})


def replaced(stage: Stage, name: str, *signatures: Document) -> None:
    """Have a piece of evidence carry these signatures and no others."""
    stage.build.evidence[name] = Loose(DSSE_MEDIA_TYPE, envelope(stage.statement(name), *signatures))


def in_token(serial: str) -> Callable[[Countersignature], Countersignature]:
    """Return the change that has a countersignature say another token."""
    return lambda said: replace(said, token_serial=serial)


def with_key(key: UnsafeTestKey) -> Callable[[Countersignature], Countersignature]:
    """Return the change that has a countersignature say another key."""
    return lambda said: replace(said, fingerprint=key.public.fingerprint)


# Artifacts -----------------------------------------------------------------------------------------


def zipped(**members: bytes) -> bytes:
    """Return a zip archive; in names, `__` stands for a slash and `_dot_` for a dot."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return written.getvalue()


def jws(key: UnsafeTestKey) -> bytes:
    """Return a JSON web signature whose header holds this Ed25519 key."""
    raw = base64.urlsafe_b64encode(key.private.public_key().public_bytes_raw()).rstrip(b"=").decode()  # type: ignore[union-attr] # Ed25519
    header = json.dumps({"jwk": {"kty": "OKP", "crv": "Ed25519", "x": raw}}).encode()
    protected = base64.urlsafe_b64encode(header).rstrip(b"=").decode()
    return json.dumps(
        {"payload": "AAAA", "signatures": [{"protected": protected, "signature": "AAAA"}]}
    ).encode()


def with_artifact(name: str, data: Callable[[], bytes]) -> Prepare:
    """Return the change that releases one more artifact, which is looked into."""

    def change(stage: Stage) -> None:
        stage.clean = False
        stage.build.artifacts[name] = data()
        again = type(stage.build)(keys=stage.keys, artifacts=stage.build.artifacts)
        stage.build = again

    return change


# Keys ----------------------------------------------------------------------------------------------

EC_PUBLIC_KEY: Final = bytes.fromhex("06072a8648ce3d0201")
P256_OID: Final = bytes.fromhex("06082a8648ce3d030107")


def compressed(private: Any) -> bytes:
    """Return the SPKI of a P-256 key with its point compressed."""
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return tlv(0x30, tlv(0x30, EC_PUBLIC_KEY + P256_OID) + tlv(0x03, b"\0" + point))


def hybrid(private: Any) -> bytes:
    """Return the SPKI of a P-256 key with its point in the hybrid form of X9.62."""
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    found = bytes([6 + point[-1] % 2]) + point[1:]
    return tlv(0x30, tlv(0x30, EC_PUBLIC_KEY + P256_OID) + tlv(0x03, b"\0" + found))


def explicit(private: Any) -> bytes:
    """Return the SPKI of a P-256 key with the curve spelled out in numbers (SEC 1, C.2)."""
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    generator = ec.derive_private_key(1, ec.SECP256R1()).public_key()
    base = generator.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    field = tlv(0x30, bytes.fromhex("06072a8648ce3d0101") + tlv(0x02, b"\0" + prime.to_bytes(32, "big")))
    curve = tlv(0x30, tlv(0x04, (prime - 3).to_bytes(32, "big")) + tlv(0x04, b.to_bytes(32, "big")))
    rest = tlv(0x04, base) + tlv(0x02, b"\0" + order.to_bytes(32, "big")) + tlv(0x02, b"\1")
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    spelled = tlv(0x30, tlv(0x02, b"\1") + field + curve + rest)
    return tlv(0x30, tlv(0x30, EC_PUBLIC_KEY + spelled) + tlv(0x03, b"\0" + point))


def edwards_spki(raw: bytes) -> bytes:
    """Return the SPKI of 32 bytes that say they are an Ed25519 key (RFC 8410)."""
    return bytes.fromhex("302a300506032b6570032100") + raw


def even_rsa() -> bytes:
    """Return an RSA key whose modulus is no product of two odd primes."""
    numbers = rsa.RSAPublicNumbers(65537, 2**2048 - 2)
    return numbers.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _y(number: int, sign: int = 0) -> bytes:
    return edwards_spki((number | sign << 255).to_bytes(32, "little"))


_ORDER_8: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7


@cache
def odd_spkis() -> dict[str, bytes]:
    """Return keys no roster takes: another encoding of one it knows, or one that many hold."""
    alice = p256("alice").private
    return {
        "a compressed point": compressed(alice),
        "a hybrid point": hybrid(alice),
        "explicit curve parameters": explicit(alice),
        "a byte after its end": spki(alice) + b"\0",
        "a length in the long form": b"\x30\x81" + spki(alice)[1:],
        "the indefinite form": b"\x30\x80" + spki(alice)[2:] + b"\0\0",
        "a certificate instead of its key": x509_certificate(alice).public_bytes(Encoding.DER),
        "the RSASSA-PSS identifier": pss_spki(rsa_2048().private),  # type: ignore[arg-type] # RSA
        "a curve of another size": spki(ec.derive_private_key(7, ec.SECP521R1())),
        "the curve of another trade": spki(ec.derive_private_key(7, ec.SECP256K1())),
        "Ed448": spki(ed448.Ed448PrivateKey.from_private_bytes(bytes(57))),
        "RSA with an even modulus": even_rsa(),
        "RSA of 1024 bits": spki(rsa.generate_private_key(65537, 1024)),
        "Ed25519 y = p": _y(P),
        "Ed25519 y = p + 1": _y(P + 1),
        "Ed25519 x = 0 with its sign set": _y(1, 1),
        "Ed25519 off the curve": _y(2),
        "Ed25519 neutral element": _y(1),
        "Ed25519 order 2": _y(P - 1),
        "Ed25519 order 4": _y(0),
        "Ed25519 order 4, the other": _y(0, 1),
        "Ed25519 order 8": _y(_ORDER_8),
        "Ed25519 order 8, negated": _y(P - _ORDER_8, 1),
    }


# A trust root --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Custodian:
    """A custodian with a key in memory."""

    key: UnsafeTestKey

    @property
    def public_key(self) -> PublicKey:
        """The key custodians are known by."""
        return self.key.public

    def sign(self, message: bytes) -> bytes:
        """Sign metadata."""
        return self.key.sign(message)

    @property
    def tuf_key(self) -> SSlibKey:
        """The key as TUF has it."""
        return SSlibKey.from_crypto(self.key.private.public_key())


GAIL, HUGO = Custodian(p256("gail")), Custodian(edwards("hugo"))
TWIN_ID: Final = "e" * 64


@cache
def repository() -> tuple[dict[str, bytes], bytes]:
    """Return the files of a trust root gail and hugo signed, and the root to pin."""
    delivery = Delivery(roster=roster_bytes(roster_document()), policy=json_bytes(policy_document()))
    proposal = propose_first(
        custodians=[GAIL.public_key, HUGO.public_key], threshold=2, delivery=delivery, expires=EXPIRES
    )
    files = proposal.signed_by(GAIL).signed_by(HUGO).files
    return files, files[numbered(RoleName.ROOT, 1)]


def read_trust(change: Callable[[dict[str, bytes]], bytes | None]) -> object:
    """Verify the trust root after `change` to its files; it may return another root to pin."""
    files, root = repository()
    files = dict(files)
    pinned = change(files) or root
    return verify_repository(files, root=pinned, now=NOW)


def signed_by_one_under_two_ids(role: str) -> Callable[[dict[str, bytes]], bytes]:
    """Return the change that registers gail's key twice for a role, and has her alone sign for both."""

    def change(files: dict[str, bytes]) -> bytes:
        root_name = numbered(RoleName.ROOT, 1)
        root = read_metadata(files[root_name])
        key = GAIL.tuf_key
        assert isinstance(root.signed, Root)
        root.signed.add_key(SSlibKey(TWIN_ID, key.keytype, key.scheme, key.keyval), role)
        signers = (GAIL, HUGO) if role != "root" else (GAIL,)
        files[root_name] = _signed_by(root, *signers, twin=role == "root")
        if role != "root":
            name = next(each for each in files if each.endswith(f"{role}.json"))
            files[name] = _signed_by(read_metadata(files[name]), GAIL, twin=True)
        return files[root_name]

    return change


def _signed_by(metadata: AnyMetadata, *signers: Custodian, twin: bool = False) -> bytes:
    metadata.signatures.clear()
    for one in signers:
        value = one.sign(metadata.signed_bytes).hex()
        for keyid in (one.tuf_key.keyid, TWIN_ID)[: 1 + twin]:
            metadata.signatures[keyid] = Signature(keyid, value)
    return metadata.to_bytes()


def payload(data: bytes) -> bytes:
    """Return the payload of an envelope."""
    return base64.b64decode(json.loads(data)["payload"])
