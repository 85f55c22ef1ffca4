"""Putting holders onto SoftHSM tokens. Serial and slot are random: SoftHSM mints those itself."""

from __future__ import annotations

import ctypes
import os
from typing import TYPE_CHECKING, Final

import pkcs11
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from holders import SIGN_ID, UNLOCK_ID, Certificate
from minted import certificate, private_key
from pkcs11 import Attribute, CertificateType, KeyType, ObjectClass
from pkcs11.constants import TokenFlag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from holders import Holder
    from minted import PrivateKey
    from pkcs11._pkcs11 import lib
    from pkcs11.types import Token

    Template = dict[Attribute, object]

MODULE: Final = "/usr/lib/softhsm/libsofthsm2.so"
SO_PIN: Final = "87654321"
_P256: Final = bytes.fromhex("06082a8648ce3d030107")
_P384: Final = bytes.fromhex("06052b81040022")
_ED25519: Final = bytes.fromhex("06032b6570")


def configure(home: Path) -> None:
    """Write softhsm2.conf for the tokens in `home`, and make SoftHSM read it."""
    (home / "tokens").mkdir(mode=0o700)
    configuration = home / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {home}/tokens\n"
        "objectstore.backend = file\nobjectstore.umask = 0077\n"
        "log.level = ERROR\nslots.removable = true\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(configuration)


def mint(holders: Iterable[Holder]) -> None:
    """Make one token for each holder in the configured directory."""
    module = pkcs11.lib(MODULE)
    for holder in holders:
        token = _initialised(module, holder.name)
        if holder.pin_set:
            with token.open(rw=True, so_pin=SO_PIN) as session:
                session.init_pin(holder.pin)
        # Without a PIN nobody can log in but the security officer, who may store public objects.
        user_pin, so_pin = (holder.pin, None) if holder.pin_set else (None, SO_PIN)
        with token.open(rw=True, user_pin=user_pin, so_pin=so_pin) as session:
            for template in _objects(holder):
                session.create_object(template)
    module.finalize()


def _initialised(module: lib, label: str) -> Token:
    slot = next(slot for slot in module.get_slots() if not _is_initialised(slot.get_token()))
    # python-pkcs11 has no C_InitToken.
    native = ctypes.CDLL(MODULE)
    pin = SO_PIN.encode()
    status = native.C_InitToken(
        ctypes.c_ulong(slot.slot_id), pin, ctypes.c_ulong(len(pin)), label.encode().ljust(32)
    )
    if status:
        raise OSError(f"C_InitToken answered {status:#x} for {label}")
    module.reinitialize()
    return module.get_token(token_label=label)


def _is_initialised(token: Token) -> bool:
    return bool(token.flags & TokenFlag.TOKEN_INITIALIZED)


def _objects(holder: Holder) -> Iterator[Template]:
    key = private_key(holder)
    if holder.certificate is not Certificate.OF_ANOTHER_KEY:
        yield _public(key, SIGN_ID, "SIGN key")
    yield from _certificate(holder)
    if holder.pin_set:
        yield _private(holder, key)
    if holder.twin:
        yield _private(holder, private_key(holder, "twin"))
    if holder.unlock_key:
        yield from _unlock(holder)


def _private(holder: Holder, key: PrivateKey) -> Template:
    return _private_numbers(key) | {
        Attribute.ID: SIGN_ID,
        Attribute.LABEL: "SIGN key",
        Attribute.SIGN: holder.may_sign,
        Attribute.DERIVE: False,
        Attribute.SENSITIVE: not holder.extractable,
        Attribute.EXTRACTABLE: holder.extractable,
        Attribute.ALWAYS_AUTHENTICATE: holder.always_authenticate,
    }


def _unlock(holder: Holder) -> Iterator[Template]:
    key = private_key(holder, "unlock")
    yield _public(key, UNLOCK_ID, "UNLOCK key")
    yield _private_numbers(key) | {
        Attribute.ID: UNLOCK_ID,
        Attribute.LABEL: "UNLOCK key",
        Attribute.SIGN: False,
        Attribute.DERIVE: True,
        Attribute.SENSITIVE: True,
        Attribute.EXTRACTABLE: False,
    }


def _certificate(holder: Holder) -> Iterator[Template]:
    issued = certificate(holder)
    if issued is not None:
        yield {
            Attribute.CLASS: ObjectClass.CERTIFICATE,
            Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
            Attribute.TOKEN: True,
            Attribute.PRIVATE: False,
            Attribute.ID: SIGN_ID,
            Attribute.LABEL: "SIGN certificate",
            Attribute.SUBJECT: issued.subject.public_bytes(),
            Attribute.VALUE: issued.public_bytes(Encoding.DER),
        }


def _public(key: PrivateKey, key_id: bytes, label: str) -> Template:
    return _public_numbers(key) | {
        Attribute.CLASS: ObjectClass.PUBLIC_KEY,
        Attribute.TOKEN: True,
        Attribute.PRIVATE: False,
        Attribute.ID: key_id,
        Attribute.LABEL: label,
    }


def _public_numbers(key: PrivateKey) -> Template:
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.public_key().public_numbers()
        return {
            Attribute.KEY_TYPE: KeyType.RSA,
            Attribute.MODULUS: _big_endian(numbers.n),
            Attribute.PUBLIC_EXPONENT: _big_endian(numbers.e),
        }
    if isinstance(key, ec.EllipticCurvePrivateKey):
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    else:
        point = key.public_key().public_bytes_raw()
    # CKA_EC_POINT is the DER of an OCTET STRING; all of ours are short.
    return _kind(key) | {Attribute.EC_POINT: bytes([4, len(point)]) + point}


def _private_numbers(key: PrivateKey) -> Template:
    common: Template = {
        Attribute.CLASS: ObjectClass.PRIVATE_KEY,
        Attribute.TOKEN: True,
        Attribute.PRIVATE: True,
        Attribute.DECRYPT: False,
        Attribute.UNWRAP: False,
    }
    if isinstance(key, rsa.RSAPrivateKey):
        return common | _public_numbers(key) | _rsa_secrets(key.private_numbers())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        secret = key.private_numbers().private_value.to_bytes((key.key_size + 7) // 8, "big")
    else:
        secret = key.private_bytes_raw()
    return common | _kind(key) | {Attribute.VALUE: secret}


def _kind(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> Template:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return {Attribute.KEY_TYPE: KeyType.EC_EDWARDS, Attribute.EC_PARAMS: _ED25519}
    curve = _P256 if isinstance(key.curve, ec.SECP256R1) else _P384
    return {Attribute.KEY_TYPE: KeyType.EC, Attribute.EC_PARAMS: curve}


def _rsa_secrets(numbers: rsa.RSAPrivateNumbers) -> Template:
    return {
        Attribute.PRIVATE_EXPONENT: _big_endian(numbers.d),
        Attribute.PRIME_1: _big_endian(numbers.p),
        Attribute.PRIME_2: _big_endian(numbers.q),
        Attribute.EXPONENT_1: _big_endian(numbers.dmp1),
        Attribute.EXPONENT_2: _big_endian(numbers.dmq1),
        Attribute.COEFFICIENT: _big_endian(numbers.iqmp),
    }


def _big_endian(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
