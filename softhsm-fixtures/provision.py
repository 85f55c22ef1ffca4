"""Mint the key holders of the test world onto SoftHSM tokens. TEST ONLY.

Writes DIR/softhsm2.conf, DIR/tokens, DIR/holders.json, DIR/ca.pem, DIR/crl.pem and DIR/keys (the
software keys builders use). Everything but SoftHSM's own serials is the same each time.
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import Encoding
from holders import HOLDERS, SIGN_ID, UNLOCK_ID, Holder, Kind
from minted import ca_certificate, private_key, private_pem, revocation_list, shown_key, spki_der
from softhsm import configure, mint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MARK: Final = "TEST-ONLY.txt"
_MARK_TEXT: Final = "Test key holders from softhsm-fixtures. Every key and PIN here is public.\n"
_OURS: Final = frozenset({_MARK, "softhsm2.conf", "tokens", "holders.json", "ca.pem", "crl.pem", "keys"})


def main(arguments: Sequence[str]) -> int:
    """Provision; return the exit status: 0, or 2 for a directory or a name that will not do."""
    options = _parser().parse_args(arguments)
    home = options.directory.resolve()
    try:
        chosen = _chosen(options.people)
        _prepare(home)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    _provision(home, chosen)
    print(f"{len(chosen)} tokens in {home}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Mint the test key holders onto SoftHSM tokens.")
    parser.add_argument("directory", metavar="DIR", type=Path)
    parser.add_argument("--people", help="only these people or tokens, separated by commas")
    return parser


def _chosen(people: str | None) -> tuple[Holder, ...]:
    if people is None:
        return HOLDERS
    names = set(people.split(","))
    unknown = names - {name for holder in HOLDERS for name in (holder.name, holder.person)}
    if unknown:
        raise ValueError(f"nobody here is called {', '.join(sorted(unknown))}")
    return tuple(holder for holder in HOLDERS if names & {holder.name, holder.person})


def _prepare(home: Path) -> None:
    """Empty our own earlier output; refuse any other directory with something in it."""
    home.mkdir(parents=True, exist_ok=True)
    found = {entry.name for entry in home.iterdir()}
    if found and (_MARK not in found or not found <= _OURS):
        raise ValueError(f"{home} is neither empty nor made by this program: left as it is")
    for name in found:
        entry = home / name
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _provision(home: Path, holders: Sequence[Holder]) -> None:
    (home / _MARK).write_text(_MARK_TEXT)
    configure(home)
    mint(holders)
    entries = [entry for holder in holders for entry in _entries(holder)]
    (home / "holders.json").write_text(json.dumps(entries, indent=1) + "\n")
    (home / "ca.pem").write_bytes(ca_certificate().public_bytes(Encoding.PEM))
    (home / "crl.pem").write_bytes(revocation_list(HOLDERS).public_bytes(Encoding.PEM))
    (home / "keys").mkdir()
    for holder in holders:
        if holder.pem:
            (home / "keys" / f"{holder.name}.pem").write_bytes(private_pem(private_key(holder)))


def _entries(holder: Holder) -> Iterator[dict[str, str | None]]:
    yield {
        "holder": holder.name,
        "person": holder.person,
        "token": holder.name,
        "uri": _uri(holder, SIGN_ID),
        "pin": holder.pin,
        "kind": holder.kind,
        "spki": _base64(spki_der(shown_key(holder))),
        "note": holder.note,
    }
    if holder.unlock_key:
        yield _unlock_entry(holder)


def _unlock_entry(holder: Holder) -> dict[str, str | None]:
    return {
        "holder": f"{holder.name}-unlock",
        "person": holder.person,
        "token": holder.name,
        "uri": _uri(holder, UNLOCK_ID),
        "pin": holder.pin,
        "kind": Kind.P256,
        "spki": _base64(spki_der(private_key(holder, "unlock"))),
        "note": "key agreement only",
    }


def _uri(holder: Holder, key_id: bytes) -> str:
    return f"pkcs11:token={holder.name};id=%{key_id.hex().upper()}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
