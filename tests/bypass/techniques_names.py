"""Row 22: a name that looks like another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bypass.attempts import Technique, codes
from bypass.changes import about, alias, all_of, started
from bypass.kinds import blocks_everyone, not_read, not_roster, not_signed_by
from bypass.stage import PROVENANCE
from core.documents import BUILDER_ID, credential, person
from core.keys import p256

UNKNOWN: Final = "BUILDER-UNKNOWN"


def row_22() -> Iterator[Technique]:
    """Yield row 22: a name matched instead of an id: case, Unicode, group names."""
    lookalikes = {
        "another case": "Dave@example.org",
        "another case of the host": "dave@EXAMPLE.org",
        "a tag": "dave+release@example.org",
        "a dot": "da.ve@example.org",
        "a display name": "Dave",
        "a name and an address": "Dave <dave@example.org>",
        "a role": "approver",
        "a group": "household-9",
        "a team": "@example/approvers",
        "a login": "github:dave",
        "an account's case": "GITHUB:77",
        "zeros before an account": "github:077",
        "an account without its forge": "77",
        "another forge": "gitlab:77",
        "a mailto": "mailto:dave@example.org",
        "escapes": "d%61ve@example.org",
        "punycode": "dave@xn--exmple-cua.org",
    }
    known = all_of(
        alias("dave", "github:77"), lambda s: s.person("dave")["conflictGroups"].append("household-9")
    )
    for label, name in lookalikes.items():
        yield blocks_everyone(
            22,
            f"author by {label}",
            all_of(known, about(name, lambda s, name: s.source["identities"].append(name))),
            UNKNOWN,
        )
    unread = {
        "Cyrillic": "d\u0430ve@example.org",
        "full width": "\uff44ave@example.org",
        "decomposed": "dave\u0301@example.org",
        "zero width": "da\u200bve@example.org",
        "right to left": "\u202edave@example.org",
        "a blank after it": "dave@example.org ",
        "a newline": "dave@example.org\n",
        "NUL": "dave\0@example.org",
    }
    for label, name in unread.items():
        yield not_read(
            22,
            f"author in {label}",
            about(name, lambda s, name: (s.source["identities"].append(name), s.request)),
        )
        yield not_roster(22, f"roster: an account in {label}", alias("carol", name))
        yield not_read(
            22, f"actor in {label}", about(name, lambda s, name: (started({"actorId": name})(s), s.request))
        )
    yield from _look_alikes_elsewhere()


def _look_alikes_elsewhere() -> Iterator[Technique]:
    yield not_signed_by(
        22,
        "an approver in another case",
        lambda s: s.person("dave").update(roles=["Approver"]),
        rules=codes("APPROVER-ROLE"),
    )
    yield not_signed_by(
        22,
        "an approver by display name",
        lambda s: s.person("dave").update(roles=[], name="approver"),
        rules=codes("APPROVER-ROLE"),
    )
    twin = person(
        "Bob", credential(p256("Bob"), "evidence"), roles=("approver",), aliases=("Bob@example.org",)
    )
    yield not_signed_by(
        22,
        "a person whose id is the builder's in capitals",
        lambda s: s.roster["people"].append(twin),
        by="bob-second",
    )
    yield not_signed_by(
        22,
        "one's account is another's id, and both are meant",
        all_of(alias("carol", "dave"), lambda s: s.source["identities"].append("dave")),
    )
    yield blocks_everyone(
        22,
        "a channel in another case",
        lambda s: s.rule["match"].update(channel=["Stable"]),
        "POLICY-RULE",
        released=codes("POLICY-RULE", "QUORUM"),
    )
    yield blocks_everyone(
        22,
        "a builder id with a slash after it",
        lambda s: s.statement(PROVENANCE)["predicate"]["runDetails"]["builder"].update(id=BUILDER_ID + "/"),
        UNKNOWN,
        "EVIDENCE-PROVENANCE",
    )
