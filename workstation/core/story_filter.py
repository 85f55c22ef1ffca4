"""Which part of the story somebody wants to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from workstation.core.errors import Malformed
from workstation.core.identity import PersonId
from workstation.core.ledger import Ledger
from workstation.core.story import Deed


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFilter:
    """What a deed has to be; what is None or False asks nothing."""

    person: PersonId | None = None
    request: str | None = None
    refused: bool = False
    since: datetime | None = None
    until: datetime | None = None
    """The first moment that is too late."""

    def lets(self, deed: Deed) -> bool:
        """Say whether a deed is one of those."""
        return (
            self.person in {None, deed.person}
            and self.request in {None, deed.request}
            and (deed.refused or not self.refused)
            and (self.since is None or deed.at >= self.since)
            and (self.until is None or deed.at < self.until)
        )

    def of(self, deeds: Iterable[Deed]) -> tuple[Deed, ...]:
        """Return those that are."""
        return tuple(deed for deed in deeds if self.lets(deed))


def request_named(text: str, ledger: Ledger) -> str:
    """Return the one request meant by the beginning of its digest, a version, or a product with one.

    Raises Malformed when there is none, or more than one.
    """
    found = {
        str(request)
        for request, history in ledger.requests.items()
        if request.startswith(text) or text in {history.version, f"{history.product}@{history.version}"}
    }
    if len(found) != 1:
        raise Malformed(f"release {text[:60]!a}", f"{len(found)} requests fit, one wanted (see queue)")
    return found.pop()
