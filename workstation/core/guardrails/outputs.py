"""A rule about what may leave: only outputs the policy lists."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.core.action import Action
from workstation.core.facts import Facts
from workstation.core.guardrails.signed_evidence import judged
from workstation.core.verdict import Violation


def output_not_allowed(action: Action, facts: Facts) -> Iterator[Violation]:
    """OUTPUT-NOT-ALLOWED: a request asks for no output that the policy does not list."""
    case = judged(action, facts)
    if case is None or case.rule.outputs is None:
        return
    for output in case.request.outputs:
        if output not in case.rule.outputs:
            allowed = ", ".join(sorted(case.rule.outputs))
            yield Violation("OUTPUT-NOT-ALLOWED", f"{output} is asked for; allowed: {allowed}", "outputs")
