"""A tensor in a window of its own: its values as a table, its picture at large, its figures; edited by expression."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from gradviz.appearance.text_styles import BODY
from gradviz.gui.panels.tensors.tensor_heatmap import TensorPicture
from gradviz.gui.panels.tensors.tensor_histogram import TensorHistogram
from gradviz.gui.panels.tensors.tensor_statistics import TensorStatistics
from gradviz.gui.panels.tensors.tensor_table import TensorTable
from gradviz.gui.style import fonts, icons
from gradviz.gui.widgets.dialog import Dialog
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.gui.widgets.save_file import ask_save_path
from gradviz.model.graph.graph import shape_text
from gradviz.model.number_text import as_typed
from gradviz.model.slices import plane
from gradviz.protocol.events import TensorAnswered


def ask_tensor_path(parent: QWidget, start: str) -> str:
    """Return the `.npy` file that the user chose to save a tensor to; empty if there is none."""
    return ask_save_path(parent, parent.tr("Save tensor"), start, {"npy": "NumPy"}, strict=True)


class TensorDialog(Dialog):
    """Does not block the window. It emits requests and shows the answers."""

    slice_requested = Signal(str)
    save_requested = Signal(str)
    """Path of the `.npy` file that was chosen."""
    edit_requested = Signal(tuple, str)
    undo_requested = Signal()
    """(element of the whole tensor, new value)"""
    expression_requested = Signal(str)
    """A new value for the whole tensor, with the old one as `g`."""

    def __init__(self, title: str, parent: QWidget | None = None, *, editable: bool = False) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(880, 600)
        self._facts = QLabel(self)
        self._facts.setProperty("role", "caption")
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.slice_field = QLineEdit(self)
        self.slice_field.setProperty("mono", True)
        self.slice_field.setFixedWidth(200)
        self.slice_field.setPlaceholderText("0:4, :")
        self.slice_field.setAccessibleName(self.tr("Slice"))
        self.slice_field.setToolTip(self.tr("Which part to show, as in Python's brackets"))
        self.slice_field.returnPressed.connect(self._ask_slice)
        self.table = TensorTable(self)
        self.table.values.edit_requested.connect(self.edit_requested)
        self.table.values.edit_refused.connect(self.show_error)
        self.picture = TensorPicture(self)
        self.picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.histogram = TensorHistogram(self)
        self.statistics = TensorStatistics(self)
        self.note = WrappingLabel("text3", parent=self)
        self._error = WrappingLabel("error", fonts.font(BODY), parent=self)
        self._error.hide()
        self.copy_button = QPushButton(icons.icon("copy", 16), self.tr("Copy"), self)
        self.copy_button.setToolTip(self.tr("Copy the selected values, or all that are shown, as text (Ctrl+C)"))
        self.copy_button.clicked.connect(self.table.copy)
        self.save_button = QPushButton(icons.icon("floppy-disk", 16), self.tr("Save as .npy…"), self)
        self.save_button.setToolTip(self.tr("Save the whole tensor as a NumPy file"))
        self.save_button.clicked.connect(self._choose_path)
        for button in (self.copy_button, self.save_button):
            button.setAutoDefault(False)
        self._edit_row = self._build_edit_row()
        self._arrange(title)
        self.set_editable(editable)
        self.table.setFocus()

    def set_answer(self, answer: TensorAnswered) -> None:
        """Show a tensor; an answer without one shows its message."""
        self.show_error("")
        if answer.shape is None:
            self.set_message(answer.message)
            return
        facts = [shape_text(answer.shape), answer.dtype, answer.device]
        facts += [answer.layout] * (answer.layout != "strided")
        facts += [self.tr("strides {strides}").format(strides=", ".join(map(str, answer.strides)))] * bool(
            answer.strides
        )
        facts += [self.tr("version {version}").format(version=answer.version)] * (answer.version is not None)
        facts += [self.tr("requires grad")] * answer.requires_grad + [self.tr("leaf")] * answer.is_leaf
        self._facts.setText("  ·  ".join(facts))
        self.table.set_answer(answer)
        self.picture.set_answer(answer)
        self.histogram.set_histogram(answer.histogram)
        self.statistics.set_statistics(answer.statistics)
        if not self.slice_field.hasFocus() or not self.slice_field.text():
            self.slice_field.setText(answer.slice)
        self.slice_field.setEnabled(len(answer.shape) > 0)
        self._show_cut(answer)

    def set_message(self, text: str) -> None:
        """Show why there is no tensor."""
        self.table.set_answer(TensorAnswered(0))
        self.picture.set_message(text)
        self.histogram.set_histogram(None)
        self.statistics.set_statistics(None)
        self._facts.setText("")
        self.note.setText(text)

    def show_error(self, text: str) -> None:
        """Show a sentence about the slice or an edit; empty takes it away."""
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def set_editable(self, editable: bool, reason: str = "") -> None:
        """Let cells and the expression be edited, or not; `reason` is read in the field where they cannot."""
        self.table.values.editable = editable
        self._edit_row.setVisible(editable or bool(reason))
        self._edit_row.setEnabled(editable)
        self._edit_row.setToolTip(reason)
        self.expression.setPlaceholderText(reason or "g.clamp(-1, 1)")
        if reason:
            self.expression.clear()

    def _ask_slice(self) -> None:
        self.slice_requested.emit(as_typed(self.slice_field.text()))

    def _ask_expression(self) -> None:
        text = as_typed(self.expression.text())
        if not text:
            self.show_error(self.tr("Write what the tensor becomes, with the old one as g."))
            return
        try:  # whether it can be parsed at all; the engine evaluates it
            compile(text, "expression", "eval")
        except (SyntaxError, ValueError) as error:
            what = error.msg if isinstance(error, SyntaxError) else str(error)
            self.show_error(self.tr("That is not an expression: {what}.").format(what=what))
            return
        self.show_error("")
        self.expression_requested.emit(text)

    def _choose_path(self) -> None:
        if path := ask_tensor_path(self, "tensor.npy"):
            self.save_requested.emit(path)

    def _show_cut(self, answer: TensorAnswered) -> None:
        whole = plane(answer.slice, answer.shape or ()).shape
        shown = self.table.values.plane.shape if answer.values is not None else whole
        notes = [answer.note] if answer.note else []
        if shown != whole:
            text = self.tr("The first {shown} of {whole} values are listed; write a slice to see others.")
            notes.append(text.format(shown=shape_text(shown), whole=shape_text(whole)))
        self.note.setText("\n".join(notes))

    def _build_edit_row(self) -> QWidget:
        row = QWidget(self)
        self.expression = QLineEdit(row)
        self.expression.setProperty("mono", True)
        self.expression.setPlaceholderText("g.clamp(-1, 1)")
        self.expression.setAccessibleName(self.tr("Expression for the new tensor, with the old one as g"))
        self.expression.returnPressed.connect(self._ask_expression)
        self.apply_button = QPushButton(self.tr("Apply"), row)
        self.apply_button.setProperty("primary", True)
        self.apply_button.setAutoDefault(False)
        self.apply_button.clicked.connect(self._ask_expression)
        self.undo_button = QPushButton(self.tr("Undo"), row)
        self.undo_button.setToolTip(self.tr("Take back what was changed here since the last step"))
        self.undo_button.setAutoDefault(False)
        self.undo_button.clicked.connect(self.undo_requested)
        label = QLabel(self.tr("New value, with the old one as <code>g</code>"), row)
        label.setProperty("role", "label")
        label.setBuddy(self.expression)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(label)
        layout.addWidget(self.expression, 1)
        layout.addWidget(self.undo_button)
        layout.addWidget(self.apply_button)
        return row

    def _arrange(self, title: str) -> None:
        heading = QLabel(title, self)
        heading.setProperty("role", "title")
        label = QLabel(self.tr("Slice"), self)
        label.setProperty("role", "label")
        label.setBuddy(self.slice_field)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(heading, 1)
        for widget in (label, self.slice_field, self.copy_button, self.save_button):
            top.addWidget(widget)
        tabs = QTabWidget(self)
        tabs.addTab(self.table, self.tr("Values"))
        tabs.addTab(self._page_of(self.picture), self.tr("Picture"))
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addSpacing(44)
        for part in (self.histogram, self.statistics, self.note):
            side.addWidget(part)
            part.setFixedWidth(220)
        side.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(tabs, 1)
        middle.addLayout(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._facts)
        column.addLayout(middle, 1)
        column.addWidget(self._error)
        column.addWidget(self._edit_row)

    def _page_of(self, widget: QWidget) -> QWidget:
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(widget)
        return page
