"""The harness that tries mutants: what it counts as one, what it finds, and what it does not let pass."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from mutation.mutant_change import change
from mutation.mutant_tree import DELETED, HOUSE, RULES, mutants_in, mutated_files, undecorated, with_mutants
from mutation.mutate import main
from mutation.survivors import compared, explained
from mutation.switching import ORIGINAL, switch_on

from workstation.core.guardrails.approver import APPROVER_RULES
from workstation.core.guardrails.findings import findings_unacknowledged
from workstation.core.guardrails.judge import GUARDRAILS

SOURCE = '''
class Meeting:
    """People."""

    def __init__(self, people):
        self.people = people

    @property
    def enough(self):
        return len(self.people) > 1

def said(people):
    return "yes" if Meeting(people).enough else "no"
'''


def function(body: str) -> ast.FunctionDef:
    (found,) = ast.parse(f"def asked(action):\n{body}").body
    assert isinstance(found, ast.FunctionDef)
    return found


def test_a_property_is_mutated_too_and_stays_a_property() -> None:
    names: dict[str, object] = {}
    exec(undecorated(SOURCE), names)
    code = with_mutants(SOURCE, "meeting")

    assert [names["said"](people) for people in ([], [1], [1, 2])] == ["no", "no", "yes"]  # type: ignore[operator]
    assert "Meeting.enough: return len(self.people) > 1 → return len(self.people) >= 1" in {
        str(mutant).partition(".")[2] or str(mutant) for mutant in mutants_in(code, "workstation.meeting")
    }


def test_a_mutant_runs_where_it_is_switched_on_with_its_own_defaults_and_nowhere_else() -> None:
    names: dict[str, Any] = {"__name__": "asking"}
    exec(with_mutants("def asked(a=1, *, b=2):\n    return a - b\n", "asking"), names)
    usual = names["asked"]()
    said = dict[str, int]()

    for mutant in names["mutants_x_asked__mutmut"]:
        if mutant != ORIGINAL:
            switch_on(f"asking.{mutant}")
            said[mutant] = names["asked"]()
    switch_on("")

    assert usual == names["asked"]() == -1
    assert sorted(said.values()) == [-2, 0, 3]
    with pytest.raises(LookupError, match=r"no function has a mutant called asking\.x_asked__mutmut_9"):
        switch_on("asking.x_asked__mutmut_9")


def test_a_mutant_says_what_it_changes_and_where_a_test_has_to_come() -> None:
    code = with_mutants(SOURCE, "workstation.meeting")
    lines = code.splitlines()

    for mutant in mutants_in(code, "workstation.meeting"):
        first, last = mutant.lines
        assert mutant.function[0] <= first <= last <= mutant.function[1]
        assert mutant.was != mutant.becomes
        assert mutant.was[:6] in "".join(lines[first - 1 : last])


@pytest.mark.parametrize(
    ("original", "mutant"),
    [
        (
            "    match action:\n        case 1: return 2\n        case never: assert_never(never)",
            "    match action:\n        case 1: return 2\n        case never: assert_never(None)",
        ),
        (
            "    match action:\n        case 1: print()\n        case 2: return\n        case _: return",
            "    match action:\n        case 1: print()\n        case _: return",
        ),
    ],
)
def test_what_nobody_can_ever_meet_is_no_mutant(original: str, mutant: str) -> None:
    was, becomes = change(function(original), function(mutant))

    assert was == becomes


def test_an_arm_that_returns_something_is_met() -> None:
    was, becomes = change(
        function("    match action:\n        case 1: return 2\n        case _: return None or 3"),
        function("    match action:\n        case 1: return 2"),
    )

    assert was != becomes


def test_every_guardrail_and_approver_rule_stands_in_a_module_whose_mutants_are_tried() -> None:
    tried = {".".join(path.with_suffix("").parts) for path in mutated_files()}

    assert {rule.__module__ for rule in (*GUARDRAILS, *APPROVER_RULES)} <= tried
    assert len(RULES) == len(GUARDRAILS) + len(APPROVER_RULES)


def test_a_rule_is_a_mutant_of_its_own_when_deleted() -> None:
    module = findings_unacknowledged.__module__
    code = with_mutants((HOUSE / f"{module.replace('.', '/')}.py").read_text("utf-8"), module)

    deleted = [one for one in mutants_in(code, module) if one.becomes == DELETED]

    assert [one.name for one in deleted] == [f"{module}.x_findings_unacknowledged__mutmut_0"]


def test_mutants_are_found_by_tests_that_come_there_and_live_where_none_does(tmp_path: Path) -> None:
    none = tmp_path / "survivors.toml"
    none.write_text("survivors = []\n")
    words = ["--module", "*/quorum_groups.py", "--count", "6", "--seed", "a", "--survivors", str(none)]

    with_them = main(
        [*words, "--build", str(tmp_path / "a"), "--tests", "tests/core/test_core_quorum_groups.py"]
    )
    without = main(
        [*words, "--build", str(tmp_path / "b"), "--tests", "tests/core/test_core_version_order.py"]
    )
    told = [json.loads((tmp_path / name / "told.json").read_text("utf-8")) for name in ("a", "b")]

    assert with_them == 0
    assert without == 1
    assert all("test_core_quorum_groups.py::" in found for found in told[0].values())
    assert told[1] == dict.fromkeys(told[0], "unreached")


def test_a_mutant_that_was_tried_for_too_short_a_time_counts_as_one_that_lives(tmp_path: Path) -> None:
    words = ["--module", "*/quorum_groups.py", "--count", "2", "--seed", "a", "--seconds", "0"]

    status = main(
        [*words, "--build", str(tmp_path / "a"), "--tests", "tests/core/test_core_quorum_groups.py"]
    )

    assert status == 1
    assert set(json.loads((tmp_path / "a" / "told.json").read_text("utf-8")).values()) == {"unsettled"}


def test_nothing_is_tried_with_tests_that_fail_without_any_mutant(tmp_path: Path) -> None:
    failing = tmp_path / "test_failing.py"
    failing.write_text("def test_it():\n    assert False\n")

    status = main(["--module", "*/quorum_groups.py", "--build", str(tmp_path / "a"), "--tests", str(failing)])

    assert status == 2


def test_each_survivor_that_is_listed_has_a_reason() -> None:
    reasons = explained()

    assert all(len(why) > len("equivalent") for why in reasons.values())
    assert all(" → " in mutant and mutant.startswith("core.") for mutant in reasons)


def test_a_survivor_without_a_reason_or_listed_twice_is_refused(tmp_path: Path) -> None:
    listed = tmp_path / "survivors.toml"
    for groups in (
        '[[survivors]]\nwhy = " "\nmutants = ["a"]\n',
        '[[survivors]]\nwhy = "b"\nmutants = ["a", "a"]\n',
    ):
        listed.write_text(groups)

        with pytest.raises(ValueError, match="a stands there twice, or without a reason"):
            explained(listed)


def test_what_was_told_is_compared_with_the_list() -> None:
    told = {"a": "survived", "b": "tests::one", "c": "unreached", "d": "timeout", "e": "survived"}

    said = compared(told, {"a", "b", "z"}, every=[*told, "y"])

    assert said.unexplained == ("c", "e")
    assert said.found == ("b",)
    assert said.gone == ("z",)
    assert not said.good
    assert compared({"a": "survived"}, {"a"}, every=["a"]).good
