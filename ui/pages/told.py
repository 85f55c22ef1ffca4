"""A review told as entries: each part of the desk's answer in the words and order it is read in."""

from __future__ import annotations

from collections.abc import Sequence

from ui.entry import Entry
from ui.language import t
from ui.risk import findings_by_rank, risk_of
from ui.shown import grouped, person_text, prose, size_shown, time_shown, value_text
from ui.theme import Tone
from ui.wording import NO_BLOCKERS, have_need
from workstation.core.identity import short
from workstation.core.release_diff import FileChange, Finding, ReleaseDiff
from workstation.desk.face import BuilderLine, Reason, ReviewPage, by_rule

_FROM = " \u2190 "


def told_findings(diff: ReleaseDiff, *, brief: bool = False) -> list[Entry]:
    """Return the findings by rank; the key is the path, of which a brief entry shows the end only."""
    found = [told_finding(finding, brief=brief) for finding in findings_by_rank(diff)]
    return found or [
        Entry(headline=t("No findings."), detail=t("No rule found anything worth a look."), mark="\u25cb")
    ]


def told_finding(finding: Finding, *, brief: bool = False) -> Entry:
    """Return one finding."""
    risk = risk_of(finding.rank)
    path = value_text(finding.path)
    rule = t(
        "{rule} \xb7 rank {rank}, {word}", rule=value_text(finding.rule), rank=finding.rank, word=t(risk.word)
    )
    return Entry(
        headline=prose(finding.sentence),
        detail="" if brief else path,
        note=f"{path.rpartition('/')[2]} \u00b7 {rule}" if brief else rule,
        mark=risk.mark,
        tone=risk.tone,
        key=finding.members[0],
    )


def told_builders(page: ReviewPage) -> list[Entry]:
    """Return who had a hand in this, each person once with every way we know it, then what is unknown."""
    by_person: dict[str, list[BuilderLine]] = {}
    for line in page.builders:
        by_person.setdefault(line.person, []).append(line)
    people = [_person(lines) for lines in by_person.values()]
    unknown = [
        Entry(
            headline=t("Not resolved to people"),
            detail=prose(one),
            mark="\u25b2",
            tone=Tone.DANGER,
            key=one.partition(_FROM)[0],
        )
        for one in page.unresolved
    ]
    return unknown + people or [
        Entry(headline=t("Nobody is known to have built this."), mark="\u25b2", tone=Tone.DANGER)
    ]


def told_blockers(page: ReviewPage, unseen: Sequence[FileChange] = ()) -> list[Entry]:
    """Return what stops whoever signs next, then who has countersigned already; the key is a path."""
    stops = (
        [
            Entry(
                headline=t(
                    "Not displayed whole yet: {name}", name=value_text(change.path).rpartition("/")[2]
                ),
                detail=t("Enter goes there; Space pages through it."),
                note="SCREEN-UNSEEN",
                mark="\u25b2",
                tone=Tone.WARN,
                key=change.path,
            )
            for change in unseen
        ]
        + [
            *(told_reason(alike) for alike in by_rule(page.reader.against if page.reader else ())),
        ]
        + [
            Entry(
                headline=prose(violation.detail),
                note=f"{value_text(violation.rule)} \u00b7 {value_text(violation.control)}",
                mark="\u25a0",
                tone=Tone.DANGER,
            )
            for violation in page.blockers
        ]
    )
    return (stops or [_free(page)]) + told_approvals(page)


def told_reason(alike: tuple[Reason, ...]) -> Entry:
    """Return why somebody may not do a thing: one rule, all it found, and what to do next."""
    reason = alike[0]
    details = "\n".join(prose(one.detail) for one in alike)
    return Entry(
        headline=prose(reason.headline),
        detail=t(
            "{details}\nWhat to do next: {next_step}", details=details, next_step=prose(reason.next_step)
        ),
        note=t(
            "rule {rule} \xb7 {control}", rule=value_text(reason.rule), control=value_text(reason.control)
        ),
        mark="\u25a0",
        tone=Tone.DANGER,
    )


def _free(page: ReviewPage) -> Entry:
    said = (t(NO_BLOCKERS[0]), t(NO_BLOCKERS[1]))
    if page.reader is not None:
        name = person_text(page.reader.name)
        said = (
            t("Nothing found that stops {name}.", name=name),
            t("Your card is asked again when you sign."),
        )
    return Entry(headline=said[0], detail=said[1], mark="\u2713", tone=Tone.GOOD)


def told_approvals(page: ReviewPage) -> list[Entry]:
    """Return the countersignatures that were made."""
    return [
        Entry(
            headline=t("{name} countersigned", name=person_text(one.name)),
            note=t("{at} \xb7 key {fingerprint}", at=time_shown(one.at), fingerprint=short(one.fingerprint))
            + ("" if one.counts else " \u00b7 " + t("does not count now")),
            mark="\u2713" if one.counts else "\u25b2",
            tone=Tone.GOOD if one.counts else Tone.WARN,
        )
        for one in page.approvals
    ]


def told_manifest(page: ReviewPage) -> list[Entry]:
    """Return the artifacts with their sizes and digests."""
    return [
        Entry(
            headline=f"{value_text(one.name)} \u00b7 {size_shown(one.size)}",
            detail=grouped(one.digest, per_line=16),
            fixed=True,
        )
        for one in page.manifest
    ]


def told_evidence(page: ReviewPage) -> list[Entry]:
    """Return the evidence with who signed it."""
    found = [
        Entry(
            headline=value_text(one.name),
            detail=prose(one.summary),
            note=_signed_by(one.signers) + " \xb7 " + t("sha256 {digest}\u2026", digest=short(one.digest)),
            mark="\u2713" if one.signers else "\u25b2",
            tone=Tone.GOOD if one.signers else Tone.WARN,
        )
        for one in page.evidence
    ]
    return found or [Entry(headline=t("No evidence came with this request."), mark="\u25b2", tone=Tone.WARN)]


def told_not_inspected(diff: ReleaseDiff) -> list[Entry]:
    """Return what nobody could look into; the key is the path."""
    found = [
        Entry(
            headline=value_text(one.path), detail=prose(one.why), mark="\u25b2", tone=Tone.WARN, key=one.path
        )
        for one in diff.not_inspected
    ]
    return found or [Entry(headline=t("Everything could be looked into."), mark="\u2713", tone=Tone.GOOD)]


def told_counts(diff: ReleaseDiff) -> str:
    """Return how much changed, in one line."""
    parts = (
        (len(diff.added), t("added")),
        (len(diff.removed), t("removed")),
        (len(diff.content_changed), t("with other content")),
        (len(diff.mode_changed), t("with other permissions")),
        (len(diff.owner_changed), t("with another owner")),
        (len(diff.link_changed), t("pointing elsewhere")),
    )
    said = [f"{number} {words}" for number, words in parts if number]
    return " \u00b7 ".join(said) if said else t("No member changed")


def told_quorum(page: ReviewPage) -> str:
    """Return how far the quorum is."""
    return have_need(page.item.have, page.item.need)


def told_title(page: ReviewPage) -> str:
    """Return the release a review is about."""
    item = page.item
    before = value_text(item.previous_version)
    versions = f"{before} \u2192 {value_text(item.version)}" if before else value_text(item.version)
    return f"{value_text(item.product)} {versions}"


def builder_names(page: ReviewPage) -> str:
    """Return the names of everybody who had a hand in it."""
    names = dict.fromkeys(person_text(line.name) for line in page.builders)
    return ", ".join(names) or t("nobody known")


def _person(lines: Sequence[BuilderLine]) -> Entry:
    first = lines[0]
    chains = dict.fromkeys(_FROM.join(prose(step) for step in line.because) for line in lines)
    return Entry(
        headline=f"{person_text(first.name)} ({value_text(first.person)})",
        detail="\n".join(f"{_FROM.lstrip()}{chain}" for chain in chains if chain),
        mark="\u25cf",
        tone=Tone.ACCENT,
        key=first.person,
    )


def _signed_by(signers: Sequence[str]) -> str:
    names = ", ".join(person_text(name) for name in signers)
    return t("signed by {names}", names=names) if names else t("signed by nobody we know")
