"""Asking git, on the builder's machine, who wrote what is new between two revisions."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from workstation.core.errors import Malformed, MediaError
from workstation.core.git_history import read_commits, read_tag
from workstation.core.source_history import Source, SourcePerson
from workstation.process.child import clean_environment
from workstation.process.command import Ended, run


def add_source_options(create: ArgumentParser) -> None:
    """Add the options of `request create` that say who had a hand in the source and the bundle."""
    create.add_argument("--checkout", metavar="DIR", help="read who wrote FROM..TO from this git checkout")
    create.add_argument("--tag-signer", metavar="WHO", help="alias or key fingerprint of who signed the tag")
    create.add_argument("--prepared-by", metavar="WHO", help="who puts this bundle together")
    create.add_argument("--courier", metavar="WHO", help="who will carry this bundle")


def with_history(source: Source, directory: Path) -> Source:
    """Return the source with the people of all its commits since `since`, and of its tag.

    Raises MediaError where git is missing, and Malformed where it does not know a revision.
    """
    if _git(directory, "rev-parse", "--is-shallow-repository").strip() != "false":
        raise Malformed(str(directory), "a shallow clone found, one with the whole history wanted")
    until = _revision(directory, source.until)
    since = [] if source.since is None else ["^" + _revision(directory, f"{source.since}^{{commit}}")]
    listed = _git(directory, "rev-list", "--header", "--encoding=UTF-8", until, *since)
    commits, people = read_commits(listed, where=str(directory))
    tag_signer, tag_people = _tag(directory, until)
    return Source(
        uri=source.uri,
        since=source.since,
        until=source.until,
        identities=source.identities,
        tag_signer=source.tag_signer or tag_signer,
        commits=commits,
        people=tuple(sorted({*people, *tag_people})),
    )


def _tag(directory: Path, until: str) -> tuple[str | None, tuple[SourcePerson, ...]]:
    if _git(directory, "cat-file", "-t", until).strip() != "tag":
        return None, ()
    return read_tag(until, _git(directory, "cat-file", "tag", until))


def _revision(directory: Path, name: str) -> str:
    """Return the id of a revision; a name that looks like an option is not taken for one."""
    return _git(directory, "rev-parse", "--verify", "--quiet", "--end-of-options", name).strip()


def _git(directory: Path, *arguments: str) -> str:
    ended = _ended(directory, arguments)
    if ended.status:
        why = ended.err.strip()[:300] or f"git {' '.join(arguments)[:100]} found nothing"
        raise Malformed(str(directory), why)
    return ended.out


def _ended(directory: Path, arguments: tuple[str, ...]) -> Ended:
    # Replacement objects would show another history than the one that was built.
    command = ["git", "--no-replace-objects", "-C", str(directory), *arguments]
    try:
        return run(command, environment=clean_environment())
    except FileNotFoundError as error:
        raise MediaError("git", "not found on this machine; --checkout needs it") from error
    except UnicodeDecodeError as error:
        raise Malformed(str(directory), "a commit or tag with text that is not UTF-8 found") from error
