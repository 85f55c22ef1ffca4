"""What the parent asks of the review child, and what it answers: JSON both ways."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from workstation.core.errors import Malformed
from workstation.core.shape import Shape

if TYPE_CHECKING:
    from workstation.core.strict_json import JsonObject

UNSAFE_WITHOUT_WALLS: Final = "--unsafe-without-walls"
"""What the child is told to do its job without walls; never by the workstation."""

CPU_SECONDS: Final = 60
"""The processor time one job may take."""

MOST_ARTIFACTS = 300_000
OLD, NEW = "old", "new"  # the sides of a comparison


class Task(StrEnum):
    """What to do: compare two releases, name who signed the new one, or try every wall."""

    COMPARE = "compare"
    SIGNERS = "signers"
    TRY_WALLS = "try walls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An artifact handed over: its name, and its open file descriptor."""

    name: str
    fd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job: its task, and the names of the artifacts of before and of now; the files are lent."""

    task: Task
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()

    def to_json(self) -> JsonObject:
        """Return the message that asks for this job."""
        return {
            "task": self.task.value,
            "old": list(self.old),
            "new": list(self.new),
        }


def parse_job(message: JsonObject) -> Job:
    """Return the job a message asks for; raises Malformed."""
    top = Shape(message, "job").fields("task", "old", "new")
    return Job(task=top["task"].choice(Task), old=_names(top["old"]), new=_names(top["new"]))


def check_names(names: list[str], where: str) -> None:
    """Refuse artifact names that a member path could be mistaken for, or that are there twice."""
    if len(names) > MOST_ARTIFACTS:
        raise Malformed(where, f"{len(names)} artifacts found, at most {MOST_ARTIFACTS} wanted")
    for name in names:
        if not name or "!/" in name or not name.isprintable():
            raise Malformed(where, f"an artifact is named {name!a}, a printable name without !/ wanted")
    if len(set(names)) != len(names):
        raise Malformed(where, "two artifacts have the same name")


def _names(item: Shape) -> tuple[str, ...]:
    names = [one.text() for one in item.items(at_most=MOST_ARTIFACTS)]
    check_names(names, item.where)
    return tuple(names)
