"""Any file a public key comes in: what it is is told from its bytes, never from its name."""

from __future__ import annotations

from typing import Final

from workstation.core.errors import Malformed
from workstation.core.key_readers import der
from workstation.core.key_readers.armor import Block, blocks_in
from workstation.core.key_readers.cms import cms_keys, cms_signer_names, is_signed_data
from workstation.core.key_readers.found_key import FoundKey, KeysFound, SignerName, all_of
from workstation.core.key_readers.openpgp import openpgp_keys, openpgp_signer_names
from workstation.core.key_readers.ssh import ssh_keys, sshsig_key
from workstation.core.key_readers.x509 import parse_certificate, spki_key
from workstation.core.public_key import PublicKey

_DER_BEGINS: Final = der.SEQUENCE
_OPENPGP_BEGINS: Final = 0x80
_BEGIN: Final = b"-----BEGIN "


def read_keys(data: bytes, *, where: str) -> KeysFound:
    """Return every key in a file; raises Malformed when it holds none or holds one in an odd encoding.

    X.509 certificates and SubjectPublicKeyInfo (PEM, DER), SSH keys, OpenPGP certificates, CMS
    SignedData and SSH signatures (for the keys of their signers).
    """
    found = _keys(data, where)
    if not found.keys and not found.passed_over:
        raise Malformed(where, "no public key found")
    return found


def signer_names(data: bytes, *, where: str) -> tuple[SignerName, ...]:
    """Return who a detached signature says it is by; raises Malformed for what names nobody.

    OpenPGP (armored or not), SSH, and CMS (PEM or DER). Nothing is verified.
    """
    if _BEGIN in data:
        blocks = blocks_in(_text(data, where), where=where)
        return tuple(name for block in blocks for name in _block_signers(block, where))
    if data[:1] == bytes([_DER_BEGINS]) and is_signed_data(data):
        return cms_signer_names(data, where=where)
    if data and data[0] & _OPENPGP_BEGINS:
        return openpgp_signer_names(data, where=where)
    raise Malformed(where, "a signature that does not say who made it found")


def _keys(data: bytes, where: str) -> KeysFound:
    if _BEGIN in data:
        blocks = blocks_in(_text(data, where), where=where)
        return all_of([_block_keys(block, where) for block in blocks])
    if data[:1] == bytes([_DER_BEGINS]):
        return _der_keys(data, where)
    if data and data[0] & _OPENPGP_BEGINS:
        return openpgp_keys(data, where=where)
    return ssh_keys(_text(data, where), where=where)


def _block_keys(block: Block, where: str) -> KeysFound:
    match block.label:
        case "CERTIFICATE":
            return _one(parse_certificate(block.data, where=where).key(where), "certificate")
        case "PUBLIC KEY":
            return _one(spki_key(block.data, where=where), "public key")
        case "PKCS7" | "CMS":
            return cms_keys(block.data, where=where)
        case "PGP PUBLIC KEY BLOCK":
            return openpgp_keys(block.data, where=where)
        case "SSH SIGNATURE":
            return _one(sshsig_key(block.data, where=where), "signer")
        case label if "PRIVATE KEY" in label:
            raise Malformed(where, "a private key found: keep it to yourself, and export the public one")
        case label:
            raise Malformed(where, f"a block of {label!a} found, a certificate or public key wanted")


def _block_signers(block: Block, where: str) -> tuple[SignerName, ...]:
    match block.label:
        case "PGP SIGNATURE" | "PGP MESSAGE":
            return openpgp_signer_names(block.data, where=where)
        case "SSH SIGNATURE":
            return (SignerName(sshsig_key(block.data, where=where).fingerprint),)
        case "SIGNED MESSAGE" | "PKCS7" | "CMS":
            return cms_signer_names(block.data, where=where)
        case label:
            raise Malformed(where, f"a block of {label!a} found, a signature wanted")


def _der_keys(data: bytes, where: str) -> KeysFound:
    fields = der.values_in(der.only_value(data, where=where).content, where=where)
    match tuple(field.tag for field in fields):
        case (der.OBJECT_ID, _):
            return cms_keys(data, where=where)
        case (der.SEQUENCE, der.BIT_STRING):
            return _one(spki_key(data, where=where), "public key")
        case (der.SEQUENCE, der.SEQUENCE, der.BIT_STRING):
            return _one(parse_certificate(data, where=where).key(where), "certificate")
        case _:
            raise Malformed(where, "no certificate, public key or signature found in the DER")


def _one(key: PublicKey, part: str) -> KeysFound:
    return KeysFound((FoundKey(key=key, part=part),))


def _text(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(where, "no certificate, SPKI, SSH or OpenPGP public key found") from error
