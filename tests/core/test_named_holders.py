"""Whom a name means: by alias, by OpenPGP key id, by the id itself, and through a service."""

from __future__ import annotations

import pytest
from core.documents import BUILDER_ID, KEYS, json_bytes, roster_document

from workstation.core.named_holders import holders_named
from workstation.core.roster_document import parse_roster

V4 = "openpgp:" + "A" * 24 + "0123456789ABCDEF"
V6 = "openpgp:" + "FEDCBA9876543210" + "B" * 48


def named(name, *aliases):
    """Return the ids of everybody this name means, alice having these aliases too."""
    document = roster_document(KEYS)
    next(one for one in document["people"] if one["id"] == "alice")["aliases"] += aliases
    return [str(holder.id) for holder in holders_named(name, parse_roster(json_bytes(document)))]


@pytest.mark.parametrize(
    ("name", "aliases", "found"),
    [
        ("alice", (), ["alice"]),
        ("github:1002", (), ["ned"]),
        ("ci-7", (), ["ci-7"]),
        (BUILDER_ID, (), ["ci-7"]),
        ("openpgp:0123456789ABCDEF", (V4,), ["alice"]),
        ("openpgp:AAAAAAAAAAAAAAAA", (V4,), []),
        ("openpgp:FEDCBA9876543210", (V6,), ["alice"]),
        ("openpgp:BBBBBBBBBBBBBBBB", (V6,), []),
        ("openpgp:0123456789ABCDE", (V4,), []),
        ("0123456789ABCDEF", (V4,), []),
        ("nobody", (), []),
        (KEYS["bob-second"].public.fingerprint, (), ["bob"]),
        (KEYS["mallory"].public.fingerprint, (), []),
    ],
)
def test_a_name_means_exactly_these(name, aliases, found):
    assert named(name, *aliases) == found
