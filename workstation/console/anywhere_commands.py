"""Commands that need no state: diff, fingerprint, doctor."""

from __future__ import annotations

import shutil
from argparse import Namespace
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_public_key, load_ssh_public_key

from workstation.console.opening import cards_of
from workstation.console.reply import REFUSED, Reply
from workstation.core.errors import Malformed, MediaError, TokenRefused
from workstation.core.public_key import PublicKey, from_loaded, parse_spki
from workstation.core.release_diff import ReviewVerdict
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.process.sandbox import WallsUnavailable
from workstation.review.html import page
from workstation.review.of_paths import diff_of_paths
from workstation.review.prepare import standing_walls

KEY_LIMIT: Final = 1024 * 1024
_PROGRAMS: Final = {
    "softhsm2-util": "apt-get install softhsm2 (tests and demo only)",
    "openssl": "apt-get install openssl (to check a countersignature by hand)",
}


def diff(arguments: Namespace) -> Reply:
    """Compare two files or directories as releases."""
    found = diff_of_paths(Path(arguments.old), Path(arguments.new))
    if arguments.html is not None:
        try:
            Path(arguments.html).write_text(page(found), encoding="utf-8")
        except OSError as error:
            raise MediaError(arguments.html, f"cannot be written: {error.strerror}") from error
    lines = [f"{found.verdict.value}"]
    for name, paths in (
        ("added", found.added),
        ("removed", found.removed),
        ("content changed", found.content_changed),
        ("mode changed", found.mode_changed),
        ("owner changed", found.owner_changed),
        ("link changed", found.link_changed),
    ):
        lines += [f"  {name}: {path!a}" for path in paths]
    lines += [f"  {one.rank:3} {one.rule}  {one.path!a}: {one.sentence}" for one in found.findings]
    lines += [f"  not inspected: {one.path!a}: {one.why}" for one in found.not_inspected]
    refused = found.verdict is ReviewVerdict.REFUSED
    return Reply(document=found.to_json(), lines=tuple(lines), status=REFUSED if refused else 0)


def fingerprint(arguments: Namespace) -> Reply:
    """Print the one fingerprint of the key in each file or at each PKCS#11 URI."""
    found = [(name, _key_at(arguments, name)) for name in arguments.file]
    listed: list[JsonValue] = [
        {"file": name, "kind": key.kind.value, "fingerprint": key.fingerprint} for name, key in found
    ]
    lines = tuple(f"{key.fingerprint}  {key.kind.value}  {name}" for name, key in found)
    return Reply(document={"keys": listed}, lines=lines)


def doctor(_arguments: Namespace) -> Reply:
    """Say what is missing on this machine, and the command that mends it."""
    missing = [f"{name}: {mend}" for name, mend in _PROGRAMS.items() if shutil.which(name) is None]
    try:
        walls = standing_walls()
        missing += [
            f"{wall} is not refused to the review child" for wall, stands in walls.items() if not stands
        ]
    except (WallsUnavailable, Malformed) as error:
        missing.append(f"walls: {error} (a kernel with Landlock is needed)")
    document: JsonObject = {"missing": [*missing]}
    lines = tuple(missing) or ("Nothing is missing.",)
    return Reply(document=document, lines=lines, status=1 if missing else 0)


def _key_at(arguments: Namespace, name: str) -> PublicKey:
    if name.startswith("pkcs11:"):
        with cards_of(arguments) as cards:
            return cards.shown_key(name)[0]
    try:
        with Path(name).open("rb") as file:
            data = file.read(KEY_LIMIT)
    except OSError as error:
        raise MediaError(name, f"cannot be read: {error.strerror}") from error
    return read_key(data, where=name)


def read_key(data: bytes, *, where: str) -> PublicKey:
    """Return the public key in a certificate, SPKI or SSH public key file; raises Malformed."""
    try:
        if data.startswith((b"ssh-", b"ecdsa-", b"sk-")):
            return from_loaded(load_ssh_public_key(data), where=where)
        if b"BEGIN CERTIFICATE" in data:
            return from_loaded(x509.load_pem_x509_certificate(data).public_key(), where=where)
        if b"BEGIN PUBLIC KEY" in data:
            return from_loaded(load_pem_public_key(data), where=where)
        try:
            return from_loaded(x509.load_der_x509_certificate(data).public_key(), where=where)
        except ValueError:
            return parse_spki(data, where=where)
    except (ValueError, TokenRefused) as error:
        raise Malformed(where, "no certificate, SPKI or SSH public key found") from error
