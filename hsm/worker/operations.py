"""What a session is opened for: reading public material, signing, deriving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from pkcs11 import MGF, Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.mechanisms import KDF

from hsm import fields
from hsm.errors import TokenCode, TokenError
from hsm.keys import PSS_SALT_BYTES, Scheme
from hsm.pin import WipeablePin
from hsm.worker import objects

if TYPE_CHECKING:
    from pkcs11.types import DeriveMixin, Object, Session, SignMixin

    from hsm.wire import Message

_MECHANISMS: Final = {
    Scheme.ECDSA_P256_SHA256: (KeyType.EC, Mechanism.ECDSA, None),
    Scheme.ECDSA_P384_SHA384: (KeyType.EC, Mechanism.ECDSA, None),
    # Always given: the library's own default for PSS is SHA-1.
    Scheme.RSA_PSS_SHA256: (
        KeyType.RSA,
        Mechanism.RSA_PKCS_PSS,
        (Mechanism.SHA256, MGF.SHA256, PSS_SALT_BYTES),
    ),
    Scheme.ED25519: (KeyType.EC_EDWARDS, Mechanism.EDDSA, None),
}
# SoftHSM truncates over-long ECDSA input silently.
_DIGEST_BYTES: Final = {Scheme.ECDSA_P256_SHA256: 32, Scheme.ECDSA_P384_SHA384: 48, Scheme.RSA_PSS_SHA256: 32}
_SHARED_SECRET_BITS: Final = 256


def read(session: Session, request: Message) -> Message:
    """Return the certificate and the public key object under the id, each where there is one."""
    certificate = objects.at_most_one(session, ObjectClass.CERTIFICATE, request)
    public = objects.at_most_one(session, ObjectClass.PUBLIC_KEY, request)
    return {
        "certificate": None if certificate is None else certificate[Attribute.VALUE].hex(),
        "public_key": None if public is None else objects.numbers(public),
    }


def sign(session: Session, request: Message, pin: bytearray | None) -> Message:
    """Return the raw signature over a digest (Ed25519: a message), and what protects the key."""
    scheme, data = _scheme(request), fields.octets(request, "data")
    if len(data) != _DIGEST_BYTES.get(scheme, len(data)):
        raise TokenError(TokenCode.BAD_REQUEST, f"{len(data)} bytes found for {scheme}, a digest wanted")
    kind, mechanism, parameters = _MECHANISMS[scheme]
    key = objects.private_key(session, request, may=Attribute.SIGN)
    _refuse_mechanism(session, key, kind, mechanism)
    extra = {"pin": _pin_again(pin)} if objects.perhaps(key, Attribute.ALWAYS_AUTHENTICATE) else {}
    signature = cast("SignMixin", key).sign(data, mechanism=mechanism, mechanism_param=parameters, **extra)
    return {"signature": signature.hex(), "protection": objects.protection(key)}


def derive(session: Session, request: Message) -> bytearray:
    """Return plain ECDH over P-256; what to do with the shared secret is the caller's affair."""
    key = objects.private_key(session, request, may=Attribute.DERIVE)
    _refuse_mechanism(session, key, KeyType.EC, Mechanism.ECDH1_DERIVE)
    shared = cast("DeriveMixin", key).derive_key(
        KeyType.GENERIC_SECRET,
        _SHARED_SECRET_BITS,
        mechanism=Mechanism.ECDH1_DERIVE,
        mechanism_param=(KDF.NULL, None, fields.octets(request, "peer_point")),
        template={Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True},
    )
    return bytearray(shared[Attribute.VALUE])


def _refuse_mechanism(session: Session, key: Object, kind: KeyType, mechanism: Mechanism) -> None:
    if key[Attribute.KEY_TYPE] is not kind:
        raise TokenError(
            TokenCode.MECHANISM_UNSUPPORTED, f"a {key[Attribute.KEY_TYPE]!s} key found, {kind.name} wanted"
        )
    if mechanism not in session.token.slot.get_mechanisms():
        raise TokenError(TokenCode.MECHANISM_UNSUPPORTED, f"{mechanism.name} is not offered by this token")


def _pin_again(pin: bytearray | None) -> WipeablePin:
    if pin is None:
        raise TokenError(
            TokenCode.PINPAD_ALWAYS_AUTH_UNSUPPORTED, "this key wants its PIN again, from a pin pad"
        )
    return WipeablePin(pin)


def _scheme(request: Message) -> Scheme:
    try:
        return Scheme(fields.text(request, "scheme"))
    except ValueError as error:
        raise TokenError(TokenCode.BAD_REQUEST, "the scheme is not one of ours") from error
