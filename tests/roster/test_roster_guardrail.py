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
from workstation.core.trust_snapshot import TrustStep
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


SKIPPED = "targets version 2 not found, every version wanted: each was signed by others"


def step(data, version, signers):
    """Return a version on the way, signed by the custodians of these names."""
    found = trust(data, version, signers)
    return TrustStep(targets_version=version, roster=found.roster, signed_by=found.signed_by)


def later(data, version=3):
    """Return the roster after this one, with nothing changed."""
    return changed(data, lambda d: d.update(version=version, created="2026-03-01T00:00:00Z"))


@pytest.mark.parametrize("signer", CUSTODIANS)
def test_a_version_that_was_skipped_has_to_be_there(signer):
    """Who changed what is not asked across the gap: the missing version may have been signed by others."""
    found = against(trust(FIRST), trust(later(OF_KIM), 3, (signer, "mona")))

    assert found == [("ROSTER-SUCCESSION", SKIPPED)]


def test_several_skipped_versions_are_named_together():
    between = (step(second_roster(), 3, ("lars", "mona")),)
    found = against(trust(FIRST), replace(trust(later(OF_KIM, 4), 6, ("lars", "mona")), between=between))

    assert [detail.partition(" not ")[0] for _, detail in found] == [
        "targets version 2",
        "targets versions 4 to 5",
    ]


@pytest.mark.parametrize("signer", CUSTODIANS)
def test_a_custodian_who_changed_their_own_record_is_found_behind_skipped_versions(signer):
    """Whoever signed the newest changed nothing: the change stands in a version between."""
    between = (step(OF_KIM, 2, (signer, "mona")),)
    newest = replace(trust(later(OF_KIM), 3, ("lars", "mona")), between=between)

    own = [("ROSTER-SUCCESSION", "kim signs a change to their own record")]
    assert against(trust(FIRST), newest) == (own if signer == "kim" else [])


def test_what_is_undone_between_two_versions_is_found_although_the_ends_agree():
    between = (step(FORGETFUL, 2, ("kim", "lars")),)
    newest = replace(trust(later(second_roster()), 3, ("kim", "lars")), between=between)

    assert ("ROSTER-SUCCESSION", "person alice is gone") in against(trust(FIRST), newest)


def test_only_following_a_trust_root_is_asked_for_its_roster():
    facts = Facts(now=NOW, ledger=Ledger(), trust=trust(FIRST))

    assert list(roster_succession(Identify(token="pkcs11:"), facts)) == []


def test_the_rule_has_words_for_people():
    words = words_for_rule("ROSTER-SUCCESSION")

    assert "does not follow" in words.headline
    assert "roster next" in words.next_step
