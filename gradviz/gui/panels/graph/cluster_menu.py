"""The context menu of a module or a stack on the canvas."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from gradviz.gui.scene.data.placed_graph import Drawing
from gradviz.gui.session.fold_state import FoldState
from gradviz.gui.session.session import Session
from gradviz.protocol.records import BreakpointRecord


def _tr(text: str) -> str:
    return QCoreApplication.translate("graph", text)


class Folds(Protocol):
    """Who folds and unfolds."""

    folding: FoldState

    def toggle(self, cluster_or_group: int) -> None: ...
    def fold_siblings(self, cluster: int) -> None: ...
    def open_inside(self, cluster: int) -> None: ...


def cluster_menu(drawing: Drawing, key: int, folds: Folds, session: Session, parent: QWidget) -> QMenu:
    """The menu for the cluster or group `key`; it deletes itself when it is closed."""
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    graph, box = drawing.graph, drawing.box_of_key(key)
    is_open = drawing.rect_of_cluster(key) is not None
    if is_open:
        menu.addAction(_tr("Fold\tLeft"), lambda: folds.toggle(key))
    elif box is not None and drawing.box_count[box] > 1:
        text = _tr("Draw all {0} one by one\tRight").format(int(drawing.box_count[box]))
        menu.addAction(text, lambda: folds.toggle(drawing.fold_id(box)))
    elif box is not None:
        menu.addAction(_tr("Unfold\tRight"), lambda: folds.toggle(key))
    if key >= len(graph.clusters):
        return menu
    if box is None or drawing.box_count[box] == 1:
        menu.addAction(_tr("Unfold all inside"), lambda: folds.open_inside(key))
        if folds.folding.group_of(key) is not None:
            menu.addAction(_tr("Fold with its siblings into one"), lambda: folds.fold_siblings(key))
    cluster = graph.clusters[key]
    if cluster.kind == "module" and cluster.path:
        menu.addSeparator()
        record = BreakpointRecord(0, "module", text=cluster.path)
        menu.addAction(_tr("Breakpoint on this module"), lambda: session.breakpoints.toggle(record))
        menu.addAction(_tr("Copy path"), lambda: QGuiApplication.clipboard().setText(cluster.path))
    return menu
