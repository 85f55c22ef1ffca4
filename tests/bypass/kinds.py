"""The kinds of technique: who would sign, what blocks everybody, what is not read, followed or installed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from bypass.attempts import Ask, Attempt, Codes, Door, Technique, codes
from bypass.stage import HONEST, Prepare, Stage

from workstation.core.countersignature import Countersignature
from workstation.core.recompute import Recomputed
from workstation.core.verdict import Verdict

Said: TypeAlias = Callable[[Countersignature], Countersignature]


def not_signed_by(
    row: int,
    name: str,
    prepare: Prepare,
    *,
    by: str = "dave",
    token: str | None = None,
    rules: Codes = frozenset({"SOD-BUILDER"}),
    said: Said = lambda said: said,
    deployer: Codes | None = None,
    bystander: str | None = "erin",
) -> Technique:
    """Return the technique by which `by` would countersign: refused when signing, and uncounted after.

    An owned workstation lets one honest person and `by` sign, so a quorum of two is never reached;
    `said` is what it has the card sign, and `deployer` what is said of it there.
    """

    def build(stage: Stage) -> Attempt:
        prepare(stage)
        stage.settle()

        def signing() -> Verdict:
            stage.admit()
            return stage.judge(stage.countersigning(by, token=token))

        def deploying() -> Verdict:
            stage.admit()
            stage.signed_by(HONEST[0])
            stage.countersign(by, change=said)
            return stage.recomputed().verdict

        def innocent() -> Verdict:
            stage.admit()
            return stage.judge(stage.countersigning(bystander or HONEST[0]))

        return Attempt(
            doors={Door.SIGNING: signing, Door.DEPLOYER: deploying},
            bystander=innocent if bystander else None,
        )

    there = rules | {"QUORUM"} if deployer is None else deployer
    return Technique(
        row=row,
        name=name,
        build=build,
        refused={Door.SIGNING: rules, Door.DEPLOYER: there},
        bystander=bystander is not None,
    )


def blocks_everyone(
    row: int, name: str, prepare: Prepare, *rules: str, released: Codes | None = None
) -> Technique:
    """Return the technique that leaves something unsaid: nobody may sign, and no quorum makes up for it.

    `released` is what is said at the release, where that is more.
    """

    def build(stage: Stage) -> Attempt:
        prepare(stage)
        stage.settle()

        def signing() -> Verdict:
            stage.admit()
            return stage.judge(stage.countersigning(HONEST[0]))

        def releasing() -> Verdict:
            stage.admit()
            return stage.judge(stage.signed_by(*HONEST).releasing())

        def deploying() -> Verdict:
            stage.admit()
            return stage.signed_by(*HONEST).recomputed().verdict

        return Attempt(doors={Door.SIGNING: signing, Door.RELEASE: releasing, Door.DEPLOYER: deploying})

    later = dict.fromkeys((Door.RELEASE, Door.DEPLOYER), codes(*rules) if released is None else released)
    return Technique(row=row, name=name, build=build, refused={Door.SIGNING: codes(*rules), **later})


def not_released(
    row: int, name: str, prepare: Prepare, *rules: str, deployer: Codes | None = None
) -> Technique:
    """Return the technique that makes a quorum of what is none: `prepare` admits and has people sign."""

    def build(stage: Stage) -> Attempt:
        def releasing() -> Verdict:
            prepare(stage)
            return stage.judge(stage.releasing())

        def deploying() -> Verdict:
            prepare(stage)
            return stage.recomputed().verdict

        return Attempt(doors={Door.RELEASE: releasing, Door.DEPLOYER: deploying})

    there = codes(*rules) if deployer is None else deployer
    return Technique(
        row=row, name=name, build=build, refused={Door.RELEASE: codes(*rules), Door.DEPLOYER: there}
    )


def not_read(row: int, name: str, read: Callable[[Stage], object], kind: str = "Malformed") -> Technique:
    """Return the technique that is refused when it is read, wherever that is."""

    def build(stage: Stage) -> Attempt:
        return Attempt(doors={Door.READING: lambda: read(stage)})

    return Technique(row=row, name=name, build=build, refused={Door.READING: codes(kind)})


def not_roster(row: int, name: str, change: Prepare, kind: str = "Malformed") -> Technique:
    """Return the technique that makes the whole roster invalid."""

    def read(stage: Stage) -> object:
        change(stage)
        return stage.trust

    return not_read(row, name, read, kind)


def not_followed(row: int, name: str, ask: Callable[[Stage], Verdict], *rules: str) -> Technique:
    """Return the technique of an offered trust root that the workstation does not follow."""

    def build(stage: Stage) -> Attempt:
        return Attempt(doors={Door.FOLLOWING: lambda: ask(stage)})

    return Technique(row=row, name=name, build=build, refused={Door.FOLLOWING: codes(*rules)})


def not_installed(row: int, name: str, verify: Callable[[Stage], object], *found: str) -> Technique:
    """Return the technique on the way to the deployer, who refuses: rules, or the kind of error."""

    def build(stage: Stage) -> Attempt:
        def ask() -> object:
            answer = verify(stage)
            return answer.verdict if isinstance(answer, Recomputed) else answer

        return Attempt(doors={Door.DEPLOYER: ask})

    return Technique(row=row, name=name, build=build, refused={Door.DEPLOYER: codes(*found)})


def custom(
    row: int, name: str, build: Callable[[Stage], Mapping[Door, Ask]], refused: Mapping[Door, Codes]
) -> Technique:
    """Return a technique that is like no other."""
    return Technique(row=row, name=name, build=lambda stage: Attempt(doors=build(stage)), refused=refused)
