"""What a desk would answer about its records."""

from __future__ import annotations

from sample_release import REQUEST, fingerprint, mark

from workstation.desk.records_face import (
    Ceremony,
    ControlLine,
    Ejected,
    JournalLine,
    JournalPage,
    JournalVerified,
    KeyLine,
    Media,
    People,
    PersonLine,
    PolicyPage,
    Printed,
    ReceiptLine,
    Receipts,
    RuleLine,
    Slip,
    StepLine,
    StepState,
    StickLine,
    TakenIn,
)

BUNDLE = "/media/incoming/urllib3-2.2.2"
NOON_MS = 1_795_262_400_000


def sample_media() -> Media:
    return Media(
        sticks=(
            StickLine(
                path="/media/incoming",
                name="incoming",
                bundles=(BUNDLE, "/media/incoming/certifi-2026.11.1"),
                size=31_900_000_000,
                free=12_400_000_000,
                writable=False,
                mounted=True,
            ),
            StickLine(
                path="/media/outgoing",
                name="outgoing",
                bundles=(),
                size=8_000_000_000,
                free=7_900_000_000,
                writable=True,
                mounted=True,
            ),
        ),
        outgoing="/media/outgoing",
    )


def sample_taken() -> TakenIn:
    return TakenIn(
        request=REQUEST,
        product="pkg:pypi/urllib3",
        version="2.2.2",
        channel="stable",
        artifacts=2,
        evidence=3,
        size=412_710,
        entry=413,
    )


def line(seq: int, kind: str, outcome: str, **more: object) -> JournalLine:
    usual: dict[str, object] = {"who": "", "about": "pkg:pypi/urllib3@2.2.2", "rule": "", "reasons": ()}
    return JournalLine(
        seq=seq,
        at_ms=NOON_MS + seq * 60_000,
        kind=kind,
        outcome=outcome,
        leaf=mark(f"leaf {seq}"),
        **(usual | more),  # type: ignore[arg-type]
    )


def sample_journal() -> JournalPage:
    return JournalPage(
        lines=(
            line(421, "countersign", "done", who="Alice Example"),
            line(420, "countersign", "allowed", who="Alice Example"),
            line(
                418,
                "countersign",
                "blocked",
                who="Bob Builder",
                rule="SOD-BUILDER",
                reasons=("SOD-BUILDER: Bob Builder \u2190 controls ci-7 \u2190 signed provenance.dsse.json",),
            ),
            line(417, "countersign", "intent", who="Bob Builder"),
            line(414, "review.open", "done"),
            line(412, "intake.reject", "done", about="stick", reasons=("stick/index.json: no JSON found",)),
            line(411, "intake.bundle", "done"),
            line(0, "journal.genesis", "info", about=""),
        ),
        size=422,
        root=mark("root"),
        origin="workstation-1.example.invalid",
    )


def sample_receipts() -> Receipts:
    return Receipts(
        lines=(
            ReceiptLine(
                product="pkg:pypi/idna",
                version="3.11",
                channel="stable",
                environment="plant-4",
                result="installed",
                deployer="Dana Deploy",
                at="2026-11-19T08:10:00Z",
                verified=("signatures", "quorum", "journal proof"),
                release=mark("idna release"),
            ),
        ),
        awaited=("pkg:pypi/certifi 2026.8.20 stable",),
    )


def sample_policy() -> PolicyPage:
    return PolicyPage(
        id="release-policy",
        version=3,
        digest=mark("policy"),
        effective_from="2026-10-01T00:00:00Z",
        rules=(
            RuleLine(
                id="python-packages",
                products=("pkg:pypi/urllib3", "pkg:pypi/certifi"),
                channels=("stable",),
                controls=(
                    ControlLine(name="approvals.atLeast", asks="2 approver"),
                    ControlLine(name="approvals.excluded", asks="builder, submitter"),
                    ControlLine(name="provenance.builders", asks="https://ci.example/7 (ci-7): level 3"),
                    ControlLine(name="sbom.formats", asks="cyclonedx, spdx"),
                    ControlLine(name="mustOpen.atOrAbove", asks="80"),
                ),
            ),
            RuleLine(id="firmware", products=("pkg:generic/pump",), channels=("plant",), controls=()),
        ),
        controls=(ControlLine(name="policyChange", asks="2 custodian"),),
    )


def sample_people() -> People:
    def key(name: str, *uses: str, state: str = "active") -> KeyLine:
        return KeyLine(
            fingerprint=fingerprint(name),
            uses=uses,
            token=mark(name)[:12],
            valid_to="2028-01-01T00:00:00Z",
            state=state,
        )

    def person(name: str, *roles: str, active: bool = True, keys: tuple[KeyLine, ...] = ()) -> PersonLine:
        return PersonLine(
            id=f"p-{name.split(maxsplit=1)[0].casefold()}",
            name=name,
            roles=roles,
            active=active,
            service=False,
            controllers=(),
            keys=keys,
        )

    return People(
        version=7,
        created="2026-10-01T00:00:00Z",
        lines=(
            person("Alice Example", "approver", keys=(key("alice", "countersign"),)),
            person(
                "Bob Builder",
                "builder",
                keys=(key("bob", "request"), key("bob old", "request", state="revoked")),
            ),
            person("Zoë Łukasz", "auditor", active=False),
            PersonLine(
                id="ci-7",
                name="ci-7",
                roles=(),
                active=True,
                service=True,
                controllers=("Carla Control",),
                keys=(key("ci", "evidence"),),
            ),
        ),
    )


def sample_ceremony() -> Ceremony:
    def step(title: str, who: str, state: StepState, noted: str = "") -> StepLine:
        return StepLine(
            title=title, who=who, wants="Card in reader 1.\nNo medium in.", noted=noted, state=state
        )

    return Ceremony(
        title="Rotate the trust root",
        rehearsal=True,
        steps=(
            step(
                "Everybody shows their card",
                "Kim, Lars and Mona",
                StepState.DONE,
                "All three present, 09:02 UTC.",
            ),
            step("Read the digest aloud", "Kim", StepState.DEVIATED, "Lars read it: Kim has no voice today."),
            step("Sign the new root", "Lars", StepState.NOW),
            step("Check what was signed", "the witness", StepState.LATER),
        ),
    )


def sample_verified() -> JournalVerified:
    return JournalVerified(size=422, root=mark("root"), findings=())


def sample_printed(slip: Slip) -> Printed:
    return Printed(slip=slip, path=f"/media/outgoing/slips/{slip.value}.pdf", digest=mark("slip"))


def sample_ejected(medium: str) -> Ejected:
    return Ejected(medium=medium)
