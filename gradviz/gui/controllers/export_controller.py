"""Exports: the graph as a picture, the loss, and the tables of nodes, modules and gradient reach as text."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from gradviz.errors import GradvizError
from gradviz.export.picture_style import PictureStyle
from gradviz.gui.controllers.measuring_controller import MeasuringController
from gradviz.gui.controllers.panels_controller import PanelsController
from gradviz.gui.dialogs.picture_dialog import PictureDialog
from gradviz.gui.panels.loss_panel import LossPanel
from gradviz.gui.panels.tables.reach_panel import ReachPanel
from gradviz.gui.scene.view.graph_view import GraphView
from gradviz.gui.session.session import Session
from gradviz.gui.session.settings import Settings
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.widgets.save_file import ask_save_path, write_file
from gradviz.language import tr
from gradviz.model.number_text import short
from gradviz.model.tables import module_totals, node_table, reach_table
from gradviz.model.tables.module_totals import SUMMED
from gradviz.model.tables.node_table import MEASURES

PICTURES = {"svg": "SVG", "pdf": "PDF", "png": "PNG", "dot": "Graphviz DOT", "json": "JSON"}
_CSV = {"csv": "CSV"}
CLIPBOARD = ".png"
"""In place of a path: the kind that a clipboard takes, and no name."""


class ExportController(QObject):
    """Asks for a file, remembers its folder, writes into it, and reports how that went."""

    reported = Signal(str)
    """A sentence for the status bar."""
    picture_requested = Signal(str, PictureStyle)
    """Path of the picture to draw, in another process, whose suffix gives the kind, or `CLIPBOARD`; and how."""

    def __init__(self, session: Session, settings: Settings, view: GraphView, measures: MeasuringController,
                 panels: PanelsController, parent: QWidget) -> None:  # fmt: skip
        super().__init__(parent)
        self._session, self._settings, self._parent = session, settings, parent
        self._view, self._measures, self._panels = view, measures, panels
        self._reach, self._loss = panels.get(ReachPanel), panels.get(LossPanel)
        measures.nodes_export_requested.connect(self.export_nodes)
        measures.modules.export_requested.connect(self.export_modules)
        self._reach.export_requested.connect(self.export_reach)

    def export_picture(self) -> None:
        """Ask how, and have the graph drawn into a file or onto the clipboard."""
        theme = "dark" if palettes.current().dark else "light"
        title = tr("{title}, iteration {number}").format(
            title=self._session.state.title, number=f"{self._session.engine.step:,}"
        )
        colored = self._measures.coloring.shading() is not None
        dialog = PictureDialog(title, theme, colored=colored, parent=self._parent)
        dialog.save_requested.connect(lambda: self._save_picture(self._style(dialog)))
        dialog.copy_requested.connect(lambda: self.picture_requested.emit(CLIPBOARD, self._style(dialog)))
        dialog.open()

    def _style(self, dialog: PictureDialog) -> PictureStyle:
        """Return what the dialog shows, of the graph as it is now."""
        view, loss = self._view, self._session.engine.loss
        part = view.camera.seen(view.width(), view.height()) if dialog.part.currentData() else None
        return PictureStyle(
            dialog.theme.currentData(),
            dialog.scale.currentData(),
            dialog.title,
            part,
            "" if loss is None else short(loss),
        )

    def _save_picture(self, style: PictureStyle) -> None:
        name = Path(self._session.selection.graph_target).name.replace(".py", "").replace(":", "_")
        start = f"{name}.{self._settings.get('export/kind') or 'svg'}"
        if path := self._ask(self.tr("Export picture"), start, PICTURES, strict=True):
            self._settings.set("export/kind", _suffix(path))
            self.picture_requested.emit(path, style)

    def take_picture(self, path: str, picture: bytes) -> None:
        """Write a picture that was drawn, or put it on the clipboard."""
        if path == CLIPBOARD:
            QGuiApplication.clipboard().setImage(QImage.fromData(picture))
            self.reported.emit(tr("The picture is on the clipboard."))
        else:
            self.write(path, picture)

    def export_loss(self) -> None:
        """Ask for a file and write the plot or its points into it."""
        if self._loss.plot is not None:
            self._panels.show("loss")
            kinds = {"png": "PNG", "svg": "SVG", "csv": "CSV"}
            if path := self._ask(self.tr("Export loss"), "loss.png", kinds):
                self.write_loss(path)

    def export_nodes(self) -> None:
        """Ask for a file and write all nodes and columns into it."""
        table = self._measures.table.model.table
        if table is not None and (path := self._ask(self.tr("Export nodes"), "nodes.csv", _CSV)):
            self.write(path, node_table.as_csv(table, self._measures.columns(MEASURES)))

    def export_modules(self) -> None:
        """Ask for a file and write the totals of all modules into it."""
        totals = self._measures.modules.model.totals
        if totals is not None and (path := self._ask(self.tr("Export modules"), "modules.csv", _CSV)):
            self.write(path, module_totals.as_csv(totals, self._measures.columns(SUMMED)))

    def export_reach(self) -> None:
        """Ask for a file and write the gradient reach of all parameters into it, by its suffix."""
        kinds = {"csv": "CSV", "txt": "Text"}
        if self._reach.table is not None and (path := self._ask(self.tr("Export reach"), "reach.csv", kinds)):
            self.write_reach(path)

    def write_loss(self, path: str) -> None:
        """Write the loss as PNG, SVG or CSV, by the suffix."""
        if self._loss.plot is not None:
            try:
                self._loss.plot.export(path)
            except GradvizError as error:
                self.reported.emit(str(error))
            else:
                self.reported.emit(self.tr("Wrote {0}").format(path))

    def write_reach(self, path: str) -> None:
        """Write the gradient reach as CSV or text, by the suffix."""
        table = self._reach.table
        assert table is not None
        self.write(path, (reach_table.as_csv if _suffix(path) == "csv" else reach_table.as_text)(table))

    def write(self, path: str, contents: str | bytes) -> None:
        """Write a file."""
        self.reported.emit(write_file(path, contents))

    def _ask(self, title: str, name: str, kinds: dict[str, str], *, strict: bool = False) -> str:
        """Return the path that the user chose, and remember its folder; empty if there is none."""
        folder = Path(self._settings.get("export/folder") or Path.home())
        path = ask_save_path(self._parent, title, folder / name, kinds, strict=strict)
        if path:
            self._settings.set("export/folder", str(Path(path).parent))
        return path


def _suffix(path: str) -> str:
    return Path(path).suffix.removeprefix(".").lower()
