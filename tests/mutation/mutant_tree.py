"""A copy of the source tree in which every mutant of some modules stands ready to be switched on.

mutmut makes the mutants (https://mutmut.readthedocs.io); which modules and which tests is in
`[tool.mutmut]` of pyproject.toml. Two things are added. Properties are mutated too, which mutmut leaves
alone because they are decorated; and each guardrail and approver rule is a mutant of its own when deleted.
"""

from __future__ import annotations

import ast
import re
import shutil
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mutation.mutant_change import change, changed_lines
from mutmut.mutation.file_mutation import mutate_file_contents

from workstation.core.guardrails.approver import APPROVER_RULES
from workstation.core.guardrails.judge import GUARDRAILS

HOUSE: Final = Path(__file__).parents[2]
CONTENTS: Final = (
    "workstation",
    "ui",
    "hsm",
    "tests",
    "docs",
    "softhsm-fixtures",
    "README.md",
    "pyproject.toml",
)
LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", ".*", "*.pyc")
MUTANT: Final = re.compile(r"x(?:_|ǁ(?P<owner>\w+?)ǁ)(?P<name>\w+?)__mutmut_(?P<number>\d+|orig)")
TRAMPOLINE: Final = "from mutmut.mutation.trampoline import"
SWITCHING: Final = "from mutation.switching import"
RULES: Final = frozenset(f"{rule.__module__}.x_{rule.__name__}" for rule in (*GUARDRAILS, *APPROVER_RULES))
DELETED: Final = "nothing: the rule is deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One changed place: its name for the trampoline, and what it is for people."""

    name: str
    place: str
    """`core.quorum._seat`: module and function, without the package."""

    was: str
    becomes: str
    lines: tuple[int, int]
    """First and last line of the mutated module a test has to come to, to meet the change."""

    function: tuple[int, int]
    """First and last line of the function it is in."""

    def __str__(self) -> str:
        """Read as a change; this is also what it is known by among the survivors."""
        return f"{self.place}: {self.was or '(nothing)'} → {self.becomes or '(nothing)'}"


def settings() -> dict[str, Any]:
    """Return what pyproject.toml says of mutation."""
    table: dict[str, Any] = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
    return table


def mutated_files(wanted: str = "*") -> list[Path]:
    """Return the modules whose mutants are tried and whose path fits, relative to the house."""
    listed = {path.relative_to(HOUSE) for one in settings()["only_mutate"] for path in _of_pattern(one)}
    return sorted(path for path in listed if path.match(wanted))


def _of_pattern(pattern: str) -> list[Path]:
    found = [path for path in HOUSE.glob(pattern) if path.suffix == ".py" and path.name != "__init__.py"]
    if not found:
        raise SystemExit(f"pyproject.toml, tool.mutmut.only_mutate: no module is called {pattern}")
    return found


def make_tree(tree: Path, wanted: str = "*") -> list[Mutant]:
    """Copy the house to `tree`, put in the mutants of the modules that are wanted, and return them."""
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    for name in CONTENTS:
        if (HOUSE / name).is_dir():
            shutil.copytree(HOUSE / name, tree / name, ignore=LEFT_OUT)
        else:
            shutil.copy2(HOUSE / name, tree / name)
    return [mutant for path in mutated_files(wanted) for mutant in _mutate(tree, path)]


def _mutate(tree: Path, path: Path) -> list[Mutant]:
    module = ".".join(path.with_suffix("").parts)
    code = with_mutants((tree / path).read_text("utf-8"), module)
    (tree / path).write_text(code, "utf-8")
    return list(mutants_in(code, module))


def with_mutants(source: str, module: str) -> str:
    """Return the source of a module with its mutants in it."""
    code = mutate_file_contents(module, undecorated(source)).code.replace(TRAMPOLINE, SWITCHING)
    for name in re.findall(r"^def (x_\w+)__mutmut_orig\(", code, re.MULTILINE):
        if f"{module}.{name}" in RULES:
            deleted = f"{name}__mutmut_0"
            code += f"\n\ndef {deleted}(*_: object) -> Iterator[Violation]:\n    yield from ()\n"
            code += f"\n\nmutants_{name}__mutmut['{deleted}'] = {deleted}\n"
    return code


def undecorated(source: str) -> str:
    """Write every `@property` as a function that becomes a property below it, for mutmut to see."""
    lines = source.splitlines()
    for node in [each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.FunctionDef)][::-1]:
        if [ast.unparse(one) for one in node.decorator_list] == ["property"] and node.end_lineno is not None:
            at = " " * node.col_offset
            lines.insert(node.end_lineno, f"{at}{node.name} = property({node.name})")
            del lines[node.decorator_list[0].lineno - 1]
    return "\n".join(lines) + "\n"


def mutants_in(code: str, module: str) -> Iterator[Mutant]:
    """Yield the mutants a mutated module holds, but for those that nobody could ever meet."""
    nodes = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef))
    functions = {node.name: node for node in nodes if MUTANT.fullmatch(node.name)}
    lines = code.splitlines()
    seen: Counter[str] = Counter()
    for name, node in functions.items():
        original = functions[name.rpartition("_")[0] + "_orig"]
        mutant = _mutant(module, lines, original, node)
        if node is not original and mutant.was != mutant.becomes:
            seen[str(mutant)] += 1
            yield _told_apart(mutant, seen[str(mutant)])


def _mutant(module: str, lines: list[str], original: ast.FunctionDef, node: ast.FunctionDef) -> Mutant:
    match = MUTANT.fullmatch(node.name)
    assert match is not None
    deleted = match["number"] == "0"
    whole = (original.lineno, original.end_lineno or original.lineno)
    was, becomes = ("the rule", DELETED) if deleted else change(original, node)
    return Mutant(
        name=f"{module}.{node.name}",
        place=".".join(part for part in (module, match["owner"], match["name"]) if part).partition(".")[2],
        was=was,
        becomes=becomes,
        lines=whole if deleted else changed_lines(lines, original, node),
        function=whole,
    )


def _told_apart(mutant: Mutant, turn: int) -> Mutant:
    """Return the mutant; the same change at a second place of its function is told apart by its turn."""
    if turn == 1:
        return mutant
    fields = {name: getattr(mutant, name) for name in ("name", "place", "was", "lines", "function")}
    return Mutant(**fields, becomes=f"{mutant.becomes} (place {turn})")
