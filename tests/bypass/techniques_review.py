"""Rows 15 and 16: changed after the review, shown otherwise than signed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bypass.attempts import Door, Technique, codes
from bypass.changes import about
from bypass.deploying import OTHER, bound_to, good, installed, verified
from bypass.kinds import custom, not_installed, not_read, not_released
from bypass.stage import HONEST, PROVENANCE, Prepare, Stage
from core.documents import KEYS, Document, bundle_of, json_bytes, signed

from workstation.core.countersignature import Countersignature, Head, parse_countersignature
from workstation.core.dsse import Envelope, make_envelope
from workstation.core.identity import PersonId, RequestId, digest_of
from workstation.core.oci_layout import REQUEST_BUNDLE
from workstation.core.release_diff import Finding, ReleaseDiff
from workstation.core.request import parse_request
from workstation.core.review import Review
from workstation.core.statement import DECLINATION
from workstation.core.verdict import Verdict

BINDING: Final = codes("COUNTERSIGNATURE-BINDING", "QUORUM")
ARTIFACT: Final = "pump-2.4.0.bin"


def _on_the_medium(
    artifacts: Mapping[str, bytes] | None = None,
    documents: Callable[[dict[str, bytes]], Any] = lambda _: None,
) -> Callable[[Stage], object]:
    """Return a reading of the request with other files beside it than it was made with."""

    def read(stage: Stage) -> object:
        found = dict(stage.bundled.documents)
        documents(found)
        beside = stage.build.artifacts if artifacts is None else artifacts
        return parse_request(bundle_of(REQUEST_BUNDLE, found, beside), found)

    return read


def _shown_before(stage: Stage) -> Verdict:
    """Sign the review of what was there before something in it changed."""
    stage.admit()
    shown = stage.review.digest
    stage.diff = ReleaseDiff(findings=(Finding(rule="DIFF-SETUID", rank=92, path="su", sentence="new"),))
    return stage.judge(replace(stage.countersigning("erin"), shown=shown))


def _of_the_first_request(stage: Stage) -> None:
    """Have two people sign one request, and count what they signed for another with other bytes."""
    good(stage)
    made = tuple(stage.store.values())
    first = stage.request
    stage.build.artifacts[ARTIFACT] = b"another firmware\n"
    stage.next_request(type(stage.build)(keys=stage.keys, artifacts=stage.build.artifacts))
    stage.previous = None
    stage.admit()
    assert stage.request.id != first.id
    for name, envelope in zip(HONEST, made, strict=True):
        _count(stage, name, envelope)


def _count(stage: Stage, name: str, envelope: Envelope) -> None:
    """Journal an envelope as the countersignature of `name`, whatever it is."""
    stage.store[envelope.digest] = envelope
    told: Document = {"envelope": envelope.digest, "statement": digest_of(envelope.payload), "person": name}
    stage.perform(stage.countersigning(name), lambda: told)


def row_15() -> Iterator[Technique]:
    """Yield row 15: files changed after the review."""
    good = b"pump firmware 2.4.0\n"
    media: dict[str, Mapping[str, bytes]] = {
        "other bytes": {ARTIFACT: b"other"},
        "one bit": {ARTIFACT: b"q" + good[1:]},
        "one byte more": {ARTIFACT: good + b"\0"},
        "nothing in it": {ARTIFACT: b""},
        "another name": {"pump.bin": good},
        "one file more": {ARTIFACT: good, "more.bin": b"x"},
        "no file": {},
    }
    for label, artifacts in media.items():
        yield not_read(15, f"on the medium: {label}", _on_the_medium(artifacts))
        yield not_installed(
            15,
            f"on the way out: {label}",
            installed(about(artifacts, lambda out, artifacts: replace(out, artifacts=artifacts))),
            "Malformed",
        )
    yield not_read(
        15,
        "on the medium: other evidence under a name",
        _on_the_medium(documents=lambda d: d.update({PROVENANCE: d["tests.dsse.json"]})),
    )
    yield not_installed(
        15,
        "on the way out: other evidence under a name",
        installed(lambda out: out.altered(PROVENANCE, out.documents["tests.dsse.json"])),
        "Malformed",
    )
    yield not_read(15, "one file twice in the manifest", _manifest_twice)
    stale = {Door.SIGNING: codes("REVIEW-STALE")}
    yield custom(
        15,
        "changed between the look and the signature",
        lambda s: {Door.SIGNING: lambda: _shown_before(s)},
        stale,
    )
    yield not_released(
        15,
        "signed before, counted for other bytes",
        _of_the_first_request,
        *BINDING,
        "REVIEW-UNOPENED",
    )


def _manifest_twice(stage: Stage) -> object:
    stage.build.change = lambda statement: statement["subject"].append(statement["subject"][0])
    return stage.request


def _one_signs(change: Callable[[Countersignature], Countersignature]) -> Prepare:
    """Return the making of a quorum of which one signed something else."""

    def prepare(stage: Stage) -> None:
        stage.admit()
        stage.countersign("erin", change=change)
        stage.signed_by("alice")

    return prepare


def _read_as_countersignature(change: Callable[[Document], object]) -> Callable[[Stage], object]:
    """Return a reading of what erin signed after `change` to the statement."""

    def read(stage: Stage) -> object:
        made = stage.admit().countersign("erin").envelope
        document: Document = json.loads(made.payload)
        change(document)
        return parse_countersignature(signed(json_bytes(document), KEYS["erin"]).received, where="c")

    return read


def row_16() -> Iterator[Technique]:
    """Yield row 16: the screen shows A, the card signs B."""
    otherwise = {Door.SIGNING: codes("REVIEW-STALE")}
    nobodys = {Door.SIGNING: codes("REVIEW-UNOPENED")}

    def another_review(stage: Stage) -> Verdict:
        stage.admit()
        other = Review(request=stage.request, previous=RequestId(OTHER), diff=stage.diff)
        return stage.judge(replace(stage.countersigning("erin"), shown=other.digest))

    def unopened(stage: Stage) -> Verdict:
        stage.admit()
        review = Review(request=stage.request, previous=RequestId(OTHER), diff=stage.diff)
        return stage.judge(replace(stage.countersigning("erin"), review=review, shown=review.digest))

    yield custom(
        16, "another review was shown", lambda s: {Door.SIGNING: lambda: another_review(s)}, otherwise
    )
    yield custom(16, "a review nobody opened", lambda s: {Door.SIGNING: lambda: unopened(s)}, nobodys)
    lies: dict[str, Callable[[Countersignature], Countersignature]] = {
        "another request": bound_to(request=RequestId(OTHER)),
        "another roster": bound_to(roster=OTHER),
        "another roster version": bound_to(roster_version=2),
        "another policy": bound_to(policy=OTHER),
        "another policy version": bound_to(policy_version=4),
        "a policy of another name": bound_to(policy_id="other"),
        "no builder": bound_to(builders=()),
        "a time before the request": bound_to(at=Stage().request.created - timedelta(seconds=1)),
        "a time after the request": bound_to(at=Stage().request.not_after),
        "a time still to come": bound_to(at=Stage().now + timedelta(minutes=20)),
        "other roles": lambda said: replace(said, roles=("approver", "security")),
    }
    for label, lie in lies.items():
        yield not_released(16, f"the card signs {label}", _one_signs(lie), *BINDING)
    # Whoever it is said to be opened nothing with this card, beside everything else.
    strangers: dict[str, Callable[[Countersignature], Countersignature]] = {
        "another approver": lambda said: replace(said, approver=PersonId("carol")),
        "another key": lambda said: replace(said, fingerprint=KEYS["carol"].public.fingerprint),
    }
    for label, lie in strangers.items():
        yield not_released(16, f"the card signs {label}", _one_signs(lie), *BINDING, "REVIEW-UNOPENED")
    elsewhere: dict[str, Callable[[Countersignature], Countersignature]] = {
        "a review nobody opened": bound_to(review=OTHER),
        "another workstation": bound_to(station=KEYS["alice"].public.fingerprint),
        "another journal": lambda said: bound_to(journal=replace(said.binding.journal, origin="other"))(said),
        "a journal that never was": bound_to(journal=Head(origin=Stage().head.origin, size=4, root=OTHER)),
    }
    for label, lie in elsewhere.items():
        yield not_installed(16, f"the card signs for {label}", verified(_one_signs(lie)), "Untrusted")
    documents: dict[str, Callable[[Document], object]] = {
        "a declination": lambda d: d.update(predicateType=DECLINATION),
        "no decision": lambda d: d["predicate"].pop("decision"),
        "a decision to decline": lambda d: d["predicate"].update(decision="decline"),
        "a decision in another case": lambda d: d["predicate"].update(decision="Approve"),
        "a field nobody was shown": lambda d: d["predicate"].update(alsoApproves="everything"),
        "a clock of its own": lambda d: d["predicate"]["clock"].update(source="card"),
        "a statement of another type": lambda d: d.update(_type="https://in-toto.io/Statement/v0.1"),
        "provenance": lambda d: d.update(predicateType="https://slsa.dev/provenance/v1"),
    }
    for label, change in documents.items():
        yield not_read(16, f"what the card signs is {label}", _read_as_countersignature(change))
    yield not_read(16, "what the card signs says it twice", _said_twice)
    yield not_read(16, "what the card signs is no statement", _no_statement)


def _said_twice(stage: Stage) -> object:
    made = stage.admit().countersign("erin").envelope
    twice = made.payload.replace(b'"decision":"approve"', b'"decision":"decline","decision":"approve"')
    assert twice != made.payload
    return parse_countersignature(signed(twice, KEYS["erin"]).received, where="twice")


def _no_statement(stage: Stage) -> object:
    made = stage.admit().countersign("erin").envelope
    other = make_envelope(made.payload, made.signatures, payload_type="application/json")
    return parse_countersignature(other.received, where="other")
