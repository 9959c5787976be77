"""The window from its frame to all that is in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QPoint, QRect
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget

from gradviz.errors import GradvizError
from gradviz.gui.session.settings import Settings
from gradviz.gui.start import Start
from gradviz.gui.style.qt_colors import current
from gradviz.gui.window.grounds import grounds_in, grounds_text
from gradviz.gui.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
NOTHING = ["-S", "-E", "-c", "import time; time.sleep(60)"]


@pytest.fixture
def start(qapp: QApplication, qtbot, tmp_path: Path):
    start = Start(qapp, Settings(tmp_path / "settings.ini"), "nn", engine_arguments=NOTHING)
    qtbot.addWidget(start.window)
    yield start
    start.close()
    qapp.setStyleSheet("")


def place(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint()), widget.size())


def test_the_frame_is_painted_before_there_is_anything_in_it(start: Start, qtbot) -> None:
    with qtbot.waitSignal(start.window.frame_painted):
        assert start.app is None and start.window.menuBar().actions()[0].text() == "&File"
    with qtbot.waitSignal(start.window.first_painted, timeout=20_000):
        pass
    assert start.app is not None and start.window.windowTitle() == "nn · gradviz"


@pytest.mark.parametrize("size", [(1600, 1000), (1280, 800), (800, 560)])
def test_grounds_are_where_canvas_and_docks_come(start: Start, qtbot, size: tuple[int, int]) -> None:
    window = start.window
    window.resize(*size)
    with qtbot.waitSignal(window.first_painted, timeout=20_000):
        expected = grounds_in(window, "")
        picture = window.grab().toImage()
    # The lowest dock becomes low by a timer.
    qtbot.waitUntil(lambda: place(window.graph_panel) == expected[0], timeout=10_000)
    canvas = place(window.graph_panel)
    docks = [place(dock) for dock in window.panels.docks.values() if dock.isVisible()]
    assert sorted(map(QRect.getRect, expected[1:])) == sorted(map(QRect.getRect, docks))
    middle = QColor(picture.pixel(canvas.center()))
    assert middle == QColor(current().canvas)
    kept = grounds_text(window.graph_panel, window.panels.docks.values())
    assert grounds_in(window, kept) == [canvas, *docks]


@pytest.mark.parametrize("text", ["", "1,2", "a;b", "0,0,1600,1000", "0,0,9,9;0,0,1,1", "1" * 40 + ",1,1,1;2"])
def test_grounds_that_cannot_be_are_those_of_the_first_start(start: Start, text: str) -> None:
    assert grounds_in(start.window, text) == grounds_in(start.window, "")


def test_what_cannot_be_opened_ends_the_application_with_the_reason(qapp: QApplication, qtbot, tmp_path: Path) -> None:
    start = Start(qapp, Settings(tmp_path / "settings.ini"), "nn.py.gone:build", engine_arguments=NOTHING)
    qtbot.addWidget(start.window)
    try:
        qtbot.waitUntil(lambda: start.error is not None, timeout=20_000)
        assert isinstance(start.error, GradvizError) and start.app is None
    finally:
        start.close()
        qapp.setStyleSheet("")


def test_a_window_closed_before_it_is_filled_keeps_the_docks_of_before(start: Start, tmp_path: Path) -> None:
    settings = start.window.settings
    settings.set("window/docks", QByteArray(b"as they were"))
    frame = MainWindow(settings, start.window.theme)
    frame.close()
    assert settings.get("window/docks") == QByteArray(b"as they were")
    assert not settings.get("window/geometry").isEmpty()


def test_a_start_again_waits_until_this_window_has_closed(start: Start, qtbot) -> None:
    with qtbot.waitSignal(start.window.first_painted, timeout=20_000):
        pass
    with qtbot.waitSignal(start.window.closed):
        start.window.languages.restart_requested.emit(["open", "nn"])
    assert start.again == ["open", "nn"]
