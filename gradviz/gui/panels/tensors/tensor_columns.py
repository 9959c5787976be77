"""Two tensors of a node side by side, value and gradient: pictures, histograms, and one table of figures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from gradviz.appearance.text_styles import SMALL
from gradviz.gui.panels.tensors.tensor_column import TensorColumn
from gradviz.gui.panels.tensors.tensor_statistics import TensorStatistics
from gradviz.gui.style import fonts
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.model.tensor_choices import TensorChoice
from gradviz.protocol.events import TensorAnswered

_PICTURE = 128
_PICTURE_COMPACT = 110
_ROWS = (0, 2, 3, 5, 6)  # of the grid: heading, slice, picture, histogram, note; the figures are in row 8
_GAPS = {1: 4, 4: 8, 7: 8}


class TensorColumns(QWidget):
    """One or two columns, numbered from 0. It emits requests and shows the answers."""

    tensor_requested = Signal(int, str, int, str)
    """(column, what, index, name), as `AskTensor` has them."""
    slice_requested = Signal(int, str)
    open_requested = Signal(int)
    """Show the values of a column in a window of their own."""
    save_requested = Signal(int)
    copy_requested = Signal(int)
    watch_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = (TensorColumn(self), TensorColumn(self))
        self._count = 2
        self.statistics = TensorStatistics(self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(0)
        for i, column in enumerate(self.columns):
            grid.setColumnStretch(i, 1)
            for row, widget in zip(
                _ROWS, (column.header, column.slice_box, column.picture, column.histogram, column.note), strict=True
            ):
                grid.addWidget(widget, row, i)
            self._connect(i, column)
        for row, height in _GAPS.items():
            grid.setRowMinimumHeight(row, height)
        grid.addWidget(self.statistics, 8, 0, 1, 2)
        colors = self.tr("Colours are values here, not phases: blue below 0, orange above.")
        self.key = WrappingLabel("text3", fonts.font(SMALL), colors, padding=4)
        grid.addWidget(self.key, 9, 0, 1, 2)
        self._grid = grid
        self.compact = False
        self.set_choices([TensorChoice("output")], [TensorChoice("output"), TensorChoice("grad_output")])

    @property
    def compact(self) -> bool:
        """Whether pictures are smaller and figures have three rows, for small windows."""
        return self.statistics.compact

    @compact.setter
    def compact(self, compact: bool) -> None:
        self.statistics.compact = compact
        for column in self.columns:
            column.picture.setFixedHeight(_PICTURE_COMPACT if compact else _PICTURE)

    def set_choices(self, choices: Sequence[TensorChoice], shown: Sequence[TensorChoice]) -> None:
        """Set what can be chosen in each column, and what the one or two columns show now."""
        self._count = 2 if len(shown) > 1 else 1
        for column, choice in zip(self.columns, shown, strict=False):
            column.set_choices(choices, choice)
        self.columns[1].set_visible(self._count == 2)
        self._grid.setColumnStretch(1, 1 if self._count == 2 else 0)
        self._grid.setHorizontalSpacing(16 if self._count == 2 else 0)
        self._renew_statistics()

    def choice(self, column: int) -> TensorChoice:
        """Return what a column shows."""
        return self.columns[column].choice

    def answer(self, column: int) -> TensorAnswered | None:
        """Return the answer that a column shows; None while it waits or has a message."""
        return self.columns[column].answer

    @property
    def cells_wanted(self) -> int:
        """`picture` of an `AskTensor`: the largest side that can be shown."""
        return max(column.picture.cells_wanted for column in self.columns)

    def set_waiting(self, column: int) -> None:
        """Wait for an answer; after a moment without one the column shows that."""
        self.columns[column].set_waiting()

    def set_answer(self, column: int, answer: TensorAnswered) -> None:
        """Show a tensor, or the message of an answer that has none."""
        self.columns[column].set_answer(answer)

    def set_message(self, column: int, text: str) -> None:
        """Show why there is no tensor: `not computed yet`, `freed by backward`, `none: no gradient reaches it`."""
        self.columns[column].set_message(text)

    def set_slice_error(self, column: int, text: str) -> None:
        """Show a sentence at the slice field of a column; empty takes it away."""
        self.columns[column].set_slice_error(text)

    def changeEvent(self, event: QEvent) -> None:
        """Draw icons in the colors of another theme."""
        if event.type() == QEvent.Type.PaletteChange:
            for column in self.columns:
                column.refresh()
        super().changeEvent(event)

    def _connect(self, number: int, column: TensorColumn) -> None:
        column.chosen.connect(lambda choice: self._request(number, choice))
        column.slice_entered.connect(lambda text: self.slice_requested.emit(number, text))
        column.opened.connect(lambda: self.open_requested.emit(number))
        column.save_asked.connect(lambda: self.save_requested.emit(number))
        column.copy_asked.connect(lambda: self.copy_requested.emit(number))
        column.watch_asked.connect(lambda: self.watch_requested.emit(number))
        column.answer_changed.connect(self._renew_statistics)

    def _request(self, number: int, choice: TensorChoice) -> None:
        column = self.columns[number]
        column.choice = choice
        column.refresh()
        self.tensor_requested.emit(number, choice.what, choice.index, choice.name)

    def _renew_statistics(self) -> None:
        answers = [column.answer for column in self.columns[: self._count]]
        self.statistics.set_statistics(*(answer.statistics if answer is not None else None for answer in answers))
