"""Who had a hand in this, drawn, and whether the person at the desk is one of them."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.hand_graph import HandGraph
from ui.language import t
from ui.look import Look
from ui.parts import column, label, panel
from ui.review_wording import NODE_NAMES
from ui.shown import person_text, prose, value_text
from workstation.core.builder_graph import Node, NodeKind, Way, graph_of
from workstation.desk.face import ReviewPage

_FROM = " \u2190 "


class HandsTab(QWidget):
    """A sentence about the person at the desk, and the graph."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._here = label("review.graph-here.label", wrap=True)
        self.graph = HandGraph(look)
        frame = panel("review.graph.panel", "panel")
        inside = column(frame, margin=10, gap=4)
        inside.addWidget(self._here)
        inside.addWidget(self.graph, 1)
        column(self).addWidget(frame)

    def panes(self) -> tuple[QWidget, ...]:
        """Return the node that Tab leads to."""
        return tuple(self.graph.canvas.nodes.values())[:1]

    def show_review(self, page: ReviewPage) -> None:
        """Show who had a hand in a review's request."""
        ways = ways_of(page)
        here = None if page.reader is None else _person(page.reader.person)
        self._here.setText(_about(page, drawn=here in {who for who, _ in ways}))
        self.graph.show_ways(ways, _names(page, ways), here)

    def go_to(self, key: str) -> None:
        """Give the keyboard to a person, or to what leads to nobody."""
        for node in self.graph.canvas.nodes:
            if node.name == key and node.kind in (NodeKind.PERSON, NodeKind.UNKNOWN):
                self.graph.canvas.go_to(node)
                return


def ways_of(page: ReviewPage) -> list[Way]:
    """Return every way from somebody to evidence, what leads to nobody first."""
    unknown = [one.split(_FROM) for one in page.unresolved]
    return [
        *((Node(kind=NodeKind.UNKNOWN, name=first), tuple(steps)) for first, *steps in unknown),
        *((_person(line.person), line.because) for line in page.builders),
    ]


def _person(name: str) -> Node:
    return Node(kind=NodeKind.PERSON, name=name)


def _names(page: ReviewPage, ways: list[Way]) -> dict[Node, str]:
    """Return how each node is shown."""
    people = {_person(line.person): person_text(line.name) for line in page.builders}
    names = {node: _name(node) for node in graph_of(ways).columns}
    return names | people


def _name(node: Node) -> str:
    if node.kind in NODE_NAMES:
        return t(NODE_NAMES[node.kind])
    return prose(node.name) if node.kind is NodeKind.UNKNOWN else value_text(node.name)


def _about(page: ReviewPage, *, drawn: bool) -> str:
    """Say whether the person at the desk is in the picture."""
    if not page.builders and not page.unresolved:
        return t("Nobody is known to have built this.")
    if page.reader is None:
        return t("Opened without a card: whether you are one of them, nobody can tell.")
    name = person_text(page.reader.name)
    if drawn:
        return t("{name}, you are in this picture, so you cannot countersign this.", name=name)
    return t("{name}, no evidence leads to you.", name=name)
