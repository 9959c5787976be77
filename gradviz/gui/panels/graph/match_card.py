"""The card under the find field: what matches, by module, op, shape or parameter, and where it is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from gradviz.appearance.boxes import BoxKind
from gradviz.appearance.text_styles import CAPTION, CAPTION_MEDIUM, CAPTION_STRONG
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.style import fonts, icons
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color
from gradviz.gui.widgets.card import Card
from gradviz.language import tr
from gradviz.model.graph.search import SCOPES, Found, Scope

WIDTH = 344
_ROW = 30
_MOST_ROWS = 8


@dataclass(frozen=True, slots=True)
class MatchRow:
    """One line: something that is drawn, or all that one folded box hides."""

    title: str
    state: str
    """`open`, `in mlp`, `34 folded`."""
    first: int
    """Position of its first match."""
    count: int
    stack: bool = False
    is_node: bool = False


class MatchList(QWidget):
    """Rows with the part that was typed in the accent; one is the current. Scrolls by whole rows."""

    row_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[MatchRow] = ()
        self._typed, self._current, self._over, self._top = "", -1, -1, 0
        self.setMouseTracking(True)

    def set_rows(self, rows: Sequence[MatchRow], typed: str, current: int) -> None:
        """Show rows; `typed` is what they match, `current` the number of one or -1."""
        self._rows, self._typed, self._current = rows, typed, current
        shown = min(len(rows), _MOST_ROWS)
        if current >= 0:
            self._top = min(max(self._top, current - shown + 1), current)
        self._top = min(self._top, max(len(rows) - shown, 0))
        self.setFixedHeight(shown * _ROW)
        self.setAccessibleName("\n".join(f"{row.title}, {row.state}" for row in rows[self._top : self._top + shown]))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the visible rows and a scroll mark."""
        palette = palettes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line in range(self.height() // _ROW):
            number = self._top + line
            if number >= len(self._rows):
                break
            row, top = self._rows[number], line * _ROW
            if number in (self._current, self._over):
                ground = palette.row_tint if number == self._current else palette.hover
                painter.fillRect(QRectF(1, top, self.width() - 2, _ROW), color(ground))
            icon = "stack" if row.stack else "graph" if row.is_node else "cube"
            painter.drawPixmap(14, top + 7, icons.pixmap(icon, 16, palette.text2, self.devicePixelRatioF()))
            painter.setFont(fonts.font(CAPTION))
            metrics = painter.fontMetrics()
            side = metrics.horizontalAdvance(row.state)
            painter.setPen(color(palette.text3))
            rest = QRectF(0, top, self.width() - 14, _ROW)
            painter.drawText(rest, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.state)
            self._write(painter, row.title, 40, top, self.width() - 40 - 14 - side - 10)
        if len(self._rows) > _MOST_ROWS:
            high = self.height() * _MOST_ROWS / len(self._rows)
            at = (self.height() - high) * self._top / (len(self._rows) - _MOST_ROWS)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(palette.line2))
            painter.drawRoundedRect(QRectF(self.width() - 5, at + 1, 3, max(high - 2, 8)), 1.5, 1.5)
        painter.end()

    def _write(self, painter: QPainter, title: str, x: float, top: float, room: float) -> None:
        palette, metrics = palettes.current(), painter.fontMetrics()
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        title = metrics.elidedText(title, Qt.TextElideMode.ElideLeft, int(room))
        at = title.lower().rfind(self._typed) if self._typed else -1
        pieces = [(title, False)]
        if at >= 0:
            end = at + len(self._typed)
            pieces = [(title[:at], False), (title[at:end], True), (title[end:], False)]
        for text, strong in pieces:
            painter.setFont(fonts.font(CAPTION_STRONG if strong else CAPTION))
            painter.setPen(color(palette.accent if strong else palette.text))
            wide = painter.fontMetrics().horizontalAdvance(text)
            painter.drawText(QRectF(x, top, wide + 2, _ROW), middle, text)
            x += wide

    def _at(self, y: float) -> int:
        number = self._top + int(y // _ROW)
        return number if 0 <= number < len(self._rows) else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Highlight the row under the mouse."""
        self._over = self._at(event.position().y())
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row under the mouse."""
        number = self._at(event.position().y())
        if number >= 0:
            self.row_chosen.emit(number)

    def leaveEvent(self, event: QEvent) -> None:
        """Remove the highlight."""
        self._over = -1
        self.update()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll by one row."""
        step = -1 if event.angleDelta().y() > 0 else 1
        self._top = min(max(self._top + step, 0), max(len(self._rows) - _MOST_ROWS, 0))
        self.update()
        event.accept()


class MatchCard(Card):
    """Head with the count and the scopes, and the list."""

    scope_chosen = Signal(str)
    row_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, width=WIDTH, margins=(1, 1, 1, 1))
        self._count = QLabel()
        self._count.setProperty("role", "label")
        self._chips: dict[str, QToolButton] = {}
        head = QHBoxLayout()
        head.setContentsMargins(14, 6, 8, 6)
        head.setSpacing(1)
        head.addWidget(self._count)
        head.addStretch()
        texts = {"module": self.tr("module"), "op": self.tr("op"), "shape": self.tr("shape"),
                 "parameter": self.tr("param")}  # fmt: skip
        for scope in SCOPES:
            chip = QToolButton()
            chip.setText(texts[scope])
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.setFont(fonts.font(CAPTION_MEDIUM))
            chip.setFixedHeight(24)
            chip.clicked.connect(lambda _on=False, name=scope: self.scope_chosen.emit(name))
            head.addWidget(chip)
            self._chips[scope] = chip
        self.list = MatchList()
        self.list.row_chosen.connect(self.row_chosen)
        self.body.addLayout(head)
        self.body.addWidget(self.list)
        self.body.addSpacing(6)
        self.hide()

    def show_matches(
        self, scope: Scope, counts: dict[Scope, int], rows: Sequence[MatchRow], typed: str, current: int
    ) -> None:
        """Show the number of matches in each scope, and the `rows` of `scope`."""
        count = counts[scope]
        one = {"module": self.tr("1 module"), "op": self.tr("1 op"), "shape": self.tr("1 node"),
               "parameter": self.tr("1 tensor")}  # fmt: skip
        many = {"module": self.tr("{0} modules"), "op": self.tr("{0} ops"), "shape": self.tr("{0} nodes"),
                "parameter": self.tr("{0} tensors")}  # fmt: skip
        self._count.setText(one[scope] if count == 1 else many[scope].format(f"{count:,}"))
        for name, chip in self._chips.items():
            number = counts[name]  # type: ignore[index]
            chip.setChecked(name == scope)
            chip.setEnabled(number > 0 or name == scope)
            chip.setToolTip(escape(self.tr("{0} match").format(f"{number:,}")))
        self.list.set_rows(rows, typed, current)
        self.adjustSize()
        self.show()

    def sizeHint(self) -> QSize:
        """Return the size of head and list."""
        return QSize(WIDTH, 42 + self.list.height() + 6)


def node_of(drawing: Drawing, found: Found) -> int | None:
    """Return the node that a match is drawn as; None for a module that is drawn as a box."""
    if not found.is_module:
        return found.id
    return drawing.lone_nodes.get(found.id)


def hiding_box(drawing: Drawing, found: Found) -> int | None:
    """Return the folded box that hides a match; None if it is drawn itself."""
    node = node_of(drawing, found)
    box = drawing.box_of(node) if node is not None else drawing.box_of_cluster(found.id)
    if box is None or not drawing.folded[box]:
        return None
    single = drawing.kind[box] == BoxKind.CLUSTER and int(drawing.placement.box_cluster[box]) == found.id
    return None if found.is_module and single else box


def rows_of(drawing: Drawing, matches: Sequence[Found]) -> list[MatchRow]:
    """Return the rows of a list of matches, in their order."""
    groups: list[tuple[int | None, int, int]] = []
    for position, found in enumerate(matches):
        box = hiding_box(drawing, found)
        if groups and box is not None and groups[-1][0] == box:
            groups[-1] = (box, groups[-1][1], groups[-1][2] + 1)
        else:
            groups.append((box, position, 1))
    return [_row(drawing, matches[first], box, first, count) for box, first, count in groups]


def title_of(drawing: Drawing, found: Found) -> str:
    """Return the title of a match: `h.17.attn.c_proj`; of a node its name, and its module before it."""
    graph = drawing.graph
    if found.is_module:
        cluster = graph.clusters[found.id]
        use = f" ({cluster.use})" if cluster.uses > 1 else ""
        return f"{cluster.path or cluster.class_name}{use}"
    node = graph.node(found.id)
    path = graph.clusters[node.cluster].path if node.cluster != -1 and node.kind not in ("parameter", "leaf") else ""
    return f"{path}.{node.name}" if path else node.name


def _row(drawing: Drawing, found: Found, box: int | None, first: int, count: int) -> MatchRow:
    is_node = not found.is_module
    if box is None:
        return MatchRow(title_of(drawing, found), tr("open"), first, 1, is_node=is_node)
    clusters = drawing.graph.clusters
    members = drawing.members(box)
    if count == 1 and len(members) == 1:
        inside = drawing.title(box)
        return MatchRow(title_of(drawing, found), tr("in {0}").format(inside), first, 1, is_node=is_node)
    if len(members) > 1:
        one, last = clusters[members[0]], clusters[members[-1]]
        if one.path == last.path:
            title = tr("{0}, calls {1} to {2}").format(one.path, one.use, last.use)
        else:
            title = tr("{0} to {1}").format(one.path, last.path)
    else:
        title = clusters[members[0]].path if members else drawing.title(box)
    return MatchRow(title, tr("{0} folded").format(count), first, count, stack=True, is_node=is_node)
