"""The selected node: its operation, inputs, consumers and what it saved for backward."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gradviz.appearance.text_styles import BODY, CAPTION
from gradviz.gui.panels.inspector.node_facts import FactRow, FactSection, chips, sections
from gradviz.gui.panels.inspector.stop_inspector import StopInspector
from gradviz.gui.session.session import Session
from gradviz.gui.style import fonts, icons
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.gui.widgets.empty_state import EmptyState
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.model import number_text
from gradviz.protocol.records import NodeRecord


class Inspector(QStackedWidget):
    """Projects the session's selection; built anew when what it shows changed, and only then."""

    node_requested = Signal(int)
    source_requested = Signal(str, int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: object = None
        self._value: QLabel | None = None
        self._note: QLabel | None = None
        self._empty = EmptyState("cursor-click")
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.stop_page = StopInspector(session)
        self.stop_page.node_requested.connect(self.node_requested)
        self.addWidget(self._empty)
        self.addWidget(self._scroll)
        self.addWidget(self.stop_page)
        self.setMinimumWidth(280)
        session.selection.changed.connect(self.refresh)
        session.selection.details_arrived.connect(self.refresh)
        session.selection.graph_changed.connect(self.refresh)
        session.state.phase_changed.connect(self.refresh)
        session.steps.stopped.connect(self.refresh)
        session.steps.resumed.connect(self.refresh)
        session.steps.cursor_moved.connect(self.refresh)
        session.state.changed.connect(self._refresh_loss)
        self.refresh()

    def sizeHint(self) -> QSize:
        """Return the size of the panel when it opens first."""
        return QSize(400, 440)

    def refresh(self) -> None:
        """Show the selected node, or what to do if there is none."""
        session = self._session
        node = session.selection.node
        if node is None or session.engine.graph is None:
            self._shown = None
            self._show_empty()
            return
        if session.engine.point is not None and session.state.phase != "running":
            self._shown = None
            self.stop_page.refresh()
            self.setCurrentWidget(self.stop_page)
            return
        loss = "" if session.engine.loss is None else number_text.short(session.engine.loss)
        found = sections(session.engine.graph, node, session.selection.details, loss)
        shown = (node, chips(node), [section for section in found if node.kind != "loss"], self._values_note(node))
        if shown != self._shown:
            at = self._scroll.verticalScrollBar().value() if self._is_same_node(node) else 0
            self._shown = shown
            self._scroll.setWidget(self._page(node, found))
            self._scroll.verticalScrollBar().setValue(at)
        self.setCurrentWidget(self._scroll)

    def _is_same_node(self, node: NodeRecord) -> bool:
        return isinstance(self._shown, tuple) and self._shown[0] == node

    def _refresh_loss(self) -> None:
        if self._value is not None and self._session.engine.loss is not None:
            self._value.setText(number_text.short(self._session.engine.loss))

    def _show_empty(self) -> None:
        self._value = None
        session = self._session
        gone = (
            session.state.phase in ("failed", "dead") and session.selection.graph_target != session.state.setup.target
        )
        if session.engine.graph is None or gone:
            self._empty.show_text(
                self.tr("Nothing to inspect yet"),
                self.tr("Details of a node appear here as soon as the graph is drawn."),
            )
        else:
            self._empty.show_text(
                self.tr("Select a node"),
                self.tr(
                    "See its operation, shapes and saved tensors. Click it, walk with [↑] [↓], or find it with [Ctrl+F]"
                ),
            )
        self.setCurrentWidget(self._empty)

    def _page(self, node: NodeRecord, found: list[FactSection]) -> QWidget:
        self._value = None
        page = QWidget()
        page.setProperty("ground", "panel")
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(0)
        column.addLayout(self._title(node))
        column.addSpacing(8)
        column.addLayout(self._chips(node))
        for section in found:
            column.addSpacing(18)
            column.addLayout(self._section(section, node))
        if note := self._values_note(node):
            column.addSpacing(18)
            column.addWidget(_note_card(note))
        column.addStretch()
        return page

    def _title(self, node: NodeRecord) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        name = QLabel(node.name)
        name.setProperty("role", "title")
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(name)
        if node.type_name:
            kind = QLabel(node.type_name)
            kind.setProperty("role", "mono_caption")
            kind.setTextFormat(Qt.TextFormat.PlainText)
            row.addWidget(kind, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch()
        if node.id >= 0:
            order = QLabel(f"#{node.id}")
            order.setProperty("role", "caption")
            order.setToolTip(self.tr("The order in which the nodes were made"))
            row.addWidget(order)
        return row

    @staticmethod
    def _chips(node: NodeRecord) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        for text in chips(node):
            chip = QLabel(text)
            chip.setProperty("chip", True)
            row.addWidget(chip)
        row.addStretch()
        return row

    def _section(self, section: FactSection, node: NodeRecord) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        head = QHBoxLayout()
        title = QLabel(section.title)
        title.setProperty("role", "head")
        head.addWidget(title)
        head.addStretch()
        if section.right:
            right = QLabel(section.right)
            right.setProperty("role", "caption")
            head.addWidget(right)
        column.addLayout(head)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        metrics = QFontMetricsF(fonts.font(BODY))
        widest = max((metrics.horizontalAdvance(row.label) for row in section.rows), default=0)
        grid.setColumnMinimumWidth(0, min(max(round(widest), 48), 140) if widest else 0)
        if not widest:
            grid.setHorizontalSpacing(0)
        labelled = section.title in (self.tr("Operation"), self.tr("Tensor"))
        for index, row in enumerate(section.rows):
            self._fill(grid, index, row, node, labelled)
        column.addLayout(grid)
        return column

    def _fill(self, grid: QGridLayout, index: int, row: FactRow, node: NodeRecord, labelled: bool) -> None:
        label = QLabel(row.label)
        label.setProperty("role", "label" if labelled else "body")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setMinimumHeight(20)
        label.setFont(fonts.font(CAPTION))
        grid.addWidget(label, index, 0, Qt.AlignmentFlag.AlignTop)
        if not row.label:  # shown, it would look like an indent
            label.hide()
        text = self._text(row, node)
        alignment = Qt.AlignmentFlag.AlignLeft if isinstance(text, LinkButton) else Qt.AlignmentFlag(0)
        grid.addWidget(text, index, 1, 1, 1 if row.right else 2, alignment)
        if row.right:
            right = QLabel(row.right)
            right.setProperty("role", "mono")
            right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(right, index, 2)

    def _text(self, row: FactRow, node: NodeRecord) -> QWidget:
        if row.manner == "source":
            link = LinkButton(row.text, padding=0)
            link.setToolTip(f"{node.file}:{node.line}")
            link.clicked.connect(lambda: self.source_requested.emit(node.file, node.line))
            return link
        if row.manner == "node" and row.node is not None:
            goal = row.node
            link = LinkButton(row.text, role="text2", padding=0)
            link.setToolTip(self.tr("Select this node"))
            link.clicked.connect(lambda: self.node_requested.emit(goal))
            return link
        label = QLabel(row.text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setProperty("role", {"mono": "mono", "note": "caption"}.get(row.manner, "label"))
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if node.kind == "loss" and row.manner == "mono":
            self._value = label
        return label

    def _values_note(self, node: NodeRecord) -> str:
        if node.kind not in ("function", "custom"):
            return ""
        if self._session.state.phase == "running":
            return self.tr("The run is going. Each backward frees what this node saved; the sizes stay the same.")
        return ""


def _note_card(text: str) -> QFrame:
    card = QFrame()
    card.setProperty("tint", "note")
    row = QHBoxLayout(card)
    row.setContentsMargins(12, 10, 12, 10)
    row.setSpacing(12)
    picture = QLabel()
    picture.setPixmap(icons.pixmap("info", 18))
    row.addWidget(picture, 0, Qt.AlignmentFlag.AlignVCenter)
    row.addWidget(WrappingLabel("text2", text=text), 1)
    return card
