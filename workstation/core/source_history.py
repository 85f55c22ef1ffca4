"""Who wrote what is new in a source: as a request states it (docs/spec/closure.md).

Names here accuse and never acquit: an unsigned commit says what its maker wanted it to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workstation.core.identity import Digest
from workstation.core.shape import Shape
from workstation.core.strict_json import JsonObject, JsonValue

MOST_PEOPLE = 10_000


class SourceRole(StrEnum):
    """What somebody did to the source."""

    AUTHOR = "author"
    COMMITTER = "committer"
    SIGNER = "signer"
    TAGGER = "tagger"
    PUSHER = "pusher"


@dataclass(frozen=True, slots=True, order=True)
class SourcePerson:
    """Somebody by e-mail address, account id or key, and what they did."""

    role: SourceRole
    identity: str

    def to_json(self) -> JsonObject:
        """Return it as a request has it."""
        return {"role": self.role.value, "identity": self.identity}


@dataclass(frozen=True, slots=True)
class Commits:
    """Which commits were looked at: how many, and SHA-256 over their sorted ids, a line each."""

    digest: Digest
    count: int

    def to_json(self) -> JsonObject:
        """Return it as a request has it."""
        return {"digest": self.digest, "count": self.count}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the artifacts were built from, and who wrote what is new in it, by e-mail or account id."""

    uri: str
    since: str | None
    until: str
    identities: tuple[str, ...]
    tag_signer: str | None = None
    commits: Commits | None = None
    people: tuple[SourcePerson, ...] = ()

    def to_json(self) -> JsonObject:
        """Return it as a request has it; what is not known is left out."""
        people: list[JsonValue] = [person.to_json() for person in self.people]
        found: JsonObject = {
            "uri": self.uri,
            "from": self.since,
            "to": self.until,
            "identities": [*self.identities],
            "tagSigner": self.tag_signer,
            "commits": None if self.commits is None else self.commits.to_json(),
            "people": people or None,
        }
        return {name: value for name, value in found.items() if value is not None}


def read_source(shape: Shape) -> Source:
    """Return the source a request names; raises Malformed."""
    fields = shape.fields("uri", "to", "identities", optional=("from", "tagSigner", "commits", "people"))
    since, signer, commits, people = (fields.get(name) for name in ("from", "tagSigner", "commits", "people"))
    return Source(
        uri=fields["uri"].printable(),
        since=None if since is None else since.printable(),
        until=fields["to"].printable(),
        identities=tuple(item.printable() for item in fields["identities"].items(at_most=MOST_PEOPLE)),
        tag_signer=None if signer is None else signer.printable(),
        commits=None if commits is None else _commits(commits),
        people=() if people is None else tuple(_person(item) for item in people.items(at_most=MOST_PEOPLE)),
    )


def _commits(shape: Shape) -> Commits:
    fields = shape.fields("digest", "count")
    return Commits(fields["digest"].digest(), fields["count"].integer(0, 2**31))


def _person(shape: Shape) -> SourcePerson:
    fields = shape.fields("role", "identity")
    return SourcePerson(fields["role"].choice(SourceRole), fields["identity"].printable())
