"""What a command answers: an exit status, one JSON document, and lines for people."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workstation.core.errors import TokenRefused, WorkstationError
from workstation.core.inert_text import tame
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.core.wording import words_for_error

if TYPE_CHECKING:
    from workstation.desk.face import Problem, Refused

REFUSED = 1
DEFECT = WorkstationError.exit_status


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer of the command line."""

    document: JsonObject
    lines: tuple[str, ...] = ()
    status: int = 0


def refusal_reply(refused: Refused) -> Reply:
    """Return the answer that says an action was refused, with every violated rule."""
    who = f" ({refused.who})" if refused.who else ""
    lines = [f"■ REFUSED: {refused.action}{who}"]
    for alike in refused.by_rule():
        lines.append(f"  {alike[0].rule}: {alike[0].headline}")
        lines += [f"    {reason.detail}" for reason in alike]
        lines.append(f"    → {alike[0].next_step}")
    lines.append(
        f"  journal entry {refused.entry}, policy {refused.policy_id} version {refused.policy_version}"
    )
    violations: list[JsonValue] = [
        {"rule": one.rule, "control": one.control, "code": one.rule.lower(), "detail": one.detail}
        for one in refused.reasons
    ]
    document: JsonObject = {"verdict": "blocked", "violations": violations, "entry": refused.entry}
    return Reply(document=document, lines=tuple(lines), status=REFUSED)


def problem_reply(problem: Problem) -> Reply:
    """Return the answer that says the world is not as needed."""
    return _trouble(
        kind=problem.code,
        where=problem.where,
        words=(problem.headline, problem.detail, problem.next_step),
        status=problem.exit_status,
        tries_left=problem.tries_left,
    )


def error_reply(error: WorkstationError) -> Reply:
    """Return the answer for a trouble that was raised."""
    words = words_for_error(error)
    token = error if isinstance(error, TokenRefused) else None
    return _trouble(
        kind=type(error).__name__.lower() if token is None else token.code,
        where=str(getattr(error, "where", "")),
        words=(words.headline, str(error), words.next_step),
        status=error.exit_status,
        tries_left=None if token is None else token.tries_left,
    )


def defect_reply(defect: Exception) -> Reply:
    """Return the answer for a defect of ours: its kind only, for its text could hold anything."""
    words = (
        "This is a defect of the workstation.",
        type(defect).__name__,
        "The journal says how far it came. Report it.",
    )
    return _trouble(kind="defect", where="", words=words, status=DEFECT, tries_left=None)


def show(reply: Reply, *, as_json: bool) -> int:
    """Print a reply and return its exit status: JSON alone on stdout, people's words on stderr."""
    words_to = sys.stderr if as_json or reply.status else sys.stdout
    for line in reply.lines:
        print(tame(line), file=words_to)
    if as_json:
        print(json.dumps(reply.document, ensure_ascii=True))  # noqa: T201 (the one answer on stdout)
    return reply.status


def _trouble(
    *, kind: str, where: str, words: tuple[str, str, str], status: int, tries_left: int | None
) -> Reply:
    headline, detail, next_step = words
    lines = [f"countersign: {headline}", f"  {detail}"]
    if tries_left is not None:
        lines.append(f"  {tries_left} tries left")
    lines.append(f"  → {next_step}")
    error: JsonObject = {"kind": kind, "where": where, "detail": detail, "triesLeft": tries_left}
    return Reply(document={"error": error, "exit": status}, lines=tuple(lines), status=status)
