"""Rows 16 and 20 once more: who reads is not who signs, risks left out, and what a proof keeps silent."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from bypass.attempts import Codes, Door, Technique, codes
from bypass.deploying import good
from bypass.kinds import custom, not_installed, not_released
from bypass.stage import HONEST, Prepare, Stage
from core.documents import Build, json_bytes
from core.receipts import OUT
from core.world import Released, World

from workstation.core.entry import Entry, Kind
from workstation.core.identity import digest_of
from workstation.core.release_contents import PROOF_TITLE, SIGNED_REVIEW_PREFIX, signed_review_title
from workstation.core.release_diff import Finding, ReleaseDiff
from workstation.core.verdict import Verdict

UNOPENED: Final = codes("REVIEW-UNOPENED")
RISKY: Final = Finding(rule="DIFF-RUNS-ITSELF", rank=92, path="a.pth", sentence="it runs by itself")
CALM: Final = Finding(rule="DIFF-TEXT", rank=20, path="readme", sentence="a word is another")


# Who read, and who signs ---------------------------------------------------------------------


def _another_card(stage: Stage) -> None:
    stage.open("erin", token="token-of-before")


def _another_person(stage: Stage) -> None:
    stage.open("alice")


def _nobody(_stage: Stage) -> None:
    """Leave it at the opening without a card."""


def _another_review(stage: Stage) -> None:
    before, stage.diff = stage.diff, ReleaseDiff(findings=(CALM,))
    stage.open("erin")
    stage.diff = before


def _afterwards(stage: Stage) -> None:
    stage.countersign("erin", opened=False)
    stage.open("erin")


READ: Final[dict[str, Prepare]] = {
    "the review is opened without a card": _nobody,
    "somebody else opens the review": _another_person,
    "the review is opened with another card": _another_card,
    "another review is opened": _another_review,
}


def openings() -> Iterator[Technique]:
    """Yield row 16 where who reads and who signs are not the same."""
    for label, opened in READ.items():
        yield custom(16, label, _signing_and_deploying(opened), _refused(UNOPENED, UNOPENED | {"QUORUM"}))
    yield not_released(
        16, "the review is opened after it was signed", _then_alice(_afterwards), *UNOPENED, "QUORUM"
    )
    lies: dict[str, Callable[[World], object]] = {
        "an opening its card never answered for": _answered_by("carol"),
        "an opening with the answer for another review": _answered_about_another,
        "an opening by a key that is somebody else's": _of_another_person,
    }
    for label, lie in lies.items():
        yield not_installed(16, label, _deployed(lie), "Untrusted")


def _signing_and_deploying(opened: Prepare) -> Callable[[Stage], dict[Door, Callable[[], object]]]:
    def build(stage: Stage) -> dict[Door, Callable[[], object]]:
        def signing() -> Verdict:
            opened(stage.admit())
            return stage.judge(stage.countersigning("erin", opened=False))

        def deploying() -> Verdict:
            opened(stage.admit())
            stage.countersign("erin", opened=False)
            return stage.signed_by("alice").recomputed().verdict

        return {Door.SIGNING: signing, Door.DEPLOYER: deploying}

    return build


def _refused(signing: Codes, deployer: Codes) -> dict[Door, Codes]:
    return {Door.SIGNING: signing, Door.DEPLOYER: deployer}


def _then_alice(prepare: Prepare) -> Prepare:
    def prepared(stage: Stage) -> None:
        prepare(stage.admit())
        stage.signed_by("alice")

    return prepared


def _answered_by(name: str) -> Callable[[World], object]:
    """Return the noting of an opening by erin that another card answered for."""

    def note(world: World) -> object:
        given, taken = world.reading("erin").reader, world.reading(name).reader
        assert given is not None
        assert taken is not None
        return world.note_opening("erin", replace(given, signature=taken.signature))

    return note


def _answered_about_another(world: World) -> object:
    before, world.diff = world.diff, ReleaseDiff(findings=(CALM,))
    reader = world.reading("erin").reader
    world.diff = before
    assert reader is not None
    return world.note_opening("erin", reader)


def _of_another_person(world: World) -> object:
    """Note that erin opened it, with carol's key, which answered."""
    reader = world.reading("carol").reader
    assert reader is not None
    return world.note_opening("erin", reader)


def _deployed(note: Callable[[World], object]) -> Callable[[Stage], object]:
    def verify(stage: Stage) -> object:
        stage.admit()
        note(stage)
        stage.countersign("erin", opened=False)
        stage.signed_by("alice")
        # The owned workstation tells of every opening there is.
        return stage.release(tell=lambda entry: entry.kind is Kind.REVIEW_OPEN).recomputed(
            stage.trust, now=stage.now
        )

    return verify


# What had to be acknowledged -----------------------------------------------------------------


def _risky(stage: Stage) -> Stage:
    stage.diff = ReleaseDiff(findings=(RISKY, CALM))
    stage.rule["mustOpen"] = {"atOrAbove": 90}
    return stage


def _acknowledging(*ids: str) -> Prepare:
    def prepare(stage: Stage) -> None:
        _risky(stage).admit()
        for name in HONEST:
            stage.countersign(name, change=lambda said: replace(said, acknowledged=ids))

    return prepare


KNOWN: Final = f"{RISKY.rule} {RISKY.path}"


def findings() -> Iterator[Technique]:
    """Yield row 16 where what was risky is left out."""
    unacknowledged = codes("FINDINGS-UNACKNOWLEDGED", "QUORUM")
    yield not_released(16, "nobody acknowledges what is risky", _acknowledging(), *unacknowledged)
    other = _acknowledging(f"{RISKY.rule} b.pth", f"OTHER {RISKY.path}")
    yield not_released(16, "something else is acknowledged", other, *unacknowledged)
    ways: dict[str, tuple[Callable[[Released], Released], str]] = {
        "the list of risky findings does not travel": (_without_list, "Untrusted"),
        "the review that was signed does not travel": (_without_review, "Untrusted"),
        "the list of risky findings is a shorter one": (_shorter_list, "Malformed"),
        "the review travels without its risky findings": (_calm_review, "Untrusted"),
    }
    for label, (change, kind) in ways.items():
        yield not_installed(16, label, _on_the_way(change), kind)


def _on_the_way(change: Callable[[Released], Released]) -> Callable[[Stage], object]:
    def verify(stage: Stage) -> object:
        _acknowledging(KNOWN)(stage)
        return change(stage.release()).recomputed(stage.trust, now=stage.now)

    return verify


def _signed(out: Released, part: str) -> str:
    """Return the title of the review's document, which has a renderer, or of the list of findings."""
    titles = (title for title in out.documents if title.startswith(SIGNED_REVIEW_PREFIX))
    return next(title for title in titles if part in json.loads(out.documents[title]))


def _without_list(out: Released) -> Released:
    return out.without(_signed(out, "rank"))


def _without_review(out: Released) -> Released:
    return out.without(_signed(out, "renderer"))


def _shorter_list(out: Released) -> Released:
    return out.altered(_signed(out, "rank"), json_bytes({"findings": [], "rank": RISKY.rank}))


def _calm_review(out: Released) -> Released:
    title = _signed(out, "renderer")
    calm = json_bytes(json.loads(out.documents[title]) | {"findings": []})
    return out.without(title).altered(signed_review_title(digest_of(calm)), calm)


# What a proof keeps silent -------------------------------------------------------------------


def _falling(version: str = "2.3.0") -> Prepare:
    def prepare(stage: Stage) -> None:
        stage.admit().released_as(OUT)
        stage.next_request(Build(keys=stage.keys, version=version))
        good(stage)

    return prepare


def _declined(stage: Stage) -> None:
    good(stage).decline("carol")


def silences() -> Iterator[Technique]:
    """Yield row 20 where a lower version goes out, or an objection is kept silent."""
    yield not_released(20, "a lower version than was released", _falling(), "VERSION-RISES")
    yield not_released(20, "the same version in another request", _falling("2.4.0"), "VERSION-RISES")
    yield not_installed(
        20,
        "a proof that keeps the release before silent",
        lambda s: _told(s, _falling("2.5.0"), lambda e: e.payload.get("request") != s.request.id),
        "Untrusted",
    )
    yield not_installed(
        20,
        "a proof that keeps silent that the one before was released",
        lambda s: _told(s, _falling("2.5.0"), lambda e: e.kind is Kind.RELEASE),
        "Untrusted",
    )
    yield not_released(20, "somebody declined", _declined, "REQUEST-DECIDED")
    yield not_installed(
        20,
        "a proof that keeps a declination silent",
        lambda s: _told(s, _declined, lambda e: e.kind is Kind.DECLINE),
        "Untrusted",
    )
    yield not_installed(20, "a release that keeps a declination silent", _unsaid, "Untrusted")
    yield not_installed(20, "a proof in which an objection is cut out on the way", _cut_out, "Untrusted")


def _told(stage: Stage, prepare: Prepare, hide: Callable[[Entry], bool]) -> object:
    prepare(stage)
    return stage.release(hide=hide).recomputed(stage.trust, now=stage.now)


def _unsaid(stage: Stage) -> object:
    _declined(stage)
    return stage.release(change=lambda said: replace(said, declined=())).recomputed(
        stage.trust, now=stage.now
    )


def _cut_out(stage: Stage) -> object:
    _declined(stage)
    out = stage.release()
    proof = json.loads(out.documents[PROOF_TITLE])
    proof["entries"] = [
        one for one in proof["entries"] if b'"kind":"decline"' not in base64.b64decode(one["body"])
    ]
    return out.altered(PROOF_TITLE, json_bytes(proof)).recomputed(stage.trust, now=stage.now)


def rows() -> Iterator[Technique]:
    """Yield all of them."""
    yield from openings()
    yield from findings()
    yield from silences()
