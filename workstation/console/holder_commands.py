"""Who opens the journal: tokens, passphrases, recovery shares, the machine's TPM."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from workstation.bootstrap import journal_directory
from workstation.console.documents import write_document
from workstation.console.opening import cards_of, desk_of, state_directory
from workstation.console.reply import Reply, refusal_reply
from workstation.console.secrets import ask_new_passphrase
from workstation.core.errors import MediaError, Usage
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.core.upkeep import HolderChange
from workstation.desk.face import Refused
from workstation.desk.journal_room import JournalRoom, fresh_secret
from workstation.journal.client import Journal, SlotInfo
from workstation.journal.slot_way import MOST_SHARES, PassphraseWay, SharesWay, TokenWay, TpmWay
from workstation.outcome import SlotMaterial
from workstation.tokens.shares import split
from workstation.tokens.tpm import Tpm


def holders(arguments: Namespace) -> Reply:
    """List who and what opens the journal; it stays closed."""
    found = Journal.slots_of(journal_directory(state_directory(arguments)))
    listed: list[JsonValue] = [_document(slot) for slot in found]
    lines = tuple(f"{slot.name}: {slot.way.to_json()['kind']}, key {slot.fingerprint}" for slot in found)
    return Reply(document={"holders": listed}, lines=lines)


def add_unlock(arguments: Namespace) -> Reply:
    """Let a holder's token open the journal too."""
    with cards_of(arguments, state_directory(arguments)) as cards:
        key, facts = cards.shown_key(arguments.token)
    name = arguments.name or f"token-{facts.serial}"
    return _put(arguments, name, SlotMaterial(way=TokenWay(), spki=key.spki))


def replace_unlock(arguments: Namespace) -> Reply:
    """Let a holder's new token open the journal instead of an old one: a new key and segment begin."""
    with cards_of(arguments, state_directory(arguments)) as cards:
        key, facts = cards.shown_key(arguments.token)
    name = arguments.name or f"token-{facts.serial}"
    return _put(arguments, name, SlotMaterial(way=TokenWay(), spki=key.spki), replaces=arguments.holder)


def remove_unlock(arguments: Namespace) -> Reply:
    """Let somebody open the journal no longer: a new key and segment begin."""
    with desk_of(arguments) as desk:
        room = JournalRoom(desk.parts)
        outcome = room.change_holders(HolderChange.REMOVE, arguments.holder, "any")
    if isinstance(outcome, Refused):
        return refusal_reply(outcome)
    lines = (f"{arguments.holder} opens nothing that is written from now on, entry {outcome}",)
    return Reply(document={"removed": arguments.holder, "entry": outcome}, lines=lines)


def add_passphrase(arguments: Namespace) -> Reply:
    """Let a passphrase open the journal too; it is asked for, or read after the one that opens it."""
    with desk_of(arguments) as desk:
        secret = ask_new_passphrase(arguments)
        slot = SlotMaterial(way=PassphraseWay(salt=bytes(16)), secret=secret)
        outcome = JournalRoom(desk.parts).change_holders(
            HolderChange.ADD, arguments.name, "passphrase", slot=slot
        )
    return _added(arguments.name, outcome)


def add_shares(arguments: Namespace) -> Reply:
    """Let enough recovery shares open the journal (SLIP-39): one file for each person, to be taken away."""
    threshold, count, out = arguments.threshold, arguments.count, Path(arguments.out)
    if not 1 < threshold <= count <= MOST_SHARES:
        raise Usage(
            "--threshold", f"{threshold} of {count} found, at least 2 of at most {MOST_SHARES} wanted"
        )
    secret = fresh_secret()
    shares = split(secret, threshold=threshold, count=count)
    files = [out / f"{arguments.name}-{number}-of-{count}.txt" for number in range(1, count + 1)]
    _make(out)
    slot = SlotMaterial(way=SharesWay(threshold=threshold, count=count), secret=secret)
    with desk_of(arguments) as desk:
        # Written first: a way to open the journal that nobody holds would be worse than none.
        for path, share in zip(files, shares, strict=True):
            write_document(path, share.encode() + b"\n", new=True)
            path.chmod(0o400)
        outcome = JournalRoom(desk.parts).change_holders(
            HolderChange.ADD, arguments.name, "shares", slot=slot
        )
    return _added(arguments.name, outcome, *(f"  {path}" for path in files))


def add_tpm(arguments: Namespace) -> Reply:
    """Let this machine's TPM open the journal, and no other machine's."""
    secret = fresh_secret()
    public, private = Tpm().seal(secret)
    slot = SlotMaterial(way=TpmWay(public=public, private=private), secret=secret)
    with desk_of(arguments) as desk:
        outcome = JournalRoom(desk.parts).change_holders(HolderChange.ADD, arguments.name, "tpm", slot=slot)
    return _added(arguments.name, outcome)


def _put(arguments: Namespace, name: str, slot: SlotMaterial, replaces: str | None = None) -> Reply:
    change = HolderChange.ADD if replaces is None else HolderChange.REPLACE
    with desk_of(arguments) as desk:
        room = JournalRoom(desk.parts)
        outcome = room.change_holders(change, name, "token", slot=slot, replaces=replaces)
        found = next((one for one in desk.parts.journal.slots() if one.name == name), None)
    if isinstance(outcome, Refused) or found is None:
        return _added(name, outcome)
    lines = (f"{name} opens this journal now with key {found.fingerprint}, entry {outcome}",)
    document: JsonObject = {"name": name, "fingerprint": found.fingerprint, "entry": outcome}
    return Reply(document=document, lines=lines)


def _added(name: str, outcome: int | Refused, *more: str) -> Reply:
    if isinstance(outcome, Refused):
        return refusal_reply(outcome)
    lines = (f"{name} opens this journal now, entry {outcome}", *more)
    return Reply(document={"name": name, "entry": outcome}, lines=lines)


def _document(slot: SlotInfo) -> JsonObject:
    return {"name": slot.name, "kind": slot.way.to_json()["kind"], "fingerprint": slot.fingerprint}


def _make(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(str(directory), f"cannot be made: {error.strerror}") from error
