"""The line under the depth card: the path in the model to the selected node or module, each step a link."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gradviz.appearance.text_styles import CAPTION, CAPTION_STRONG
from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color
from gradviz.language import tr
from gradviz.model.graph.folding import folding_of
from gradviz.model.graph.graph import Graph

Crumb = tuple[str, bool, int]
"""Text, whether it is strong, and the cluster behind it (-1: the whole)."""
_BETWEEN = "  ›  "


def crumbs(graph: Graph, opened: frozenset[int] | None, cluster: int, whole: str = "") -> list[Crumb]:
    """Return the path from the whole model (called `whole` if it has no class) to `cluster`, by the clusters drawn."""
    folding = folding_of(graph)
    nesting = folding.nesting
    root = next((c.class_name for c in graph.clusters if c.parent == -1 and c.path == ""), "")
    line: list[Crumb] = [(root or whole or "model", cluster == -1, -1)]
    path = []
    cluster = nesting.box(cluster)
    while cluster != -1:
        path.append(cluster)
        cluster = nesting.parent(cluster)
    around = ""
    for box in reversed(path):
        name = graph.clusters[box].path
        member = folding.group_of_cluster.get(box)
        if member is not None:
            group = folding.groups[member[0]]
            parent, _, _ = name.rpartition(".")
            home = parent.removeprefix(f"{around}.") if around else parent
            title = graph.clusters[group.anchors[0]].class_name if group.anchors else ""
            text = f"{title} × {len(group.units)}"
            line.append((f"{home}, {text}" if home and home != around else text, False, box))
        short = name.removeprefix(f"{around}.") if around else name
        line.append((short or graph.clusters[box].class_name, box == path[0], box))
        around = name
    if path and (opened is None or path[0] in opened):
        text, strong, box = line[-1]
        line[-1] = (tr("{module} open").format(module=text), strong, box)
    return line


class Breadcrumbs(QWidget):
    """One line of links; what does not fit is left out in the middle."""

    cluster_chosen = Signal(int)
    """A step of the path was clicked: a cluster's id, -1 for the whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._crumbs: list[Crumb] = []
        self._spots: list[tuple[QRectF, int]] = []
        self._over = -2
        self._room = 10_000
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.hide()

    def set_crumbs(self, line: list[Crumb]) -> None:
        """Show this path; an empty one hides the line."""
        if line == self._crumbs:
            return
        self._crumbs = line
        self.setAccessibleName(self.tr("Where: {0}").format(self.text()))
        self.setToolTip(escape(self.text()))
        self.setVisible(bool(line))
        self.adjustSize()
        self.update()

    def fit_to(self, room: int) -> None:
        """Take no more than `room` pixels of width."""
        self._room = room

    def text(self) -> str:
        """Return the whole line as text."""
        return _BETWEEN.join(text for text, _, _ in self._crumbs)

    def sizeHint(self) -> QSize:
        """Return the size of the line, as far as there is room for it."""
        wide = sum(self._width(crumb) for crumb in self._crumbs)
        wide += QFontMetricsF(fonts.font(CAPTION)).horizontalAdvance(_BETWEEN) * max(len(self._crumbs) - 1, 0)
        return QSize(int(min(wide + 13, self._room)), 24)

    @staticmethod
    def _width(crumb: Crumb) -> float:
        return QFontMetricsF(fonts.font(CAPTION_STRONG if crumb[1] else CAPTION)).horizontalAdvance(crumb[0])

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line and note where each link is."""
        palette = palettes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(palette.canvas, 0.86))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        x, self._spots = 6.0, []
        between = QFontMetricsF(fonts.font(CAPTION)).horizontalAdvance(_BETWEEN)
        for number, crumb in enumerate(self._crumbs):
            if number:
                painter.setFont(fonts.font(CAPTION))
                painter.setPen(color(palette.text3))
                painter.drawText(QRectF(x, 0, between, self.height()), middle, _BETWEEN)
                x += between
            text, strong, cluster = crumb
            wide = self._width(crumb)
            painter.setFont(fonts.font(CAPTION_STRONG if strong else CAPTION))
            painter.setPen(color(palette.accent if self._over == number else palette.text if strong else palette.text2))
            painter.drawText(QRectF(x, 0, wide + 2, self.height()), middle, text)
            self._spots.append((QRectF(x, 0, wide, self.height()), cluster))
            x += wide
        painter.end()

    def _at(self, place: QPointF) -> int:
        return next((k for k, (spot, _) in enumerate(self._spots) if spot.contains(place)), -2)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Highlight the link under the mouse."""
        over = self._at(event.position())
        if over != self._over:
            self._over = over
            self.setCursor(Qt.CursorShape.PointingHandCursor if over >= 0 else Qt.CursorShape.ArrowCursor)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Follow the link under the mouse."""
        number = self._at(event.position())
        if number >= 0:
            self.cluster_chosen.emit(self._spots[number][1])

    def leaveEvent(self, event: QEvent) -> None:
        """Remove the highlight."""
        self._over = -2
        self.update()
        super().leaveEvent(event)
