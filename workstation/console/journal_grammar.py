"""The grammar of the commands about who opens the journal and what remembers it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TypeAlias

from workstation.console import holder_commands, leaf_command, memory_commands
from workstation.console.reply import Reply
from workstation.journal.spool_import import SPOOLED

Add: TypeAlias = Callable[[str, Callable[[Namespace], Reply]], ArgumentParser]


def add_holders(add: Add) -> None:
    """Add the commands about who opens the journal."""
    add("holders", holder_commands.holders)
    token = add("add-unlock", holder_commands.add_unlock)
    token.add_argument("--token", required=True, metavar="URI", help="the card's P-256 key-agreement key")
    token.add_argument("--name", metavar="NAME", help="whose it is (else the token's serial)")
    instead = add("replace-unlock", holder_commands.replace_unlock)
    instead.add_argument("holder", metavar="HOLDER", help="the name that goes")
    instead.add_argument("--token", required=True, metavar="URI", help="the new card's key-agreement key")
    instead.add_argument("--name", metavar="NAME", help="whose it is (else the token's serial)")
    add("remove-unlock", holder_commands.remove_unlock).add_argument("holder", metavar="HOLDER")
    add("add-passphrase", holder_commands.add_passphrase).add_argument(
        "--name", required=True, metavar="NAME"
    )
    shares = add("add-shares", holder_commands.add_shares)
    shares.add_argument("--name", default="recovery", metavar="NAME")
    shares.add_argument("--threshold", type=int, default=3, metavar="N")
    shares.add_argument("--count", type=int, default=5, metavar="N")
    shares.add_argument("--out", required=True, metavar="DIR", help="where the shares are written")
    add("add-tpm", holder_commands.add_tpm).add_argument("--name", default="tpm", metavar="NAME")


def add_memories(add: Add) -> None:
    """Add the commands about memories outside, and those that take two people."""
    anchor = add("anchor", memory_commands.anchor)
    anchor.add_argument("--token", metavar="URI", help="keep it on this card")
    anchor.add_argument("--sign", action="store_true", help="and have it sign it, as when a session ends")
    anchor.add_argument("--tpm", action="store_true", help="count it in this machine's TPM")
    anchor.add_argument("--paper", metavar="FILE", help="write it as an SVG with a QR code")
    shown = add("show-witness", memory_commands.show_witness)
    shown.add_argument("--since", type=int, default=0, metavar="SIZE", help="what the witness signed last")
    shown.add_argument("--out", required=True, metavar="FILE")
    witness = add("witness", memory_commands.witness)
    witness.add_argument("file", metavar="FILE", help="what the station showed")
    witness.add_argument("--origin", required=True, help="the station's journal")
    witness.add_argument("--station", required=True, metavar="FILE", help="the station's public key (PEM)")
    witness.add_argument(
        "--memory", required=True, metavar="FILE", help="what this witness has signed before"
    )
    witness.add_argument("--name", required=True, help="the witness's own name")
    witness.add_argument("--key", required=True, metavar="KEY", help="its Ed25519 key: pem:PATH or a URI")
    witness.add_argument("--out", required=True, metavar="FILE")
    kept = add("admit-cosignature", memory_commands.admit_cosignature)
    kept.add_argument("file", metavar="FILE")
    kept.add_argument("--name", required=True, help="the witness's name")
    kept.add_argument("--witness", required=True, metavar="FILE", help="the witness's public key (PEM)")
    attest = add("attest-time", memory_commands.attest_time)
    attest.add_argument("--time", required=True, metavar="TIME", help="in UTC, such as 2026-11-20T09:00:00Z")
    attest.add_argument("--token", action="append", required=True, metavar="URI", help="once for each person")
    redact = add("redact", memory_commands.redact)
    redact.add_argument("entry", type=int, metavar="ENTRY")
    redact.add_argument("--field", action="append", required=True, metavar="NAME", help="comment or reason")
    redact.add_argument("--purpose", required=True, metavar="TEXT")
    redact.add_argument("--token", action="append", required=True, metavar="URI", help="once for each person")
    leaves = add("check-leaves", leaf_command.check_leaves)
    leaves.add_argument("file", nargs="?", metavar="FILE", help="a leaf log (else this workstation's)")
    leaves.add_argument("--note", metavar="FILE", help="a checkpoint that was kept elsewhere")
    leaves.add_argument("--station", metavar="FILE", help="the station's public key (PEM), to verify it with")
    spooled = add("spool", memory_commands.spool)
    spooled.add_argument("event", choices=sorted(kind.value for kind in SPOOLED))
    spooled.add_argument("--token", metavar="SERIAL")
