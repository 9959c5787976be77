"""The left panel: the networks, and below them, or beside, the form of the chosen one, which is always in sight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gradviz.client.runs import default_setup
from gradviz.gui.actions.actions import key_text
from gradviz.gui.panels.networks.configuration_form import ConfigurationForm, separator
from gradviz.gui.session.recent_targets import folder_text, why_missing
from gradviz.gui.session.session import Session
from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palette
from gradviz.gui.widgets.mnemonics import lettered
from gradviz.language import tr
from gradviz.networks.catalogue import NETWORKS
from gradviz.targets.target_spec import read_target

_ROW = 26
_HEAD = 25
_NAME_AT = 16
_SUMMARY_AT = 98
_ID = Qt.ItemDataRole.UserRole
_SUMMARY = Qt.ItemDataRole.UserRole + 1
_MISSING = Qt.ItemDataRole.UserRole + 2
_ELIDE = Qt.ItemDataRole.UserRole + 3
OPEN = "open…"
"""The id of the row that asks for a target."""
SHOWN = 3
"""At most this many of the user's models are listed; the menu has the rest."""
_LEAST_LIST = 5 * _ROW
"""What the list keeps of its height where it and the form have no room below each other."""
_BESIDE, _IN_TWO = 520, 780
"""From these widths on the form is beside the list, and has two columns."""
_LIST_WIDTH = 272
_MOST = 16_777_215
"""The largest length that Qt knows."""


class _NetworkPainter(QStyledItemDelegate):
    """Paints two columns in one row, so that a row is one item for the pointer and for a screen reader."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of a row or a head."""
        return QSize(200, _ROW if index.data(_ID) else _HEAD)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a row."""
        colors = palette.current()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if not index.data(_ID):
            painter.setFont(fonts.ui(11, 600))
            painter.setPen(palette.color(colors.text3))
            painter.drawText(rect.adjusted(_NAME_AT, 0, 0, 0), middle, index.data())
            return
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        if selected or hovered:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(palette.color(colors.row_tint if selected else colors.hover))
            painter.setPen(palette.color(colors.accent) if focused and selected else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(rect.toRectF().adjusted(6.5, 0.5, -6.5, -0.5), 5, 5)
            painter.restore()
        painter.setFont(fonts.ui(13, 600 if selected else 500))
        painter.setPen(palette.color(colors.accent if selected else colors.text))
        if index.data(_MISSING):
            painter.setPen(palette.color(colors.text3))
        elif index.data(_ID) == OPEN:
            painter.setPen(palette.color(colors.accent))
        name = painter.fontMetrics().elidedText(
            index.data(),
            Qt.TextElideMode.ElideMiddle,
            rect.width() - _NAME_AT - 12 - (48 if index.data(_MISSING) else 0),
        )
        used = painter.fontMetrics().horizontalAdvance(name)
        painter.drawText(rect.adjusted(_NAME_AT, 0, 0, 0), middle, name)
        font = fonts.ui(12)
        painter.setFont(font)
        painter.setPen(palette.color(colors.text2 if selected else colors.text3))
        room = rect.adjusted(max(_SUMMARY_AT, _NAME_AT + used + 10), 0, -12, 0)
        metrics = painter.fontMetrics()
        painter.drawText(
            room, middle, metrics.elidedText(index.data(_SUMMARY), index.data(_ELIDE), max(room.width(), 0))
        )


class NetworkList(QListWidget):
    """Scrolls where it is given less than its rows need."""

    network_requested = Signal(str)
    open_requested = Signal()
    """The user wants to choose a file or a module."""
    removal_requested = Signal(str)
    """One of the user's models is to be removed from the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_NetworkPainter(self))
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Networks"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.tall = 0
        """The height of all rows."""
        self._shown = ""
        self._models: tuple[str, ...] = ()
        self._build()
        self.itemClicked.connect(self._choose)

    def show_network(self, target: str) -> None:
        """Mark the network that is open or opening."""
        self._shown = target
        for row in range(self.count()):
            if self.item(row).data(_ID) == target:
                self.setCurrentRow(row)
                return
        self.setCurrentRow(-1)

    def show_models(self, targets: tuple[str, ...]) -> None:
        """List the user's own models, the one opened last first; missing ones are marked."""
        if targets[:SHOWN] != self._models:
            self._models = targets[:SHOWN]
            self._build()
            self.show_network(self._shown)

    def show_missing(self) -> None:
        """Check again which of the user's models exist."""
        for row in range(self.count()):
            item = self.item(row)
            if item.data(_ID) in self._models:
                self._describe_model(item)

    def _build(self) -> None:
        self.clear()
        height = self._add_head(self.tr("Your models"))
        for target in self._models:
            self._describe_model(self._add(target, read_target(target).title, ""))
        self._add(OPEN, self.tr("Open…"), key_text("Ctrl+O")).setToolTip(
            self.tr("A Python file, an exported program, or weights; files can be dropped on the window too")
        )
        height += _ROW * (len(self._models) + 1)
        group = ""
        for network in NETWORKS:
            if network.group != group:
                group = network.group
                height += self._add_head(tr(group))
            item = self._add(network.id, network.id, tr(network.summary))
            item.setToolTip(f"{network.id}: {tr(network.summary)}\n{tr(network.loss)}, {network.optimizer}")
            height += _ROW
        self.tall = height + 6
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the size of all rows."""
        return QSize(_LIST_WIDTH, self.tall)

    def minimumSizeHint(self) -> QSize:
        """Return the size of two rows."""
        return QSize(120, 2 * _ROW)

    def keep_shown(self) -> None:
        """Scroll to what is open."""
        if (item := self.currentItem()) is not None:
            self.scrollToItem(item)

    def _add_head(self, text: str) -> int:
        head = QListWidgetItem(text, self)
        head.setFlags(Qt.ItemFlag.NoItemFlags)
        return _HEAD

    def _add(self, target: str, name: str, summary: str) -> QListWidgetItem:
        item = QListWidgetItem(name, self)
        item.setData(_ID, target)
        item.setData(_SUMMARY, summary)
        item.setData(_ELIDE, Qt.TextElideMode.ElideRight)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {summary}")
        return item

    def _describe_model(self, item: QListWidgetItem) -> None:
        target = item.data(_ID)
        missing = why_missing(target)
        item.setData(_MISSING, bool(missing))
        item.setData(_SUMMARY, self.tr("missing") if missing else folder_text(read_target(target)))
        item.setData(_ELIDE, Qt.TextElideMode.ElideLeft)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}, {item.data(_SUMMARY)}")
        item.setToolTip(f"{target}\n{missing}" if missing else target)

    def _choose(self, item: QListWidgetItem) -> None:
        target = item.data(_ID)
        if target == OPEN:
            self.show_network(self._shown)
            self.open_requested.emit()
        elif target and target != self._shown:
            self.network_requested.emit(target)
            self.show_network(self._shown)  # it may be refused; what is open stays marked

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of one of the user's models."""
        item = self.itemAt(event.pos())
        if item is None or (target := item.data(_ID)) not in self._models:
            return
        menu = lettered(QMenu(self))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open"), lambda: self.network_requested.emit(target))
        menu.addAction(self.tr("Remove from this list"), lambda: self.removal_requested.emit(target))
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the network on Enter or Space, remove a model on Delete."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and item:
            self._choose(item)
        elif event.key() == Qt.Key.Key_Delete and item and item.data(_ID) in self._models:
            self.removal_requested.emit(item.data(_ID))
        else:
            super().keyPressEvent(event)


class NetworksPanel(QWidget):
    """Shows the session's setup and passes requests on to it."""

    target_requested = Signal(str)
    """A network, or one of the user's models, is to be opened."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.list = NetworkList()
        self.form = ConfigurationForm()
        self.form.setProperty("ground", "panel")
        self._area = QScrollArea()
        self._area.setWidget(self.form)
        self._area.setWidgetResizable(True)
        self._area.setAccessibleName(self.tr("Settings of the network"))
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setMinimumHeight(60)
        self._line = separator()
        self._column = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._column.setContentsMargins(0, 4, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.list)
        self._column.addWidget(self._line)
        self._column.addWidget(self._area, 1)
        self.setAccessibleName(self.tr("Networks and their settings"))
        self.setMinimumWidth(240)
        self.form.installEventFilter(self)
        self.list.network_requested.connect(self.target_requested)
        self.form.setup_requested.connect(session.configure)
        self.form.arguments_requested.connect(self._run_with)
        session.state.setup_changed.connect(self._show_setup)
        session.state.network_opened.connect(self._show_opened)
        session.state.phase_changed.connect(self._show_phase)
        session.state.setup_refused.connect(self.form.show_refused)
        self._show_setup()
        if session.engine.opened is not None:
            self._show_opened()
        self._show_phase()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(284, 600)

    def showEvent(self, event: QShowEvent) -> None:
        """Check which of the user's models exist."""
        super().showEvent(event)
        self.list.show_missing()
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._share_room()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share the room anew when the form has other rows."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self.form:
            self._share_room()
        return False

    def _share_room(self) -> None:
        """Give the form the height it needs, and the list the rest; in a wide panel each a side."""
        beside = self.width() >= _BESIDE
        directions = QBoxLayout.Direction
        self._column.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        self.form.set_columns(2 if self.width() >= _IN_TWO else 1)
        self._line.setVisible(not beside)
        self.list.setMinimumWidth(_LIST_WIDTH if beside else 0)
        self.list.setMaximumWidth(_LIST_WIDTH if beside else _MOST)
        most = _MOST
        if not beside:
            height = self.height() - 4
            rest = height - self.form.sizeHint().height() - self._line.height()
            most = min(self.list.tall, max(rest, min(_LEAST_LIST, height // 2)))
        if self.list.maximumHeight() != most:
            self.list.setMaximumHeight(most)
            self.list.keep_shown()

    def _show_setup(self) -> None:
        self.list.show_network(self._session.state.setup.target)
        self.form.show_setup(self._session.state.setup)
        self._show_phase()

    def _show_opened(self) -> None:
        assert self._session.engine.opened is not None
        self.form.show_opened(self._session.engine.opened)
        opening = self._session.opening
        self.form.arguments_row.show_arguments(opening.script_arguments.get(self._session.state.setup.target, ()))

    def _run_with(self, arguments: tuple[str, ...]) -> None:
        known, target = self._session.opening.script_arguments, self._session.state.setup.target
        if known.get(target, ()) != arguments:
            known[target] = arguments
            self._session.opening.reset()

    def _show_phase(self) -> None:
        session = self._session
        if session.state.phase in ("starting", "dead"):
            self.form.show_no_engine(coming=session.state.phase == "starting")
        elif session.state.phase == "failed" and (
            session.engine.opened is None or session.engine.opened.target != session.state.setup.target
        ):
            self.form.show_failed()
        lasting = session.opening.lasting_setup
        self.form.show_changes(lasting, default_setup(lasting.target))
        self.form.show_waiting(session.state.waits_for_reset, session.state.phase == "running")
