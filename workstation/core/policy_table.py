"""Every control of a rule, and of a policy as a whole, by the name it has in policy.json."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from workstation.core.guardrails.calendar import window_text
from workstation.core.orders import (
    Direction,
    each,
    either_way,
    fewer_are_stricter,
    less_is_stricter,
    more_are_stricter,
    more_is_stricter,
    together,
)
from workstation.core.policy import Policy, Rule
from workstation.core.policy_controls import BreakGlass, Freeze, Need, Window
from workstation.core.policy_lattice import (
    NOTHING,
    Control,
    by_name,
    control,
    flag,
    in_days,
    in_hours,
    listed,
)
from workstation.core.shape import time_text

ALL_KEPT: Final = 1 << 31
"""More releases than any policy can name: how many are kept where it names none."""


def _also_from(rule: Rule) -> dict[str, int]:
    # Two needs of one role are met by the same people: the larger is what is asked for.
    needs = sorted(rule.approvals.also_from, key=lambda need: need.at_least)
    return {need.role: need.at_least for need in needs}


def _groups(rule: Rule) -> dict[str, int]:
    return {group.to_need().role: group.at_least for group in rule.approvals.groups}


def _builders(rule: Rule) -> dict[str, int] | None:
    if rule.provenance is None:
        return None
    builders = sorted(rule.provenance.builders, key=lambda builder: builder.level)
    return {f"{builder.builder_id} ({builder.service})": builder.level for builder in builders}


def _formats(rule: Rule) -> frozenset[str] | None:
    return None if rule.sbom is None else frozenset(wanted.value for wanted in rule.sbom.formats)


def _licences_allowed(rule: Rule) -> frozenset[str] | None:
    return None if rule.sbom is None or rule.sbom.licences is None else rule.sbom.licences.allow


def _licences_denied(rule: Rule) -> frozenset[str] | None:
    licences = None if rule.sbom is None else rule.sbom.licences
    return None if licences is None or not licences.deny else licences.deny


def _most(rule: Rule) -> dict[str, int] | None:
    wanted = rule.vulnerabilities
    return None if wanted is None else {severity.value: most for severity, most in wanted.most}


def _order_of_windows(old: Window, new: Window) -> Direction:
    return together(
        (
            fewer_are_stricter(old.days, new.days),
            more_is_stricter(old.start, new.start),
            less_is_stricter(old.end, new.end),
        )
    )


def _order_of_freezes(old: Freeze, new: Freeze) -> Direction:
    """Compare when it is frozen.

    Whoever breaks the glass signs in the stretch that is broken. So a stretch that begins earlier than
    it did lets in signatures too, where there is a glass.
    """
    lost, gained = _beyond(old, new), _beyond(new, old)
    both_glass = old.break_glass is not None and new.break_glass is not None
    inner, outer = (old, new) if gained else (new, old)
    moved = any(not _begins(since, outer) for since, _ in inner.stretches)
    if (lost and gained) or ((lost or gained) and both_glass and moved):
        return Direction.BOTH
    if gained:
        return Direction.STRICTER
    return Direction.LOOSER if lost else Direction.SAME


def _beyond(one: Freeze, other: Freeze) -> bool:
    """Answer whether `one` freezes a moment that `other` does not."""
    return not all(
        any(since <= first and last <= until for since, until in other.stretches)
        for first, last in one.stretches
    )


def _begins(moment: object, freeze: Freeze) -> bool:
    return any(since == moment for since, _ in freeze.stretches)


def _periods(freeze: Freeze) -> str:
    return "; ".join(
        f"{time_text(one.since)} to {time_text(one.until)}: {one.reason}" for one in freeze.periods
    )


def _glass(rule: Rule) -> BreakGlass | None:
    return None if rule.freeze is None else rule.freeze.break_glass


def _order_of_glasses(old: Rule, new: Rule) -> Direction:
    """Compare the ways around a freeze; having one is looser, and without a freeze there is none to have."""
    before, after = _glass(old), _glass(new)
    if old.freeze is None or new.freeze is None or before == after:
        return Direction.SAME
    if before is None or after is None:
        return Direction.LOOSER if before is None else Direction.STRICTER
    return together((_order_of_needs(before.need, after.need), _order_of_reviews(before, after)))


def _order_of_reviews(old: BreakGlass, new: BreakGlass) -> Direction:
    never = timedelta.max
    return less_is_stricter(old.review_within or never, new.review_within or never)


def _glass_text(rule: Rule) -> str:
    glass = _glass(rule)
    if glass is None:
        return NOTHING
    within = "" if glass.review_within is None else f", reviewed within {in_hours(glass.review_within)}"
    return f"{_need_text(glass.need)}{within}"


def _order_of_needs(old: Need, new: Need) -> Direction:
    return together((either_way(old.role, new.role), more_is_stricter(old.at_least, new.at_least)))


def _need_text(need: Need) -> str:
    return f"{need.at_least} {need.role}"


def _kept(releases: int) -> str:
    return "all" if releases == ALL_KEPT else str(releases)


def _firmware(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


_APPROVALS: Final[tuple[Control[Rule], ...]] = (
    control("approvals.role", lambda rule: rule.approvals.need.role, either_way),
    control("approvals.atLeast", lambda rule: rule.approvals.need.at_least, more_is_stricter),
    control("approvals.alsoFrom", _also_from, each(more_is_stricter, gained=Direction.STRICTER), by_name),
    control("approvals.groups", _groups, each(more_is_stricter, gained=Direction.STRICTER), by_name),
    # Whose signature is let in at all: each of these roles is named by one of the others.
    control("approvals.roles", lambda rule: rule.approver_roles, fewer_are_stricter, listed),
    control("approvals.notAnyOf", lambda rule: rule.approvals.excluded, more_are_stricter, listed),
    flag("approvals.conflictGroups", lambda rule: rule.approvals.conflict_groups),
    control("approvals.maxAgeHours", lambda rule: rule.approvals.max_age, less_is_stricter, in_hours),
    control("coolingOffDays", lambda rule: rule.cooling_off or None, more_is_stricter, in_days),
    flag("token.serial", lambda rule: rule.token.serial),
    flag("token.attested", lambda rule: rule.token.attested),
    flag("token.touch", lambda rule: rule.token.touch),
    control("token.firmwareAtLeast", lambda rule: rule.token.firmware, more_is_stricter, _firmware),
    control("mustOpen.atOrAbove", lambda rule: rule.must_open, less_is_stricter),
)

_EVIDENCE: Final[tuple[Control[Rule], ...]] = (
    control(
        "provenance.builders",
        _builders,
        each(less_is_stricter, gained=Direction.LOOSER),
        lambda levels: by_name({f"{name} level": level for name, level in levels.items()}),
    ),
    control(
        "provenance.minSlsaBuildLevel",
        lambda rule: None if rule.provenance is None else rule.provenance.min_level or None,
        more_is_stricter,
    ),
    control(
        "provenance.sourceUris",
        lambda rule: None if rule.provenance is None else rule.provenance.sources,
        fewer_are_stricter,
        listed,
    ),
    flag(
        "provenance.actorsRequired",
        lambda rule: rule.provenance is not None and rule.provenance.actors_required,
    ),
    control("controllersAttestedWithinDays", lambda rule: rule.attested_within, less_is_stricter, in_days),
    control("rebuild.atLeast", lambda rule: rule.rebuilds, more_is_stricter),
    control("sbom.formats", _formats, fewer_are_stricter, listed),
    flag("sbom.mustCoverSubject", lambda rule: rule.sbom is not None and rule.sbom.must_cover_subject),
    control("sbom.licences.allow", _licences_allowed, fewer_are_stricter, listed),
    control("sbom.licences.deny", _licences_denied, more_are_stricter, listed),
    control(
        "vulnerabilities.newAtOrAbove", _most, each(less_is_stricter, gained=Direction.STRICTER), by_name
    ),
    control(
        "vulnerabilities.maxScanAgeHours",
        lambda rule: None if rule.vulnerabilities is None else rule.vulnerabilities.max_scan_age,
        less_is_stricter,
        in_hours,
    ),
    control(
        "vulnerabilities.maxDbAgeHours",
        lambda rule: None if rule.vulnerabilities is None else rule.vulnerabilities.max_database_age,
        less_is_stricter,
        in_hours,
    ),
    control(
        "vulnerabilities.vexAcceptedFrom",
        lambda rule: None if rule.vulnerabilities is None else rule.vulnerabilities.vex_from,
        fewer_are_stricter,
        listed,
    ),
    flag("tests.required", lambda rule: rule.tests_required),
    control(
        "reviews.atLeast",
        lambda rule: None if rule.reviews is None else rule.reviews.at_least,
        more_is_stricter,
    ),
    control(
        "reviews.services",
        lambda rule: None if rule.reviews is None else rule.reviews.services,
        fewer_are_stricter,
        listed,
    ),
    flag("versioning.monotonic", lambda rule: rule.versions_rise),
    control("outputs", lambda rule: rule.outputs, fewer_are_stricter, listed),
)

_TIMES: Final[tuple[Control[Rule], ...]] = (
    control("window", lambda rule: rule.window, _order_of_windows, window_text),
    control("freeze.periods", lambda rule: rule.freeze, _order_of_freezes, _periods),
    Control(name="freeze.breakGlass", shown=_glass_text, compare=_order_of_glasses),
)

_STORE: Final[tuple[Control[Rule], ...]] = (
    # Not asked for, everything stays; so here that is the strictest there is.
    control("retention.releases", lambda rule: rule.kept_releases or ALL_KEPT, more_is_stricter, _kept),
)

CONTROLS: Final = (*_APPROVALS, *_EVIDENCE, *_TIMES, *_STORE)
"""Every control of a rule."""

CHANGES: Final[tuple[Control[Policy], ...]] = (
    control("policyChange", lambda policy: policy.policy_change, _order_of_needs, _need_text),
    control("rosterChange", lambda policy: policy.roster_change, _order_of_needs, _need_text),
)
"""The controls that are a policy's own."""
