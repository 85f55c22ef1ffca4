"""Amending a roster draft from the command line: roles, aliases, conflict groups, controllers."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from workstation import bootstrap
from workstation.console.documents import read_document
from workstation.console.reply import Reply
from workstation.console.roster_commands import written
from workstation.core.roster_amending import Amendment, with_amended_person, with_amended_service


def amend_person(arguments: Namespace) -> Reply:
    """Change what a person of a roster draft is called, may do, and is known by."""
    draft = with_amended_person(
        read_document(arguments.file),
        arguments.id,
        roles=Amendment(tuple(arguments.role), tuple(arguments.drop_role)),
        groups=Amendment(tuple(arguments.conflict_group), tuple(arguments.drop_conflict_group)),
        aliases=tuple(arguments.alias),
        name=arguments.name,
        now=bootstrap.current_time(),
    )
    return written(Path(arguments.file), draft, f"record of {arguments.id} amended")


def amend_service(arguments: Namespace) -> Reply:
    """Change who controls a service of a roster draft, and attest that the list is right as of now."""
    draft = with_amended_service(
        read_document(arguments.file),
        arguments.id,
        controllers=Amendment(tuple(arguments.controller), tuple(arguments.drop_controller)),
        builder_ids=tuple(arguments.builder_id),
        now=bootstrap.current_time(),
    )
    return written(Path(arguments.file), draft, f"controllers of {arguments.id} attested")
