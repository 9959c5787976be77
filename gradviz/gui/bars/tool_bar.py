"""The tool bar: run, one iteration, reset, the debugger's steps; zoom, fit and the find field at the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QToolBar, QToolButton, QWidget

from gradviz.gui.actions.actions import Actions
from gradviz.gui.bars.find_field import FindField
from gradviz.gui.bars.run_button import RunButton
from gradviz.gui.style import icons
from gradviz.gui.style import qt_colors as palette
from gradviz.protocol.records import Phase

_PHASED = {"step_over": "next", "step_in": "step-in", "step_out": "step-out"}
"""Actions whose icon has the phase's color at a stop, and the icon."""

_DROPPED = (
    "next_iteration", "run_one", "run_to", "break_on_nan", "step_back", "fit", "next_phase", "reset", "step_out",
)  # fmt: skip
"""What a narrow window leaves out of the bar, the first one first; menu and keys have it still."""
_TIGHT, _PADDING, _GAP = 760, 18, 4
"""A width below which the find field is at its narrowest; room around the controls, and between two of them."""


class ToolBar(QToolBar):
    """Fixed at the top. At a stop the steps have the color of the phase."""

    def __init__(self, actions: Actions, find_field: FindField, parent: QWidget | None = None) -> None:
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
        self._by_name = {name: self._add(actions[name]) for name in ("run_one", "reset")}
        self._steps = [actions[name] for name in _PHASED]
        self._phase: Phase | None = None
        self._separators: list[QAction] = []
        self._compact = False
        self._separate()
        self._by_name |= {name: self._add(actions[name]) for name in ("step_back", *_PHASED, "run_to")}
        self._separate()
        self._by_name |= {name: self._add(actions[name]) for name in ("next_phase", "next_iteration")}
        self._separate()
        self._break_on_nan = QToolButton()
        self._break_on_nan.setProperty("toggle", True)
        self._break_on_nan.setDefaultAction(actions["break_on_nan"])
        self._break_on_nan.setIconSize(QSize(20, 20))
        self._break_on_nan.setFixedHeight(32)
        self._break_on_nan.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._break_on_nan.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._by_name["break_on_nan"] = self.addWidget(self._break_on_nan)
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
        self._by_name["fit"] = self._add(actions["fit"])
        self.addWidget(_space(8))
        self.find_field = find_field
        self.addWidget(self.find_field)
        self.addWidget(_space(4))

    def show_phase(self, phase: Phase | None) -> None:
        """Color the steps by the phase of the stop; None for no stop."""
        if phase != self._phase:
            self._phase = phase
            self._color_steps()

    def show_zoom(self, zoom: float) -> None:
        """Show the zoom, 1 for 100 %."""
        self._percent.setText(f"{round(zoom * 100)}%")

    def set_compact(self, compact: bool) -> None:
        """Hide the zoom steps and shorten the find field, for a small window."""
        self._compact = compact
        for action in (self._zoom_out, self._percent_action, self._zoom_in):
            action.setVisible(not compact)
        style = Qt.ToolButtonStyle
        self._break_on_nan.setToolButtonStyle(
            style.ToolButtonIconOnly if compact else style.ToolButtonTextBesideIcon
        )  # fmt: skip

        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out separators and steps that the menu has too, until the find field and the main steps fit."""
        for action in (*self._by_name.values(), *self._separators):
            action.setVisible(True)
        self.find_field.set_narrow(self._compact, least=self.width() < _TIGHT)
        drops = [*self._separators, *(self._by_name[name] for name in _DROPPED)]
        while drops and self._wanted() > self.width():
            drops.pop(0).setVisible(False)

    def _wanted(self) -> int:
        shown = (self.widgetForAction(action) for action in self.actions() if action.isVisible())
        return _PADDING + sum(widget.sizeHint().expandedTo(widget.minimumSize()).width() + _GAP for widget in shown)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_steps"):
            self._color_steps()
        super().changeEvent(event)

    def _color_steps(self) -> None:
        colors = palette.current()
        shade = colors.phase(self._phase).text if self._phase is not None else None
        for action, name in zip(self._steps, _PHASED.values(), strict=True):
            action.setIcon(icons.icon(name, color=shade))

    def _separate(self) -> None:
        line = QFrame()
        line.setProperty("bar", True)
        line.setFixedSize(17, 20)
        self._separators.append(self.addWidget(line))

    def _add(self, action: QAction) -> QAction:
        # The bar shows an action of its own in place of the table's, so that hiding it leaves the menu alone.
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
