"""One row for what a node saved for backward, which unfolds to a row for each tensor."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gradviz.gui.style import icons
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.gui.widgets.card import separator
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.gui.widgets.widget_pool import WidgetPool
from gradviz.model.graph.graph import shape_text
from gradviz.model.number_text import size_text
from gradviz.protocol.events import NodeDetails
from gradviz.protocol.records import SavedRecord


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
        title = QLabel(self.tr("Saved tensors"))
        title.setProperty("role", "strong")
        self._names, self._size = QLabel(), QLabel()
        for label in (self._names, self._size):
            label.setProperty("role", "mono_caption")
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._names.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._arrow)
        row.addWidget(title)
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

    def show_details(self, details: NodeDetails | None) -> None:
        """Show what a node saved; None where that is not known."""
        saved = tuple(s for s in details.saved if not s.note.startswith("not a tensor")) if details is not None else ()
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
