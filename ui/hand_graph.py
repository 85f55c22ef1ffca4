"""Who had a hand in this, drawn: people on the left, evidence on the right, and how we know on the lines.

Arrow keys go along the lines and up and down; each node says to a screen reader all it is joined to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, assert_never

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QScrollArea, QWidget

from ui.hand_layout import Box, Layout, lay_out
from ui.hand_node import NodeBox, Turn
from ui.language import t
from ui.look import Look
from ui.qt_gaps import set_painter_font
from ui.review_wording import NODE_KINDS, step_words
from ui.stylesheet import Type
from workstation.core.builder_graph import BuilderGraph, Link, Node, Way, graph_of

_EMPTY: Final = BuilderGraph(columns={}, links=())
_PAD: Final = 4
_WORDS_AT: Final = 0.38


class HandGraph(QScrollArea):
    """Shows ways from people to evidence."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("review.graph.area")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setProperty("graph", "true")
        self.canvas = Canvas(look, self)
        self.setWidget(self.canvas)

    def show_ways(self, ways: Iterable[Way], names: dict[Node, str], here: Node | None) -> None:
        """Show ways; `names` are how nodes are shown, `here` is the person at the desk."""
        self.canvas.show_graph(graph_of(ways), names, here)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw anew for another width."""
        super().resizeEvent(event)
        self.canvas.arrange()


class Canvas(QWidget):
    """What the nodes stand on: it draws the lines and moves the keyboard along them."""

    def __init__(self, look: Look, area: QScrollArea) -> None:
        super().__init__()
        self.setObjectName("review.graph.canvas")
        self._look = look
        self._area = area
        self._graph = _EMPTY
        self._layout = Layout(boxes={}, columns={}, width=0, height=0)
        self.nodes: dict[Node, NodeBox] = {}
        self._lit: tuple[Link, ...] = ()
        look.changed.connect(self.arrange)

    def show_graph(self, graph: BuilderGraph, names: dict[Node, str], here: Node | None) -> None:
        """Replace what is drawn."""
        for old in self.nodes.values():
            old.hide()
            old.deleteLater()
        self._graph, self._lit = graph, ()
        self.nodes = {
            node: NodeBox(self._look, node, names.get(node, node.name), self, here=node == here)
            for node in graph.columns
        }
        for number, (node, box) in enumerate(self.nodes.items()):
            box.setObjectName(f"review.graph-{number}.button")
            box.setAccessibleName(self._spoken(node, names, here))
            # One of them is reached by Tab; the arrow keys lead to the others.
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus if not number else Qt.FocusPolicy.ClickFocus)
            box.turned.connect(self._go)
            box.looked_at.connect(self._light)
            box.show()
        self.arrange()

    def arrange(self) -> None:
        """Put every node in its place, for the size of the text and the room there is."""
        sizes = {node: box.wanted() for node, box in self.nodes.items()}
        metrics = QFontMetrics(self._look.font(Type.CAPTION))
        said = {
            how: metrics.horizontalAdvance(step_words(how)) for link in self._graph.links for how in link.how
        }
        height = max((size.height() for size in sizes.values()), default=0)
        widths = {node: size.width() for node, size in sizes.items()}
        self._layout = lay_out(self._graph, widths, said, height, self._area.viewport().width())
        for node, box in self.nodes.items():
            place = self._layout.boxes[node]
            box.setGeometry(place.left, place.top, place.width, place.height)
        view = self._area.viewport()
        self.resize(max(self._layout.width, view.width()), max(self._layout.height, view.height()))
        self.update()

    def go_to(self, node: Node) -> None:
        """Give the keyboard to a node."""
        for one, box in self.nodes.items():
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus if one == node else Qt.FocusPolicy.ClickFocus)
        self.nodes[node].setFocus(Qt.FocusReason.OtherFocusReason)
        self._area.ensureWidgetVisible(self.nodes[node])

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the lines, then what stands on them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for link in self._graph.links:
            self._draw_line(painter, link)
        taken: list[QRectF] = []
        set_painter_font(painter, self._look.font(Type.CAPTION))
        for link in self._graph.links:
            self._draw_words(painter, link, taken)
        painter.end()

    def _draw_line(self, painter: QPainter, link: Link) -> None:
        lit = link in self._lit
        pen = QPen(QColor(self._look.theme.accent if lit else self._look.theme.secondary))
        pen.setWidthF(2.5 if lit else 1)
        painter.setPen(pen)
        painter.drawPath(self._path(link))

    def _draw_words(self, painter: QPainter, link: Link, taken: list[QRectF]) -> None:
        """Write how two nodes are joined on their line, beside what is written already."""
        metrics = painter.fontMetrics()
        lines = [step_words(how) for how in link.how]
        width = max(map(metrics.horizontalAdvance, lines)) + 2 * _PAD
        area = QRectF(0, 0, width, metrics.height() * len(lines))
        # Before the next column, where lines of one node have parted and others hardly cross them.
        area.moveCenter(_line(self._layout.way_of(link)[:2]).pointAtPercent(_WORDS_AT))
        while any(area.intersects(other) for other in taken):
            area.translate(0, _PAD)
        taken.append(area)
        theme = self._look.theme
        painter.fillRect(area, QColor(theme.base))
        painter.setPen(QColor(theme.accent if link in self._lit else theme.secondary))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "\n".join(lines))

    def _path(self, link: Link) -> QPainterPath:
        return _line(self._layout.way_of(link))

    def _light(self, node: Node | None) -> None:
        self._lit = self._graph.joined(node) if node else ()
        on_the_way = {node for link in self._lit for node in (link.start, link.end)}
        for one in self.nodes.values():
            one.lit = one.node in on_the_way
            one.update()
        self.update()

    def _go(self, node: Node, turn: Turn) -> None:
        match turn:
            case Turn.ON:
                following = [link.end for link in self._graph.links if link.start == node]
            case Turn.BACK:
                following = [link.start for link in self._graph.links if link.end == node]
            case Turn.DOWN:
                following = self._below(node, 1)
            case Turn.UP:
                following = self._below(node, -1)
            case _:
                assert_never(turn)
        if following:
            self.go_to(following[0])

    def _below(self, node: Node, step: int) -> list[Node]:
        """Return the next node of the same column, where there is one."""
        boxes, column = self._layout.boxes, self._graph.columns[node]
        alike = sorted(
            (one for one, at in self._graph.columns.items() if at == column), key=lambda one: boxes[one].top
        )
        at = alike.index(node) + step
        return alike[at : at + 1] if at >= 0 else []

    def _spoken(self, node: Node, names: dict[Node, str], here: Node | None) -> str:
        """Return all a node is joined to, as a screen reader says it."""
        said = [f"{t(NODE_KINDS[node.kind])} {names.get(node, node.name)}"]
        if node == here:
            said.append(t("you, at this desk"))
        for link in self._graph.links:
            how = ", ".join(step_words(one) for one in link.how)
            if link.start == node:
                said.append(f"{how} {names.get(link.end, link.end.name)}")
            elif link.end == node:
                said.append(f"{names.get(link.start, link.start.name)} {how}")
        return ". ".join(said)


def _line(way: Sequence[Box]) -> QPainterPath:
    """Return a line from box to box; past a box on its way it is straight."""
    path = QPainterPath(QPointF(way[0].left + way[0].width, way[0].middle))
    for start, end in pairwise(way):
        begin, half = start.left + start.width, (end.left - start.left - start.width) / 2
        path.lineTo(QPointF(begin, start.middle))
        path.cubicTo(
            QPointF(begin + half, start.middle),
            QPointF(end.left - half, end.middle),
            QPointF(end.left, end.middle),
        )
    return path
