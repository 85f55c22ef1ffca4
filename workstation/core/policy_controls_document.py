"""Parsing the controls of a rule that are about evidence, tokens and people (docs/spec/policy.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

from workstation.core.identity import ServiceId
from workstation.core.policy_controls import (
    AllowedBuilder,
    LicenceControl,
    Need,
    ProvenanceControl,
    ReviewControl,
    SbomControl,
    SbomFormat,
    Severity,
    TokenControl,
    VulnerabilityControl,
)
from workstation.core.shape import Fields, Shape

T = TypeVar("T")

MAX_PEOPLE: Final = 16
HIGHEST_LEVEL: Final = 3
MAX_HOURS: Final = 8760
MAX_COUNT: Final = 100_000


def optional(fields: Fields, name: str, read: Callable[[Shape], T]) -> T | None:
    """Return what `read` makes of a field, or None when the field is absent."""
    shape = fields.get(name)
    return None if shape is None else read(shape)


def need(fields: Fields, *, least: int = 1) -> Need:
    """Return the need in `role` and `atLeast`; raises Malformed for fewer than `least` people."""
    return Need(role=fields["role"].identifier(), at_least=fields["atLeast"].integer(least, MAX_PEOPLE))


def hours(shape: Shape) -> timedelta:
    """Return a time of one hour to a year."""
    return timedelta(hours=shape.integer(1, MAX_HOURS))


def days(shape: Shape) -> timedelta:
    """Return a time of none to ten years, in days."""
    return timedelta(days=shape.integer(0, 3660))


def identifiers(shape: Shape, *, at_least: int = 1) -> frozenset[str]:
    """Return a set of identifiers."""
    return frozenset(item.identifier() for item in shape.items(at_least=at_least, at_most=100))


def provenance_control(shape: Shape) -> ProvenanceControl:
    """Return the control; raises Malformed when no builder in it reaches the level it asks for."""
    control = shape.fields(
        "required", "builders", optional=("sourceUris", "actorsRequired", "minSlsaBuildLevel")
    )
    control["required"].constant(wanted=True)
    actors, sources = control.get("actorsRequired"), control.get("sourceUris")
    builders = tuple(_builder(item) for item in control["builders"].items(at_least=1, at_most=100))
    level = optional(control, "minSlsaBuildLevel", lambda found: found.integer(1, HIGHEST_LEVEL)) or 0
    if level > max(builder.level for builder in builders):
        raise control["minSlsaBuildLevel"].wanted("a level that one of builders has")
    return ProvenanceControl(
        builders=builders,
        sources=None
        if sources is None
        else frozenset(item.printable() for item in sources.items(at_least=1)),
        actors_required=actors is None or actors.boolean(),
        min_level=level,
    )


def _builder(shape: Shape) -> AllowedBuilder:
    fields = shape.fields("id", "service", optional=("slsaBuildLevel",))
    return AllowedBuilder(
        builder_id=fields["id"].printable(),
        service=ServiceId(fields["service"].identifier()),
        level=optional(fields, "slsaBuildLevel", lambda found: found.integer(0, HIGHEST_LEVEL)) or 0,
    )


def sbom_control(shape: Shape) -> SbomControl:
    """Return the control; raises Malformed."""
    control = shape.fields("required", "formats", optional=("mustCoverSubject", "licences"))
    control["required"].constant(wanted=True)
    cover = control.get("mustCoverSubject")
    return SbomControl(
        formats=frozenset(item.choice(SbomFormat) for item in control["formats"].items(at_least=1)),
        must_cover_subject=cover is None or cover.boolean(),
        licences=optional(control, "licences", _licences),
    )


def _licences(shape: Shape) -> LicenceControl:
    fields = shape.fields(optional=("allow", "deny"))
    allow, deny = fields.get("allow"), fields.get("deny")
    if allow is None and deny is None:
        raise shape.wanted("allow, deny or both")
    return LicenceControl(
        allow=None if allow is None else _licence_ids(allow),
        deny=frozenset() if deny is None else _licence_ids(deny),
    )


def _licence_ids(shape: Shape) -> frozenset[str]:
    return frozenset(item.printable(at_most=200) for item in shape.items(at_least=1, at_most=1000))


def vulnerability_control(shape: Shape) -> VulnerabilityControl:
    """Return the control; raises Malformed when it limits no severity."""
    control = shape.fields(
        "required", "newAtOrAbove", optional=("maxScanAgeHours", "maxDbAgeHours", "vexAcceptedFrom")
    )
    control["required"].constant(wanted=True)
    limits = control["newAtOrAbove"].fields(optional=tuple(severity.value for severity in Severity))
    most = tuple(
        (severity, found.integer(0, MAX_COUNT)) for severity in Severity if (found := limits.get(severity))
    )
    if not most:
        raise control["newAtOrAbove"].wanted("a number for at least one severity")
    return VulnerabilityControl(
        max_scan_age=optional(control, "maxScanAgeHours", hours),
        max_database_age=optional(control, "maxDbAgeHours", hours),
        most=most,
        vex_from=optional(control, "vexAcceptedFrom", identifiers) or frozenset(),
    )


def review_control(shape: Shape) -> ReviewControl:
    """Return the control; raises Malformed."""
    control = shape.fields("required", "atLeast", optional=("services",))
    control["required"].constant(wanted=True)
    services = optional(control, "services", identifiers) or frozenset[str]()
    return ReviewControl(
        at_least=control["atLeast"].integer(1, MAX_PEOPLE),
        services=frozenset(ServiceId(service) for service in services),
    )


def token_control(shape: Shape) -> TokenControl:
    """Return the control; raises Malformed when it asks for nothing."""
    fields = shape.fields(optional=("serial", "attested", "touch", "firmwareAtLeast"))
    for name in ("serial", "attested", "touch"):
        if (flag := fields.get(name)) is not None:
            flag.constant(wanted=True)
    found = TokenControl(
        serial=fields.get("serial") is not None,
        attested=fields.get("attested") is not None,
        touch=fields.get("touch") is not None,
        firmware=optional(fields, "firmwareAtLeast", _firmware),
    )
    if found == TokenControl():
        raise shape.wanted("one of serial, attested, touch, firmwareAtLeast")
    return found


def _firmware(shape: Shape) -> tuple[int, ...]:
    parts = shape.printable(at_most=20).split(".")
    if not all(part.isdigit() and str(int(part)) == part for part in parts):
        raise shape.wanted("a firmware version such as 5.4.3")
    return tuple(int(part) for part in parts)
