"""Row 20: policy, roster or journal rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from bypass.attempts import Technique
from bypass.changes import about, all_of
from bypass.deploying import OTHER, good
from bypass.kinds import not_followed, not_installed, not_released
from bypass.stage import HONEST, Stage
from core.world import ROOT

from workstation.core.action import ApplyTrust
from workstation.core.entry import Entry, Kind
from workstation.core.guardrails.judge import judge
from workstation.core.release_statement import ReleaseStatement
from workstation.core.verdict import Verdict


def _after_following(**older: int) -> Callable[[Stage], Verdict]:
    """Return the asking to follow older documents than those followed already."""

    def ask(stage: Stage) -> Verdict:
        following = ApplyTrust(trust=stage.trust, root=ROOT, targets=ROOT)
        stage.perform(following)
        facts = stage.facts(following)
        for name, version in older.items():
            getattr(stage, name)["version"] = version
        # The newer ones are forgotten, so that the journal alone remembers.
        return judge(replace(following, trust=stage.trust), replace(facts, trust=None))

    return ask


def _judged_under(**older: int) -> Callable[[Stage], object]:
    def verify(stage: Stage) -> object:
        released = good(stage).release()
        for name, version in older.items():
            getattr(stage, name)["version"] = version
        return released.recomputed(stage.trust, now=stage.now)

    return verify


def row_20() -> Iterator[Technique]:
    """Yield row 20: policy, roster or journal rolled back."""
    for older in ({"roster": 2}, {"policy": 4}, {"roster": 2, "policy": 4}, {"roster": 2, "policy": 6}):
        label = " and ".join(f"{name} version {version}" for name, version in older.items())
        yield not_followed(20, f"followed: {label}", _after_following(**older), "TRUST-ROLLBACK")
        yield not_installed(20, f"judged under {label}", _judged_under(**older), "Untrusted")
    others: dict[str, Callable[[ReleaseStatement], ReleaseStatement]] = {
        "roster": lambda said: replace(said, roster=OTHER),
        "policy": lambda said: replace(said, policy=OTHER),
    }
    for name, change in others.items():
        yield not_installed(
            20,
            f"the release says another {name}",
            about(change, lambda s, change: good(s).release(change=change).recomputed(s.trust, now=s.now)),
            "Untrusted",
        )
    for label, kind in {
        "intake": Kind.INTAKE_BUNDLE,
        "signature": Kind.COUNTERSIGN,
    }.items():
        yield not_installed(
            20,
            f"a journal that forgets the {label}",
            about(
                kind,
                lambda s, kind: (
                    good(s).release(hide=lambda entry: entry.kind is kind).recomputed(s.trust, now=s.now)
                ),
            ),
            "Untrusted",
        )
    yield not_installed(
        20,
        "a journal that forgets the look",
        lambda s: good(s).release(hide=_is_look).recomputed(s.trust, now=s.now),
        "REVIEW-UNOPENED",
        "QUORUM",
    )
    yield not_installed(20, "a journal cut back to before the signatures", _cut_back, "Untrusted")
    yield not_released(
        20,
        "an expired trust root is kept",
        all_of(good, lambda s: setattr(s, "expires", s.now)),
        "TRUST-EXPIRED",
    )
    yield not_released(
        20,
        "a policy of a day to come",
        all_of(lambda s: s.policy.update(effectiveFrom="2026-11-21T00:00:00Z"), good),
        "TRUST-EARLY",
    )


def _is_look(entry: Entry) -> bool:
    return entry.kind is Kind.REVIEW_OPEN


def _cut_back(stage: Stage) -> object:
    before = len(stage.admit().entries)
    good = stage.signed_by(*HONEST).release()
    stage.entries = stage.entries[:before]
    older = stage.release(hide=lambda _: False)
    return good.altered("journal-proof.json", older.documents["journal-proof.json"]).recomputed(
        stage.trust, now=stage.now
    )
