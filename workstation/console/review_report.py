"""A review at the command line: in words for people, and as one document."""

from __future__ import annotations

from workstation.core.inert_text import inert
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.desk.face import ReaderLine, ReviewPage


def review_lines(shown: ReviewPage) -> list[str]:
    """Return a review in words; whoever could not sign it is told first."""
    lines = [] if shown.reader is None else _reader_lines(shown.reader)
    lines += [shown.sentence, f"Review {shown.review} of request {shown.item.request}"]
    lines += ["", "Who had a hand in it:"]
    lines += [f"  {line.name} ← {' ← '.join(line.because)}" for line in shown.builders]
    lines += [f"  UNKNOWN: {what}" for what in shown.unresolved]
    lines += ["", "Artifacts:"]
    lines += [f"  {one.name}  {one.size} bytes  sha256 {one.digest}" for one in shown.manifest]
    lines += ["", "Evidence:"]
    lines += [
        f"  {one.name}: {one.summary} (signed by {', '.join(one.signers) or 'nobody'})"
        for one in shown.evidence
    ]
    lines += ["", "Findings:"]
    lines += [
        f"  {one.rank:3} {one.rule}  {one.path!a}: {inert(one.sentence)}" for one in shown.diff.findings[:40]
    ]
    lines += [f"  not inspected: {one.path!a}: {inert(one.why)}" for one in shown.diff.not_inspected[:40]]
    lines += ["", f"Countersignatures: {shown.item.have} of {shown.item.need}"]
    lines += [
        f"  {one.name} at {one.at}{'' if one.counts else ' (does not count)'}" for one in shown.approvals
    ]
    lines += [f"  BLOCKED {one.rule}: {one.detail}" for one in shown.blockers]
    return lines


def _reader_lines(reader: ReaderLine) -> list[str]:
    if not reader.against:
        return [f"Opened by {reader.name}, with token {reader.token_serial}.", ""]
    lines = [f"■ {reader.name}, you can read this review but not countersign it:"]
    lines += [f"  {one.rule}: {one.headline} {one.detail}" for one in reader.against]
    return [*lines, ""]


def _reader_document(reader: ReaderLine | None) -> JsonObject | None:
    if reader is None:
        return None
    against: list[JsonValue] = [{"rule": one.rule, "detail": one.detail} for one in reader.against]
    return {
        "person": reader.person or None,
        "name": reader.name,
        "fingerprint": reader.fingerprint,
        "tokenSerial": reader.token_serial,
        "against": against,
    }


def review_document(shown: ReviewPage) -> JsonObject:
    """Return a review as the command line's document."""
    builders: list[JsonValue] = [
        {"person": line.person, "name": line.name, "because": [*line.because]} for line in shown.builders
    ]
    blockers: list[JsonValue] = [violation.to_json() for violation in shown.blockers]
    return {
        "request": shown.item.request,
        "review": shown.review,
        "reader": _reader_document(shown.reader),
        "sentence": shown.sentence,
        "builders": builders,
        "unresolved": [*shown.unresolved],
        "blockers": blockers,
        "have": shown.item.have,
        "need": shown.item.need,
        "diff": shown.diff.to_json(),
    }
