"""ROSTER-SUCCESSION at the gate: what the workstation follows, whoever signed it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core.world import NOW, ROOT, World
from roster.roster_world import CUSTODIANS, FIRST, LATER, changed, enrolment, holder, roster, second_roster

from workstation.core.action import ApplyTrust, Identify
from workstation.core.facts import Facts
from workstation.core.guardrails.roster import roster_succession
from workstation.core.ledger import Ledger
from workstation.core.roster import Use
from workstation.core.roster_draft import with_credential
from workstation.core.wording import words_for_rule


def trust(data, targets=1, signers=()):
    """Return what a trust root delivered, signed by the custodians of these names."""
    found = roster(data)
    keys = frozenset(found.people[name].credentials[0].key.fingerprint for name in signers)
    return replace(World().trust, roster=found, targets_version=targets, signed_by=keys)


def against(present, offered):
    """Return what the rule says of following `offered`."""
    facts = Facts(now=NOW, ledger=Ledger(), trust=present)
    action = ApplyTrust(trust=offered, root=ROOT, targets=ROOT)
    return [(found.rule, found.detail) for found in roster_succession(action, facts)]


FORGETFUL = changed(second_roster(), lambda d: d["people"].remove(holder(d, "alice")))
OF_KIM = with_credential(
    second_roster(), "kim", enrolment("new", "kim", Use.TRUST, by=("lars", "mona"), at=LATER)
)


def test_a_roster_that_follows_is_followed():
    assert against(trust(FIRST), trust(second_roster(), 2, ("kim", "lars"))) == []
    assert against(trust(FIRST), trust(FIRST, 2, ("kim", "lars"))) == []


def test_a_roster_that_forgets_is_not():
    (first, second) = against(trust(FIRST), trust(FORGETFUL, 2))

    assert first == ("ROSTER-SUCCESSION", "person alice is gone")
    assert second[1].endswith("of alice is gone")


def test_the_first_trust_root_follows_nothing():
    assert against(None, trust(FORGETFUL)) == []


@pytest.mark.parametrize("signer", CUSTODIANS)
def test_who_signed_the_very_next_roster_did_not_change_their_own_record(signer):
    found = against(trust(FIRST), trust(OF_KIM, 2, (signer,)))

    own = [("ROSTER-SUCCESSION", "kim signs a change to their own record")]
    assert found == (own if signer == "kim" else [])


def test_after_skipped_versions_nobody_is_accused_of_what_others_may_have_signed():
    assert against(trust(FIRST), trust(OF_KIM, 3, ("kim", "lars"))) == []


def test_only_following_a_trust_root_is_asked_for_its_roster():
    facts = Facts(now=NOW, ledger=Ledger(), trust=trust(FIRST))

    assert list(roster_succession(Identify(token="pkcs11:"), facts)) == []


def test_the_rule_has_words_for_people():
    words = words_for_rule("ROSTER-SUCCESSION")

    assert "does not follow" in words.headline
    assert "roster next" in words.next_step
