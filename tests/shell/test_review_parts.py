"""What a review tells of its rules and bills: as the rules themselves answer, and from the evidence."""

from __future__ import annotations

from dataclasses import replace

from core.test_request_diff import request, sbom, scan
from core.world import World

from workstation.core.evidence_vulnerabilities import Answer, Vex
from workstation.core.release_diff import REFUSE, Finding, ReleaseDiff
from workstation.desk.reading import reader_line
from workstation.desk.review_face import ComponentLine, GuardrailLine, RuleState
from workstation.desk.review_parts import bill_part, guardrail_lines


def lines(world: World, name: str = "", diff: ReleaseDiff | None = None) -> dict[str, GuardrailLine]:
    """Return the rules that are asked, by name, once `name` held their card to the review."""
    facts = world.facts(world.releasing())
    reader = reader_line(world.reader(name, world.review), world.review, facts) if name else None
    found = guardrail_lines(world.request, facts, diff or world.review.diff, reader)
    return {line.rule: line for line in found}


def test_a_builder_is_told_that_the_rule_about_builders_does_not_agree() -> None:
    found = lines(World().admit(), "bob")["SOD-BUILDER"]

    assert found.state is RuleState.NOT_MET
    assert "had a hand in this" in found.found[0]


def test_an_approver_meets_the_rules_about_their_card_and_nobody_does_without_one() -> None:
    with_card, without = lines(World().admit(), "alice"), lines(World().admit())

    assert with_card["SOD-BUILDER"].state is RuleState.MET
    assert without["SOD-BUILDER"].state is RuleState.LATER
    assert with_card["SCREEN-WORDS"].state is RuleState.LATER


def test_a_control_that_asks_is_told_with_its_value_and_one_that_does_not_is_not() -> None:
    found = lines(World().admit(), "alice")

    assert any(one.startswith("approvals.atLeast: ") for one in found["QUORUM"].controls)
    assert found["QUORUM"].state is RuleState.NOT_MET
    assert "FREEZE" not in found


def test_what_cannot_be_reviewed_is_told_among_the_rules() -> None:
    refused = Finding(rule="X", rank=REFUSE, path="a.zip", sentence="two readers differ")

    found = lines(World().admit(), "alice", ReleaseDiff(findings=(refused,)))["REVIEW-REFUSED"]

    assert (found.state, found.found) == (RuleState.NOT_MET, ("a.zip: two readers differ",))


def test_components_are_told_as_they_were_and_are_also_those_that_stayed() -> None:
    before = request(sbom("pkg:pypi/a@1", "pkg:pypi/b@1"))

    told = bill_part(before, request(sbom("pkg:pypi/a@1", "pkg:pypi/c@2")))

    assert told.compared
    assert told.components == (
        component("a", ("1",), ("1",)),
        component("b", ("1",), ()),
        component("c", (), ("2",)),
    )


def test_a_first_release_is_compared_with_nothing() -> None:
    told = bill_part(None, request(sbom("pkg:pypi/a@1")))

    assert not told.compared
    assert told.bills == ("e0: SBOM x, 1 components",)


def test_a_vulnerability_is_told_with_every_answer_and_whether_it_is_new() -> None:
    vex = Vex(answers=(Answer(names=frozenset({"CVE-1"}), status="not_affected"),), subjects=frozenset())
    now = request(scan("CVE-1", "CVE-2"), vex)

    first, second = bill_part(request(scan("CVE-2")), now).vulnerabilities

    assert (first.id, first.severity, first.answers, first.old) == (
        "CVE-1",
        "high",
        ("not_affected (e1)",),
        False,
    )
    assert (second.id, second.answers, second.scans, second.old) == ("CVE-2", (), ("e0",), True)


def component(name: str, old: tuple[str, ...], new: tuple[str, ...]) -> ComponentLine:
    line = ComponentLine(name=name, old=old, new=new, old_licences=("MIT",), new_licences=("MIT",))
    return replace(line, old_licences=line.old_licences if old else (), new_licences=("MIT",) if new else ())
