"""The selected node: its operation, inputs, consumers and what it saved for backward; or the selected module."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QHideEvent, QShowEvent
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
from gradviz.gui.panels.inspector.module_facts import MEASURES, module_chips, module_sections
from gradviz.gui.panels.inspector.node_facts import FactRow, FactSection, chips, sections
from gradviz.gui.panels.inspector.stop_inspector import StopInspector
from gradviz.gui.session.session import Session
from gradviz.gui.style import fonts, icons
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.gui.widgets.empty_state import EmptyState
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.model import number_text
from gradviz.model.graph.graph import Graph
from gradviz.model.tables.module_totals import Totals
from gradviz.protocol.events import Opened
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
        self._totals: tuple[Graph, Opened, Totals] | None = None
        """Of the graph and the model that they are of."""
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
        session.measuring.changed.connect(self._refresh_measured)
        self.refresh()

    def sizeHint(self) -> QSize:
        """Return the size of the panel when it opens first."""
        return QSize(400, 440)

    def refresh(self) -> None:
        """Show the selected node, or what to do if there is none."""
        session = self._session
        node = session.selection.node
        graph, module = session.engine.graph, session.selection.module
        session.measuring.show("inspector", MEASURES if module is not None and self.isVisible() else ())
        if graph is not None and module is not None and self._show_module(graph, module):
            return
        if node is None or graph is None:
            self._shown = None
            self._show_empty()
            return
        if session.engine.point is not None and session.state.phase != "running":
            self._shown = None
            self.stop_page.refresh()
            self.setCurrentWidget(self.stop_page)
            return
        loss = "" if session.engine.loss is None else number_text.short(session.engine.loss)
        found = sections(graph, node, session.selection.details, loss)
        shown = (node, chips(node), [section for section in found if node.kind != "loss"], self._values_note(node))
        order = f"#{node.id}" if node.id >= 0 else ""
        self._show_page(shown, (node.name, node.type_name, order), found)

    def _show_page(self, shown: tuple[object, list[str], list[FactSection], str], title: tuple[str, str, str],
                   found: list[FactSection]) -> None:  # fmt: skip
        """Show facts unless they are shown; `shown` is what they are of, the tags, the facts and the note."""
        if shown != self._shown:
            same = isinstance(self._shown, tuple) and self._shown[0] == shown[0]
            at = self._scroll.verticalScrollBar().value() if same else 0
            self._shown = shown
            self._scroll.setWidget(self._page(title, shown[1], found, shown[3]))
            self._scroll.verticalScrollBar().setValue(at)
        self.setCurrentWidget(self._scroll)

    def _show_module(self, graph: Graph, path: str) -> bool:
        """Show a module; False if the model has it no more."""
        session = self._session
        opened = session.engine.opened
        if opened is None:
            return False
        if self._totals is None or self._totals[:2] != (graph, opened):
            self._totals = graph, opened, Totals(graph, opened.parameters, opened.title)
        totals = self._totals[2]
        if path not in totals.index:
            return False
        row, cluster = totals.rows[totals.index[path]], session.selection.cluster
        known = {kind: session.measuring.column(kind) for kind in MEASURES}
        columns = {kind: column for kind, column in known.items() if column is not None}
        found = module_sections(graph, totals, row, cluster, opened.parameters, columns)
        tags = module_chips(row, graph.clusters[cluster].use if cluster is not None else 1)
        self._show_page((path, tags, found, ""), (path or totals.title, "", ""), found)
        return True

    def showEvent(self, event: QShowEvent) -> None:
        """Measure what is shown of a module."""
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Measure nothing for a panel that is not seen."""
        super().hideEvent(event)
        self._session.measuring.show("inspector", ())

    def _refresh_loss(self) -> None:
        if self._value is not None and self._session.engine.loss is not None:
            self._value.setText(number_text.short(self._session.engine.loss))

    def _refresh_measured(self) -> None:
        if self._session.selection.module is not None and self.isVisible():
            self.refresh()

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

    def _page(self, title: tuple[str, str, str], tags: list[str], found: list[FactSection], note: str) -> QWidget:
        """`title` is a name, its type beside it, and a number at the right."""
        self._value = None
        page = QWidget()
        page.setProperty("ground", "panel")
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(0)
        column.addLayout(self._title(*title))
        column.addSpacing(8)
        column.addLayout(self._chips(tags))
        for section in found:
            column.addSpacing(18)
            column.addLayout(self._section(section))
        if note:
            column.addSpacing(18)
            column.addWidget(_note_card(note))
        column.addStretch()
        return page

    def _title(self, text: str, type_name: str, number: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        name = QLabel(text)
        name.setProperty("role", "title")
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(name)
        if type_name:
            kind = QLabel(type_name)
            kind.setProperty("role", "mono_caption")
            kind.setTextFormat(Qt.TextFormat.PlainText)
            row.addWidget(kind, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch()
        if number:
            order = QLabel(number)
            order.setProperty("role", "caption")
            order.setToolTip(self.tr("The order in which the nodes were made"))
            row.addWidget(order)
        return row

    @staticmethod
    def _chips(tags: list[str]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        for text in tags:
            chip = QLabel(text)
            chip.setProperty("chip", True)
            row.addWidget(chip)
        row.addStretch()
        return row

    def _section(self, section: FactSection) -> QVBoxLayout:
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
        for index, row in enumerate(section.rows):
            self._fill(grid, index, row, section.labelled)
        column.addLayout(grid)
        return column

    def _fill(self, grid: QGridLayout, index: int, row: FactRow, labelled: bool) -> None:
        label = QLabel(row.label)
        label.setProperty("role", "label" if labelled else "body")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setMinimumHeight(20)
        label.setFont(fonts.font(CAPTION))
        grid.addWidget(label, index, 0, Qt.AlignmentFlag.AlignTop)
        if not row.label:  # shown, it would look like an indent
            label.hide()
        text = self._text(row)
        alignment = Qt.AlignmentFlag.AlignLeft if isinstance(text, LinkButton) else Qt.AlignmentFlag(0)
        grid.addWidget(text, index, 1, 1, 1 if row.right else 2, alignment)
        if row.right:
            right = QLabel(row.right)
            right.setProperty("role", "mono")
            right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(right, index, 2)

    def _text(self, row: FactRow) -> QWidget:
        if row.manner == "source":
            link = LinkButton(row.text, padding=0)
            link.setToolTip(f"{row.file}:{row.line}")
            link.clicked.connect(lambda: self.source_requested.emit(row.file, row.line))
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
        label.setProperty("role", {"mono": "mono", "loss": "mono", "note": "caption"}.get(row.manner, "label"))
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if row.manner == "loss":
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
