"""policy.json: parsing it, every field known and every constant in place (docs/spec/policy.md)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from workstation.core import strict_json
from workstation.core.errors import Malformed
from workstation.core.identity import ServiceId, digest_of
from workstation.core.manifest import refuse_repeats
from workstation.core.policy import (
    AllowedBuilder,
    Approvals,
    Excluded,
    Need,
    Policy,
    ProvenanceControl,
    Rule,
    SbomControl,
    SbomFormat,
    without_version,
)
from workstation.core.shape import Shape

if TYPE_CHECKING:
    from workstation.core.shape import Fields

SCHEMA = "urn:countersign:policy:v1"
MAX_PEOPLE = 16


def parse_policy(data: bytes, *, where: str = "policy.json") -> Policy:
    """Return the policy in `data`; raises Malformed."""
    top = Shape(strict_json.parse_object(data, where=where), where)
    fields = top.fields("schema", "policyId", "version", "effectiveFrom", "defaultDecision", "rules")
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
    )


def _rule(shape: Shape) -> Rule:
    fields = shape.fields(
        "id", "match", "approvals",
        optional=(
            "provenance", "sbom", "tests", "versioning", "coolingOffDays", "controllersAttestedWithinDays",
        ),
    )  # fmt: skip
    match = fields["match"].fields("purl", "channel")
    return Rule(
        id=fields["id"].identifier(),
        purls=frozenset(
            without_version(item.purl(with_version=False))
            for item in match["purl"].items(at_least=1, at_most=1000)
        ),
        channels=frozenset(item.identifier() for item in match["channel"].items(at_least=1, at_most=100)),
        approvals=_approvals(fields["approvals"]),
        provenance=_provenance(fields),
        sbom=_sbom(fields),
        tests_required=_tests(fields),
        versions_rise=_versioning(fields),
        cooling_off=_days(fields, "coolingOffDays") or timedelta(0),
        attested_within=_days(fields, "controllersAttestedWithinDays"),
    )


def _approvals(shape: Shape) -> Approvals:
    fields = shape.fields("role", "atLeast", "distinctBy", "notAnyOf", optional=("alsoFrom", "maxAgeHours"))
    fields["distinctBy"].constant("person")
    excluded = {item.choice(Excluded) for item in fields["notAnyOf"].items(at_most=len(Excluded))}
    if excluded != set(Excluded):
        raise fields["notAnyOf"].wanted("both submitter and builder")
    also, age = fields.get("alsoFrom"), fields.get("maxAgeHours")
    return Approvals(
        need=_need(fields),
        also_from=()
        if also is None
        else tuple(_need(item.fields("role", "atLeast")) for item in also.items(at_most=8)),
        max_age=None if age is None else timedelta(hours=age.integer(1, 8760)),
    )


def _need(fields: Fields) -> Need:
    return Need(role=fields["role"].identifier(), at_least=fields["atLeast"].integer(1, MAX_PEOPLE))


def _provenance(fields: Fields) -> ProvenanceControl | None:
    shape = fields.get("provenance")
    if shape is None:
        return None
    control = shape.fields("required", "builders", optional=("sourceUris", "actorsRequired"))
    control["required"].constant(wanted=True)
    sources, actors = control.get("sourceUris"), control.get("actorsRequired")
    builders = (item.fields("id", "service") for item in control["builders"].items(at_least=1, at_most=100))
    return ProvenanceControl(
        builders=tuple(
            AllowedBuilder(builder_id=b["id"].printable(), service=ServiceId(b["service"].identifier()))
            for b in builders
        ),
        sources=None
        if sources is None
        else frozenset(item.printable() for item in sources.items(at_least=1)),
        actors_required=actors is None or actors.boolean(),
    )


def _sbom(fields: Fields) -> SbomControl | None:
    shape = fields.get("sbom")
    if shape is None:
        return None
    control = shape.fields("required", "formats", optional=("mustCoverSubject",))
    control["required"].constant(wanted=True)
    cover = control.get("mustCoverSubject")
    return SbomControl(
        formats=frozenset(item.choice(SbomFormat) for item in control["formats"].items(at_least=1)),
        must_cover_subject=cover is None or cover.boolean(),
    )


def _tests(fields: Fields) -> bool:
    shape = fields.get("tests")
    if shape is None:
        return False
    control = shape.fields("required", "result")
    control["required"].constant(wanted=True)
    control["result"].constant("PASSED")
    return True


def _versioning(fields: Fields) -> bool:
    shape = fields.get("versioning")
    return shape is not None and shape.fields("monotonic")["monotonic"].boolean()


def _days(fields: Fields, name: str) -> timedelta | None:
    shape = fields.get(name)
    return None if shape is None else timedelta(days=shape.integer(0, 3660))


def _refuse_overlaps(rules: tuple[Rule, ...], where: str) -> None:
    seen: dict[tuple[str, str], str] = {}
    for rule in rules:
        for target in ((purl, channel) for purl in rule.purls for channel in rule.channels):
            if target in seen:
                raise Malformed(
                    where, f"{target[0]} in {target[1]} found in {seen[target]} and {rule.id}, once wanted"
                )
            seen[target] = rule.id
