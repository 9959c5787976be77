"""The watch list: pinned tensors with their value, the value before, and the difference; two rows are compared."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gradviz.appearance.text_styles import CODE
from gradviz.errors import GradvizError
from gradviz.gui.session.session import Session
from gradviz.gui.style import fonts
from gradviz.gui.style.qt_colors import color, current
from gradviz.gui.widgets.buttons import icon_button, panel_corner
from gradviz.gui.widgets.dock_heights import LOW
from gradviz.gui.widgets.empty_state import EmptyState
from gradviz.language import tr, translatable
from gradviz.model.graph.graph import shape_text
from gradviz.model.number_text import significant
from gradviz.model.tensor_choices import TensorChoice
from gradviz.model.watch_list import Difference, WatchedTensor, figure_of, subtract, watched_expression, watched_tensor
from gradviz.protocol.events import TensorAnswered
from gradviz.protocol.records import NodeRecord

Index = QModelIndex | QPersistentModelIndex
_HEADS = (
    translatable("Tensor"),
    translatable("Shape"),
    translatable("Value or norm"),
    translatable("Before"),
    translatable("Norm of change"),
    translatable("Largest change"),
    translatable("at"),
    translatable("Relative"),
)


class _WatchModel(QAbstractTableModel):
    """A row for each tensor; `by_iteration`: what it was in the iteration before, instead of at the stop before."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[WatchedTensor] = []
        self.by_iteration = False
        self._texts: list[tuple[str, ...]] = []

    def refresh(self) -> None:
        """Show what the rows know now."""
        texts = [self._row(row) for row in self.rows]
        if len(texts) != len(self._texts):
            self.beginResetModel()
            self._texts = texts
            self.endResetModel()
        elif texts:
            self._texts = texts
            self.dataChanged.emit(self.index(0, 0), self.index(len(texts) - 1, len(_HEADS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of tensors."""
        return 0 if parent.isValid() else len(self._texts)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(_HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the head of a column."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return tr(_HEADS[section])
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the text, tip, font, alignment or color of a cell."""
        text = self._texts[index.row()][index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return text
            case Qt.ItemDataRole.FontRole if index.column():
                return fonts.font(CODE)
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(1 if self.rows[index.row()].message else index.column())
            case Qt.ItemDataRole.ForegroundRole:
                row = self.rows[index.row()]
                if row.message:
                    return color(current().text3)
                return color(current().error) if text in ("NaN", "Inf") else None
        return None

    @staticmethod
    def _alignment(column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column > 1 else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def _row(self, row: WatchedTensor) -> tuple[str, ...]:
        before = row.last_iteration if self.by_iteration else row.before
        shape = shape_text(row.now.shape) if row.now is not None else ""
        value = row.message or significant(figure_of(row.now))
        change = ("",) * 4
        if row.now is not None and before is not None and not row.message:
            try:
                found = subtract(row.now, before)
            except GradvizError:  # of another shape in this iteration
                found = None
            if found is not None:
                place = f"[{', '.join(map(str, found.element))}]" if found.element and found.largest else ""
                relative = "–" if found.relative is None else significant(found.relative)
                change = (significant(found.norm), significant(found.largest), place, relative)
        return (row.title, shape, value, significant(figure_of(before)), *change)


class WatchPanel(QWidget):
    """Asks for its tensors at every stop, seen or not, so that what they were before is known."""

    node_requested = Signal(int)
    count_changed = Signal(int)
    needed_height_changed = Signal()
    changed = Signal()
    """The user added a row, or removed some."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._count = 0
        self._asked: dict[int, tuple[WatchedTensor, tuple[int, int]]] = {}
        self._model = _WatchModel(self)
        self.view = _WatchTable()
        self.view.setModel(self._model)
        self.view.setAccessibleName(self.tr("Watched tensors"))
        metrics = QFontMetricsF(fonts.ui(12, 600))
        for column in range(1, len(_HEADS)):
            wide = max(fonts.digit_width(CODE) * 11, metrics.horizontalAdvance(tr(_HEADS[column])))
            self.view.setColumnWidth(column, round(wide) + 20)
        self.view.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.view.selectionModel().selectionChanged.connect(lambda _now, _before: self._compare())
        self.view.activated.connect(self._go_to)
        self.view.remove_requested.connect(self.remove_selected)
        self.comparison = QLabel()
        self.comparison.setProperty("role", "label")
        self.comparison.setContentsMargins(8, 4, 8, 6)
        self.comparison.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        page = QWidget()
        column_layout = QVBoxLayout(page)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(0)
        column_layout.addWidget(self.view, 1)
        column_layout.addWidget(self.comparison)
        empty = EmptyState(
            "eye",
            self.tr("Nothing is watched"),
            self.tr("At a stop, choose Watch in a tensor's menu, or write an expression as w1.grad.norm() above."),
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(page)
        self.since = icon_button("next-iteration", self.tr("Compare with the iteration before, not the stop before"))
        self.since.setCheckable(True)
        self.since.toggled.connect(self._set_since)
        copy = icon_button("copy", self.tr("Copy the table"), self.copy)
        remove = icon_button("trash", self.tr("Remove the selected rows (Del)"), self.remove_selected)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Watch an expression"))
        self.field.setToolTip(
            self.tr("As h.max() or w1.grad.norm() / w1.norm(): of the variables where the code stands; it only reads")
        )
        self.field.setAccessibleName(self.field.placeholderText())
        self.field.setProperty("mono", True)
        self.field.setFixedHeight(26)
        self.field.setMinimumWidth(64)
        self.field.setMaximumWidth(240)
        self.field.returnPressed.connect(self._add_expression)
        self.corner = panel_corner(self.field, self.since, copy, remove)
        self.corner.layout().setStretchFactor(self.field, 100)  # type: ignore[union-attr]
        session.tensors.answered.connect(self._take)
        for changed in (session.steps.stopped, session.steps.cursor_moved, session.tensors.edited):
            changed.connect(self.ask)
        session.state.network_opened.connect(self.ask)
        self._show()

    def needed_height(self) -> int:
        """Return little while nothing is watched."""
        return 0 if self.rows else LOW

    @property
    def rows(self) -> list[WatchedTensor]:
        """The tensors that are watched."""
        return self._model.rows

    def add(self, title: str, node: NodeRecord, choice: TensorChoice) -> None:
        """Follow a tensor from now on."""
        graph = self._session.engine.graph
        if graph is None or any((row.node, row.choice) == (node.id, choice) for row in self.rows):
            return
        self._append(watched_tensor(title, graph, node.id, choice))

    def add_expression(self, text: str) -> None:
        """Follow an expression from now on."""
        if text and text not in {row.title for row in self.rows}:
            self._append(watched_expression(text))

    def show_rows(self, rows: list[WatchedTensor]) -> None:
        """Follow these in place of what is followed."""
        self._model.rows = rows
        self._show()
        self.ask()

    def _append(self, row: WatchedTensor) -> None:
        self.show_rows([*self.rows, row])
        self.changed.emit()

    def _add_expression(self) -> None:
        self.add_expression(self.field.text().strip())
        self.field.clear()

    def remove_selected(self) -> None:
        """Follow the selected tensors no more; without a selection, nothing changes."""
        gone = {index.row() for index in self.view.selectionModel().selectedRows()}
        self._model.rows = [row for at, row in enumerate(self.rows) if at not in gone]
        self._show()
        self.changed.emit()

    def copy(self) -> None:
        """Put the table on the clipboard, as tab-separated lines."""
        model = self._model
        lines = [[tr(head) for head in _HEADS]]
        lines += [
            [str(model.index(row, column).data()) for column in range(model.columnCount())]
            for row in range(model.rowCount())
        ]
        QGuiApplication.clipboard().setText("\n".join(map("\t".join, lines)))

    def ask(self) -> None:
        """Ask for all of them as they are at the point that is shown."""
        engine = self._session.engine
        self._asked.clear()
        if engine.point is None:
            return
        moment = engine.step, engine.point.index
        for row in self.rows:
            asked = row.ask(engine.graph, engine.timeline)
            if asked is not None:
                self._asked[self._session.tensors.ask(asked)] = row, moment
        self._show()

    def _take(self, answer: TensorAnswered) -> None:
        row, moment = self._asked.pop(answer.request, (None, (0, 0)))
        if row is not None:
            row.take(answer, moment)
            self._show()

    def _go_to(self, index: QModelIndex) -> None:
        row = self.rows[index.row()]
        if row.choice.what != "expression":
            self.node_requested.emit(row.node)

    def _set_since(self, by_iteration: bool) -> None:
        self._model.by_iteration = by_iteration
        self._show()

    def _show(self) -> None:
        self._model.refresh()
        for at, row in enumerate(self.rows):  # a sentence has the room of the numbers that there are not
            span = len(_HEADS) - 2 if row.message else 1
            if self.view.columnSpan(at, 2) != span:
                self.view.setSpan(at, 2, 1, span)
        self._stack.setCurrentIndex(1 if self.rows else 0)
        if self._count != len(self.rows):
            self._count = len(self.rows)
            self.count_changed.emit(self._count)
            self.needed_height_changed.emit()
        self._compare()

    def _compare(self) -> None:
        """Compare two selected rows with each other."""
        chosen = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        text = self.tr("Select two rows to compare them.") if len(self.rows) > 1 else ""
        for one, other in pairwise(chosen) if len(chosen) == 2 else ():
            text = self._compared(self.rows[one], self.rows[other])
        self.comparison.setText(text)
        self.comparison.setVisible(bool(text))

    def _compared(self, one: WatchedTensor, other: WatchedTensor) -> str:
        head = f"{one.title} − {other.title}:  "
        if one.now is None or other.now is None:
            return head + self.tr("one of them has no value yet.")
        try:
            return head + self._difference(subtract(one.now, other.now))
        except GradvizError as error:
            return head + str(error)

    def _difference(self, found: Difference) -> str:
        text = (
            self.tr("norm {norm}, largest {largest} at [{place}], relative {relative}")
            if found.element
            else self.tr("{norm}, relative {relative}")
        ).format(
            norm=significant(found.norm),
            largest=significant(found.largest),
            place=", ".join(map(str, found.element)),
            relative="–" if found.relative is None else significant(found.relative),
        )
        if found.compared < found.count:
            text += self.tr(" (of the first {some} of {all} values)").format(
                some=f"{found.compared:,}", all=f"{found.count:,}"
            )
        return text


class _WatchTable(QTableView):
    remove_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(22)
        self.verticalHeader().setMinimumSectionSize(22)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Remove the selected rows by Delete."""
        if event.key() == Qt.Key.Key_Delete:
            self.remove_requested.emit()
        else:
            super().keyPressEvent(event)
