"""What a review tells beside its changes, as entries: bills and scans, and the rules that are asked."""

from __future__ import annotations

from typing import Final

from ui.entry import Entry
from ui.language import t
from ui.review_wording import RULE_STATES, WHENS
from ui.shown import prose, value_text
from ui.theme import Tone
from workstation.core.wording import RULES
from workstation.desk.review_face import (
    BillPart,
    ComponentLine,
    GuardrailLine,
    RuleState,
    VulnerabilityLine,
)

_STATES: Final = {
    RuleState.NOT_MET: ("\u25a0", Tone.DANGER),
    RuleState.LATER: ("\u25cb", Tone.PLAIN),
    RuleState.MET: ("\u2713", Tone.GOOD),
}
_SETTLED: Final = ("not_affected", "fixed")


def told_bill(bill: BillPart) -> list[Entry]:
    """Return what was found in a scan and not answered, then components that changed, then the others."""
    if not bill.bills and not bill.scans:
        return [
            Entry(
                headline=t("No bill of materials and no scan came with this request."),
                mark="\u25b2",
                tone=Tone.WARN,
            )
        ]
    told = sorted(
        (_vulnerability(one) for one in bill.vulnerabilities), key=lambda one: one.tone is Tone.GOOD
    )
    changed = [_component(one, compared=bill.compared) for one in bill.components]
    changed.sort(key=lambda one: one.tone is Tone.PLAIN)
    return [_sources(bill), *told, *changed]


def told_guardrails(lines: tuple[GuardrailLine, ...]) -> list[Entry]:
    """Return the rules that are asked: first those that do not agree, then those asked later."""
    order = list(_STATES)
    return [_rule(line) for line in sorted(lines, key=lambda one: order.index(one.state))]


def rules_met(lines: tuple[GuardrailLine, ...]) -> int:
    """Return how many rules agree."""
    return sum(line.state is RuleState.MET for line in lines)


def _sources(bill: BillPart) -> Entry:
    against = (
        t("Compared with what came with the release before.")
        if bill.compared
        else t("Nothing to compare with: no bill came with the release before.")
    )
    said = "\n".join(prose(one) for one in (*bill.bills, *bill.scans))
    return Entry(
        headline=t("Where this is from"), detail=f"{said}\n{against}", mark="\u25cf", tone=Tone.ACCENT
    )


def _vulnerability(line: VulnerabilityLine) -> Entry:
    settled = any(one.startswith(_SETTLED) for one in line.answers)
    answers = ", ".join(prose(one) for one in line.answers) or t("nobody answers it")
    known = t("known in the release before") if line.old else t("new since the release before")
    scans = ", ".join(value_text(one) for one in line.scans)
    return Entry(
        headline=f"{value_text(line.id)} \u00b7 {value_text(line.severity) or t('no severity')}",
        detail=t("Answer (VEX): {answers}", answers=answers),
        note=f"{known} \u00b7 {t('found by {scans}', scans=scans)}",
        mark="\u2713" if settled else "\u25b2",
        tone=Tone.GOOD if settled else Tone.DANGER,
    )


def _component(line: ComponentLine, *, compared: bool) -> Entry:
    old, new = _versions(line.old), _versions(line.new)
    if not compared:
        what, said, mark, tone = "", new, "\u25cb", Tone.PLAIN
    elif not line.old:
        what, said, mark, tone = t("added"), new, "\u25b2", Tone.WARN
    elif not line.new:
        what, said, mark, tone = t("removed"), old, "\u25cf", Tone.WARN
    elif old != new:
        what, said, mark, tone = t("changed"), f"{old} \u2192 {new}", "\u25cf", Tone.ACCENT
    elif line.old_licences != line.new_licences:
        what, said, mark, tone = t("another licence"), new, "\u25cf", Tone.WARN
    else:
        what, said, mark, tone = t("as before"), new, "\u25cb", Tone.PLAIN
    return Entry(
        headline=" \u00b7 ".join(one for one in (f"{value_text(line.name)} {said}", what) if one),
        detail=_licences(line),
        mark=mark,
        tone=tone,
    )


def _licences(line: ComponentLine) -> str:
    old, new = _names(line.old_licences), _names(line.new_licences)
    if line.old and line.new and line.old_licences != line.new_licences:
        return t("Licence: {old} before, {new} now", old=old, new=new)
    return t("Licence: {new}", new=new if line.new else old)


def _names(licences: tuple[str, ...]) -> str:
    return ", ".join(value_text(one) for one in licences) or t("none named")


def _versions(versions: tuple[str, ...]) -> str:
    return ", ".join(value_text(one) for one in versions if one)


def _rule(line: GuardrailLine) -> Entry:
    mark, tone = _STATES[line.state]
    words = RULES.get(line.rule)
    said = prose(words.headline) if words else ""
    when = t(WHENS[line.when]) if line.state is RuleState.LATER else t(RULE_STATES[line.state])
    found = "\n".join(prose(one) for one in line.found)
    controls = ", ".join(value_text(one) for one in line.controls)
    return Entry(
        headline=f"{value_text(line.rule)} \u00b7 {when}",
        detail=f"{said}\n{found}" if found else t("Else it says: {said}", said=said),
        note=t("asked by {controls}", controls=controls) if controls else t("built in"),
        mark=mark,
        tone=tone,
    )
