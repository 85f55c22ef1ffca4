"""The outcome of asking every guardrail about one action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from workstation.core.strict_json import JsonObject


@dataclass(frozen=True, slots=True)
class Violation:
    """One guardrail that did not agree.

    `rule` is its stable name (SOD-BUILDER); `control` is the policy control that asked for it, or
    "built-in"; `detail` says what was found, in words.
    """

    rule: str
    detail: str
    control: str = "built-in"

    def to_json(self) -> JsonObject:
        """Return the violation as refusals and the command line show it."""
        return {"rule": self.rule, "control": self.control, "code": self.rule.lower(), "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Allowed:
    """Every guardrail agreed."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """At least one guardrail did not agree; all that did not are here."""

    violations: tuple[Violation, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the guardrails that did not agree."""
        return tuple(violation.rule for violation in self.violations)


Verdict: TypeAlias = Allowed | Blocked
