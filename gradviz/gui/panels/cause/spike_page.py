"""The page of a spike: the modules that moved more than they used to, and the rows of the batch, each run alone."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gradviz.appearance.text_styles import STRONG
from gradviz.gui.panels.cause.figures_table import FiguresTable
from gradviz.gui.session.session import Session
from gradviz.gui.style import fonts
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.language import tr
from gradviz.model.explanation.cause_text import figure_text, largest_rows, spike_headline, times_text
from gradviz.protocol.cause_records import RowFigures
from gradviz.protocol.commands import AskTensor
from gradviz.protocol.events import SpikeExplained, TensorAnswered

_MOST_VALUES = 24


class SpikePage(QScrollArea):
    """Shows what the engine answered; a chosen module is selected, a chosen row is shown."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._event: SpikeExplained | None = None
        self._shown: list[RowFigures] = []
        self._asked: dict[int, str] = {}
        self._texts: dict[str, str] = {}
        self.head, self.words = WrappingLabel("text", fonts.font(STRONG)), WrappingLabel("text2")
        self.modules = FiguresTable(
            self.tr("Modules, farthest above their own history first"),
            (self.tr("Module"), self.tr("Step / weight"), self.tr("×"), self.tr("Gradient"), self.tr("×")),
            most=8,
        )
        self.rows = FiguresTable(
            self.tr("Rows of the batch alone, the greatest loss first"),
            (self.tr("Row"), self.tr("Loss"), self.tr("Gradient")),
            most=10,
        )
        self.button = QPushButton(self.tr("Run the rows of the batch alone"))
        self.button.clicked.connect(lambda: session.causes.ask_for_spike(rows=True))
        self.row_head, self.row = QLabel(), WrappingLabel("text2")
        self.row_head.setProperty("role", "strong")
        self.row_head.setText(self.tr("Rows of the batch alone"))
        self.row.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        page = QWidget()
        page.setProperty("ground", "panel")
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 10, 16, 12)
        column.setSpacing(8)
        for above in (self.head, self.words, self.modules):
            column.addWidget(above)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        for below in (self.row_head, self.rows, self.row):
            column.addWidget(below)
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(page)
        self.modules.chosen.connect(self._select_module)
        self.rows.chosen.connect(self._show_row)
        session.tensors.answered.connect(self._take)

    def show_event(self, event: SpikeExplained) -> None:
        """Show an answer."""
        self._event = event
        self.head.setText(spike_headline(event))
        self.words.setText(event.note)
        self.words.setVisible(bool(event.note))
        self.modules.show_rows(
            [
                (
                    module.path or tr("the model"),
                    figure_text(module.ratio),
                    times_text(module.ratio, module.usual_ratio),
                    figure_text(module.gradient),
                    times_text(module.gradient, module.usual_gradient),
                )
                for module in event.modules
            ]
        )
        self._shown = largest_rows(event.rows, len(event.rows))
        self.rows.show_rows([(str(row.row), figure_text(row.loss), figure_text(row.gradient)) for row in self._shown])
        for widget in (self.row_head, self.rows, self.row):
            widget.setVisible(bool(event.rows))
        had_focus = self.button.hasFocus()
        self.button.setVisible(not event.rows)
        if had_focus and event.rows:
            self.rows.setFocus()
        self.row.setText("")
        if self._shown:
            self.rows.selectRow(0)

    def _select_module(self, index: int) -> None:
        if self._event is not None:
            self._session.selection.select_module(self._event.modules[index].path)

    def _show_row(self, index: int) -> None:
        """Ask for what the data holds in a row."""
        graph, row = self._session.engine.graph, self._shown[index].row
        nodes = graph.nodes if graph is not None else ()
        self._asked, self._texts = {}, {}
        for node in nodes:
            if node.kind == "data" and node.shape:
                ask = AskTensor(0, node.id, "output", slice=str(row), values=True)
                self._asked[self._session.tensors.ask(ask)] = f"{node.name}[{row}]"

    def _take(self, answer: TensorAnswered) -> None:
        name = self._asked.pop(answer.request, None)
        if name is None or answer.values is None:
            return
        values = np.frombuffer(answer.values[1], "<f8")
        shown = ", ".join(figure_text(float(value)) for value in values[:_MOST_VALUES])
        self._texts[name] = f"{name} = {shown}{', …' if len(values) > _MOST_VALUES else ''}"
        self.row.setText("\n".join(self._texts.values()))
