"""All guardrails together: each is needed, each has words, and what none covers is blocked."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from core.killers import KILLERS
from core.world import World, violations

import workstation.core
from hsm.errors import TokenCode
from workstation.core.action import Identify, Reject
from workstation.core.entry import Draft, Kind, Outcome
from workstation.core.errors import (
    JournalError,
    Malformed,
    MediaError,
    PolicyError,
    TokenRefused,
    Untrusted,
    WorkstationError,
)
from workstation.core.guardrails.approver import APPROVER_RULES
from workstation.core.guardrails.judge import GUARDRAILS, judge
from workstation.core.story import deeds, told
from workstation.core.verdict import Allowed, Blocked, Violation
from workstation.core.wording import RULES, TOKEN, words_for_error, words_for_rule

CORE = Path(workstation.core.__file__).parent
RULE_FILES = sorted(CORE.rglob("*.py"))


@pytest.mark.parametrize("guardrail", GUARDRAILS, ids=lambda rule: rule.__name__)
def test_no_guardrail_can_be_taken_away_unnoticed(guardrail, monkeypatch):
    action, facts = KILLERS[guardrail.__name__]()
    with_it = judge(action, facts)
    rest = tuple(rule for rule in GUARDRAILS if rule is not guardrail)
    monkeypatch.setattr("workstation.core.guardrails.judge.GUARDRAILS", rest)

    without_it = judge(action, facts)

    assert isinstance(with_it, Blocked)
    assert without_it == Allowed()


def test_an_action_nobody_thought_about_is_blocked():
    world = World()

    found = judge(object(), world.facts(world.admitting()))

    assert violations(found) == (Violation("NO-RULE", "no guardrail speaks about object"),)


@pytest.mark.parametrize("action", [Reject(medium="m", where="w", why="y"), Identify(token="pkcs11:")])
def test_putting_something_on_record_is_always_allowed(action):
    world = World()
    world.expires = world.now

    assert world.judge(action) == Allowed()


def test_every_violation_is_told_once_and_in_the_order_of_the_guardrails():
    world = World().admit()
    world.now = world.expires = world.request.not_after

    found = world.judge(world.countersigning("bob-second"))

    assert isinstance(found, Blocked)
    assert list(dict.fromkeys(found.rules)) == ["TRUST-EXPIRED", "REQUEST-EXPIRED", "SOD-BUILDER"]
    assert len(set(found.violations)) == len(found.violations)


def named_in(path):
    """Return the rules a file's violations are named after, as they are written there."""
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    made = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Violation")
    return {call.args[0].value for call in made if isinstance(call.args[0], ast.Constant)}


def test_every_rule_has_words_and_no_words_are_without_a_rule():
    named = set().union(*(named_in(path) for path in RULE_FILES))

    assert named == RULES.keys()


@pytest.mark.parametrize("rule", [*GUARDRAILS, *APPROVER_RULES], ids=lambda rule: rule.__name__)
def test_a_rule_has_one_name_in_its_function_and_its_documentation(rule):
    name = rule.__name__.upper().replace("_", "-")
    if name == "APPROVER":
        assert "SOD-BUILDER and its family" in rule.__doc__
        return

    assert rule.__doc__.startswith(f"{name}: ")
    assert words_for_rule(name).headline


@pytest.mark.parametrize("words", [*RULES.values(), *TOKEN.values()])
def test_words_are_whole_sentences(words):
    assert all(re.fullmatch(r"[A-Z].*\.|.*\?", text) for text in words)


@pytest.mark.parametrize("code", TokenCode)
def test_every_way_a_token_refuses_has_words(code):
    assert words_for_error(TokenRefused(code.value)) == TOKEN[code.value]


def test_no_words_are_without_a_code():
    assert {code.value for code in TokenCode} == TOKEN.keys()


@pytest.mark.parametrize(
    ("error", "headline"),
    [
        (Malformed("a", "b"), "What came in is not what its format says."),
        (Untrusted("a", "b"), "Something does not verify."),
        (MediaError("a", "b"), "The medium or disk cannot be read or written."),
        (JournalError("a"), "The journal cannot be used."),
        (PolicyError("a"), "The workstation cannot do this."),
        (WorkstationError("a"), "The workstation cannot do this."),
    ],
)
def test_every_trouble_has_words(error, headline):
    assert words_for_error(error).headline == headline


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_entry_and_every_outcome_has_a_line(kind, outcome):
    entry = World().append(Draft(kind=kind, outcome=outcome))

    (line, *_) = told(deeds([entry]), None)

    assert "0 " in line[:14]
    assert line[14:].startswith("2026-11-20T10:00:00Z  The workstation ")
    # Words of its own, and not the name it has in an entry.
    assert kind.value not in line or "." not in kind.value
