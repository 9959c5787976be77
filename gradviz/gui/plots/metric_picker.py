"""The list from which metrics are chosen, with a field that searches it, and how often they are sampled."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gradviz.gui.widgets.buttons import PanelButton
from gradviz.model import number_text

Choices = Sequence[tuple[str, Sequence[tuple[str, str]]]]
DISTANCES = (0, 1, 10, 100, 1000)
"""Iterations from one sample to the next; 0 for as many as let it take little time."""
_METRIC = Qt.ItemDataRole.UserRole
_CHECKED = Qt.CheckState.Checked
_FEW = 6
_Group = tuple[QTreeWidgetItem, list[QTreeWidgetItem]]


class MetricPicker(QFrame):
    """A popup: headings with what can be drawn under them, each with a check."""

    toggled = Signal(str, bool)  # metric, whether it is to be drawn
    every_chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("card", True)
        self._groups: list[_Group] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search metrics"))
        self.search.setAccessibleName(self.tr("Search metrics"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setAccessibleName(self.tr("Metrics"))
        self.tree.itemChanged.connect(self._toggle)
        self.every = QComboBox()
        self.every.setAccessibleName(self.tr("Sampled"))
        for distance in DISTANCES:
            text = self.tr("every {0} iterations").format(number_text.whole(distance))
            words = {0: self.tr("as often as 2 % of the time allow"), 1: self.tr("every iteration")}
            self.every.addItem(words.get(distance, text), distance)
        self.every.activated.connect(lambda place: self.every_chosen.emit(self.every.itemData(place)))
        self._note = QLabel()
        self._note.setProperty("role", "caption")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 12, 12, 12)
        rows.setSpacing(8)
        rows.addWidget(self.search)
        rows.addWidget(self.tree, 1)
        row = QHBoxLayout()
        row.addWidget(QLabel(self.tr("Sampled")))
        row.addWidget(self.every, 1)
        rows.addLayout(row)
        rows.addWidget(self._note)
        self.setFixedSize(340, 400)
        self.setFocusProxy(self.search)

    def show_choices(self, choices: Choices, chosen: Collection[str], every: int, note: str) -> None:
        """Show what there is, what of it is chosen, and how often it is sampled."""
        opened = {group.text(0) for group, _ in self._groups if group.isExpanded()}
        with QSignalBlocker(self.tree):
            self.tree.clear()
            self._groups = [self._make_group(heading, metrics, chosen) for heading, metrics in choices]
            for group, items in self._groups:
                few = len(items) <= _FEW
                group.setExpanded(group.text(0) in opened or few or any(i.checkState(0) == _CHECKED for i in items))
        self.every.setCurrentIndex(max(self.every.findData(every), 0))
        self._note.setText(note)
        self._filter(self.search.text())

    def _make_group(self, heading: str, metrics: Sequence[tuple[str, str]], chosen: Collection[str]) -> _Group:
        group = QTreeWidgetItem(self.tree, [heading])
        group.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        items = []
        for metric, label in metrics:
            item = QTreeWidgetItem(group, [label])
            item.setData(0, _METRIC, metric)
            item.setToolTip(0, label)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(0, _CHECKED if metric in chosen else Qt.CheckState.Unchecked)
            items.append(item)
        return group, items

    def _toggle(self, item: QTreeWidgetItem) -> None:
        if metric := item.data(0, _METRIC):
            self.toggled.emit(metric, item.checkState(0) == _CHECKED)

    def _filter(self, text: str) -> None:
        """Show the metrics that have all words of the text in their name or heading."""
        words = text.casefold().split()
        for group, items in self._groups:
            fitting = [_has(f"{group.text(0)} {item.text(0)}".casefold(), words) for item in items]
            for item, fits in zip(items, fitting, strict=True):
                item.setHidden(not fits)
            group.setHidden(not any(fitting))
            if words and any(fitting):
                group.setExpanded(True)


class MetricsButton(PanelButton):
    """Opens the picker below itself. `fill` is called to fill it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "stack", parent)
        self.setAccessibleName(self.tr("Metrics beside the loss"))
        self.setToolTip(
            self.tr("Draw gradient norms, update ratios, activations or what your code logs below the loss")
        )
        self.fill: Callable[[MetricPicker], None] = _nothing
        self.picker = MetricPicker(self)
        self.clicked.connect(self.open_picker)

    def open_picker(self) -> MetricPicker:
        """Show the list."""
        picker = self.picker
        self.fill(picker)
        picker.adjustSize()
        screen = self.screen().availableGeometry()
        corner = self.mapToGlobal(QPoint(self.width() - picker.width(), self.height() + 4))
        if corner.y() + picker.height() > screen.bottom():
            corner.setY(max(self.mapToGlobal(QPoint(0, 0)).y() - picker.height() - 4, screen.top()))
        corner.setX(max(corner.x(), screen.left()))
        picker.move(corner)
        picker.show()
        picker.search.setFocus()
        return picker


def _has(name: str, words: Sequence[str]) -> bool:
    return all(word in name for word in words)


def _nothing(_picker: MetricPicker) -> None:
    """Leave the list empty."""
