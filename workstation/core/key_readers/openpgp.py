"""OpenPGP certificates: the primary key and every subkey bound to it (RFC 9580 section 10.1).

A subkey counts when the primary key signed for it and, where it may make signatures itself, it signed
for the primary key too: otherwise anybody could put somebody else's key under their own. Whether
a certificate has expired or was revoked is not asked: an old key still points to its holder.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from workstation.core.errors import Malformed
from workstation.core.key_readers.found_key import FoundKey, KeysFound, PassedOver, SignerName
from workstation.core.key_readers.openpgp_key import OpenPgpKey, parse_openpgp_key
from workstation.core.key_readers.openpgp_packets import Packet, Tag, packets_in
from workstation.core.key_readers.openpgp_signature import OpenPgpSignature, parse_signature

_SUBKEY_BINDING, _PRIMARY_BINDING = 0x18, 0x19
_SECRET: Final = (Tag.SECRET_KEY, Tag.SECRET_SUBKEY)
_MOST_SIGNATURES: Final = 64


def openpgp_keys(data: bytes, *, where: str) -> KeysFound:
    """Return the keys of all certificates in `data`; raises Malformed.

    Unbound subkeys are passed over and refused; keys of kinds without a fingerprint are passed over.
    """
    keys: list[FoundKey] = []
    passed_over: list[PassedOver] = []
    for certificate in _certificates(packets_in(data, where=where), where):
        for found in _keys_of(certificate, where):
            if isinstance(found, FoundKey):
                keys.append(found)
            else:
                passed_over.append(found)
    return KeysFound(tuple(keys), tuple(passed_over))


def openpgp_signer_names(data: bytes, *, where: str) -> tuple[SignerName, ...]:
    """Return the aliases by which detached signatures name their makers; raises Malformed for none."""
    names: list[SignerName] = []
    for packet in packets_in(data, where=where):
        if packet.tag != Tag.SIGNATURE:
            raise Malformed(where, f"an OpenPGP packet of type {packet.tag} found, only signatures wanted")
        issuers = parse_signature(packet.body, where=where).issuers
        if not issuers:
            raise Malformed(where, "a signature that names nobody found")
        names += (SignerName(issuer) for issuer in issuers)
    return tuple(dict.fromkeys(names))


def _certificates(packets: tuple[Packet, ...], where: str) -> list[list[Packet]]:
    """Return the packets of each certificate; each begins with its primary key."""
    found: list[list[Packet]] = []
    for packet in packets:
        if packet.tag in _SECRET:
            raise Malformed(where, "a private key found: keep it to yourself, and export the public one")
        if packet.tag == Tag.PUBLIC_KEY:
            found.append([])
        if not found:
            raise Malformed(where, f"an OpenPGP packet of type {packet.tag} found, a public key wanted")
        found[-1].append(packet)
    return found


def _keys_of(packets: list[Packet], where: str) -> Iterator[FoundKey | PassedOver]:
    primary = parse_openpgp_key(packets[0].body, where=f"{where}, primary key")
    yield _found("primary key", primary)
    for index, packet in enumerate(packets):
        if packet.tag == Tag.PUBLIC_SUBKEY:
            subkey = parse_openpgp_key(packet.body, where=f"{where}, subkey")
            part = f"subkey {subkey.fingerprint.hex().upper()}"
            if subkey.key is None or _bound(primary, subkey, _signatures_after(packets, index, where)):
                yield _found(part, subkey)
            else:
                yield PassedOver(part=part, why="no binding to the primary key holds", refused=True)


def _found(part: str, key: OpenPgpKey) -> FoundKey | PassedOver:
    if key.key is None:
        return PassedOver(part=part, why=key.why, refused=False)
    return FoundKey(key=key.key, part=part, alias=key.alias)


def _signatures_after(packets: list[Packet], index: int, where: str) -> list[OpenPgpSignature]:
    found: list[OpenPgpSignature] = []
    for packet in packets[index + 1 :]:
        if packet.tag in (Tag.PUBLIC_SUBKEY, Tag.PUBLIC_KEY):
            break
        if packet.tag == Tag.SIGNATURE:
            found.append(parse_signature(packet.body, where=where))
    if len(found) > _MOST_SIGNATURES:
        raise Malformed(
            where, f"{len(found)} signatures on one subkey found, at most {_MOST_SIGNATURES} wanted"
        )
    return found


def _bound(primary: OpenPgpKey, subkey: OpenPgpKey, signatures: list[OpenPgpSignature]) -> bool:
    message = primary.hashed + subkey.hashed
    return any(
        signature.kind == _SUBKEY_BINDING
        and signature.holds(message, primary)
        and (not (subkey.may_sign and signature.can_sign) or _answered(signature, message, subkey))
        for signature in signatures
    )


def _answered(signature: OpenPgpSignature, message: bytes, subkey: OpenPgpKey) -> bool:
    """Answer whether the subkey signed for the primary key (RFC 9580 section 5.2.1.9)."""
    answers = (parse_signature(one, where="primary key binding") for one in signature.embedded)
    return any(one.kind == _PRIMARY_BINDING and one.holds(message, subkey) for one in answers)
