"""Commands that need no state: fingerprint, doctor."""

from __future__ import annotations

import base64
import shutil
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from workstation.console.opening import cards_of
from workstation.console.reply import REFUSED, Reply
from workstation.core.errors import Malformed, MediaError
from workstation.core.key_readers.files import read_keys
from workstation.core.key_readers.found_key import FoundKey, KeysFound
from workstation.core.public_key import PublicKey
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.process.sandbox import WallsUnavailable
from workstation.review.prepare import standing_walls

KEY_LIMIT: Final = 1024 * 1024
_PROGRAMS: Final = {
    "softhsm2-util": "apt-get install softhsm2 (tests and demo only)",
    "openssl": "apt-get install openssl (to check a countersignature by hand)",
}

_NO_LANDLOCK: Final = (
    "This kernel has no Landlock: seccomp alone closes files to the review child, which will do;"
    " the journal writer and the screen want Landlock."
)


def fingerprint(arguments: Namespace) -> Reply:
    """Print the one fingerprint of every key in each file or at each PKCS#11 URI."""
    found = [(name, _keys_at(arguments, name)) for name in arguments.file]
    listed: list[JsonValue] = [_shown_key(name, key) for name, keys in found for key in keys.keys]
    passed_over: list[JsonValue] = [
        {"file": name, "part": part.part, "why": part.why, "refused": part.refused}
        for name, keys in found
        for part in keys.passed_over
    ]
    lines = [line for name, keys in found for line in _lines(name, keys)]
    refused = any(keys.refused for _, keys in found)
    document: JsonObject = {"keys": listed, "passedOver": passed_over}
    return Reply(document=document, lines=tuple(lines), status=REFUSED if refused else 0)


def doctor(_arguments: Namespace) -> Reply:
    """Say what is missing on this machine, and the command that mends it."""
    notes = list[str]()
    missing = [f"{name}: {mend}" for name, mend in _PROGRAMS.items() if shutil.which(name) is None]
    try:
        walls = standing_walls()
        missing += [
            f"{wall} is not refused to the review child"
            for wall, stands in walls.refused.items()
            if not stands
        ]
        notes = [_NO_LANDLOCK] if not walls.landlock_abi else []
    except (WallsUnavailable, Malformed) as error:
        missing.append(f"walls: {error} (libseccomp2 and a kernel with seccomp are needed)")
    document: JsonObject = {"missing": [*missing], "notes": [*notes]}
    lines = (*(missing or ["Nothing is missing."]), *notes)
    return Reply(document=document, lines=lines, status=1 if missing else 0)


def read_key(data: bytes, *, where: str) -> PublicKey:
    """Return the one public key in a file, in any encoding `fingerprint` reads; raises Malformed."""
    return read_keys(data, where=where).sole_key(where)


def _keys_at(arguments: Namespace, name: str) -> KeysFound:
    if name.startswith("pkcs11:"):
        with cards_of(arguments) as cards:
            return KeysFound((FoundKey(key=cards.shown_key(name)[0], part="token"),))
    try:
        with Path(name).open("rb") as file:
            data = file.read(KEY_LIMIT + 1)
    except OSError as error:
        raise MediaError(name, f"cannot be read: {error.strerror}") from error
    if len(data) > KEY_LIMIT:
        raise Malformed(name, f"more than {KEY_LIMIT} bytes found")
    return read_keys(data, where=name)


def _shown_key(name: str, found: FoundKey) -> JsonObject:
    return {
        "file": name,
        "part": found.part,
        "kind": found.key.kind.value,
        "fingerprint": found.key.fingerprint,
        "alias": found.alias,
        "spki": base64.b64encode(found.key.spki).decode(),
    }


def _lines(name: str, found: KeysFound) -> Iterator[str]:
    several = len(found.keys) + len(found.passed_over) > 1
    for one in found.keys:
        place = f", {one.part}" if several else ""
        alias = f"  {one.alias}" if one.alias else ""
        yield f"{one.key.fingerprint}  {one.key.kind.value}  {name}{place}{alias}"
    for part in found.passed_over:
        yield f"{'REFUSED' if part.refused else 'passed over'}  {name}, {part.part}: {part.why}"
