"""What a mutant changes: as words for people, and as the lines a test has to come to."""

from __future__ import annotations

import ast
import difflib


def change(original: ast.FunctionDef, mutant: ast.FunctionDef) -> tuple[str, str]:
    """Return the statements that differ, as they were and as they became.

    Both are alike for a mutant nobody can ever meet: one that differs only where types say nothing comes,
    at an `assert_never`, or in an arm that ends a function by returning nothing, as its end would.
    """
    before, after = (_reachable(node).splitlines()[1:] for node in (original, mutant))
    arguments = [ast.unparse(node.args) for node in (original, mutant)]
    if arguments[0] != arguments[1]:
        before, after = [arguments[0], *before], [arguments[1], *after]
    differing = list(difflib.ndiff(before, after))
    was, becomes = (" ⏎ ".join(one[2:].strip() for one in differing if one.startswith(sign)) for sign in "-+")
    return was, becomes


def _reachable(node: ast.FunctionDef) -> str:
    module = _WithoutUnreachable().visit(ast.parse(ast.unparse(node)))
    function: ast.FunctionDef = module.body[0]
    last = function.body[-1]
    while isinstance(last, ast.Match) and len(last.cases) > 1 and _says_nothing(last.cases[-1].body):
        last.cases.pop()
    return ast.unparse(module)


class _WithoutUnreachable(ast.NodeTransformer):
    """Leaves out each arm of a match that does nothing but say it is never reached."""

    def visit_Match(self, node: ast.Match) -> ast.Match:
        """Keep the other arms, and at least one."""
        self.generic_visit(node)
        node.cases = [case for case in node.cases if not _never(case.body)] or node.cases[:1]
        return node


def _never(body: list[ast.stmt]) -> bool:
    return len(body) == 1 and ast.unparse(body[0]).startswith("assert_never(")


def _says_nothing(body: list[ast.stmt]) -> bool:
    return len(body) == 1 and ast.unparse(body[0]) in {"return", "return None", "pass"}


def changed_lines(code: list[str], original: ast.FunctionDef, mutant: ast.FunctionDef) -> tuple[int, int]:
    """Return the first and last line of the statement that differs, where it stands in the original."""
    before, after = (code[node.lineno : node.end_lineno] for node in (original, mutant))
    differ = [at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other]
    if not differ or len(before) != len(after):
        return original.lineno + min(differ, default=0), original.end_lineno or original.lineno
    line = original.lineno + 1 + differ[0]
    around = [
        (node.lineno, _end(node))
        for node in ast.walk(original)
        if isinstance(node, ast.stmt) and node is not original and node.lineno <= line <= _end(node)
    ]
    return min(around, key=lambda lines: lines[1] - lines[0], default=(original.lineno, line))


def _end(node: ast.stmt) -> int:
    """Return the last line of a statement, without what it holds."""
    inside = getattr(node, "body", None) or getattr(node, "cases", None)
    if not inside:
        return node.end_lineno or node.lineno
    first = inside[0]
    return max(node.lineno, (first.pattern if isinstance(first, ast.match_case) else first).lineno - 1)
