"""The approver's commands: intake, queue, review, countersign, decline, why, release."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from workstation.console.opening import desk_of
from workstation.console.reply import Reply, problem_reply, refusal_reply
from workstation.console.review_report import review_document, review_lines
from workstation.console.review_sections import review_sections
from workstation.console.secrets import ask_pin
from workstation.core.errors import MediaError
from workstation.core.identity import Digest, RequestId
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.desk.desk import Desk
from workstation.desk.face import (
    Answer,
    AskCountersign,
    AskDecline,
    AskReview,
    Countersigned,
    Declined,
    Problem,
    Question,
    QueueItem,
    Refused,
    ReviewPage,
)
from workstation.desk.shelf import find
from workstation.process.frames import wipe
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
    """Show what changed, who built it and what stands against it: to whoever holds the card, or to nobody."""
    with desk_of(arguments) as desk:
        request = _request(desk, arguments)
        token = arguments.token or ""
        shown = desk.answer(
            AskReview(request=request, token=token), ask_pin(arguments, token) if token else None
        )
    match shown:
        case Refused():
            return refusal_reply(shown)
        case Problem():
            return problem_reply(shown)
        case ReviewPage():
            return _review_reply(arguments, shown)
        case _:
            raise TypeError(type(shown).__name__)


def _review_reply(arguments: Namespace, shown: ReviewPage) -> Reply:
    if arguments.html is not None:
        _write(Path(arguments.html), page(shown.diff, review_sections(shown)))
    return Reply(document=review_document(shown), lines=tuple(review_lines(shown)))


def countersign(arguments: Namespace) -> Reply:
    """Open the review as it is now with a card, and countersign with it: the card answers twice."""

    def asked(request: RequestId, review: Digest) -> AskCountersign:
        return AskCountersign(
            request=request,
            review=review,
            token=arguments.token,
            comment=arguments.comment,
            acknowledged=tuple(arguments.acknowledge),
        )

    answer = _opened_and_asked(arguments, asked)
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
    """Open the review as it is now with a card, and decline with it, for a reason."""

    def asked(request: RequestId, review: Digest) -> AskDecline:
        return AskDecline(request=request, review=review, token=arguments.token, reason=arguments.reason)

    answer = _opened_and_asked(arguments, asked)
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


def _opened_and_asked(arguments: Namespace, asked: Callable[[RequestId, Digest], Question]) -> Answer:
    """Open a review with a card and ask about it what `asked` gives; the one PIN serves both."""
    with desk_of(arguments) as desk:
        request = _request(desk, arguments)
        pin = ask_pin(arguments, arguments.token)
        try:
            shown = desk.review(request, arguments.token, pin)
        except BaseException:
            wipe(pin)
            raise
        if isinstance(shown, Refused):
            wipe(pin)
            return shown
        return desk.answer(asked(request, shown.review), pin)


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
