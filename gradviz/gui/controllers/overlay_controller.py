"""Color the graph by the chosen overlay: its menu, values of boxes, a range that only grows, legend and marker."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from gradviz.export.overlay_shading import Shading
from gradviz.gui.controllers.overlay_coloring import (
    BoxValues,
    box_values,
    grouped_coloring,
    measured_coloring,
    shades,
    wanted_limits,
)
from gradviz.gui.panels.graph.overlay_legend import ColorButton, OverlayLegend, SampleKinds
from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.scene.view.graph_view import GraphView
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import PAUSED, RATES, Settings
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.text import overlays as overlay_words
from gradviz.language import tr
from gradviz.model.graph.graph import Graph
from gradviz.model.number_text import value_text
from gradviz.model.overlay.overlay_scale import Limits, Mark, places
from gradviz.model.overlay.overlay_table import NONE, OVERLAYS, Overlay, overlay
from gradviz.model.overlay.overlay_values import Column, Groups


class OverlayMenu(QMenu):
    """One menu for the legend, the menu bar and the command palette."""

    overlay_chosen = Signal(str)
    rate_chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Colour by"))
        self.setToolTipsVisible(True)
        self.overlays: dict[str, QAction] = {}
        """Overlay id → action; `none` too."""
        self.rates: dict[int, QAction] = {}
        exclusive = QActionGroup(self)
        for row in (None, *OVERLAYS):
            overlay_id = NONE if row is None else row.id
            action = QAction(overlay_words.title(row), self, checkable=True)
            action.setToolTip(overlay_words.tip(row) if row else self.tr("Show the graph without colours"))
            action.triggered.connect(partial(self._choose, overlay_id))
            if row is not None and row.first_of_group:
                self.addSeparator()
            exclusive.addAction(action)
            self.addAction(action)
            self.overlays[overlay_id] = action
        self.addSeparator()
        self.rate_menu = self.addMenu(self.tr("Measure"))
        self.rate_menu.setToolTipsVisible(True)
        speeds = QActionGroup(self)
        for rate in (*RATES, PAUSED):
            action = QAction(overlay_words.rate(rate), self, checkable=True)
            action.setToolTip(
                self.tr("Measure nothing; the values stay as they are")
                if rate == PAUSED
                else self.tr("While it trains; measuring more often slows training more")
            )
            action.triggered.connect(partial(self._set_rate, rate))
            speeds.addAction(action)
            self.rate_menu.addAction(action)
            self.rates[rate] = action

    def show_state(self, overlay_id: str, rate: int) -> None:
        """Check the actions of an overlay and of a rate."""
        self.overlays[overlay_id].setChecked(True)
        if rate in self.rates:
            self.rates[rate].setChecked(True)

    def entries(self) -> list[tuple[str, Callable[[], None]]]:
        """Return every choice by name, for the command palette."""
        menus = ((self, self.overlays.values()), (self.rate_menu, self.rates.values()))
        return [(f"{menu.title()}: {a.text()}", a.trigger) for menu, actions in menus for a in actions]

    def _choose(self, overlay_id: str, _checked: bool = False) -> None:
        self.overlay_chosen.emit(overlay_id)

    def _set_rate(self, rate: int, _checked: bool = False) -> None:
        self.rate_chosen.emit(rate)


_VIEW = "colours"


class OverlayController(QObject):
    """Owns the choice and the legend; the session measures, the view paints."""

    changed = Signal()
    """Another overlay was chosen."""

    def __init__(
        self, session: Session, settings: Settings, view: GraphView, menu: OverlayMenu, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._settings, self._view, self._menu = session, settings, view, menu
        self.overlay: Overlay | None = None
        """The overlay of the graph; None for no colors."""
        self.legend = OverlayLegend(menu)
        self.chip = ColorButton(menu)
        self.legend.hide()
        view.cards.set_legend_head(self.chip)
        self._limits: dict[str, Limits] = {}
        self._run = (0, "")
        self._values: BoxValues | None = None
        self._static: tuple[Graph, dict[str, Column | Groups]] | None = None
        """Overlays that need no measuring, computed once for each graph."""
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self.refresh)
        session.measuring.rate = settings.get("measure/rate")
        menu.overlay_chosen.connect(self.choose)
        menu.rate_chosen.connect(self.set_rate)
        menu.show_state(NONE, session.measuring.rate)
        for changed in (session.measuring.changed, session.state.clock.ticked, view.drawing_changed):
            changed.connect(self._soon)
        view.node_hovered.connect(lambda _node: self._point())
        session.selection.changed.connect(self._point)
        self.legend.height_changed.connect(view.cards.legend_toggled)
        view.installEventFilter(self)

    @property
    def limits(self) -> Limits | None:
        """The ends of the bar that is shown."""
        return self._limits.get(self.overlay.id) if self.overlay is not None else None

    def choose(self, overlay_id: str) -> None:
        """Color the graph by another quantity, or by none."""
        self.overlay = overlay(overlay_id)
        measure = self.overlay.measure if self.overlay is not None else None
        self._session.measuring.show(_VIEW, () if measure is None else (measure,))
        self._menu.show_state(overlay_id, self._session.measuring.rate)
        if self.overlay is None:
            self._view.scene.set_coloring(None)
            self._view.cards.set_lower_left(None)
            self._values = None
        else:
            self.refresh()
            self._view.cards.set_lower_left(self.legend)
        self.changed.emit()

    def set_rate(self, rate: int) -> None:
        """Set how often to measure, and remember it."""
        self._session.measuring.set_rate(rate)
        self._settings.set("measure/rate", rate)
        self._menu.show_state(NONE if self.overlay is None else self.overlay.id, rate)

    def reset_scale(self) -> None:
        """Make the bar span the values that are drawn now, and no others."""
        self._limits.clear()
        self.refresh()

    def reason_without_scale(self) -> str:
        """Return that there is no bar whose ends could be set; empty if there is one."""
        if self.overlay is None or self.overlay.is_categorical:
            return tr("The graph is not coloured by a number.")
        return ""

    def refresh(self) -> None:
        """Color the drawing by the values that are known."""
        drawing, shown = self._view.drawing, self.overlay
        run = (
            self._session.state.runs.number,
            self._session.selection.graph_target,
        )  # until its graph comes, the one before is drawn
        if self._run != run:
            self._run = run
            self._limits.clear()
        if shown is None:
            return
        if drawing is None:
            self._view.scene.set_coloring(None)
            return
        if shown.is_categorical:
            self._show_groups(drawing, shown)
        else:
            self._show_values(drawing, shown)
        self._point()

    def shading(self) -> Shading | None:
        """Return the colors and legend of the drawing, for an exported picture; None without an overlay."""
        drawing, coloring = self._view.drawing, self._view.scene.coloring
        if drawing is None or coloring is None:
            return None
        found = shades(drawing, coloring, palettes.current())
        return Shading(found, self.legend.as_shown()) if found else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow a change of theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self._soon()
        return False

    def _soon(self) -> None:
        if self.overlay is not None:
            self._timer.start()

    def _show_groups(self, drawing: Drawing, shown: Overlay) -> None:
        groups = self._static_values(drawing.graph, shown)
        assert isinstance(groups, Groups)
        self._values = None
        self._view.scene.set_coloring(grouped_coloring(drawing, groups, palettes.current()))
        self.legend.show_groups(shown, groups)

    def _show_values(self, drawing: Drawing, shown: Overlay) -> None:
        column = self._column(drawing.graph, shown)
        values = self._values = box_values(drawing, shown, column)
        wanted = wanted_limits(shown, values)
        if wanted is not None:
            self._limits[shown.id] = wanted.join(self._limits.get(shown.id))
        limits = self._limits.get(shown.id)
        coloring = measured_coloring(shown, values, limits, palettes.current(), self._explained)
        self._view.scene.set_coloring(coloring)
        self.legend.show_scale(shown, limits, self._kinds_of(shown, values, limits), self._note(shown, column))

    def _column(self, graph: Graph, shown: Overlay) -> Column:
        if shown.measure is not None:
            return self._session.measuring.measurements.column(shown.measure, graph)
        found = self._static_values(graph, shown)
        assert isinstance(found, Column)
        return found

    def _static_values(self, graph: Graph, shown: Overlay) -> Column | Groups:
        assert shown.of_graph is not None
        if self._static is None or self._static[0] is not graph:
            self._static = (graph, {})
        known = self._static[1]
        if shown.id not in known:
            known[shown.id] = shown.of_graph(graph)
        return known[shown.id]

    def _kinds_of(self, shown: Overlay, values: BoxValues, limits: Limits | None) -> SampleKinds:
        if values.column.empty:
            return SampleKinds()
        _, marks = places(shown, values.column, limits)
        drawn = marks[values.applies]
        return SampleKinds(*(bool((drawn == m).any()) for m in (Mark.MISSING, Mark.ZERO, Mark.BEYOND, Mark.NOT_FINITE)))

    def _note(self, shown: Overlay, column: Column) -> str:
        """Return from when the values are, or what to do where there are none."""
        session = self._session
        if shown.measure is None:
            return "" if not column.empty else self.tr("No node's shape and type are known.")
        paused = session.measuring.rate == PAUSED
        if column.empty:
            if paused:
                return self.tr("Measuring is paused; choose a rate under Measure in the menu.")
            if session.state.phase == "dead":
                return self.tr("Nothing was measured before the engine ended.")
            if session.state.phase == "running":
                return overlay_words.none_found(shown)
            if session.state.phase == "stopped":
                return self.tr("Nothing measured yet in this iteration.")
            return self.tr("Nothing measured yet: press Run (F5) or One iteration (F7).")
        words = [self.tr("iteration {0}").format(f"{column.step:,}")] if column.step is not None else []
        if paused:
            words.append(self.tr("measuring is paused"))
        elif session.state.phase != "running" and column.step is not None and column.step < session.engine.step - 1:
            words.append(self.tr("the last that was measured"))
        return ", ".join(words)

    def _explained(self, box: int) -> str:
        """Return the lines of a tooltip about the value of a box."""
        drawing, shown, values = self._view.drawing, self.overlay, self._values
        if drawing is None or shown is None or values is None or not values.applies[box]:
            return ""
        column = values.column
        if not column.measured[box]:
            return self.tr("{0}: not measured").format(overlay_words.title(shown))
        text = f"{overlay_words.title(shown)}: {value_text(float(column.values[box]), shown.unit)}"
        return f"{text}\n{overlay_words.aggregate(shown)}" if drawing.folded[box] else text

    def _point(self) -> None:
        """Mark the value of the hovered node on the bar, else that of the selected one."""
        drawing, shown, values = self._view.drawing, self.overlay, self._values
        place = None
        if drawing is not None and shown is not None and values is not None and len(values.applies) == len(drawing):
            node = self._view.marks.hovered if self._view.marks.hovered is not None else self._session.selection.node_id
            box = drawing.box_of(node) if node is not None else None
            if box is not None and values.column.measured[box]:
                one = Column(values.column.values[[box]], values.column.measured[[box]])
                found = float(places(shown, one, self.limits)[0][0])
                place = found if found == found else None
        self.legend.set_marker(place)
