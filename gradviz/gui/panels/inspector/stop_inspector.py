"""The selected node at a stop: its value and gradient, the sums it adds to, what it saved; asked for while seen."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gradviz.gui.panels.inspector.gradient_terms import GradientTerms
from gradviz.gui.panels.tensors.tensor_columns import TensorColumns
from gradviz.gui.panels.tensors.tensor_window import TensorWindows, title_of
from gradviz.gui.session.session import Session
from gradviz.gui.style import icons
from gradviz.gui.text.steps import short_title
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.gui.widgets.card import separator
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.gui.widgets.widget_pool import WidgetPool
from gradviz.model.derivative.derivatives import passes_elements_on
from gradviz.model.derivative.gradient_terms import sums_fed_by, terms
from gradviz.model.graph.graph import Graph, shape_text
from gradviz.model.number_text import size_text
from gradviz.model.tensor_choices import AT_GATE, TensorChoice, ask_for, inner_op, side_by_side, tensor_choices
from gradviz.protocol.commands import AskTensor
from gradviz.protocol.events import NodeDetails, TensorAnswered
from gradviz.protocol.records import NodeRecord, Phase, SavedRecord


class SavedRow(QWidget):
    """Hidden for a node that saved nothing."""

    opened = Signal(str)
    """Name of the saved tensor that the user wants to see."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._saved: tuple[SavedRecord, ...] = ()
        self._arrow = QToolButton()
        self._arrow.setAccessibleName(self.tr("Show each saved tensor"))
        self._arrow.setAutoRaise(True)
        self._arrow.setCheckable(True)
        self._arrow.toggled.connect(self._unfold)
        self._title = QLabel(self.tr("Saved tensors"))
        self._title.setProperty("role", "strong")
        self._names, self._size = QLabel(), QLabel()
        for label in (self._names, self._size):
            label.setProperty("role", "mono_caption")
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._names.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._arrow)
        row.addWidget(self._title)
        row.addWidget(self._names, 1)
        row.addWidget(self._size)
        self._rows = QWidget()
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(24, 2, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._links = WidgetPool(self._new_link)
        self._notes = WidgetPool(partial(WrappingLabel, "text3"))
        self._shapes = WidgetPool(partial(_label, "mono"))
        self._rows.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(separator())
        column.addLayout(row)
        column.addWidget(self._rows)
        self._unfold(False)
        self.hide()

    def show_details(self, details: NodeDetails | None, *, of_parameter: bool = False) -> None:
        """Show what a node saved, or the optimizer keeps for a parameter; None where that is not known."""
        self._title.setText(self.tr("Optimizer state") if of_parameter else self.tr("Saved tensors"))
        saved = tuple(s for s in details.saved if s.is_tensor) if details is not None else ()
        if saved != self._saved:
            self._saved = saved
            self._fill()
        freed = details is not None and details.state == "freed"
        total = sum(record.size or 0 for record in saved)
        self._names.setText(", ".join(record.name for record in saved))
        self._size.setText(self.tr("freed") if freed else size_text(total) if total else "")
        self.setVisible(bool(saved))

    def _fill(self) -> None:
        for pool in (self._links, self._notes, self._shapes):
            pool.release()
        for place, record in enumerate(self._saved):
            link, note, shape = self._links.take(), self._notes.take(), self._shapes.take()
            link.setText(record.name)
            note.setText(record.note)
            shape.setText(shape_text(record.shape))
            self._grid.addWidget(link, place, 0)
            self._grid.addWidget(note, place, 1)
            self._grid.addWidget(shape, place, 2, Qt.AlignmentFlag.AlignRight)
            for widget in (link, note, shape):
                widget.show()

    def _new_link(self) -> LinkButton:
        link = LinkButton()
        link.clicked.connect(lambda: self.opened.emit(link.text()))
        return link

    def _unfold(self, unfolded: bool) -> None:
        self._arrow.setIcon(icons.icon("caret-down" if unfolded else "caret-right", 14))
        self._rows.setVisible(unfolded)


def _label(role: str) -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


_SUMS = 2


class StopInspector(QScrollArea):
    """Made once and filled at each stop, so that stepping costs no widgets."""

    node_requested = Signal(int)
    watch_requested = Signal(str, object, object)
    """A title, a node and one of its tensors that the user wants to keep in sight."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._node: NodeRecord | None = None
        self._asked: dict[int, tuple[int, bool]] = {}
        self._asked_sums: dict[int, GradientTerms] = {}
        """Request → column, and whether it was asked for with the user's slice."""
        self._slices = ["", ""]
        self._count = 0
        self._phase: Phase = "forward"
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._name, self._type, self._order = (QLabel() for _ in range(3))
        self._facts = WrappingLabel("text2")
        self.tensors = TensorColumns()
        self.sums = tuple(GradientTerms() for _ in range(_SUMS))
        self.saved = SavedRow()
        self.windows = TensorWindows(session, self)
        self._build()
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._ask_all)
        self.tensors.tensor_requested.connect(lambda column, *_: self._choose(column))
        self.tensors.slice_requested.connect(self._slice)
        self.tensors.open_requested.connect(self._open)
        self.tensors.save_requested.connect(self._save)
        self.tensors.copy_requested.connect(self._copy)
        self.tensors.watch_requested.connect(self._watch)
        self.saved.opened.connect(self.open_saved)
        for part in self.sums:
            part.term_activated.connect(self.node_requested)
        session.tensors.answered.connect(self._take)
        session.tensors.edited.connect(self.refresh)

    def refresh(self) -> None:
        """Show the session's selection at the point that is shown, or the op that has no node."""
        node, graph = self._session.selection.node or self.op_at_gate(), self._session.engine.graph
        if node is None or graph is None or self._session.engine.point is None:
            return
        other = node != self._node
        self._node = node
        if other:
            self._slices = ["", ""]
            self._fill_title(node)
        self._offer(graph, node, other)
        self._order.setText(self._order_text(node))
        self._fill_sums(graph, node)
        self.saved.show_details(self._session.selection.details, of_parameter=node.kind == "parameter")
        if self.isVisible():
            self._timer.start()

    def op_at_gate(self) -> NodeRecord | None:
        """Return, as if it were a node, the op that the engine is stopped at or that raised, if it has made none."""
        engine = self._session.engine
        stop, point = engine.stop, engine.point
        if stop is None or point is None or engine.looks_back or not stop.inputs:
            return None
        return NodeRecord(AT_GATE, "op", short_title(point), "", point.op, file=point.file, line=point.line)

    def set_compact(self, compact: bool) -> None:
        """Show smaller pictures and fewer figures, for a small window, or the usual ones."""
        self.tensors.compact = compact

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the tensors that were not asked for while it was hidden."""
        super().showEvent(event)
        self._timer.start()

    def _build(self) -> None:
        page = QWidget()
        page.setProperty("ground", "panel")
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(8)
        for label, role in ((self._name, "title"), (self._type, "mono_caption"), (self._order, "caption")):
            label.setProperty("role", role)
            label.setTextFormat(Qt.TextFormat.PlainText)
            head.addWidget(label, 1 if label is self._type else 0, Qt.AlignmentFlag.AlignVCenter)
        self._type.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column.addLayout(head)
        column.addSpacing(2)
        column.addWidget(self._facts)
        column.addSpacing(10)
        column.addWidget(self.tensors)
        for part in (self.sums[0], self.saved, *self.sums[1:]):
            column.addSpacing(14)
            column.addWidget(part)
        column.addStretch(1)
        self.setWidget(page)

    def _fill_title(self, node: NodeRecord) -> None:
        self._name.setText(node.name)
        self._type.setText(node.type_name if node.kind != "parameter" else "")
        self._fill_facts(None)

    def _order_text(self, node: NodeRecord) -> str:
        """Return the node's place in backward, as the graph and the card number it; empty before it is known."""
        timeline = self._session.engine.timeline
        if timeline is None:
            return ""
        order = timeline.order("backward")
        following = timeline.point
        if following is not None and following.phase == "backward" and following.node is not None:
            order.setdefault(following.node, len(order) + 1)
        return f"↑ {order[node.id]}" if node.id in order else ""

    def _fill_facts(self, answer: TensorAnswered | None) -> None:
        node = self._node
        if node is None:
            return
        parts = [node.op, node.dtype, node.device]
        if answer is not None and answer.shape is not None:
            parts[1:] = [answer.dtype, answer.device, answer.layout if answer.layout != "strided" else ""]
            if answer.strides:
                parts.append(self.tr("strides {0}").format(", ".join(map(str, answer.strides))))
            if answer.version:
                parts.append(self.tr("version {0}").format(answer.version))
        self._facts.setText("  ·  ".join(part for part in parts if part))

    def _offer(self, graph: Graph, node: NodeRecord, other: bool) -> None:
        details = self._session.selection.details
        choices, stop = [TensorChoice("output")], self._session.engine.stop
        if node.id == AT_GATE and stop is not None:
            choices = [TensorChoice("input", i, several=stop.inputs > 1) for i in range(stop.inputs)]
        elif node.kind not in ("loss", "output"):
            choices = tensor_choices(graph, node.id, details.saved if details is not None else ())
        point = self._session.engine.point
        phase = point.phase if point is not None else "forward"
        shown = side_by_side(choices, phase)
        if node.id == AT_GATE:
            shown = choices[:2]
        elif phase == "forward" or node.kind == "op":  # the node of the current stop has its inputs alone
            # What was computed before shows more than a parameter, and a parameter's view has no value of its own.
            computed = {e.input_nr for e in graph.incoming[node.id] if not _is_parameter(graph.node(e.source))}
            inputs = [choice for choice in choices if choice.what == "input"]
            inputs = [choice for choice in inputs if choice.index in computed] or inputs
            came_in = inputs[:2] if point is not None and point.node == node.id else []
            has_run = stop is not None and stop.after and not self._session.engine.looks_back
            shown = [*(shown[:1] if has_run or not came_in else []), *came_in][:2]
        if not other and len(shown) == self._count and phase == self._phase:
            kept = [self.tensors.choice(i) for i in range(len(shown))]
            shown = [old if old in choices else new for old, new in zip(kept, shown, strict=True)]
        self._count, self._phase = len(shown), phase
        self.tensors.set_choices(choices, shown)

    def _fill_sums(self, graph: Graph, node: NodeRecord) -> None:
        timeline, point = self._session.engine.timeline, self._session.engine.point
        found: list[int] = []
        derived = graph.record.kind == "autograd" and node.id in graph
        if timeline is not None and point is not None and point.phase != "forward" and derived:
            found = [node.id] if len(graph.outgoing[node.id]) > 1 and node.kind != "data" else []
            given = sums_fed_by(graph, node.id)
            found += sorted(given, key=lambda other: -_size(graph.node(other)))
        for part, shown in zip(self.sums, [*found, None, None], strict=False):
            part.setVisible(shown is not None)
            if shown is not None and timeline is not None:
                part.show_sum(terms(graph, timeline, shown), node.id)

    # Asking

    def _ask_all(self) -> None:
        if not self.isVisible() or self._session.engine.point is None:
            return
        for column in range(self._count):
            self._ask(column)
        self._asked_sums.clear()
        for part in self.sums:
            if part.isVisible() and part.lacks_norm:
                # Of the present, also while the past is looked at: what was added up stays the sum.
                number = self._session.tensors.ask(AskTensor(0, part.node, "grad_output"))
                self._asked_sums[number] = part

    def _ask(self, column: int) -> None:
        node = self._node
        if node is None or self._session.state.phase == "dead":
            return
        choice = self.tensors.choice(column)
        inside = inner_op(self._session.engine.timeline, node.id)
        if inside and choice.what in ("output", "input"):
            self.tensors.set_message(column, self.tr("inside {0}, which shows its result only").format(inside))
            return
        ask = ask_for(self._session.engine.timeline, node.id, choice)
        if ask is None:
            self.tensors.set_message(column, self.tr("not computed yet"))
            return
        self.tensors.set_waiting(column)
        sliced = self._slices[column]
        number = self._session.tensors.ask(replace(ask, slice=sliced, picture=self.tensors.cells_wanted))
        self._asked[number] = column, bool(sliced)

    def _take(self, answer: TensorAnswered) -> None:
        summed = self._asked_sums.pop(answer.request, None)
        if summed is not None and answer.statistics is not None:
            summed.show_norm(answer.statistics.norm)
        column, sliced = self._asked.pop(answer.request, (-1, False))
        if column < 0:
            return
        if column == 0:
            self._fill_facts(answer)
        if sliced and answer.shape is None and answer.message:
            self.tensors.set_slice_error(column, answer.message)
            self._slices[column] = ""
            return
        self.tensors.set_answer(column, answer)

    def _choose(self, column: int) -> None:
        self._slices[column] = ""
        self._ask(column)

    def _slice(self, column: int, text: str) -> None:
        self._slices[column] = text
        self.tensors.set_slice_error(column, "")
        self._ask(column)

    def _open(self, column: int) -> None:
        self._open_choice(self.tensors.choice(column))

    def open_saved(self, name: str) -> None:
        """Show in a window what the node has saved, or the optimizer keeps for a parameter."""
        is_parameter = self._node is not None and self._node.kind == "parameter"
        self._open_choice(TensorChoice("state" if is_parameter else "saved", name=name))

    def _open_choice(self, choice: TensorChoice) -> None:
        if self._node is not None:
            self.windows.open(self._node, choice)

    def _copy(self, column: int) -> None:
        if self._node is not None:
            self.windows.copy(self._node, self.tensors.choice(column), self._slices[column])

    def _watch(self, column: int) -> None:
        if self._node is not None:
            choice = self.tensors.choice(column)
            self.watch_requested.emit(title_of(self._node, choice), self._node, choice)

    def _save(self, column: int) -> None:
        if self._node is not None:
            self.windows.save(self._node, self.tensors.choice(column))


def _size(node: NodeRecord) -> int:
    size = 1
    for length in node.shape or ():
        size *= length
    return size


def _is_parameter(node: NodeRecord) -> bool:
    return node.kind == "parameter" or passes_elements_on(node)
