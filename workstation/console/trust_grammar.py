"""The grammar of `trust` and `roster`, the custodians' part of the command line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Protocol, TypeAlias

from workstation.console import (
    enrol_command,
    proposal_commands,
    roster_amend_commands,
    roster_commands,
    trust_commands,
)
from workstation.console.reply import Reply

Run: TypeAlias = Callable[[Namespace], Reply]


class Add(Protocol):
    """How a command is added to the group at hand."""

    def __call__(self, name: str, run: Run) -> ArgumentParser:
        """Add one command."""
        ...


def add_trust(add: Add) -> None:
    """Add the commands of `trust`."""
    _init_and_update(add)
    show = add("show", trust_commands.show)
    show.add_argument("directory", nargs="?", metavar="DIR", help="repository or proposal")
    show.add_argument("--root", metavar="FILE", help="the custodians' root.json (else the one in DIR)")
    apply = add("apply", trust_commands.apply)
    apply.add_argument("directory", metavar="DIR", help="repository or completed proposal")
    apply.add_argument("--root", metavar="FILE", help="the root to pin, the first time")
    _proposals(add)


def _init_and_update(add: Add) -> None:
    init = add("init", trust_commands.init)
    init.add_argument("--custodian", action="append", required=True, metavar="URI", help="once for each")
    init.add_argument("--threshold", type=int, default=2, metavar="N")
    init.add_argument("--out", required=True, metavar="DIR")
    update = add("update", trust_commands.update)
    update.add_argument("directory", metavar="DIR")
    for made, needed in ((init, True), (update, False)):
        made.add_argument("--signer", action="append", required=True, metavar="URI", help="once for each")
        made.add_argument("--roster", required=needed, metavar="FILE")
        made.add_argument("--policy", required=needed, metavar="FILE")
        made.add_argument("--good-for", type=int, default=365, metavar="DAYS")


def _proposals(add: Add) -> None:
    propose = add("propose", proposal_commands.propose)
    propose.add_argument("base", nargs="?", metavar="BASE", help="repository or proposal it follows, if any")
    propose.add_argument("--out", required=True, metavar="PROPOSAL")
    propose.add_argument("--roster", metavar="FILE")
    propose.add_argument("--policy", metavar="FILE")
    propose.add_argument(
        "--custodian", action="append", default=[], metavar="KEY", help="all to come: PKCS#11 URI or file"
    )
    propose.add_argument("--threshold", type=int, metavar="N")
    propose.add_argument("--good-for", type=int, default=365, metavar="DAYS")
    sign = add("sign", proposal_commands.sign)
    sign.add_argument("proposal", metavar="PROPOSAL")
    sign.add_argument("--signer", action="append", default=[], metavar="URI", help="once for each")
    sign.add_argument("--root", metavar="FILE", help="the root.json this custodian trusts")
    complete = add("complete", proposal_commands.complete)
    complete.add_argument("proposal", metavar="PROPOSAL")
    complete.add_argument("--out", required=True, metavar="DIR", help="new, or the repository it follows")


def add_roster(add: Add) -> None:
    """Add the commands of `roster`."""
    add("show", roster_commands.show).add_argument("file", nargs="?", metavar="FILE")
    diff = add("diff", roster_commands.diff)
    diff.add_argument("old", metavar="OLD")
    diff.add_argument("new", metavar="NEW")
    following = add("next", roster_commands.next_roster)
    following.add_argument("roster", metavar="ROSTER")
    following.add_argument("--out", required=True, metavar="DRAFT")
    _add_person(add)
    lint = add("lint", roster_commands.lint)
    lint.add_argument("file", metavar="FILE")
    maker = add("add-maker", roster_commands.add_maker)
    maker.add_argument("file", metavar="FILE")
    maker.add_argument("--root", action="append", required=True, metavar="CERTIFICATE")
    service = add("add-service", roster_commands.add_service)
    service.add_argument("file", metavar="FILE")
    service.add_argument("--id", required=True)
    service.add_argument("--name", required=True)
    service.add_argument("--builder-id", action="append", default=[], metavar="URI")
    service.add_argument("--controller", action="append", default=[], metavar="PERSON")
    _enrol(add)
    _amending(add)
    _leaving(add)


def _add_person(add: Add) -> None:
    person = add("add-person", roster_commands.add_person)
    person.add_argument("file", metavar="FILE")
    person.add_argument("--id", required=True)
    person.add_argument("--name", required=True)
    person.add_argument("--role", action="append", default=[])
    person.add_argument("--alias", action="append", default=[], help="e-mail address or forge:account-id")
    person.add_argument(
        "--mark", required=True, help="what tells this human from others, such as a staff number"
    )
    secret = person.add_mutually_exclusive_group()
    secret.add_argument("--secret-fd", type=int, metavar="N", help="the roster's secret, from descriptor N")
    secret.add_argument(
        "--secret-file", metavar="FILE", help="the same from a file; without it tags are weaker"
    )


def _enrol(add: Add) -> None:
    enrol = add("enrol", enrol_command.enrol)
    enrol.add_argument("file", metavar="FILE")
    enrol.add_argument("--holder", required=True, metavar="ID")
    where = enrol.add_mutually_exclusive_group(required=True)
    where.add_argument("--token", metavar="URI", help="the card, which signs that it agrees; asks its PIN")
    where.add_argument("--key", metavar="FILE", help="certificate, SPKI or SSH public key")
    enrol.add_argument("--use", action="append", required=True, help="countersign, request, evidence, …")
    enrol.add_argument("--by", action="append", default=[], metavar="PERSON", help="who enrolled it")
    enrol.add_argument(
        "--by-card",
        action="append",
        default=[],
        metavar="URI",
        help="who enrolled it, signing with this card",
    )
    enrol.add_argument("--attest", metavar="SLOT", help="have the card attest the key in this PIV slot: 9c")
    enrol.add_argument(
        "--attestation",
        action="append",
        default=[],
        metavar="FILE",
        help="certificates of key, card and makers, in this order; with --attest the makers' alone",
    )
    enrol.add_argument("--reader", metavar="NAME", help="for --attest, where there are several cards")
    enrol.add_argument("--good-for", type=int, default=730, metavar="DAYS")


def _amending(add: Add) -> None:
    person = add("amend-person", roster_amend_commands.amend_person)
    person.add_argument("file", metavar="FILE")
    person.add_argument("--id", required=True)
    person.add_argument("--name")
    person.add_argument("--role", action="append", default=[], help="one more")
    person.add_argument("--drop-role", action="append", default=[])
    person.add_argument("--conflict-group", action="append", default=[], help="one more")
    person.add_argument("--drop-conflict-group", action="append", default=[])
    person.add_argument("--alias", action="append", default=[], help="one more; aliases are never taken away")
    service = add("amend-service", roster_amend_commands.amend_service)
    service.add_argument("file", metavar="FILE")
    service.add_argument("--id", required=True)
    service.add_argument("--controller", action="append", default=[], metavar="PERSON", help="one more")
    service.add_argument("--drop-controller", action="append", default=[], metavar="PERSON")
    service.add_argument("--builder-id", action="append", default=[], metavar="URI", help="one more")


def _leaving(add: Add) -> None:
    for name, run in (("retire", roster_commands.retire), ("revoke", roster_commands.revoke)):
        leave = add(name, run)
        leave.add_argument("file", metavar="FILE")
        what = leave.add_mutually_exclusive_group(required=True)
        what.add_argument("--key", metavar="FINGERPRINT")
        what.add_argument("--person", metavar="ID")
        leave.add_argument("--since", metavar="TIME", help="else now")
        leave.add_argument("--reason", required=True, metavar="TEXT")
