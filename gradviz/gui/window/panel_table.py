"""The table of panels: id, title, dock, dock in a small window, and factory of each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from gradviz.gui.controllers.panels_controller import PanelRow
from gradviz.gui.panels.breakpoints.breakpoints_panel import BreakpointsPanel
from gradviz.gui.panels.console import Console
from gradviz.gui.panels.inspector.inspector import Inspector
from gradviz.gui.panels.lessons.lessons_panel import LessonsPanel
from gradviz.gui.panels.loss_panel import LossPanel
from gradviz.gui.panels.networks.networks_panel import NetworksPanel
from gradviz.gui.panels.source.source_view import SourceView
from gradviz.gui.panels.tables.modules_panel import ModulesPanel
from gradviz.gui.panels.tables.reach_panel import ReachPanel
from gradviz.gui.panels.tables.table_panel import TablePanel
from gradviz.gui.panels.timeline.timeline_view import TimelineView
from gradviz.gui.session.session import Session


def panel_rows() -> tuple[PanelRow, ...]:
    """Return the rows in the order of the Window menu, and of the tabs of each dock."""
    return (
        PanelRow("networks", _tr("Networks"), "left", "bottom", NetworksPanel),
        PanelRow("lesson", _tr("Lesson"), "breaks", "bottom", LessonsPanel),
        PanelRow("breakpoints", _tr("Breakpoints"), "breaks", "code", _without_session(BreakpointsPanel)),
        PanelRow("inspector", _tr("Inspector"), "right", "right", Inspector),
        PanelRow("reach", _tr("Reach"), "right", "right", ReachPanel),
        PanelRow("modules", _tr("Modules"), "right", "right", _without_session(ModulesPanel)),
        PanelRow("table", _tr("Table"), "right", "right", _without_session(TablePanel)),
        PanelRow("source", _tr("Source"), "code", "code", _without_session(SourceView)),
        PanelRow("timeline", _tr("Timeline"), "bottom", "bottom", _without_session(TimelineView)),
        PanelRow("loss", _tr("Loss"), "bottom", "bottom", LossPanel),
        PanelRow("console", _tr("Console"), "bottom", "bottom", _without_session(Console)),
    )


def _without_session(panel: Callable[[], QWidget]) -> Callable[[Session], QWidget]:
    return lambda _session: panel()


def _tr(text: str) -> str:
    return QCoreApplication.translate("MainWindow", text)
