"""Commits and tags as git stores them (gitformat-signature(5)): who wrote, committed and signed.

Text in, values out; nothing here runs git. A signature's maker is taken as it is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from workstation.core.errors import Malformed
from workstation.core.identity import digest_of
from workstation.core.key_readers.files import signer_names
from workstation.core.source_history import Commits, SourcePerson, SourceRole

_COMMIT: Final = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64})\n(.*)", re.DOTALL | re.ASCII)
_WHO: Final = re.compile(r"[^<>]*<([^<>\n]*)> -?[0-9]+ [+-][0-9]{4}", re.ASCII)
_SIGNATURE_HEADERS: Final = ("gpgsig", "gpgsig-sha256")
_SIGNATURE: Final = re.compile(
    r"^-----BEGIN (?:PGP SIGNATURE|SSH SIGNATURE|SIGNED MESSAGE)-----$.*", re.MULTILINE | re.DOTALL
)
_ROLES: Final = {"author": SourceRole.AUTHOR, "committer": SourceRole.COMMITTER, "tagger": SourceRole.TAGGER}
_MOST_CHARACTERS: Final = 400


def read_commits(text: str, *, where: str) -> tuple[Commits, tuple[SourcePerson, ...]]:
    """Return what `git rev-list --header` printed: which commits, and everybody in them, sorted.

    Raises Malformed. What names nobody leads to `commit:ID`, which is nobody's alias.
    """
    parsed = [_COMMIT.fullmatch(part) for part in text.split("\0") if part]
    found = [(match[1], match[2]) for match in parsed if match]
    if len(found) != len(parsed):
        raise Malformed(where, "something other than commits found")
    people = {person for commit, body in found for person in _people(f"commit:{commit}", body)}
    listed = "".join(f"{commit}\n" for commit in sorted(commit for commit, _ in found))
    return Commits(digest_of(listed.encode()), len(found)), tuple(sorted(people))


def read_tag(tag: str, text: str) -> tuple[str | None, tuple[SourcePerson, ...]]:
    """Return who signed an annotated tag, if anybody, and who made it; `tag` is its object id."""
    headers, _, message = text.partition("\n\n")
    people = tuple(sorted(_people(f"tag:{tag}", headers + "\n\n")))
    armored = _SIGNATURE.search(message)
    if armored is None:
        return None, people
    first, *others = _signers(armored[0], f"tag:{tag}")
    return first, (*people, *(SourcePerson(SourceRole.SIGNER, other) for other in others))


def _people(unnamed: str, body: str) -> Iterator[SourcePerson]:
    headers = body.partition("\n\n")[0]
    for name, value in _headers(headers.splitlines()):
        if name in _ROLES:
            yield SourcePerson(_ROLES[name], _identity(value, unnamed))
        elif name in _SIGNATURE_HEADERS:
            yield from (SourcePerson(SourceRole.SIGNER, signer) for signer in _signers(value, unnamed))


def _headers(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each header with its value; a line that begins with a space continues the one before."""
    name, value = "", ""
    for line in lines:
        if line.startswith(" "):
            value += "\n" + line[1:]
            continue
        if name:
            yield name, value
        name, _, value = line.partition(" ")
    if name:
        yield name, value


def _identity(who: str, unnamed: str) -> str:
    """Return the e-mail address; one that is not plain ASCII is spelled with escapes, and so is nobody's."""
    found = _WHO.fullmatch(who)
    spelled = found[1].encode("unicode_escape").decode().strip() if found else ""
    return spelled[:_MOST_CHARACTERS] or unnamed


def _signers(armored: str, unnamed: str) -> tuple[str, ...]:
    try:
        return signer_names(armored.encode(), where=unnamed) or (unnamed,)
    except Malformed:
        # Whoever signed in a way we cannot read stays somebody we cannot name: that blocks.
        return (unnamed,)
