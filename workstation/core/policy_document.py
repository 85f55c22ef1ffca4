"""policy.json: parsing it, every field known and every constant in place (docs/spec/policy.md)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from workstation.core import strict_json
from workstation.core.errors import Malformed
from workstation.core.identity import digest_of
from workstation.core.manifest import refuse_repeats
from workstation.core.policy import ALWAYS_EXCLUDED, Approvals, Excluded, Group, Policy, Rule, without_version
from workstation.core.policy_controls import Need, TokenControl
from workstation.core.policy_controls_document import (
    MAX_PEOPLE,
    days,
    hours,
    identifiers,
    need,
    optional,
    provenance_control,
    review_control,
    sbom_control,
    token_control,
    vulnerability_control,
)
from workstation.core.policy_times_document import freeze, window
from workstation.core.release_diff import REFUSE
from workstation.core.retention import LEAST_KEPT
from workstation.core.shape import Fields, Shape

SCHEMA: Final = "urn:countersign:policy:v1"
LEAST_TO_CHANGE: Final = 2
"""Nobody changes roster or policy alone, whatever a policy says."""

MAX_REBUILDS: Final = 8
MAX_KEPT: Final = 10_000
_CONTROLS: Final = (
    "provenance", "rebuild", "sbom", "vulnerabilities", "tests", "reviews", "versioning", "window", "freeze",
    "mustOpen", "token", "outputs", "coolingOffDays", "controllersAttestedWithinDays", "retention",
)  # fmt: skip


def parse_policy(data: bytes, *, where: str = "policy.json") -> Policy:
    """Return the policy in `data`; raises Malformed."""
    top = Shape(strict_json.parse_object(data, where=where), where)
    fields = top.fields(
        "schema", "policyId", "version", "effectiveFrom", "defaultDecision", "rules",
        optional=("policyChange", "rosterChange"),
    )  # fmt: skip
    fields["schema"].constant(SCHEMA)
    fields["defaultDecision"].constant("refuse")
    rules = tuple(_rule(item) for item in fields["rules"].items(at_least=1, at_most=64))
    refuse_repeats((rule.id for rule in rules), f"{where}.rules")
    _refuse_overlaps(rules, f"{where}.rules")
    return Policy(
        id=fields["policyId"].identifier(),
        version=fields["version"].integer(1, 2**31),
        digest=digest_of(data),
        effective_from=fields["effectiveFrom"].time(),
        rules=rules,
        policy_change=optional(fields, "policyChange", _change),
        roster_change=optional(fields, "rosterChange", _change),
    )


def _change(shape: Shape) -> Need:
    return need(shape.fields("role", "atLeast"), least=LEAST_TO_CHANGE)


def _rule(shape: Shape) -> Rule:
    fields = shape.fields("id", "match", "approvals", optional=_CONTROLS)
    match = fields["match"].fields("purl", "channel")
    provenance = optional(fields, "provenance", provenance_control)
    rebuilds = optional(fields, "rebuild", _rebuilds)
    if rebuilds is not None and provenance is None:
        raise fields["rebuild"].wanted("provenance beside it, with the builders that count")
    return Rule(
        id=fields["id"].identifier(),
        purls=frozenset(_products(item) for item in match["purl"].items(at_least=1, at_most=1000)),
        channels=frozenset(item.identifier() for item in match["channel"].items(at_least=1, at_most=100)),
        approvals=_approvals(fields["approvals"]),
        provenance=provenance,
        rebuilds=rebuilds,
        sbom=optional(fields, "sbom", sbom_control),
        vulnerabilities=optional(fields, "vulnerabilities", vulnerability_control),
        tests_required=optional(fields, "tests", _tests) is not None,
        reviews=optional(fields, "reviews", review_control),
        versions_rise=optional(fields, "versioning", _versions_rise) or False,
        window=optional(fields, "window", window),
        freeze=optional(fields, "freeze", freeze),
        must_open=optional(fields, "mustOpen", _must_open),
        token=optional(fields, "token", token_control) or TokenControl(),
        outputs=optional(fields, "outputs", identifiers),
        cooling_off=optional(fields, "coolingOffDays", days) or timedelta(0),
        attested_within=optional(fields, "controllersAttestedWithinDays", days),
        kept_releases=optional(fields, "retention", _kept_releases),
    )


def _approvals(shape: Shape) -> Approvals:
    fields = shape.fields(
        "role", "atLeast", "distinctBy", "notAnyOf",
        optional=("alsoFrom", "groups", "conflictGroups", "maxAgeHours"),
    )  # fmt: skip
    fields["distinctBy"].constant("person")
    also, conflicts = fields.get("alsoFrom"), fields.get("conflictGroups")
    return Approvals(
        need=need(fields),
        also_from=()
        if also is None
        else tuple(need(item.fields("role", "atLeast")) for item in also.items(at_most=8)),
        groups=optional(fields, "groups", _groups) or (),
        excluded=_excluded(fields),
        conflict_groups=conflicts is not None and conflicts.boolean(),
        max_age=optional(fields, "maxAgeHours", hours),
    )


def _excluded(fields: Fields) -> frozenset[Excluded]:
    found = frozenset(item.choice(Excluded) for item in fields["notAnyOf"].items(at_most=len(Excluded)))
    if not found >= ALWAYS_EXCLUDED:
        raise fields["notAnyOf"].wanted("both submitter and builder")
    return found


def _groups(shape: Shape) -> tuple[Group, ...]:
    groups = tuple(_group(item) for item in shape.items(at_least=1, at_most=8))
    refuse_repeats((group.to_need().role for group in groups), shape.where)
    return groups


def _group(shape: Shape) -> Group:
    fields = shape.fields("roles", "atLeast")
    return Group(roles=identifiers(fields["roles"]), at_least=fields["atLeast"].integer(1, MAX_PEOPLE))


def _rebuilds(shape: Shape) -> int:
    fields = shape.fields("required", "atLeast")
    fields["required"].constant(wanted=True)
    return fields["atLeast"].integer(2, MAX_REBUILDS)


def _tests(shape: Shape) -> bool:
    control = shape.fields("required", "result")
    control["required"].constant(wanted=True)
    control["result"].constant("PASSED")
    return True


def _versions_rise(shape: Shape) -> bool:
    return shape.fields("monotonic")["monotonic"].boolean()


def _must_open(shape: Shape) -> int:
    return shape.fields("atOrAbove")["atOrAbove"].integer(1, REFUSE)


def _kept_releases(shape: Shape) -> int:
    return shape.fields("releases")["releases"].integer(LEAST_KEPT, MAX_KEPT)


def _products(shape: Shape) -> str:
    """Return a product without version, or a pattern of all in a type and namespace."""
    text = shape.printable()
    if not text.endswith("/*"):
        return without_version(shape.purl(with_version=False))
    Shape(f"{text[:-1]}any", shape.where).purl(with_version=False)
    return text


def _refuse_overlaps(rules: tuple[Rule, ...], where: str) -> None:
    seen: dict[tuple[str, str], str] = {}
    for rule in rules:
        for target in ((purl, channel) for purl in rule.purls for channel in rule.channels):
            if target in seen:
                raise Malformed(
                    where, f"{target[0]} in {target[1]} found in {seen[target]} and {rule.id}, once wanted"
                )
            seen[target] = rule.id
