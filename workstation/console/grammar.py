"""What every command's grammar is made of: the options before it, how it is added, how groups are.

Nothing here knows a command.
"""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

from workstation.console.reply import Reply


class Commands(Protocol):
    """Where commands are added; what argparse returns for subparsers has no public name."""

    def add_parser(self, name: str, *, help: str, description: str) -> ArgumentParser:  # noqa: A002 (argparse)
        """Add one command."""
        ...


Run: TypeAlias = Callable[[Namespace], Reply]

WORDS: Final = "An offline signing workstation that refuses the people who built what is to be signed."
STATUSES: Final = (
    "exit status: 0 done, 1 refused, 2 usage, 3 malformed input, 4 untrusted, 5 token, 6 journal,"
    " 70 a defect of ours"
)


def top_parser() -> ArgumentParser:
    """Return a parser of the options that stand before any command."""
    top = ArgumentParser(prog="countersign", description=WORDS, epilog=STATUSES)
    top.add_argument("--state", metavar="DIR", help="the workstation's state (else $COUNTERSIGN_STATE)")
    top.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    top.add_argument("--module", metavar="PATH", help="PKCS#11 module (else $COUNTERSIGN_MODULE)")
    top.add_argument("--pin-fd", type=int, metavar="N", help="read PINs from descriptor N, one a line")
    top.add_argument("--passphrase-fd", type=int, metavar="N", help="read the journal's passphrase from N")
    top.add_argument(
        "--unlock",
        metavar="HOW",
        help="open the journal with this card's UNLOCK key, shares:NAME or tpm:NAME",
    )
    return top


def add_command(commands: Commands, name: str, run: Run) -> ArgumentParser:
    """Add one command, described by the first line of what runs it."""
    words = (run.__doc__ or "").strip().splitlines()[0]
    made = commands.add_parser(name, help=words, description=words)
    made.set_defaults(run=run)
    # Behind the command it says the same as before it.
    made.add_argument("--json", action="store_true", default=SUPPRESS, help=SUPPRESS)
    return made


def add_group(commands: Commands, name: str, words: str) -> Commands:
    """Add a group of commands, described by these words."""
    return commands.add_parser(name, help=words, description=words).add_subparsers(
        metavar="COMMAND", required=True
    )
