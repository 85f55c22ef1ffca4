"""What a desk would answer about the sample release."""

from __future__ import annotations

from dataclasses import replace

from sample_release import OTHER, REQUEST, REVIEW, SDIST, WHEEL, fingerprint, mark, sample_diff

from workstation.core.asked import When
from workstation.core.identity import PersonId, RequestId
from workstation.core.manifest import Artifact
from workstation.core.verdict import Violation
from workstation.desk.face import (
    ApprovalLine,
    BuilderLine,
    EvidenceLine,
    Problem,
    Queue,
    QueueItem,
    ReaderLine,
    Reason,
    Refused,
    ReviewPage,
    Stage,
    Station,
    TokenCard,
)
from workstation.desk.review_face import (
    BillPart,
    ComponentLine,
    GuardrailLine,
    RuleState,
    VulnerabilityLine,
)


def sample_item() -> QueueItem:
    return QueueItem(
        request=REQUEST,
        product="pkg:pypi/urllib3",
        version="2.2.2",
        previous_version="2.2.1",
        channel="stable",
        builders=("Bob Builder", "Carla Control"),
        stage=Stage.REVIEWED,
        have=0,
        need=2,
        admitted="2026-11-20T09:00:00Z",
        lacks=("2 countersignatures by approver",),
    )


def sample_queue() -> Queue:
    waiting = replace(
        sample_item(),
        request=OTHER,
        product="pkg:pypi/certifi",
        version="2026.11.1",
        previous_version="2026.8.20",
        builders=("Dana Deploy",),
        stage=Stage.ADMITTED,
        admitted="2026-11-20T09:40:00Z",
    )
    released = replace(
        sample_item(),
        request=RequestId(mark("idna")),
        product="pkg:pypi/idna",
        version="3.11",
        previous_version="3.10",
        stage=Stage.RELEASED,
        have=2,
        admitted="2026-11-18T13:20:00Z",
        lacks=(),
    )
    return Queue(items=(sample_item(), waiting, released))


def sample_review() -> ReviewPage:
    return ReviewPage(
        item=sample_item(),
        review=REVIEW,
        sentence="urllib3 2.2.2 replaces 2.2.1 on stable: 7 files change, 1 is added and 1 is removed.",
        manifest=(
            Artifact(name=WHEEL, size=121444, digest=mark("wheel")),
            Artifact(name=SDIST, size=291266, digest=mark("sdist")),
        ),
        evidence=(
            EvidenceLine(
                name="provenance.dsse.json",
                digest=mark("prov"),
                summary="SLSA provenance by builder ci-7, triggered by bob, from revision 2b4c51f",
                signers=("ci-7",),
            ),
            EvidenceLine(
                name="sbom.cdx.json",
                digest=mark("sbom"),
                summary="CycloneDX 1.5 SBOM, 3 components",
                signers=("ci-7",),
            ),
            EvidenceLine(
                name="tests.dsse.json",
                digest=mark("tests"),
                summary="Test results: 2 184 passed, 0 failed",
                signers=(),
            ),
        ),
        builders=(
            BuilderLine(
                person=PersonId("p-bob"),
                name="Bob Builder",
                because=("signed request.dsse.json",),
            ),
            BuilderLine(
                person=PersonId("p-bob"),
                name="Bob Builder",
                because=("started the build", "named by provenance.dsse.json"),
            ),
            BuilderLine(
                person=PersonId("p-carla"),
                name="Carla Control",
                because=("controls ci-7", "signed provenance.dsse.json"),
            ),
        ),
        unresolved=(),
        approvals=(),
        blockers=(),
        diff=sample_diff(),
        source="git+https://example.invalid/urllib3@2b4c51f",
        bill=sample_bill(),
        guardrails=sample_guardrails(),
    )


def sample_bill() -> BillPart:
    def component(name: str, old: str, new: str, licence: str = "MIT", was: str = "") -> ComponentLine:
        return ComponentLine(
            name=name,
            old=(old,) if old else (),
            new=(new,) if new else (),
            old_licences=(was or licence,) if old else (),
            new_licences=(licence,) if new else (),
        )

    return BillPart(
        bills=("sbom.cdx.json: SBOM cyclonedx-1.6, 4 components",),
        scans=("scan.dsse.json: scan by https://scanner.example at 2026-11-20T07:00:00Z: 2 found",),
        components=(
            component("brotli", "1.1.0", "1.2.0"),
            component("h2", "", "4.1.0"),
            component("idna", "3.7", "3.7", "BSD-3-Clause", "BSD-2-Clause"),
            component("pysocks", "1.7.1", ""),
            component("zstandard", "0.22.0", "0.22.0"),
        ),
        vulnerabilities=(
            VulnerabilityLine(
                id="CVE-2026-1001", severity="high", answers=(), scans=("scan.dsse.json",), old=False
            ),
            VulnerabilityLine(
                id="CVE-2025-7",
                severity="low",
                answers=("not_affected (vex.dsse.json)",),
                scans=("scan.dsse.json",),
                old=True,
            ),
        ),
        compared=True,
    )


def sample_guardrails() -> tuple[GuardrailLine, ...]:
    def rule(
        name: str, *controls: str, state: RuleState = RuleState.MET, when: When = When.NOW, found: str = ""
    ) -> GuardrailLine:
        return GuardrailLine(
            rule=name, controls=controls, when=when, state=state, found=(found,) if found else ()
        )

    return (
        rule("REQUEST-EXPIRED"),
        rule("EVIDENCE-PROVENANCE", "provenance.builders: https://ci.example/7 (ci-7) level 3"),
        rule("EVIDENCE-SBOM", "sbom.formats: cyclonedx-1.6"),
        rule(
            "QUORUM",
            "approvals.atLeast: 2",
            state=RuleState.NOT_MET,
            found="0 of 2 countersignatures by approver",
        ),
        rule("SOD-BUILDER", when=When.CARD),
        rule("SCREEN-WORDS", state=RuleState.LATER, when=When.SIGNING),
    )


def sample_station() -> Station:
    return Station(
        origin="workstation-1.example.invalid",
        fingerprint=fingerprint("station"),
        journal_size=412,
        journal_root=mark("root"),
        roster_version=7,
        policy_id="release-policy",
        policy_version=3,
        trust_expires="2027-03-01T00:00:00Z",
        outgoing="/media/outgoing",
    )


def card(name: str, pin: str = "ok") -> TokenCard:
    return TokenCard(
        uri=f"pkcs11:token={name};id=%01",
        label=name,
        serial=mark(name)[:16],
        model="YubiKey 5",
        pin=pin,
        fingerprint=mark(name),
        holder=f"{name.title()} Example",
    )


def refusal(who: str) -> Refused:
    return Refused(
        action="countersign urllib3 2.2.2",
        who=who,
        reasons=(
            Reason(
                rule="SOD-BUILDER",
                control="built-in",
                headline="You had a hand in building this",
                detail=f"{who} ← controls ci-7 ← signed provenance.dsse.json",
                next_step="Hand the desk to an approver who did not take part in the build.",
            ),
        ),
        entry=418,
        policy_id="release-policy",
        policy_version=3,
    )


def sample_reader(token: str) -> ReaderLine:
    """Who opened the review: bob and dana had a hand in it."""
    name = next(name for name in ("alice", "bob", "carol", "dana") if name in token)
    full = {"bob": "Bob Builder", "dana": "Carla Control"}.get(name, f"{name.title()} Example")
    return ReaderLine(
        person=f"p-{name}",
        name=full,
        fingerprint=fingerprint(name),
        token_serial=f"serial-{name}",
        against=refusal(full).reasons if name in ("bob", "dana") else (),
    )


STATEMENT = (
    '{{"decision": "approve", "product": "pkg:pypi/urllib3@2.2.2", "channel": "stable",'
    ' "approver": "p-alice", "request": {{"digest": "{request}"}}, "review": {{"digest": "{review}"}},'
    ' "roster": {{"version": 7}}, "policy": {{"id": "release-policy", "version": 3}},'
    ' "journal": {{"size": 412}},'
    ' "builders": [{{"person": "p-bob", "because": ["signed request.dsse.json"]}},'
    ' {{"person": "p-carla", "because": ["controls ci-7", "signed provenance.dsse.json"]}}]}}'
)


def wrong_pin(tries_left: int | None = 2) -> Problem:
    return Problem(
        code="pin_incorrect",
        where="pkcs11:token=alice",
        headline="The PIN is wrong",
        detail="The card refused the PIN. It was not tried again.",
        next_step="Make sure it is your card, and type its PIN again.",
        exit_status=5,
        tries_left=tries_left,
    )


def blocked_review() -> ReviewPage:
    return replace(
        sample_review(),
        blockers=(Violation("EVIDENCE-TESTS", "The policy asks for signed test results; none are here"),),
        unresolved=("the signer of tests.dsse.json",),
        approvals=(
            ApprovalLine(
                person=PersonId("p-zoe"),
                name="Zoë Example",
                fingerprint=fingerprint("zoe"),
                at="2026-11-20T10:00:00Z",
                counts=True,
            ),
        ),
    )
