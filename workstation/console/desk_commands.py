"""The approver's commands: intake, queue, review, countersign, decline, why, release."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from workstation.console.opening import desk_of
from workstation.console.reply import Reply, problem_reply, refusal_reply
from workstation.console.secrets import ask_pin
from workstation.core.errors import MediaError
from workstation.core.identity import RequestId
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.desk.desk import Desk
from workstation.desk.face import (
    AskCountersign,
    AskDecline,
    Countersigned,
    Declined,
    Problem,
    QueueItem,
    Refused,
    ReviewPage,
)
from workstation.desk.shelf import find
from workstation.review.html import page


def intake(arguments: Namespace) -> Reply:
    """Take in the bundle on a medium."""
    with desk_of(arguments) as desk:
        outcome = desk.admit(Path(arguments.directory))
        if isinstance(outcome, Refused):
            return refusal_reply(outcome)
        request = outcome.request
        lines = (
            f"Admitted {request.product.to_string()} in channel {request.channel}, entry {outcome.entry}",
            f"  request {request.id}",
            f"  artifacts: {len(request.manifest)}, evidence: {len(request.evidence)}; every digest holds",
        )
        return Reply(document={"request": request.id, "entry": outcome.entry}, lines=lines)


def queue(arguments: Namespace) -> Reply:
    """List the requests that are here."""
    with desk_of(arguments) as desk:
        items = desk.queue().items
    lines = [_queue_line(item) for item in items] or ["No requests. `countersign intake DIR` takes one in."]
    listed: list[JsonValue] = [_queue_document(item) for item in items]
    return Reply(document={"requests": listed}, lines=tuple(lines))


def review(arguments: Namespace) -> Reply:
    """Show what changed, who built it and what stands against it."""
    with desk_of(arguments) as desk:
        shown = desk.review(_request(desk, arguments))
    if isinstance(shown, Refused):
        return refusal_reply(shown)
    if arguments.html is not None:
        _write(Path(arguments.html), page(shown.diff))
    return Reply(document=_review_document(shown), lines=tuple(_review_lines(shown)))


def countersign(arguments: Namespace) -> Reply:
    """Countersign with a card, about the review as it is now."""
    with desk_of(arguments) as desk:
        request = _request(desk, arguments)
        shown = desk.review(request)
        if isinstance(shown, Refused):
            return refusal_reply(shown)
        asked = AskCountersign(
            request=request,
            review=shown.review,
            token=arguments.token,
            comment=arguments.comment,
            acknowledged=tuple(arguments.acknowledge),
        )
        answer = desk.answer(asked, ask_pin(arguments, arguments.token))
    match answer:
        case Refused():
            return refusal_reply(answer)
        case Problem():
            return problem_reply(answer)
        case Countersigned():
            return _countersigned_reply(answer)
        case _:
            raise TypeError(type(answer).__name__)


def decline(arguments: Namespace) -> Reply:
    """Decline with a card, for a reason."""
    with desk_of(arguments) as desk:
        request = _request(desk, arguments)
        shown = desk.review(request)
        if isinstance(shown, Refused):
            return refusal_reply(shown)
        asked = AskDecline(
            request=request, review=shown.review, token=arguments.token, reason=arguments.reason
        )
        answer = desk.answer(asked, ask_pin(arguments, arguments.token))
    match answer:
        case Refused():
            return refusal_reply(answer)
        case Problem():
            return problem_reply(answer)
        case Declined():
            lines = (f"{answer.name} declined {answer.request}, journal entry {answer.entry}",)
            return Reply(document={"request": answer.request, "entry": answer.entry}, lines=lines)
        case _:
            raise TypeError(type(answer).__name__)


def release(arguments: Namespace) -> Reply:
    """Write a request with its quorum as a release."""
    with desk_of(arguments) as desk:
        answer = desk.release(_request(desk, arguments), Path(arguments.out))
    if isinstance(answer, Refused):
        return refusal_reply(answer)
    lines = (f"Release {answer.release} written to {answer.directory}, journal entry {answer.entry}",)
    document: JsonObject = {"release": answer.release, "directory": answer.directory, "entry": answer.entry}
    return Reply(document=document, lines=lines)


def _request(desk: Desk, arguments: Namespace) -> RequestId:
    return find(desk.ledger, arguments.request).request


def _queue_line(item: QueueItem) -> str:
    lacks = f"  blocked: {'; '.join(item.lacks)}" if item.lacks else ""
    built = ", ".join(item.builders) or "nobody known"
    goes = f"{item.previous_version or 'nothing'} → {item.version}"
    return (
        f"{item.request[:12]}  {item.product} {goes}  {item.channel}"
        f"  {item.stage.value}  {item.have} of {item.need}  built by {built}{lacks}"
    )


def _queue_document(item: QueueItem) -> JsonObject:
    return {
        "request": item.request,
        "product": item.product,
        "version": item.version,
        "previousVersion": item.previous_version,
        "channel": item.channel,
        "stage": item.stage.value,
        "have": item.have,
        "need": item.need,
        "builders": [*item.builders],
        "lacks": [*item.lacks],
    }


def _review_lines(shown: ReviewPage) -> list[str]:
    lines = [shown.sentence, f"Review {shown.review} of request {shown.item.request}"]
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
    lines += [f"  {one.rank:3} {one.rule}  {one.path!a}: {one.sentence}" for one in shown.diff.findings[:40]]
    lines += [f"  not inspected: {one.path!a}: {one.why}" for one in shown.diff.not_inspected[:40]]
    lines += ["", f"Countersignatures: {shown.item.have} of {shown.item.need}"]
    lines += [
        f"  {one.name} at {one.at}{'' if one.counts else ' (does not count)'}" for one in shown.approvals
    ]
    lines += [f"  BLOCKED {one.rule}: {one.detail}" for one in shown.blockers]
    return lines


def _review_document(shown: ReviewPage) -> JsonObject:
    builders: list[JsonValue] = [
        {"person": line.person, "name": line.name, "because": [*line.because]} for line in shown.builders
    ]
    blockers: list[JsonValue] = [violation.to_json() for violation in shown.blockers]
    return {
        "request": shown.item.request,
        "review": shown.review,
        "sentence": shown.sentence,
        "builders": builders,
        "unresolved": [*shown.unresolved],
        "blockers": blockers,
        "have": shown.item.have,
        "need": shown.item.need,
        "diff": shown.diff.to_json(),
    }


def _countersigned_reply(answer: Countersigned) -> Reply:
    lines = (
        f"{answer.name} countersigned {answer.request}, journal entry {answer.entry}",
        f"  {answer.have} of {answer.need} countersignatures{': quorum reached' if answer.quorate else ''}",
        f"  envelope {answer.envelope}",
    )
    document: JsonObject = {
        "request": answer.request,
        "person": answer.person,
        "fingerprint": answer.fingerprint,
        "envelope": answer.envelope,
        "entry": answer.entry,
        "have": answer.have,
        "need": answer.need,
        "quorate": answer.quorate,
    }
    return Reply(document=document, lines=lines)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise MediaError(str(path), f"cannot be written: {error.strerror}") from error
