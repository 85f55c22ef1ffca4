"""Who signed the artifacts of a release themselves (docs/decisions/artifact-signers.md).

Only an artifact's own signature counts: what is packed inside it may be signed by anybody. Whatever
looks like a signature and names nobody is kept under a name nobody has.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from typing import Final

from workstation.core.artifact_signer import ArtifactSigner
from workstation.core.errors import Malformed
from workstation.core.key_readers.apk import apk_signer_names, idsig_signer_names
from workstation.core.key_readers.cms import cms_signer_names
from workstation.core.key_readers.files import signer_names
from workstation.core.key_readers.found_key import SignerName
from workstation.core.key_readers.jws import jws_signer_names
from workstation.core.key_readers.openpgp import openpgp_signer_names
from workstation.core.release_diff import MemberKind
from workstation.review import (
    apk_signatures,
    mach_signatures,
    pe_signatures,
    rpm_header,
    rpm_signatures,
    sniff,
)
from workstation.review.ar_reader import ar_entries
from workstation.review.ledger import Ledger
from workstation.review.limits import Limits
from workstation.review.seldom_signatures import seldom_signatures
from workstation.review.sniff import Container
from workstation.review.source import Entry, Source, chunks, exactly
from workstation.review.zip_index import central_directory
from workstation.review.zip_reader import zip_entries

_JAR: Final = re.compile(r"META-INF/(?:[^/]+\.(?:RSA|DSA|EC)|SIG-[^/]*)", re.IGNORECASE)
_WHEEL: Final = re.compile(r"[^/]+\.dist-info/RECORD\.(?:jws|p7s)")
_NUGET: Final = ".signature.p7s"
_APPX: Final = "AppxSignature.p7x"
_APPX_MAGIC: Final = b"PKCX"
# XML signatures of office documents, of OPC packages such as VSIX, and of OpenDocument: seen, and not read.
_XML: Final = re.compile(
    r"_xmlsignatures/.+|package/services/digital-signature/.+|META-INF/[^/]*signatures?\.xml"
)
_DEB: Final = re.compile(r"_gpg[a-z]*")
_DETACHED: Final = re.compile(r"(.+)\.(?:asc|sig|sign|gpg|p7s|p7m|minisig|jws|idsig)")
_ARMOR: Final = (b"-----BEGIN PGP SIGNATURE-----", b"-----BEGIN SSH SIGNATURE-----")
_CLEARTEXT: Final = b"-----BEGIN PGP SIGNED MESSAGE-----"
_LONGEST: Final = 4 * 1024 * 1024


def artifact_signers(name: str, source: Source, beside: Collection[str]) -> Iterator[ArtifactSigner]:
    """Yield who signed the artifact `name`; `beside` are the names of all artifacts.

    Raises Malformed for a container that cannot be read to its end.
    """
    for path, kind, signature in _signatures(name, source, beside):
        for signer in _names(path, kind, signature):
            yield ArtifactSigner(path, kind, signer)


def _signatures(name: str, source: Source, beside: Collection[str]) -> Iterator[tuple[str, str, bytes]]:
    head = source.at(0, sniff.HEAD)
    detached = _DETACHED.fullmatch(name)
    if head.startswith(_CLEARTEXT):
        yield name, "cleartext signature", _at_the_end(source)
    elif head.startswith(_ARMOR) or (detached is not None and detached[1] in beside):
        yield name, "detached signature", source.at(0, _LONGEST)
    elif sniff.container_of(head) is Container.ZIP:
        yield from _in_zip(name, source)
    elif sniff.container_of(head) is Container.AR:
        yield from _in_ar(name, source)
    elif head.startswith(rpm_header.MAGIC):
        yield from ((name, "RPM", found) for found in rpm_signatures.rpm_signatures(source, name))
    elif head.startswith(pe_signatures.MAGIC):
        yield from ((name, "Authenticode", found) for found in pe_signatures.pe_signatures(source, name))
    elif head.startswith(mach_signatures.MAGICS):
        yield from ((name, "macOS", found) for found in mach_signatures.mach_signatures(source, name))
    else:
        yield from ((name, kind, found) for kind, found in seldom_signatures(source, name))


def _at_the_end(source: Source) -> bytes:
    """Return the signature of a cleartext signed document (RFC 9580 section 7): the block that ends it."""
    tail = source.at(max(0, source.size - _LONGEST), _LONGEST)
    return tail[max(0, tail.rfind(_ARMOR[0])) :]


def _in_zip(name: str, source: Source) -> Iterator[tuple[str, str, bytes]]:
    for entry in zip_entries(source, name, Ledger(Limits())):
        kind = _kind_in_zip(entry)
        if kind is not None:
            yield f"{name}!/{entry.name}", kind, exactly(entry.read, _LONGEST)
    _, directory = central_directory(source, name, Ledger(Limits()))
    yield from ((name, "APK", found) for found in apk_signatures.apk_signatures(source, directory, name))


def _kind_in_zip(entry: Entry) -> str | None:
    if entry.kind is not MemberKind.FILE:
        return None
    if _JAR.fullmatch(entry.name):
        return "JAR"
    if _WHEEL.fullmatch(entry.name):
        return "wheel"
    if _XML.fullmatch(entry.name):
        return "XML"
    return {_NUGET: "NuGet", _APPX: "Appx"}.get(entry.name)


def _in_ar(name: str, source: Source) -> Iterator[tuple[str, str, bytes]]:
    for entry in ar_entries(source, name, Ledger(Limits())):
        if _DEB.fullmatch(entry.name):
            yield f"{name}!/{entry.name}", "deb", exactly(entry.read, _LONGEST)
        for _ in chunks(entry.read):
            pass


def _names(path: str, kind: str, signature: bytes) -> tuple[SignerName, ...]:
    unnamed = SignerName(f"unnamed:{hashlib.sha256(signature).hexdigest()}")
    try:
        return _read(path, kind, signature) or (unnamed,)
    except Malformed:
        return (unnamed,)


def _read(path: str, kind: str, signature: bytes) -> tuple[SignerName, ...]:
    if path.endswith(".jws"):
        return jws_signer_names(signature, where=path)
    if path.endswith(".idsig"):
        return idsig_signer_names(signature, where=path)
    match kind:
        case "JAR" | "NuGet" | "Authenticode" | "macOS" | "kernel module":
            return cms_signer_names(signature, where=path)
        case "Appx":
            return cms_signer_names(signature.removeprefix(_APPX_MAGIC), where=path)
        case "APK":
            return apk_signer_names(signature, where=path)
        case "RPM":
            return openpgp_signer_names(signature, where=path)
        case _:
            return signer_names(signature, where=path)
