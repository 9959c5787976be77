"""Overlays of a real network: a real engine measures, the graph, the table and the totals show it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from gradviz.export.picture_style import PictureStyle
from gradviz.gui.app import App
from gradviz.gui.scene.data.box_colors import Pattern
from gradviz.gui.session.settings import Settings

_LONG = 60_000


def test_a_measured_iteration_colours_the_graph_and_fills_table_and_totals(
    qapp: QApplication, qtbot, tmp_path: Path
) -> None:
    app = App(qapp, Settings(tmp_path / "settings.ini"), "module")
    try:
        qtbot.addWidget(app.window)
        app.window.resize(1500, 950)
        app.window.show()
        session, window, view = app.session, app.window, app.window.graph_panel.view
        qtbot.waitUntil(lambda: session.state.phase == "ready" and view.graph is not None, timeout=_LONG)
        measures = window.measures
        measures.coloring.choose("grad_norm")
        window.panels.show("modules")
        session.run_one()
        qtbot.waitUntil(
            lambda: session.engine.graph is not None and not session.measuring.column("grad_norm").empty, timeout=_LONG
        )
        parameter = next(node.id for node in session.engine.graph.nodes if node.kind == "parameter")
        qtbot.waitUntil(
            lambda: view.scene.coloring is not None and Pattern.FILLED in view.scene.coloring.pattern.tolist()
        )
        assert view.scene.coloring.value[view.drawing.box_of(parameter)]
        assert measures.coloring.legend.note.text() == "iteration 0"
        picture = tmp_path / "graph.svg"
        with qtbot.waitSignal(app.layout.picture_drawn, timeout=_LONG):
            window.exports.picture_requested.emit(str(picture), PictureStyle())
        shown = picture.read_text("utf-8")
        assert f">{view.scene.coloring.value[view.drawing.box_of(parameter)]}<" in shown and ">Gradient norm<" in shown
        qtbot.waitUntil(lambda: "held for backward" in measures.modules.facts.text(), timeout=_LONG)
        assert measures.modules.model.sum_of("flops") > 0
        window.panels.show("table")
        session.run_one()
        row = measures.table.model.row_of(parameter)
        qtbot.waitUntil(lambda: not session.measuring.column("update_ratio").empty, timeout=_LONG)
        cells = [measures.table.model.index(row, column).data() for column in range(measures.table.model.columnCount())]
        assert any("µs" in cell or "ms" in cell for cell in cells)
        measures.coloring.choose("none")
        assert view.scene.coloring is None
    finally:
        app.close()
        qapp.setStyleSheet("")
