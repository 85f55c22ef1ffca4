"""Who had a hand in this, drawn: reached by keyboard, said to a screen reader, whoever sits here marked."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from gallery import hands_drawn
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect
from sample_answers import blocked_review, sample_reader, sample_review
from sample_desk import DeskThread, SampleDesk
from walks import focused_name, shown_words, to_review

from ui.hand_layout import Layout, lay_out
from ui.hands import Hands
from ui.pages.hands_tab import HandsTab
from ui.start import Screen
from workstation.core.builder_graph import BuilderGraph, Node, NodeKind, Way, graph_of
from workstation.core.identity import PersonId
from workstation.desk.face import AskReview, BuilderLine

SERVICES = st.lists(st.sampled_from(["controls ci", "controlled cd"]), max_size=1)
ENDS = st.sampled_from(
    [("started the build", "named by a"), ("wrote source",), ("signed a",), ("signed b",), ("named by a",)]
)
PEOPLE = st.sampled_from([Node(kind=NodeKind.PERSON, name=name) for name in "pqr"])
WAYS = st.lists(
    st.tuples(PEOPLE, st.builds(lambda first, end: (*first, *end), SERVICES, ENDS)),
    max_size=8,
)


def tab(screen: Screen) -> HandsTab:
    return screen.flow.pages.review.details.hands


def node_at(screen: Screen) -> str:
    """Return what the node that has the keyboard says."""
    (focused,) = [box for box in tab(screen).graph.canvas.nodes.values() if box.hasFocus()]
    return focused.accessibleName()


def test_enter_on_a_person_leads_to_them_in_the_picture(
    screen: Screen, hands: Hands, line: DeskThread
) -> None:
    hands_drawn(hands, line)

    words = node_at(screen)

    assert focused_name() == "review.graph-0.button"
    assert words == ("Person Bob Builder. you, at this desk. signed request.dsse.json. started the build")
    assert "Bob Builder, you are in this picture, so you cannot countersign this." in shown_words(screen)


def test_arrow_keys_go_along_the_lines_and_up_and_down(
    screen: Screen, hands: Hands, line: DeskThread
) -> None:
    hands_drawn(hands, line)
    seen = []

    for keys in ("Down", "Right", "Right", "Up", "Left", "Up"):
        hands.press(keys)
        seen.append(node_at(screen).partition(".")[0])

    assert seen == [
        "Person Carla Control",
        "Service ci-7",
        "Evidence provenance",
        "Evidence request",
        "Person Bob Builder",
        "Person Bob Builder",
    ]


def test_what_a_node_is_joined_to_is_lit_and_nothing_else(
    screen: Screen, hands: Hands, line: DeskThread
) -> None:
    hands_drawn(hands, line)
    hands.press("Down")

    lit = {box.node.name for box in tab(screen).graph.canvas.nodes.values() if box.lit}

    assert lit == {"p-carla", "ci-7", "provenance.dsse.json"}


@pytest.mark.parametrize(
    ("token", "words"),
    [("alice", "Alice Example, no evidence leads to you."), ("", "Opened without a card")],
)
def test_who_is_in_no_picture_is_told_so(
    desk: SampleDesk, screen: Screen, hands: Hands, token: str, words: str
) -> None:
    reader = sample_reader(token) if token else None
    desk.overrides[AskReview] = lambda _: replace(sample_review(), reader=reader)
    to_review(hands)
    hands.choose("review.builders.list", "Carla")

    hands.press("Return")

    assert words in shown_words(screen)
    assert "you, at this desk" not in shown_words(screen)


def test_what_leads_to_nobody_stands_in_the_picture_as_well(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    unknown = "account eve@example.org \u2190 started the build \u2190 named by provenance.dsse.json"
    desk.overrides[AskReview] = lambda _: replace(blocked_review(), unresolved=(unknown,))
    to_review(hands)
    hands.choose("review.builders.list", "eve")

    hands.press("Return")

    assert node_at(screen) == "Leads to nobody we know account eve@example.org. started the build"


def test_a_person_who_is_named_like_evidence_is_another_node(
    desk: SampleDesk, screen: Screen, hands: Hands
) -> None:
    line = BuilderLine(person=PersonId("source"), name="source", because=("wrote source",))
    desk.overrides[AskReview] = lambda _: replace(sample_review(), builders=(line,))
    to_review(hands)

    spoken = [box.accessibleName() for box in tab(screen).graph.canvas.nodes.values()]

    assert spoken == ["Person source. wrote the source", "What was built the source. source wrote"]


@given(WAYS)
def test_no_two_nodes_lie_over_each_other_and_no_line_runs_behind_one(
    ways: list[Way],
) -> None:
    graph = graph_of(ways)

    layout = drawn(graph)

    places = [QRect(box.left, box.top, box.width, box.height) for box in layout.boxes.values()]
    assert not any(one.intersects(other) for one, other in combinations(places, 2))
    assert all(graph.columns[link.start] < graph.columns[link.end] for link in graph.links)


@given(WAYS)
def test_a_line_has_room_for_its_words_between_two_columns(ways: list[Way]) -> None:
    graph = graph_of(ways)

    layout = drawn(graph)

    for link in graph.links:
        first, second, *_ = layout.way_of(link)
        assert second.left - first.left - first.width > 8 * max(map(len, link.how))


def drawn(graph: BuilderGraph) -> Layout:
    widths = {node: 40 + 8 * len(node.name) for node in graph.columns}
    words = {how: 8 * len(how) for link in graph.links for how in link.how}
    return lay_out(graph, widths, words, 36, 500)
