"""Who a name from outside leads to: a key fingerprint, an alias, an id, or an OpenPGP key id.

Names are compared exactly. Display names are never compared with anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from workstation.core.credential_proof import refuse_false_proof
from workstation.core.identity import SHA256_HEX, Fingerprint, PersonId, ServiceId
from workstation.core.roster import Holder, Roster

_OPENPGP_KEY_ID: Final = re.compile(r"openpgp:([0-9A-F]{16})", re.ASCII)
_OPENPGP_V4: Final = len("openpgp:") + 40


def holders_named(name: str, roster: Roster) -> tuple[Holder, ...]:
    """Return everybody a name may mean, each once; nobody when it leads nowhere.

    Several are possible: a name that is one's alias and another's id accuses both. Raises Untrusted for
    a key that never proved itself.
    """
    return tuple({holder.id: holder for holder in _holders(name, roster)}.values())


def _holders(name: str, roster: Roster) -> Iterator[Holder]:
    if SHA256_HEX.fullmatch(name):
        held = roster.holder_of(Fingerprint(name))
        if held is not None:
            refuse_false_proof(held)
            yield held.holder
    for person in (roster.person_with_alias(name), *_with_key_id(name, roster), PersonId(name)):
        if person is not None and person in roster.people:
            yield roster.people[person]
    # A bot's account stands among the builder ids of its service.
    for service in (roster.service_of_builder(name), roster.services.get(ServiceId(name))):
        if service is not None:
            yield service


def _with_key_id(name: str, roster: Roster) -> Iterator[PersonId]:
    """Yield whose OpenPGP key has this key id: the end of a version 4 fingerprint, else its beginning."""
    found = _OPENPGP_KEY_ID.fullmatch(name)
    for alias, person in roster.by_alias.items() if found else ():
        shown = alias[-16:] if len(alias) == _OPENPGP_V4 else alias.removeprefix("openpgp:")[:16]
        if alias.startswith("openpgp:") and f"openpgp:{shown}" == name:
            yield person
