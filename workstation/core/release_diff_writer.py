"""A release diff as its JSON document: what the `diff` command prints and the digest is taken over.

What is empty and rare (the paths of a finding about one member, marks, facts, evidence) is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workstation.core.release_diff import Evidence, FileChange, Finding, Member, ReleaseDiff, TextRow
    from workstation.core.strict_json import JsonObject, JsonValue


def computed(diff: ReleaseDiff) -> JsonObject:
    """Return the part of the document that follows from the rest: the verdict and the lists of paths."""
    return {
        "verdict": diff.verdict.value,
        "added": list(diff.added),
        "removed": list(diff.removed),
        "content_changed": list(diff.content_changed),
        "mode_changed": list(diff.mode_changed),
        "owner_changed": list(diff.owner_changed),
        "link_changed": list(diff.link_changed),
    }


def document(diff: ReleaseDiff) -> JsonObject:
    """Return the whole document."""
    return {**head(diff), "changes": [change_document(change) for change in diff.changes]}


def head(diff: ReleaseDiff) -> JsonObject:
    """Return the document without its changes, which are by far the most of it."""
    shown: JsonObject = {
        **computed(diff),
        "findings": [_finding(finding) for finding in diff.findings],
        "not_inspected": [{"path": one.path, "why": one.why} for one in diff.not_inspected],
        "changes": [],
    }
    if diff.baseline:
        shown["baseline"] = True
    return shown


def _finding(finding: Finding) -> JsonValue:
    shown: JsonObject = {
        "rule": finding.rule,
        "rank": finding.rank,
        "path": finding.path,
        "sentence": finding.sentence,
    }
    if finding.paths:
        shown["paths"] = list(finding.paths)
    if finding.evidence:
        shown["evidence"] = [_evidence(one) for one in finding.evidence]
    return shown


def _evidence(one: Evidence) -> JsonValue:
    return {"path": one.path, "where": one.where, "shown": one.shown}


def change_document(change: FileChange) -> JsonValue:
    """Return one change of the document."""
    shown: JsonObject = {
        "kind": change.kind.value,
        "old": _member(change.old),
        "new": _member(change.new),
        "rows": [_row(row) for row in change.rows],
    }
    if change.facts:
        shown["facts"] = [{"name": one.name, "old": one.old, "new": one.new} for one in change.facts]
    return shown


def _row(row: TextRow) -> JsonValue:
    shown: JsonObject = {"kind": row.kind.value, "old": row.old, "new": row.new, "text": row.text}
    if row.marks:
        shown["marks"] = [[*mark] for mark in row.marks]
    return shown


def _member(member: Member | None) -> JsonValue:
    if member is None:
        return None
    shown: JsonObject = {
        "path": member.path,
        "kind": member.kind.value,
        "size": member.size,
        "mode": member.mode,
        "owner": member.owner,
        "target": member.target,
        "digest": member.digest,
    }
    if member.attributes:
        shown["attributes"] = member.attributes
    return shown
