"""What remembers the journal outside of the machine, and what two people do about it together."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from workstation import bootstrap
from workstation.console.checkpoint_slip import slip
from workstation.console.documents import read_document, write_document
from workstation.console.opening import desk_of, signing_key, state_directory
from workstation.console.reply import Reply, refusal_reply
from workstation.console.secrets import ask_pin
from workstation.core import strict_json
from workstation.core.checkpoint import SignatureType, Signer
from workstation.core.entry import time_to_json
from workstation.core.entry_kind import Kind
from workstation.core.errors import JournalError, Malformed, Usage
from workstation.core.public_key import KeyKind, PublicKey
from workstation.core.shape import Shape
from workstation.core.strict_json import MAX_INTEGER, JsonObject, JsonValue
from workstation.core.witness import Seen, Shown, cosigned, expect_consistent, parse_shown, witness_signer
from workstation.desk.face import Refused
from workstation.desk.journal_room import CardAndPin, JournalRoom
from workstation.journal.spool import spool as spooled_record
from workstation.tokens.pem import public_key_in

_RAW = 32


def anchor(arguments: Namespace) -> Reply:
    """Keep a checkpoint outside the machine: on a card, in the TPM, or on paper (an SVG with a QR code)."""
    chosen = [arguments.token is not None, arguments.tpm, arguments.paper is not None]
    if sum(chosen) != 1:
        raise Usage("--token", "one of --token, --tpm and --paper wanted")
    if arguments.sign and arguments.token is None:
        raise Usage("--sign", "a --token that signs wanted")
    with desk_of(arguments) as desk:
        room = JournalRoom(desk.parts)
        if arguments.token is not None:
            note = room.anchor_on_token(
                CardAndPin(uri=arguments.token, pin=ask_pin(arguments, arguments.token)), sign=arguments.sign
            )
        else:
            note = room.anchor_in_tpm() if arguments.tpm else room.anchor_on_paper()
    if isinstance(note, Refused):
        return refusal_reply(note)
    if arguments.paper is not None:
        write_document(Path(arguments.paper), slip(note), new=True)
    return _note_reply(note)


def attest_time(arguments: Namespace) -> Reply:
    """Have two people say what time it is by another clock; their cards sign a checkpoint."""
    utc = Shape(arguments.time, "--time").time()
    with desk_of(arguments) as desk:
        note = JournalRoom(desk.parts).attest_time(utc, _people(arguments))
    return refusal_reply(note) if isinstance(note, Refused) else _note_reply(note)


def redact(arguments: Namespace) -> Reply:
    """Take people's own words beside an entry back, as two people say; the entry itself stays."""
    with desk_of(arguments) as desk:
        outcome = JournalRoom(desk.parts).redact(
            arguments.entry, arguments.field, arguments.purpose, _people(arguments)
        )
    if isinstance(outcome, Refused):
        return refusal_reply(outcome)
    names: list[JsonValue] = [*arguments.field]
    lines = (f"Beside entry {arguments.entry}, {', '.join(arguments.field)} is gone, entry {outcome}",)
    return Reply(document={"entry": outcome, "redacted": arguments.entry, "names": names}, lines=lines)


def show_witness(arguments: Namespace) -> Reply:
    """Write what a witness wants to see: a checkpoint, and the proof that it goes on from the last."""
    with desk_of(arguments) as desk:
        journal = desk.parts.journal
        size = journal.head().size
        if not 0 <= arguments.since <= size:
            raise JournalError(f"{arguments.since} entries found, 0 to {size} wanted")
        shown = Shown(
            note=journal.checkpoint(), old=arguments.since, proof=journal.consistency(arguments.since, size)
        )
    write_document(Path(arguments.out), shown.to_bytes(), new=True)
    return Reply(
        document={"size": size, "file": arguments.out}, lines=(f"{size} entries in {arguments.out}",)
    )


def witness(arguments: Namespace) -> Reply:
    """Cosign another station's checkpoint, if it goes on from the last that was cosigned."""
    station = Signer(
        name=Shape(arguments.origin, "--origin").printable(),
        type=SignatureType.ED25519,
        key=raw_key_in(arguments.station),
    )
    shown = parse_shown(read_document(arguments.file), where=arguments.file)
    memory = Path(arguments.memory)
    seen = _seen(memory)
    checkpoint = expect_consistent(shown, station, seen.get(station.name))
    with signing_key(arguments, arguments.key) as key:
        raw = _raw(key.public_key, arguments.key)
        seconds = int(bootstrap.current_time().timestamp())
        note = cosigned(shown.note, Shape(arguments.name, "--name").identifier(), raw, seconds, key.sign)
    # Remembered before it is given away: who asks twice with two pasts gets one cosignature at most.
    _remember(memory, seen | {station.name: Seen(size=checkpoint.size, root=checkpoint.root)})
    write_document(Path(arguments.out), note, new=True)
    return _note_reply(note)


def admit_cosignature(arguments: Namespace) -> Reply:
    """Keep a checkpoint of ours that a witness cosigned."""
    name = Shape(arguments.name, "--name").identifier()
    signer = witness_signer(name, raw_key_in(arguments.witness))
    with desk_of(arguments) as desk:
        outcome = JournalRoom(desk.parts).admit_cosignature(read_document(arguments.file), signer)
    if isinstance(outcome, Refused):
        return refusal_reply(outcome)
    return Reply(document={"entry": outcome, "witness": name}, lines=(f"{name} cosigned, entry {outcome}",))


def spool(arguments: Namespace) -> Reply:
    """Write down what happened before the journal is unlocked; only its holders will read it."""
    payload: JsonObject = {} if arguments.token is None else {"token": arguments.token}
    if arguments.event == Kind.BOOT.value:
        payload = {"id": bootstrap.boot_id()}
    said: JsonObject = {
        "kind": arguments.event,
        "payload": payload,
        "time": time_to_json(bootstrap.entry_time()),
    }
    spooled_record(bootstrap.journal_directory(state_directory(arguments)), said)
    return Reply(document={"event": arguments.event}, lines=(f"{arguments.event} is in the spool",))


def _people(arguments: Namespace) -> list[CardAndPin]:
    return [CardAndPin(uri=uri, pin=ask_pin(arguments, uri)) for uri in arguments.token]


def _note_reply(note: bytes) -> Reply:
    return Reply(document={"checkpoint": note.decode()}, lines=tuple(note.decode().splitlines()))


def raw_key_in(name: str) -> bytes:
    """Return the raw Ed25519 key in a PEM file; raises Malformed for another kind, MediaError."""
    return _raw(public_key_in(Path(name)), name)


def _raw(key: PublicKey, where: str) -> bytes:
    if key.kind is not KeyKind.ED25519:
        raise Malformed(where, f"a {key.kind.value} key found, ed25519 wanted")
    return key.spki[-_RAW:]


def _seen(memory: Path) -> dict[str, Seen]:
    if not memory.exists():
        return {}
    fields = Shape(strict_json.parse_object(read_document(str(memory)), where=memory.name), memory.name)
    found: dict[str, Seen] = {}
    for name, each in fields.open_fields().each():
        said = each.fields("size", "root")
        found[name] = Seen(
            size=said["size"].integer(0, MAX_INTEGER), root=bytes.fromhex(said["root"].digest())
        )
    return found


def _remember(memory: Path, seen: dict[str, Seen]) -> None:
    document: JsonObject = {
        name: {"size": each.size, "root": each.root.hex()} for name, each in sorted(seen.items())
    }
    write_document(memory, strict_json.dump(document))
