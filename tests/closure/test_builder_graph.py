"""The builder set as a graph: every step there is, taken apart, and what a node is joined to."""

from __future__ import annotations

import ast
import inspect

import pytest

from workstation.core import closure, control
from workstation.core.builder_graph import BuilderGraph, Link, Node, NodeKind, graph_of, step

BOB = Node(kind=NodeKind.PERSON, name="bob")
CARLA = Node(kind=NodeKind.PERSON, name="carla")
CI = Node(kind=NodeKind.SERVICE, name="ci-7")
BUILD = Node(kind=NodeKind.BUILD, name="build")
REQUEST = Node(kind=NodeKind.EVIDENCE, name="request.dsse.json")
PROVENANCE = Node(kind=NodeKind.EVIDENCE, name="provenance.dsse.json")


def sample() -> BuilderGraph:
    return graph_of(
        [
            (BOB, ("signed request.dsse.json",)),
            (BOB, ("submitter of request.dsse.json",)),
            (BOB, ("started the build", "named by provenance.dsse.json")),
            (CARLA, ("controls ci-7", "signed provenance.dsse.json")),
        ]
    )


@pytest.mark.parametrize(
    ("words", "how", "kind", "name"),
    [
        ("controls ci-7", "controls", NodeKind.SERVICE, "ci-7"),
        ("controlled ci-7", "controlled", NodeKind.SERVICE, "ci-7"),
        ("started the build", "started", NodeKind.BUILD, "build"),
        ("named by a.dsse.json", "named by", NodeKind.EVIDENCE, "a.dsse.json"),
        ("named as builder by r.json", "named as builder by", NodeKind.EVIDENCE, "r.json"),
        ("submitter of r.json", "submitter of", NodeKind.EVIDENCE, "r.json"),
        ("prepared r.json", "prepared", NodeKind.EVIDENCE, "r.json"),
        ("carries r.json", "carries", NodeKind.EVIDENCE, "r.json"),
        ("stands in a.dsse.json", "stands in", NodeKind.EVIDENCE, "a.dsse.json"),
        ("signed a.dsse.json", "signed", NodeKind.EVIDENCE, "a.dsse.json"),
        ("signed artifact x.apk (APK)", "signed", NodeKind.ARTIFACT, "x.apk (APK)"),
        ("wrote source", "wrote", NodeKind.SOURCE, "source"),
        ("wrote or committed source", "wrote or committed", NodeKind.SOURCE, "source"),
        ("pushed the source", "pushed", NodeKind.SOURCE, "source"),
        ("signed a commit of the source", "signed a commit", NodeKind.SOURCE, "source"),
        ("signed the tag of the source", "signed the tag", NodeKind.SOURCE, "source"),
    ],
)
def test_a_step_is_how_and_what(words: str, how: str, kind: NodeKind, name: str) -> None:
    assert step(words) == (how, Node(kind=kind, name=name))


def test_every_step_the_closure_words_is_taken_apart() -> None:
    texts = [text for module in (closure, control) for text in _steps_in(module)]

    assert len(texts) > 12
    assert [text for text in texts if not step(text)[0]] == []


def test_words_nobody_knows_are_kept_whole() -> None:
    assert step("danced around it") == ("", Node(kind=NodeKind.EVIDENCE, name="danced around it"))


def test_people_stand_left_and_evidence_right_with_no_column_empty() -> None:
    short = graph_of([(BOB, ("signed request.dsse.json",))])

    assert short.columns == {BOB: 0, REQUEST: 1}
    assert sample().columns == {BOB: 0, REQUEST: 3, BUILD: 2, PROVENANCE: 3, CARLA: 0, CI: 1}


def test_two_ways_between_the_same_two_are_one_link_with_both_reasons() -> None:
    assert sample().links[0] == Link(start=BOB, end=REQUEST, how=("signed", "submitter of"))


def test_a_node_is_joined_to_everybody_it_leads_back_to_and_to_all_it_leads_on_to() -> None:
    graph = sample()

    through_ci = [(link.start, link.end) for link in graph.joined(CI)]
    of_provenance = {link.start for link in graph.joined(PROVENANCE)}

    assert through_ci == [(CARLA, CI), (CI, PROVENANCE)]
    assert of_provenance == {BOB, BUILD, CARLA, CI}


def test_nobody_gives_an_empty_graph() -> None:
    assert graph_of([]) == BuilderGraph(columns={}, links=())


def _steps_in(module: object) -> list[str]:
    """Every text in a module's source that stands in a tuple of steps, its gaps filled."""
    tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]  # a module is one
    called = [node for node in ast.walk(tree) if isinstance(node, ast.Tuple)]
    parts = [part for node in called for part in node.elts]
    told = [value for node in ast.walk(tree) if isinstance(node, ast.Dict) for value in node.values]
    return [text for part in (*parts, *told) if (text := _text(part)) and text[0].islower() and " " in text]


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str() as value):
            return value
        case ast.JoinedStr(values=values):
            return "".join(_text(value) for value in values)
        case ast.FormattedValue():
            return "NAME"
        case _:
            return ""
