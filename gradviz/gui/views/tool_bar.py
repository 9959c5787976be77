"""The tool bar: the run button, one iteration, reset; zoom, fit and the find field at the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolBar, QToolButton, QWidget

from gradviz.gui.actions import Actions
from gradviz.gui.views.find_field import FindField
from gradviz.gui.views.run_button import RunButton


class ToolBar(QToolBar):
    """Fixed at the top. Steps of the debugger find their place after Reset."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tools")
        self.setWindowTitle(self.tr("Tools"))
        self.setMovable(False)
        self.setFloatable(False)
        self.setFixedHeight(48)
        self.setIconSize(QSize(20, 20))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.run_button = RunButton(actions["run"], actions["pause"])
        self.addWidget(_space(0))
        self.addWidget(self.run_button)
        self.addWidget(_space(4))
        for name in ("run_one", "reset"):
            self._add(actions[name])
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(stretch)
        self._zoom_out = self._add(actions["zoom_out"])
        self._percent = QLabel("100%", alignment=Qt.AlignmentFlag.AlignCenter)
        self._percent.setProperty("role", "label")
        self._percent.setFixedWidth(44)
        self._percent.setAccessibleName(self.tr("Zoom"))
        self._percent_action = self.addWidget(self._percent)
        self._zoom_in = self._add(actions["zoom_in"])
        self._add(actions["fit"])
        self.addWidget(_space(8))
        self.find_field = FindField()
        self.addWidget(self.find_field)
        self.addWidget(_space(4))

    def show_zoom(self, zoom: float) -> None:
        """Show the zoom, 1 for 100 %."""
        self._percent.setText(f"{round(zoom * 100)}%")

    def set_compact(self, compact: bool) -> None:
        """Without the zoom steps, and with a shorter find field, for a small window."""
        for action in (self._zoom_out, self._percent_action, self._zoom_in):
            action.setVisible(not compact)
        self.find_field.set_narrow(compact)

    def _add(self, action: QAction) -> QAction:
        # The bar shows an action of its own that stands for the table's, so that hiding it leaves the menu alone.
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setIconSize(QSize(20, 20))
        button.setFixedSize(34, 34)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.text())
        return self.addWidget(button)


def _space(width: int) -> QWidget:
    space = QWidget()
    space.setFixedWidth(width)
    return space
