"""A dock gets the height of the panel in front, however long the window is busy with its layout."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from gradviz.gui.widgets import dock_heights
from gradviz.gui.widgets.dock_heights import DockHeights
from gradviz.gui.widgets.panel_dock import PanelDock


def test_a_height_that_a_busy_window_does_not_take_is_set_again(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dock_heights, "_PATIENCE", 1)
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(QWidget())
    dock = PanelDock("dock-bottom", "Loss", window)
    dock.add_page("timeline", "Timeline", QWidget(), None)
    window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
    window.resize(1000, 800)
    window.show()
    qtbot.waitExposed(window)
    asked, set_height = [], dock.set_height
    monkeypatch.setattr(
        dock, "set_height", lambda height: asked.append(height) if len(asked) < 5 else set_height(height)
    )
    heights = DockHeights(window, dock, [], 300, {"timeline": 232})
    qtbot.waitUntil(lambda: len(asked) == 5)
    assert heights._again.interval() >= 1 << 4, "the longer it takes, the longer it is waited for"
    qtbot.waitUntil(lambda: dock.height() == 232)
