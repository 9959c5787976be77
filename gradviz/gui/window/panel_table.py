"""The table of panels: id, title, dock, dock in a small window, and factory of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from gradviz.gui.controllers.panels_controller import PanelRow
from gradviz.gui.panels.breakpoints.breakpoints_panel import BreakpointsPanel
from gradviz.gui.panels.cause.cause_panel import CausePanel
from gradviz.gui.panels.console import Console
from gradviz.gui.panels.inspector.inspector import Inspector
from gradviz.gui.panels.lessons.lessons_panel import LessonsPanel
from gradviz.gui.panels.loss_panel import LossPanel
from gradviz.gui.panels.networks.networks_panel import NetworksPanel
from gradviz.gui.panels.race.race_panel import RacePanel
from gradviz.gui.panels.runs.runs_panel import RunsPanel
from gradviz.gui.panels.source.source_view import SourceView
from gradviz.gui.panels.tables.modules_panel import ModulesPanel
from gradviz.gui.panels.tables.reach_panel import ReachPanel
from gradviz.gui.panels.tables.table_panel import TablePanel
from gradviz.gui.panels.timeline.timeline_view import TimelineView
from gradviz.gui.panels.watch.watch_panel import WatchPanel
from gradviz.gui.session.session import Session
from gradviz.language import tr


def panel_rows() -> tuple[PanelRow, ...]:
    """Return the rows in the order of the Window menu, and of the tabs of each dock."""
    return (
        PanelRow("networks", tr("Networks"), "left", "bottom", NetworksPanel, ("Alt+1",)),
        PanelRow("lesson", tr("Lesson"), "breaks", "bottom", LessonsPanel, ("Alt+L",)),
        PanelRow("breakpoints", tr("Breakpoints"), "breaks", "code", _without_session(BreakpointsPanel), ("Alt+2",)),
        PanelRow("inspector", tr("Inspector"), "right", "right", Inspector, ("Alt+3",)),
        PanelRow("cause", tr("Cause"), "right", "right", CausePanel, ("Alt+Y",)),
        PanelRow("reach", tr("Reach"), "right", "right", ReachPanel, ("Alt+4",)),
        PanelRow("modules", tr("Modules"), "right", "right", _without_session(ModulesPanel), ("Alt+5",)),
        PanelRow("table", tr("Table"), "right", "right", _without_session(TablePanel), ("Alt+6",)),
        PanelRow("race", tr("Race"), "right", "right", RacePanel, ("Alt+K",), at_start=False),
        PanelRow("source", tr("Source"), "code", "code", _without_session(SourceView), ("Alt+7",)),
        PanelRow("timeline", tr("Timeline"), "bottom", "bottom", _without_session(TimelineView), ("Alt+8",)),
        PanelRow("watch", tr("Watch"), "bottom", "bottom", WatchPanel, ("Alt+A",)),
        PanelRow("loss", tr("Loss"), "bottom", "bottom", LossPanel, ("Alt+9",)),
        PanelRow("runs", tr("Runs"), "bottom", "bottom", RunsPanel, ("Alt+U",)),
        PanelRow(
            "console",
            tr("Console"),
            "bottom",
            "bottom",
            lambda session: Console(partial(_run_title, session)),
            ("Alt+C",),
        ),
    )


def _run_title(session: Session) -> str:
    return tr("{network}, run {number}").format(network=session.state.title, number=session.state.runs.shown_number)


def _without_session(panel: Callable[[], QWidget]) -> Callable[[Session], QWidget]:
    return lambda _session: panel()
