"""A dock with tabs of its own: panels, a corner for the shown panel's controls, and one strip to drag it by."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gradviz.gui.style import qt_colors as palette
from gradviz.gui.widgets.mnemonics import lettered
from gradviz.language import tr
from gradviz.model.explanation.glossary import glossary_tip

STRIP = 36
"""Height of the strip with the tabs."""


class PanelTabs(QTabBar):
    """Tabs that are whole or not there: what finds no room is left to a menu."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)

    def is_hidden(self, index: int) -> bool:
        """Return whether the user hid a tab."""
        return bool(self.tabData(index))

    def set_hidden(self, index: int, hidden: bool) -> None:
        """Hide a tab, or bring it back."""
        self.setTabData(index, hidden)
        self.setTabVisible(index, not hidden)

    def fit_to(self, room: int, button: int) -> list[int]:
        """Show the current tab and, from the left, those that have room; return the others, for a `button`."""
        wanted = [index for index in range(self.count()) if not self.is_hidden(index)]
        widths = {index: self.tabSizeHint(index).width() for index in wanted}
        if sum(widths.values()) > room:
            room -= button
        room -= widths.get(self.currentIndex(), 0)
        left_out = []
        for index in wanted:
            if index != self.currentIndex():
                room -= widths[index]
                if room < 0:
                    left_out.append(index)
        changed = [index for index in wanted if self.isTabVisible(index) == (index in left_out)]
        for index in changed:
            self.setTabVisible(index, index not in left_out)
        if changed:
            self.updateGeometry()
        return left_out

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the room of tabs that were added while nothing was shown."""
        super().showEvent(event)
        self.updateGeometry()


class _Strip(QWidget):
    """The dock's title bar: tabs at the left, the controls of the shown panel at the right, a line below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.tabs = PanelTabs(self)
        self.corner = _Pages(self)
        self.more = QToolButton(self)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.setMenu(lettered(QMenu(self.more)))
        self.more.hide()
        self._left_out: list[int] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(7, 0, 8, 1)
        row.setSpacing(2)  # four tabs and three buttons have to fit into 400 pixels
        row.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self.more)
        row.addWidget(self.corner, 1)
        self.setFixedHeight(STRIP)

    def fit(self) -> None:
        """Show the tabs that have room, and offer the others in a menu."""
        margins = self.contentsMargins()
        room = self.width() - 7 - 8 - margins.left() - margins.right() - self.corner.minimumSizeHint().width() - 4
        left_out = self.tabs.fit_to(room, self.more.sizeHint().width() + 2)
        if left_out == self._left_out:
            return
        self._left_out = left_out
        names = [self.tabs.tabText(index) for index in left_out]
        menu = self.more.menu()
        menu.clear()
        for index, name in zip(left_out, names, strict=True):
            menu.addAction(name, partial(self.tabs.setCurrentIndex, index))
        self.more.setText(f"+{len(names)}")
        self.more.setToolTip(tr("More panels:\n{names}").format(names="\n".join(names)))
        self.more.setAccessibleName(self.more.toolTip())
        self.more.setVisible(bool(names))

    def event(self, event: QEvent) -> bool:
        """Fit the tabs anew when the strip, or what is in it, has another size."""
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self.fit()
        return done

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(80, STRIP)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground and line."""
        colors = palette.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), palette.color(colors.panel))
        painter.fillRect(0, self.height() - 1, self.width(), 1, palette.color(colors.line))
        painter.end()


class _Pages(QStackedWidget):
    """No larger than its front page needs: what another one has must not push the tabs away."""

    def sizeHint(self) -> QSize:
        """Return the size of the front page."""
        page = self.currentWidget()
        return super().sizeHint() if page is None else page.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the least size of the front page."""
        page = self.currentWidget()
        return super().minimumSizeHint() if page is None else page.minimumSizeHint().expandedTo(page.minimumSize())


class PanelDock(QDockWidget):
    """Holds panels by id, each a tab. Without a visible panel the dock hides."""

    page_shown = Signal(str)
    pages_changed = Signal()

    def __init__(self, dock_id: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setObjectName(dock_id)
        self._ids: list[str] = []
        self._strip = _Strip(self)
        self._pages = _Pages()
        body = QWidget()
        body.setProperty("ground", "panel")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self._strip.tabs.setAccessibleName(title)
        self.setTitleBarWidget(self._strip)
        self.setWidget(body)
        self._strip.tabs.currentChanged.connect(self._turn_to)

    @property
    def ids(self) -> list[str]:
        """The panels it holds, hidden ones included, in the order of the tabs."""
        return list(self._ids)

    def add_page(
        self, page_id: str, title: str, page: QWidget, corner: QWidget | None = None, *, at: int | None = None
    ) -> None:
        """Add a panel as the last tab, or in a place; `corner` is in the strip's right end while the panel is shown."""
        at = len(self._ids) if at is None else at
        self._ids.insert(at, page_id)
        self._pages.insertWidget(at, page)
        self._strip.corner.insertWidget(at, corner or QWidget())
        self._strip.tabs.setTabToolTip(self._strip.tabs.insertTab(at, title), glossary_tip(title))
        page.setVisible(page is self._pages.currentWidget())

    def take_page(self, page_id: str) -> tuple[str, QWidget, QWidget]:
        """Remove a panel and give its title, itself and its corner, to be added elsewhere."""
        index = self._ids.index(page_id)
        title = self._strip.tabs.tabText(index)
        page, corner = _take(self._pages, index), _take(self._strip.corner, index)
        self._ids.pop(index)
        self._strip.tabs.removeTab(index)
        self._turn_to(self._strip.tabs.currentIndex())
        return title, page, corner

    def show_page(self, page_id: str) -> None:
        """Bring a panel to the front, and the dock back if it was hidden."""
        index = self._ids.index(page_id)
        self._strip.tabs.set_hidden(index, False)
        self._strip.tabs.setCurrentIndex(index)
        self.show()
        self.raise_()
        self.pages_changed.emit()

    def bring_forward(self, page_id: str) -> None:
        """Bring a panel to the front unless the user hid it."""
        if not self.is_hidden_page(page_id):
            self._strip.tabs.setCurrentIndex(self._ids.index(page_id))

    def set_page_title(self, page_id: str, title: str) -> None:
        """Change the title of a panel."""
        self._strip.tabs.setTabText(self._ids.index(page_id), title)

    def hide_page(self, page_id: str) -> None:
        """Hide a panel; with the last one the dock goes."""
        index = self._ids.index(page_id)
        self._strip.tabs.set_hidden(index, True)
        if all(map(self._strip.tabs.is_hidden, range(len(self._ids)))):
            self.hide()
        self.pages_changed.emit()

    def has_visible(self, page_id: str) -> bool:
        """Return whether the panel's tab can be seen."""
        return not self.isHidden() and not self.is_hidden_page(page_id)

    def is_hidden_page(self, page_id: str) -> bool:
        """Return whether the user hid the panel's tab."""
        return self._strip.tabs.is_hidden(self._ids.index(page_id))

    @property
    def current(self) -> str:
        """The panel in front; empty if there is none."""
        index = self._strip.tabs.currentIndex()
        return self._ids[index] if 0 <= index < len(self._ids) else ""

    @property
    def front(self) -> QWidget | None:
        """The panel in front itself."""
        return self._pages.currentWidget()

    def set_height(self, height: int) -> None:
        """Ask the window for another height."""
        window = self.parentWidget()
        # Another panel may just have come to the front, with another least height: lay out from inside out.
        for widget in (self.widget(), self, window):
            if widget is not None and (layout := widget.layout()) is not None:
                layout.activate()
        if isinstance(window, QMainWindow):
            window.resizeDocks([self], [height], Qt.Orientation.Vertical)

    def _turn_to(self, index: int) -> None:
        if 0 <= index < self._pages.count():
            self._pages.setCurrentIndex(index)
            self._pages.updateGeometry()
            self._strip.corner.setCurrentIndex(index)
            self._strip.fit()
            self.page_shown.emit(self.current)

    def changeEvent(self, event: QEvent) -> None:
        """Repaint the strip in the colors of another theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self._strip.update()
        super().changeEvent(event)


def _take(stack: QStackedWidget, index: int) -> QWidget:
    widget = stack.widget(index)
    assert widget is not None
    stack.removeWidget(widget)
    return widget
