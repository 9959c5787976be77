"""Shows what a file of weights holds, and loads it into the open model: then what was missing, and what left over."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gradviz.gui.session.session import Session
from gradviz.gui.style import fonts
from gradviz.gui.widgets.dialog import Dialog, button_row
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.language import join_sentences
from gradviz.model.graph.graph import shape_text
from gradviz.model.number_text import size_text
from gradviz.protocol.events import WeightsListed, WeightsLoaded
from gradviz.protocol.records import WeightRecord

_SIZE = (680, 560)
_WIDTHS = (300, 140, 90, 90)
_SHOWN = 1000
"""So many names that did not fit are shown of each kind: more nobody reads, and laying them out takes long."""


class WeightsDialog(Dialog):
    """Asks the engine for the list as it opens."""

    def __init__(self, session: Session, path: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self.path = session, path
        self.setWindowTitle(self.tr("Weights · {0}").format(Path(path).name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self.headline = QLabel(self.tr("{0} holds weights and no graph").format(Path(path).name))
        self.headline.setProperty("role", "title")
        self.text = WrappingLabel("text2", text=self.tr("Its tensors are being listed."))
        self.table = _TensorTable()
        self.view = self._made_view()
        self.rest = QPlainTextEdit()
        self.rest.setReadOnly(True)
        self.rest.setFont(fonts.mono(12))
        self.rest.setAccessibleName(self.tr("What did not fit"))
        self._pages = QStackedWidget()
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.rest)
        self.reason = QLabel(wordWrap=True)
        self.reason.setProperty("role", "caption")
        self.load_button = QPushButton(self.tr("Load into the open model"))
        self.load_button.setProperty("primary", True)
        self.load_button.clicked.connect(self._load)
        self.close_button = self.way_out(self.tr("Close"))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        for widget in (self.headline, self.text):
            column.addWidget(widget)
        column.addWidget(self._pages, 1)
        column.addLayout(button_row(self.close_button, self.load_button, note=self.reason))
        self._listed = self._loading = False
        session.weights.listed.connect(self._show_list)
        session.weights.loaded.connect(self._show_loaded)
        session.weights.failed.connect(self._show_failure)
        session.state.phase_changed.connect(self._show_reason)
        session.state.network_opened.connect(self._show_reason)
        self._show_reason()
        if session.state.phase == "dead":
            self.text.setText(self.tr("There is no engine to read it; restart the engine, and open it again."))
        else:
            session.weights.list_tensors(path)

    def _show_list(self, event: WeightsListed) -> None:
        if event.path != self.path:
            return
        self._listed = True
        self.table.show_tensors(event.tensors)
        numbers = sum(_numbers(tensor) for tensor in event.tensors)
        size = sum(tensor.size for tensor in event.tensors)
        counted = self.tr("1 tensor") if len(event.tensors) == 1 else self.tr("{0} tensors").format(
            f"{len(event.tensors):,}"
        )  # fmt: skip
        total = self.tr("{0}, {1} numbers, {2}.").format(counted, f"{numbers:,}", size_text(size))
        self.text.setText(
            join_sentences((event.message, total, self.tr("They can be loaded into the model they belong to.")))
        )
        self._show_reason()

    def _show_loaded(self, event: WeightsLoaded) -> None:
        if event.path != self.path or not self._loading:
            return
        self._loading = False
        parts = [
            (self.tr("Missing: in the model, not in the file; left as they were"), event.missing),
            (self.tr("Unexpected: in the file, not in the model"), event.unexpected),
            (self.tr("Mismatched: of another shape; left as they were"), event.mismatched),
        ]
        title = self._session.state.title
        self.headline.setText(
            self.tr("1 tensor is in {0} now").format(title)
            if event.loaded == 1
            else self.tr("{0} tensors are in {1} now").format(f"{event.loaded:,}", title)
        )
        lines: list[str] = []
        for head, names in parts:
            if names:
                lines += [f"{head} ({len(names):,})", *(f"    {name}" for name in names[:_SHOWN])]
                if len(names) > _SHOWN:
                    lines.append(self.tr("    … and {0} more").format(f"{len(names) - _SHOWN:,}"))
                lines.append("")
        all_fit = self.tr("Every tensor of the model was in the file, and none was left over.")
        some = self.tr("Not everything fits; what did not is listed.")
        self.text.setText(join_sentences((event.note, some if lines else all_fit)))
        self.rest.setPlainText("\n".join(lines).rstrip())
        if lines:
            self._pages.setCurrentWidget(self.rest)
        self.load_button.hide()
        self.reason.setText("")  # stays, so that the button keeps its place and size
        self.close_button.setProperty("primary", True)
        self.close_button.style().unpolish(self.close_button)
        self.close_button.style().polish(self.close_button)

    def _show_failure(self, sentence: str) -> None:
        self._loading = False
        self.text.setText(sentence)
        if not self._listed:
            self.headline.setText(self.tr("{0} cannot be read").format(Path(self.path).name))
            self.load_button.hide()

    def _show_reason(self) -> None:
        reason = self._session.weights.why_not()
        if not reason and not self._listed:
            reason = self.tr("Its tensors are not known yet.")
        self.load_button.setEnabled(not reason)
        self.load_button.setToolTip(reason)
        into = "" if reason else self.tr("Into {0}.").format(self._session.state.title)
        self.reason.setText(reason or into)

    def _load(self) -> None:
        self._loading = True
        self._session.weights.load(self.path)

    def _made_view(self) -> QTableView:
        view = QTableView()
        view.setModel(self.table)
        view.setAccessibleName(self.tr("Tensors"))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setShowGrid(False)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(24)
        view.horizontalHeader().setHighlightSections(False)
        view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate(_WIDTHS):
            view.setColumnWidth(column, width)
        view.horizontalHeader().setStretchLastSection(True)
        return view


class _TensorTable(QAbstractTableModel):
    """Name, shape, type and size of each tensor."""

    def __init__(self) -> None:
        super().__init__()
        self._tensors: tuple[WeightRecord, ...] = ()
        self._heads = (self.tr("Name"), self.tr("Shape"), self.tr("Type"), self.tr("Size"))

    def show_tensors(self, tensors: tuple[WeightRecord, ...]) -> None:
        """Show these, in their order."""
        self.beginResetModel()
        self._tensors = tensors
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._tensors)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._heads)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        return None

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        tensor = self._tensors[index.row()]
        if role == Qt.ItemDataRole.FontRole:
            return fonts.mono(12)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            texts = (tensor.name, shape_text(tensor.shape) or "scalar", tensor.dtype, size_text(tensor.size))
            return texts[index.column()]
        return None


def _numbers(tensor: WeightRecord) -> int:
    count = 1
    for length in tensor.shape:
        count *= length
    return count
