"""`diff`: two files or folders compared as releases, with no state.

Builders compare often, so this can be read without the rest of the command line, which takes longer to
import than most comparisons take.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from workstation.console.grammar import Commands, add_command, top_parser
from workstation.console.progress import progress_on_terminal
from workstation.console.reply import REFUSED, Reply
from workstation.core.errors import MediaError
from workstation.core.inert_text import inert
from workstation.core.release_diff import ReviewVerdict
from workstation.review.html import page
from workstation.review.of_paths import diff_of_paths

NAME = "diff"


def parser() -> ArgumentParser:
    """Return the parser of a command line that knows this command alone."""
    top = top_parser()
    add_diff(top.add_subparsers(metavar="COMMAND", required=True))
    return top


def add_diff(commands: Commands) -> None:
    """Add the command."""
    made = add_command(commands, NAME, diff)
    made.add_argument("old", metavar="OLD")
    made.add_argument("new", metavar="NEW")
    made.add_argument("--html", metavar="FILE")


def diff(arguments: Namespace) -> Reply:
    """Compare two files or directories as releases."""
    with progress_on_terminal() as watch:
        found = diff_of_paths(Path(arguments.old), Path(arguments.new), watch=watch)
    if arguments.html is not None:
        try:
            Path(arguments.html).write_text(page(found), encoding="utf-8")
        except OSError as error:
            raise MediaError(arguments.html, f"cannot be written: {error.strerror}") from error
    lines = [f"{found.verdict.value}{', a first release' if found.baseline else ''}"]
    lines += [f"  {one.rank:3} {one.rule}  {one.path!a}: {inert(one.sentence)}" for one in found.findings]
    lines += [f"  not inspected: {one.path!a}: {inert(one.why)}" for one in found.not_inspected]
    for name, paths in (
        ("added", found.added),
        ("removed", found.removed),
        ("content changed", found.content_changed),
        ("mode changed", found.mode_changed),
        ("owner changed", found.owner_changed),
        ("link changed", found.link_changed),
    ):
        lines += [f"  {name}: {path!a}" for path in paths]
    refused = found.verdict is ReviewVerdict.REFUSED
    return Reply(document=found.to_json(), lines=tuple(lines), status=REFUSED if refused else 0)
