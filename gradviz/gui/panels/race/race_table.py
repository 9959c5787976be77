"""The table of a race: a row for each configuration, and below it one for each seed; a click on a heading sorts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

from gradviz.gui.style import fonts, icons
from gradviz.gui.style.qt_colors import color, current
from gradviz.language import tr, translatable
from gradviz.model.number_text import short
from gradviz.race.race import Lane, LaneState, Race
from gradviz.race.result_text import iterations_text, spread_text
from gradviz.race.results import ConfigurationResult, Spread

COLUMNS = (
    (translatable("Configuration"), 204, ""),
    (
        translatable("Best"),
        124,
        translatable("The lowest loss; of a configuration the mean ± its spread over the seeds"),
    ),
    (translatable("Iterations"), 96, translatable("Until the loss was down to the threshold")),
    (translatable("Seconds"), 84, translatable("Of training, until the loss was down to the threshold")),
    (translatable("Final"), 164, translatable("The last loss")),
)
"""Heading, width and tip."""
_STATES: dict[LaneState, str] = {
    "waiting": translatable("waiting"),
    "opening": translatable("opening"),
    "running": translatable("running"),
    "finished": translatable("finished"),
    "failed": translatable("failed"),
    "cancelled": translatable("cancelled"),
}
_ROW = 22
_AFTER_NAME = Qt.ItemDataRole.UserRole + 1
_DIGITS = 3
_BEST = 1
"""The column by which the rows are sorted at the end, unless the user has chosen one."""


class _Item(QTreeWidgetItem):
    """A row that sorts by numbers; what has none comes last."""

    def __init__(self, name: str, lanes: Sequence[Lane], ink: str) -> None:
        super().__init__([name])
        self.lanes = tuple(lanes)
        self.keys: tuple[float | None, ...] = (None,) * len(COLUMNS)
        self.setIcon(0, icons.icon("minus-bold", 14, ink))
        for column in range(1, len(COLUMNS)):
            self.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.setFont(column, fonts.mono(12))

    def show(self, after: str, texts: Sequence[str], keys: Sequence[float | None]) -> None:
        """Show a word after the name, and the texts of the columns from the second on, with what they sort by."""
        self.keys = (None, *keys)
        if self.data(0, _AFTER_NAME) != after:
            self.setData(0, _AFTER_NAME, after)
        for column, text in enumerate(texts, 1):
            if self.text(column) != text:
                self.setText(column, text)

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        tree = self.treeWidget()
        column = tree.sortColumn() if tree is not None else 0
        if column < 1 or not isinstance(other, _Item):
            return self.lanes[0].entry.number < other.lanes[0].entry.number if isinstance(other, _Item) else False
        descending = tree is not None and tree.header().sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        last = -math.inf if descending else math.inf
        mine, theirs = (last if key is None else key for key in (self.keys[column], other.keys[column]))
        return mine < theirs


class _NameAndState(QStyledItemDelegate):
    """Paints a pale word after the name; in the color of errors for what has failed."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the name and the word."""
        super().paint(painter, option, index)
        used = QFontMetricsF(option.font).horizontalAdvance(index.data()) + 34
        room = option.rect.adjusted(round(used), 0, -6, 0)
        text = index.data(_AFTER_NAME) or ""
        if room.width() > 20 and text:
            font, palette = fonts.ui(12), current()
            painter.save()
            painter.setFont(font)
            painter.setPen(color(palette.error if text == tr(_STATES["failed"]) else palette.text3))
            words = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
            painter.restore()


class RaceTable(QTreeWidget):
    """Shows a race as it goes."""

    shown_requested = Signal()
    """Enter, or a double click: the runs of the current row are to be shown."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Runs of the race"))
        self.setHeaderLabels([tr(heading) for heading, _, _ in COLUMNS])
        self.setItemDelegateForColumn(0, _NameAndState(self))
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setIndentation(14)
        self.setAllColumnsShowFocus(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(36)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        for section, (_, width, tip) in enumerate(COLUMNS):
            self.setColumnWidth(section, width)
            self.headerItem().setToolTip(section, tr(tip) if tip else "")
            if section:
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                self.headerItem().setTextAlignment(section, right)
        self.setSortingEnabled(True)
        self.doubleClicked.connect(lambda _index: self.shown_requested.emit())
        self._race: Race | None = None
        self._is_over = False

    @property
    def chosen(self) -> tuple[Lane, ...]:
        """The runs of the current row: one, or all of a configuration."""
        item = self.currentItem()
        return item.lanes if isinstance(item, _Item) else ()

    def show_race(self, race: Race, threshold: float | None, rows: Sequence[ConfigurationResult]) -> None:
        """Show the runs as they are now, with the results of their configurations."""
        if race is not self._race:
            self._race, self._is_over = race, False
            self.header().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            self._fill(race)
        results = {row.configuration: row for row in rows}
        for item in list(self._items()):  # which are sorted anew as they change
            lanes = item.lanes
            if item.parent() is None:
                self._show_configuration(item, results[lanes[0].entry.configuration])
            else:
                self._show_lane(item, lanes[0], race.iterations, threshold)
        if race.is_over and not self._is_over and self.sortColumn() < 0:
            self.sortByColumn(_BEST, Qt.SortOrder.AscendingOrder)
        elif self.sortColumn() > 0:
            self.sortItems(self.sortColumn(), self.header().sortIndicatorOrder())
        self._is_over = race.is_over

    def _fill(self, race: Race) -> None:
        self.clear()
        groups: dict[str, list[Lane]] = {}
        for lane in race.lanes:
            groups.setdefault(lane.entry.configuration, []).append(lane)
        for configuration, lanes in groups.items():
            item = _Item(configuration, lanes, lanes[0].entry.color)
            item.setToolTip(0, configuration)
            self.addTopLevelItem(item)
            for lane in lanes:
                item.addChild(_Item(tr("seed {seed}").format(seed=lane.entry.open.seed), [lane], lane.entry.color))
        if len(race.lanes) <= 16:
            self.expandAll()
        if (first := self.topLevelItem(0)) is not None:
            self.setCurrentItem(first)

    def _items(self) -> Iterator[_Item]:
        for place in range(self.topLevelItemCount()):
            top = self.topLevelItem(place)
            assert isinstance(top, _Item)
            yield top
            yield from (item for row in range(top.childCount()) if isinstance(item := top.child(row), _Item))

    def _show_configuration(self, item: _Item, row: ConfigurationResult) -> None:
        over = sum(lane.is_over for lane in item.lanes)
        after = "" if over == len(item.lanes) else f"{over}/{len(item.lanes)}"
        texts = (_loss(row.best), iterations_text(row), spread_text(row.seconds, 3), _loss(row.final))
        item.show(after, texts, [_mean(each) for each in (row.best, row.iterations, row.seconds, row.final)])

    def _show_lane(self, item: _Item, lane: Lane, iterations: int, threshold: float | None) -> None:
        after = tr(_STATES[lane.state])
        if lane.state == "running":
            after = f"{100 * len(lane.losses) // iterations} %"
        place = None if threshold is None else lane.first_below(threshold)
        last = lane.losses[-1] if lane.losses else None
        reached = (None, None) if place is None else (place + 1.0, lane.seconds[place])
        texts = (
            "–" if lane.best is None else short(lane.best),
            "–" if place is None else f"{place + 1:,}",
            "–" if place is None else f"{lane.seconds[place]:.3g}",
            "–" if last is None else short(last),
        )
        keys = (lane.best, *reached, last)
        item.show(after, texts, [None if key is None or math.isnan(key) else key for key in keys])
        item.setToolTip(0, lane.error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the runs of the current row by Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.shown_requested.emit()
        else:
            super().keyPressEvent(event)


def _loss(spread: Spread | None) -> str:
    return spread_text(spread, _DIGITS)


def _mean(spread: Spread | None) -> float | None:
    return None if spread is None else spread.mean
