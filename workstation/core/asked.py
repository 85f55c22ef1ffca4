"""Which rules are asked about a countersignature or a release, when, and which controls of the policy ask.

For showing only: what is judged, `judge` judges, and asks every rule there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workstation.core.policy import Rule
from workstation.core.policy_lattice import NOTHING
from workstation.core.policy_table import CONTROLS


class When(StrEnum):
    """What a rule depends on: the request alone, whose card it is, or what is done at the screen."""

    NOW = "now"
    CARD = "card"
    SIGNING = "signing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A rule and what it depends on. `controls` ask for it, none where it is built in.

    With `also` it is built in, and those controls ask for more.
    """

    rule: str
    when: When = When.NOW
    controls: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


def _built_in(when: When, *rules: str) -> tuple[Asked, ...]:
    return tuple(Asked(rule=rule, when=when) for rule in rules)


def _asked(rule: str, *controls: str, when: When = When.NOW) -> Asked:
    return Asked(rule=rule, when=when, controls=controls)


ASKED: Final[tuple[Asked, ...]] = (
    *_built_in(When.NOW, "TRUST-MISSING", "TRUST-EXPIRED", "TRUST-EARLY", "POLICY-RULE"),
    *_built_in(When.NOW, "REQUEST-UNKNOWN", "REQUEST-EXPIRED", "REQUEST-DECIDED", "BUILDER-UNKNOWN"),
    _asked("WINDOW", "window"),
    _asked("FREEZE", "freeze.periods"),
    _asked("BREAK-GLASS", "freeze.breakGlass", when=When.SIGNING),
    _asked("VERSION-RISES", "versioning.monotonic"),
    _asked("EVIDENCE-PROVENANCE", "provenance.builders"),
    _asked("EVIDENCE-LEVEL", "provenance.minSlsaBuildLevel"),
    _asked("EVIDENCE-SOURCE", "provenance.sourceUris"),
    _asked("EVIDENCE-ACTORS", "provenance.actorsRequired"),
    _asked("REBUILD-QUORUM", "rebuild.atLeast"),
    _asked("EVIDENCE-SBOM", "sbom.formats", "sbom.mustCoverSubject"),
    _asked("EVIDENCE-LICENCE", "sbom.licences.allow", "sbom.licences.deny"),
    _asked(
        "EVIDENCE-SCAN",
        "vulnerabilities.newAtOrAbove",
        "vulnerabilities.maxScanAgeHours",
        "vulnerabilities.maxDbAgeHours",
    ),
    _asked("EVIDENCE-VULNERABILITIES", "vulnerabilities.newAtOrAbove", "vulnerabilities.vexAcceptedFrom"),
    _asked("EVIDENCE-TESTS", "tests.required"),
    _asked("EVIDENCE-REVIEWS", "reviews.atLeast", "reviews.services"),
    _asked("CONTROLLERS-STALE", "controllersAttestedWithinDays"),
    _asked("OUTPUT-NOT-ALLOWED", "outputs"),
    *_built_in(When.NOW, "REVIEW-REFUSED"),
    _asked("QUORUM", "approvals.atLeast", "approvals.role", "approvals.alsoFrom", "approvals.groups"),
    Asked(rule="COUNTERSIGNATURE-BINDING", also=("approvals.maxAgeHours",)),
    *_built_in(When.CARD, "SOD-BUILDER", "APPROVER-UNKNOWN", "APPROVER-SERVICE", "APPROVER-INACTIVE"),
    _asked("APPROVER-ROLE", "approvals.role", "approvals.alsoFrom", "approvals.groups", when=When.CARD),
    _asked("ROLE-EXCLUDED", "approvals.notAnyOf", when=When.CARD),
    _asked("CONFLICT-GROUP", "approvals.conflictGroups", when=When.CARD),
    *_built_in(When.CARD, "APPROVER-REPEATED", "CREDENTIAL-USE", "CREDENTIAL-VALID", "CREDENTIAL-TOKEN"),
    Asked(rule="COOLING-OFF", when=When.CARD, also=("coolingOffDays",)),
    _asked(
        "TOKEN-UNPROVED",
        "token.serial",
        "token.attested",
        "token.touch",
        "token.firmwareAtLeast",
        when=When.CARD,
    ),
    *_built_in(When.SIGNING, "REVIEW-UNOPENED", "REVIEW-STALE", "SCREEN-WORDS", "SCREEN-UNSEEN"),
    _asked("FINDINGS-UNACKNOWLEDGED", "mustOpen.atOrAbove", when=When.SIGNING),
)


def asked_under(rule: Rule | None) -> Iterator[tuple[Asked, tuple[str, ...]]]:
    """Yield every rule that is asked under a rule of the policy, with the controls that ask as `name: value`.

    Without a rule of the policy only what is built in is asked.
    """
    shown = {} if rule is None else {one.name: one.shown(rule) for one in CONTROLS}
    for asked in ASKED:
        said = tuple(
            f"{name}: {shown[name]}"
            for name in (*asked.controls, *asked.also)
            if shown.get(name, NOTHING) != NOTHING
        )
        if said or not asked.controls:
            yield asked, said
