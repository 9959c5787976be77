"""Place the panels in docks, remember where, and move them for a small window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar, get_args

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QMainWindow, QWidget

from gradviz.gui.session.session import Session
from gradviz.gui.widgets import dock_sizes
from gradviz.gui.widgets.dock_sizes import Manner
from gradviz.gui.widgets.panel_dock import PanelDock

Panel = TypeVar("Panel", bound=QWidget)


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One panel; its row is all that it needs.

    Where the panel has a widget `corner`, it is shown at the right of the dock's strip; where it has a signal
    `count_changed`, the number is shown behind its title.
    """

    id: str
    title: str
    dock: str
    small_dock: str
    """The dock that holds the panel in a small window."""
    make: Callable[[Session], QWidget]
    keys: tuple[str, ...] = ()
    at_start: bool = True
    """Whether it has a tab before something brought it to the front."""


class PanelsController(QObject):
    """Makes the docks and the panels of a window, and moves panels among docks."""

    changed = Signal()
    """A panel was shown or hidden."""
    compacted = Signal(bool)
    """The window became small, or large again."""

    def __init__(self, window: QMainWindow, rows: Sequence[PanelRow], session: Session) -> None:
        super().__init__(window)
        self.rows = tuple(rows)
        self._panels: dict[str, QWidget] = {}
        self.window = window
        self.manner: Manner = "large"
        self.arranging = False
        """Whether panels are being moved because the window has another size."""
        self._front: dict[str, str] = {}
        """Which panel was in front of each dock when it was left for another arrangement."""
        self.docks: dict[str, PanelDock] = {}
        window.setDockNestingEnabled(True)
        window.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        for corner, area in (
            (Qt.Corner.TopLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea),
            (Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea),
            (Qt.Corner.TopRightCorner, Qt.DockWidgetArea.RightDockWidgetArea),
            (Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea),
        ):
            window.setCorner(corner, area)
        titles = {"left": "Networks", "breaks": "Breakpoints", "right": "Inspector", "code": "Source", "bottom": "Loss"}
        for name, title in titles.items():
            dock = PanelDock(f"dock-{name}", title, window)
            dock.pages_changed.connect(self.changed)
            dock.visibilityChanged.connect(lambda _visible: self.changed.emit())
            self.docks[name] = dock
        for row in rows:
            panel = self._panels[row.id] = row.make(session)
            self.docks[row.dock].add_page(row.id, row.title, panel, getattr(panel, "corner", None))
            if hasattr(panel, "count_changed"):
                panel.count_changed.connect(partial(self._show_count, row))
        self.docks["bottom"].show_page("loss")
        self._place()
        window.installEventFilter(self)

    def get(self, kind: type[Panel]) -> Panel:
        """Return the panel of a class."""
        return next(panel for panel in self._panels.values() if isinstance(panel, kind))

    def panel(self, panel: str) -> QWidget:
        """Return a panel by its id."""
        return self._panels[panel]

    def dock_of(self, panel: str) -> PanelDock:
        """Return the dock that holds a panel now."""
        return next(dock for dock in self.docks.values() if panel in dock.ids)

    def show(self, panel: str) -> None:
        """Bring a panel to the front."""
        self.dock_of(panel).show_page(panel)

    def toggle(self, panel: str) -> None:
        """Hide a panel, or bring it back."""
        dock = self.dock_of(panel)
        if dock.has_visible(panel):
            dock.hide_page(panel)
        else:
            dock.show_page(panel)

    def is_visible(self, panel: str) -> bool:
        """Return whether the panel's tab is visible."""
        return self.dock_of(panel).has_visible(panel)

    def restore_first(self) -> None:
        """Put every panel where it was at the first start."""
        for dock in self.docks.values():
            dock.setFloating(False)
            for panel in dock.ids:
                dock.show_page(panel)
        self._place()
        for panel in self._later:
            self.dock_of(panel).hide_page(panel)
        self.show("inspector")
        self.show("loss")
        self.changed.emit()

    def state(self) -> tuple[QByteArray, str]:
        """Return the arguments of `restore`: the docks' places, and the hidden panels."""
        hidden = [row.id for row in self.rows if self.dock_of(row.id).is_hidden_page(row.id)]
        return self.window.saveState(), ",".join([self.manner, *hidden])

    def restore(self, places: QByteArray, pages: str) -> None:
        """Put docks and panels as they were left."""
        manner, *hidden = pages.split(",") if pages else [self.manner, *self._later]
        for known in get_args(Manner):
            if known == manner:
                self._arrange(known)
        if not places.isEmpty():
            self.window.restoreState(places)
        for panel in hidden:
            if panel in {row.id for row in self.rows}:
                self.dock_of(panel).hide_page(panel)

    @property
    def _later(self) -> list[str]:
        """The panels without a tab at the first start."""
        return [row.id for row in self.rows if not row.at_start]

    @property
    def compact(self) -> bool:
        """Whether the panels are placed for a small window."""
        return self.manner != "large"

    def adapt(self) -> None:
        """Move panels for the size that the window has."""
        wide = self.window.width()
        self._arrange(manner := dock_sizes.manner_of(wide, self.window.height()))
        if manner == "least" and self.docks["right"].width() > dock_sizes.MOST * wide:
            self.set_width("right", self._right_width())  # the window became narrower since

    def _arrange(self, manner: Manner) -> None:
        if manner == self.manner:
            return
        before, self.manner = self.manner, manner
        self.arranging = True
        self._front |= {name: dock.current for name, dock in self.docks.items() if dock.ids}
        for row in self.rows:
            source, target = _dock_in(row, before), _dock_in(row, manner)
            if source != target:
                hidden = self.docks[source].is_hidden_page(row.id)
                page, at = self.docks[source].take_page(row.id), self._place_in(row, target)
                self.docks[target].add_page(row.id, *page, at=at)
                self.docks[source].setVisible(bool(self.docks[source].ids))
                if hidden:
                    self.docks[target].hide_page(row.id)
                else:
                    self.docks[target].show()
        for name, dock in self.docks.items():
            if (front := self._front.get(name)) in dock.ids:
                dock.bring_forward(front)
        self.arranging = False
        self.resize_docks()
        self.compacted.emit(self.compact)
        self.changed.emit()

    def _place_in(self, row: PanelRow, dock: str) -> int:
        """Return where a panel goes in a dock: behind the dock's own in the order of the table, guests last."""
        order = [each.id for each in sorted(self.rows, key=lambda each: each.dock != dock)]
        return sum(order.index(each) < order.index(row.id) for each in self.docks[dock].ids)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move panels when the window becomes small or large."""
        # A dock that is shown may make the window larger, from within Qt's layout: a panel moved then ends in a crash.
        if event.type() == QEvent.Type.Resize and watched is self.window and not self.arranging:
            self.adapt()
        return False

    def _show_count(self, row: PanelRow, count: int) -> None:
        self.dock_of(row.id).set_page_title(row.id, f"{row.title}  {count}" if count else row.title)

    def _place(self) -> None:
        areas = Qt.DockWidgetArea
        window, docks = self.window, self.docks
        window.addDockWidget(areas.LeftDockWidgetArea, docks["left"])
        window.splitDockWidget(docks["left"], docks["breaks"], Qt.Orientation.Vertical)
        window.addDockWidget(areas.RightDockWidgetArea, docks["right"])
        window.splitDockWidget(docks["right"], docks["code"], Qt.Orientation.Vertical)
        window.addDockWidget(areas.BottomDockWidgetArea, docks["bottom"])
        for dock in docks.values():
            dock.setVisible(bool(dock.ids))
        self.resize_docks()

    def resize_docks(self) -> None:
        """Give every dock the size that it has at first."""
        docks, window = self.docks, self.window
        sides = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        right, tall = self._right_width(), dock_sizes.side_height(window.height())
        window.resizeDocks([docks["left"], docks["right"]], [dock_sizes.LEFT, right], sides[0])
        window.resizeDocks([docks["bottom"]], [dock_sizes.bottom_height(window.height())], sides[1])
        heights = dock_sizes.right_heights(self.manner, window.height())
        window.resizeDocks([docks["right"], docks["code"]], list(heights), sides[1])
        window.resizeDocks([docks["left"], docks["breaks"]], [tall - dock_sizes.LOWER, dock_sizes.LOWER], sides[1])

    def _right_width(self) -> int:
        """Return how wide the docks at the right should be."""
        return dock_sizes.right_width(self.manner, self.window.width())

    def set_share(self, share: float) -> None:
        """Give the inspector a share of the height at the right, and the source the rest."""
        docks = [self.docks["right"], self.docks["code"]]
        tall = sum(dock.height() for dock in docks)
        self.window.resizeDocks(docks, [round(tall * share), round(tall * (1 - share))], Qt.Orientation.Vertical)

    def set_width(self, dock: str, width: int) -> None:
        """Set the width of a dock at a side."""
        self.window.resizeDocks([self.docks[dock]], [width], Qt.Orientation.Horizontal)


def _dock_in(row: PanelRow, manner: Manner) -> str:
    """Return the dock that holds a panel in a manner of arrangement."""
    return {"large": row.dock, "small": row.small_dock, "least": "right"}[manner]
