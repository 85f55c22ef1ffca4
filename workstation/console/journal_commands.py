"""Commissioning a workstation, and verifying and proving its journal."""

from __future__ import annotations

import base64
import os
from argparse import Namespace
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519

from workstation import bootstrap
from workstation.bootstrap import Config, configured_cards, read_config
from workstation.console.documents import read_secret, write_document
from workstation.console.opening import desk_of, named_module, state_directory, unlock_of
from workstation.console.reply import Reply
from workstation.console.secrets import ask_passphrase
from workstation.core.entry import Draft, Kind, Outcome
from workstation.core.errors import JournalError, MediaError
from workstation.core.journal_export import tlog_proof
from workstation.core.ledger import Ledger
from workstation.core.memory import Consultation
from workstation.core.public_key import from_loaded
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.desk.kept_checkpoints import checkpoint_findings
from workstation.desk.memories import Asked, Memories
from workstation.gate.folding import refolded_findings
from workstation.journal.client import Journal
from workstation.release.layout_writer import hashed_file
from workstation.tokens.tpm import Tpm, has_tpm
from workstation.trust.store import load


def commission(arguments: Namespace) -> Reply:
    """Make a new workstation: its journal, its key, and K_0, which has to leave the machine."""
    state, seal_out = state_directory(arguments), Path(arguments.seal_out)
    named = named_module(arguments)
    module = None if named is None else Path(named).absolute()
    config = Config(
        module=module,
        module_sha256=None if module is None else hashed_file(module)[0],
        production=arguments.production,
        outgoing=Path(arguments.outgoing).absolute(),
    )
    passphrase = ask_passphrase(arguments)
    with _new_secret_file(seal_out) as write:
        made = bootstrap.commission(
            state, config, origin=arguments.origin, passphrase=passphrase, keep_seal=write
        )
    key = made.station
    lines = (
        f"Workstation commissioned in {state}",
        f"  its key, for the custodians to enrol: {key.fingerprint}",
        f"  its PKCS#11 module: {module or 'none; nobody can sign here'}",
        f"  K_0 of its journal is in {seal_out}: take it off this machine",
    )
    document: JsonObject = {
        "origin": arguments.origin,
        "fingerprint": key.fingerprint,
        "spki": base64.b64encode(key.spki).decode(),
    }
    return Reply(document=document, lines=lines)


def verify(arguments: Namespace) -> Reply:
    """Verify every byte of the journal and ask what remembers it; with K_0 also what only K_0 can tell."""
    seal_key = None if arguments.seal is None else read_secret(Path(arguments.seal))
    directory = bootstrap.journal_directory(state_directory(arguments))
    sealed = seal_key is not None
    with (
        unlock_of(arguments) as unlock,
        Journal.open(directory, unlock, clock=bootstrap.entry_time) as journal,
    ):
        found = journal.verify(seal_key)
        remembered = Consultation() if found.findings else _consulted(arguments, journal)
        findings = (*found.findings, *remembered.findings)
        noted: JsonObject = {
            "size": found.size,
            "root": found.root.hex(),
            "findings": [*findings[:20]],
            "sealed": sealed,
            "consulted": [*remembered.consulted],
            "missing": [*remembered.missing],
        }
        journal.append(Draft(kind=Kind.JOURNAL_VERIFY, outcome=Outcome.INFO, payload=noted))
    if findings:
        raise JournalError("; ".join(findings[:20]))
    how = "chain, tree, leaf log and seals" if sealed else "chain, tree and leaf log"
    lines = (
        f"Journal verified: {found.size} entries, {how} hold",
        f"  root {found.root.hex()}",
        f"  remembered outside and asked: {', '.join(remembered.consulted) or 'nothing'}",
        f"  remembered outside and not there: {', '.join(remembered.missing) or 'nothing'}",
    )
    document: JsonObject = {**noted, "findings": []}
    return Reply(document=document, lines=lines)


def _consulted(arguments: Namespace, journal: Journal) -> Consultation:
    """Fold the journal from its first entry, and ask every memory at hand about it."""
    state, entries = state_directory(arguments), journal.entries()
    ledger, trust = (
        Ledger().after(entries),
        load(bootstrap.trust_directory(state), now=bootstrap.current_time()),
    )
    kept = checkpoint_findings(journal, entries, None if trust is None else trust.snapshot.roster)
    with ExitStack() as stack:
        cards = configured_cards(read_config(state))
        asked = Asked(
            notes=[Path(each) for each in arguments.note],
            releases=[Path(each) for each in arguments.release],
            cards=None if cards is None else stack.enter_context(cards),
            tpm=Tpm() if has_tpm() else None,
        )
        found = Memories(journal, ledger, bootstrap.vault_of(state)).consult(asked)
    return replace(found, findings=(*refolded_findings(journal), *kept, *found.findings, *found.doubts))


def station_key(arguments: Namespace) -> Reply:
    """Show the workstation's public key, for the custodians to enrol as a service's."""
    with desk_of(arguments) as desk:
        key = from_loaded(
            ed25519.Ed25519PublicKey.from_public_bytes(desk.parts.journal.station_key), where="station key"
        )
    if arguments.out is not None:
        write_document(Path(arguments.out), key.to_pem(), new=True)
    document: JsonObject = {"fingerprint": key.fingerprint, "spki": base64.b64encode(key.spki).decode()}
    lines = (f"{key.fingerprint}  {key.kind.value}", *key.to_pem().decode().splitlines())
    return Reply(document=document, lines=lines)


def checkpoint(arguments: Namespace) -> Reply:
    """Print a signed checkpoint of the journal (C2SP tlog-checkpoint)."""
    with desk_of(arguments) as desk:
        note = desk.parts.journal.checkpoint().decode()
    return Reply(document={"checkpoint": note}, lines=tuple(note.splitlines()))


def prove(arguments: Namespace) -> Reply:
    """Prove one entry to be in the journal."""
    with desk_of(arguments) as desk:
        journal = desk.parts.journal
        size = journal.head().size
        if not 0 <= arguments.entry < size:
            raise JournalError(f"entry {arguments.entry} found, 0 to {size - 1} wanted")
        (entry,) = journal.entries(arguments.entry, arguments.entry + 1)
        proof = journal.inclusion(arguments.entry, size)
        note = journal.checkpoint()
    path: list[JsonValue] = [base64.b64encode(node).decode() for node in proof]
    body = base64.b64encode(entry.to_bytes()).decode()
    document: JsonObject = {
        "seq": entry.seq,
        "body": body,
        "inclusion": path,
        "checkpoint": base64.b64encode(note).decode(),
    }
    if arguments.out is not None:
        write_document(Path(arguments.out), tlog_proof(entry.seq, proof, note), new=True)
    lines = (f"Entry {entry.seq} is in the journal of {size} entries: {len(proof)} hashes lead to its root",)
    return Reply(document=document, lines=lines)


@contextmanager
def _new_secret_file(path: Path) -> Generator[Callable[[bytearray], None]]:
    """Make the file before there is a secret to lose; it does not stay when nothing comes to be in it."""
    descriptor = _opened_new(path)
    try:
        yield lambda secret: _write_secret(path, descriptor, secret)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def _opened_new(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise MediaError(str(path), f"cannot be written: {error.strerror}") from error


def _write_secret(path: Path, descriptor: int, secret: bytearray) -> None:
    try:
        os.write(descriptor, secret)
        os.fsync(descriptor)
    except OSError as error:
        raise MediaError(str(path), f"cannot be written: {error.strerror}") from error
    finally:
        secret[:] = bytes(len(secret))
