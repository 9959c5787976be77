"""The panel of gradient reach: a headline with a bar, and the parameters that no gradient reaches, with reasons."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from gradviz.appearance.text_styles import CAPTION
from gradviz.gui.panels.tables.reach_list import ReachList, ReachRow, rows_of
from gradviz.gui.session.session import Session
from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palette
from gradviz.gui.widgets.buttons import icon_button, panel_corner
from gradviz.gui.widgets.empty_state import EmptyState
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.model.explanation.reach_errors import error_for, meaning_of
from gradviz.model.graph.graph import Graph
from gradviz.model.tables.reach_table import ReachTable, reach_table
from gradviz.model.tables.update_reach import UpdateProblem, update_problems
from gradviz.protocol.answers import HoldersListed
from gradviz.protocol.explanations import HolderRecord
from gradviz.protocol.records import MeasureKind


class ReachPanel(QWidget):
    """Shows the reach of the session's graph; requests are signals."""

    node_requested = Signal(int)
    source_requested = Signal(str, int)
    path_requested = Signal(int)
    """The path of the gradient to a node is to be highlighted."""
    export_requested = Signal()
    count_changed = Signal(int)
    """How many parameters no gradient reaches."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._graph: Graph | None = None
        self.table: ReachTable | None = None
        self.number, self.words = QLabel(), QLabel()
        self.number.setProperty("role", "headline")
        self.words.setProperty("role", "label")
        self.bar = _Bar()
        self.list = ReachList()
        self._holders: tuple[HolderRecord, ...] = ()
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("A name, a reason, or an error text of PyTorch"))
        self.search.setAccessibleName(self.tr("Search among the parameters"))
        self.search.setClearButtonEnabled(True)
        self.meaning = WrappingLabel("text2", fonts.font(CAPTION))
        self.meaning.hide()
        export = self.tr("Export the reach of all parameters as CSV or text")
        self.corner = panel_corner(icon_button("download-simple", export, self.export_requested.emit))
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(16, 8, 16, 8)
        head.setSpacing(6)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.number, 0, Qt.AlignmentFlag.AlignBaseline)
        line.addWidget(self.words, 1, Qt.AlignmentFlag.AlignBaseline)
        head.addLayout(line)
        head.addWidget(self.bar)
        head.addSpacing(4)
        head.addWidget(self.search)
        head.addWidget(self.meaning)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        self.empty = EmptyState("tree-structure")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(page)
        self._stack.addWidget(self.empty)
        self._join()
        self._show_graph()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(400, 440)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(240, 120)

    def showEvent(self, event: QShowEvent) -> None:
        """Measure gradient norms while it is visible."""
        super().showEvent(event)
        self._session.measuring.show("reach", ("grad_norm", "update_ratio"))
        self._ask_holders()
        self._show_rows()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop measuring gradient norms."""
        super().hideEvent(event)
        kinds: tuple[MeasureKind, ...] = ()
        self._session.measuring.show("reach", kinds)

    def _join(self) -> None:
        session = self._session
        session.selection.graph_changed.connect(self._show_graph)
        session.state.phase_changed.connect(self._show_graph)
        session.measuring.changed.connect(self._show_rows)
        session.state.phase_changed.connect(self._ask_holders)
        session.steps.stopped.connect(self._ask_holders)
        session.state.configuration_changed.connect(self._ask_holders)
        session.tensors.holders_listed.connect(self._take_holders)
        self.search.textChanged.connect(self._show_rows)
        self.list.row_chosen.connect(self._choose)
        self.list.link_followed.connect(lambda row: self.source_requested.emit(row.file, row.line))
        self.list.path_requested.connect(lambda row: self.path_requested.emit(row.node))

    def search_for(self, text: str) -> None:
        """Show what a text means: parameters, and of an error text of torch's its explanation."""
        self.search.setText(text)
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_holders(self) -> None:
        if self.isVisible() and self._session.state.phase in ("ready", "paused", "stopped", "running", "finished"):
            self._session.tensors.list_holders()

    def _take_holders(self, event: HoldersListed) -> None:
        self._holders = event.holders
        self._show_rows()

    def _problems(self) -> list[UpdateProblem]:
        ratios = self._session.measuring.column("update_ratio")
        still: list[str] = []
        if ratios is not None and self._graph is not None:
            places = (ratios.measured & (ratios.values == 0)).nonzero()[0]
            still = [name for place in places for name in self._graph.nodes[place].names]
        return update_problems(self._holders, self.table.records if self.table is not None else (), still)

    def _choose(self, row: ReachRow) -> None:
        if row.node is not None:
            self.node_requested.emit(row.node)
        elif row.file and row.line:
            self.source_requested.emit(row.file, row.line)

    def _show_graph(self) -> None:
        graph = self._session.engine.graph
        if graph is not None and self._session.selection.graph_target != self._session.state.setup.target:
            graph = None  # the graph of another network, which is about to be replaced
        if graph is not self._graph or graph is None:
            self._graph = graph
            self.table = reach_table(graph) if graph is not None else None
            self.count_changed.emit(len(self.table.lost) if self.table else 0)
        table = self.table
        known = table is not None and bool(table.total)
        self._stack.setCurrentIndex(0 if known or (table is not None and table.unexplained) else 1)
        if table is None or not known:
            self._say_empty(graph)
        if table is not None:
            self._show_head(table)
        self._show_rows()

    def _show_head(self, table: ReachTable) -> None:
        self.number.setText(f"{table.reached:,}")
        text = (
            self.tr("of 1 parameter gets a gradient")
            if table.total == 1
            else self.tr("of {0} parameters get a gradient").format(f"{table.total:,}")
        )
        if not table.lost and not table.unsure:
            text = self.tr("of {0}: every parameter gets a gradient").format(f"{table.total:,}")
        self.words.setText(text)
        self.bar.show_shares(table.reached, len(table.unsure), table.total)

    def _show_rows(self) -> None:
        if self.table is not None and self._graph is not None and self.isVisible():
            text = self.search.text().strip()
            error = error_for(text)
            self.meaning.setText(meaning_of(error) if error is not None else "")
            self.meaning.setVisible(error is not None)
            norms = self._session.measuring.column("grad_norm")
            self.list.show_rows(rows_of(self.table, self._graph, norms, self._problems(), text))

    def _say_empty(self, graph: Graph | None) -> None:
        session = self._session
        if graph is None:
            title = self.tr("Nothing is reached yet")
            text = self.tr("Which parameters get a gradient is told here after the first forward.")
            if session.state.phase in ("failed", "dead"):
                text = self.tr("There is no graph to tell it from; the message above the canvas says why.")
        elif graph.record.kind == "recorded":
            title = self.tr("There is no autograd graph")
            text = self.tr("The gradients are derived by hand, so nothing can be lost on autograd's way.")
            if graph.record.notes:
                text = graph.record.notes[0]
        else:
            title = self.tr("There are no parameters")
            text = self.tr("Nothing in this network wants a gradient.")
        self.empty.show_text(title, text)


class _Bar(QWidget):
    """The share that gradient reaches in backward's color, and pale the share that only backward can show."""

    def __init__(self) -> None:
        super().__init__()
        self._shares = (0.0, 0.0)
        self.setFixedHeight(6)
        self.setSizePolicy(self.sizePolicy().Policy.Expanding, self.sizePolicy().Policy.Fixed)

    def show_shares(self, reached: int, unsure: int, total: int) -> None:
        """Show these counts of parameters."""
        whole = max(total, 1)
        self._shares = reached / whole, unsure / whole
        self.setAccessibleName(f"{reached} / {total}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar."""
        colors = palette.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        room = QRectF(self.rect())
        painter.setBrush(palette.color(colors.line2))
        painter.drawRoundedRect(room, 3, 3)
        reached, unsure = self._shares
        # Unreached parameters are visible, however few they are.
        longest = room.width() - (8 if reached + unsure < 1 else 0)
        if unsure:
            painter.setBrush(palette.color(colors.backward.fill, 0.45))
            painter.drawRoundedRect(QRectF(0, 0, min((reached + unsure) * room.width(), longest), 6), 3, 3)
        if reached:
            painter.setBrush(palette.color(colors.backward.fill))
            painter.drawRoundedRect(QRectF(0, 0, max(min(reached * room.width(), longest), 6), 6), 3, 3)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)
