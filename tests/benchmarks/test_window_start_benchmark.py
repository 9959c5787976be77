"""From the start of the process to what a user sees and can do, over an empty QMainWindow, and over importing torch.

* First paint: the frame, in the colors of the theme and at its place: menu bar with its titles, grounds of tool bar,
  canvas, panels and status bar. Nothing of it moves when it is filled.
* Usable: all of the window is painted, and the event loop is free for a key.
* Network: the graph of the network is painted, over a process that imports torch and no more.

Each is reported from the event loop right after the paint event. On the real platform plugin where there is a screen.
Measured on two cores that others used too, offscreen: 1.9, 6.5 and 1.3.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest

from tests.benchmarks.ratios import told

ROUNDS = 9

WATCH = """
import sys
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

def tell():
    print("done", flush=True)
    application.quit()

application = QApplication(sys.argv)
"""

EMPTY = (
    WATCH
    + """
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, tell)
        return False

watch = Watch()
window = QMainWindow()
window.resize(1280, 800)
window.installEventFilter(watch)
window.show()
application.exec()
"""
)

TORCH = "import torch; print('done', flush=True)"

# For the paints a process that does nothing stands in place of the engine: what it takes from two cores is not the
# window's time.
GRADVIZ = (
    WATCH
    + """
import gc
gc.disable()  # as the command does until all is painted
from gradviz.gui.session.settings import Settings
from gradviz.gui.start import Start

fake = ["-S", "-E", "-c", "import time; time.sleep(60)"]
start = Start(application, Settings(), "nn", engine_arguments=None if {until!r} == "network" else fake)
if {until!r} == "frame":
    start.window.frame_painted.disconnect()
    start.window.frame_painted.connect(tell)
elif {until!r} == "usable":
    start.window.first_painted.connect(lambda: QTimer.singleShot(0, tell))
else:
    def look():
        if start.app is not None and start.window.graph_panel.view.drawing is not None:
            timer.stop()
            start.window.graph_panel.view.repaint()
            tell()
    timer = QTimer(interval=5)
    timer.timeout.connect(look)
    timer.start()
application.exec()
start.close()
"""
)


def done_after(code: str, home: Path) -> float:
    """Seconds until the process says that it is done."""
    platform = "xcb" if os.environ.get("DISPLAY") else "offscreen"
    environment = {**os.environ, "QT_QPA_PLATFORM": platform, "XDG_CONFIG_HOME": str(home), "HOME": str(home)}
    # An installed package is compiled; the first pair compiles this one.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(home / "compiled")
    start = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    seconds = perf_counter() - start
    _out, errors = process.communicate(timeout=60)
    assert line == "done\n", errors
    return seconds


@pytest.mark.timeout(200)
@pytest.mark.parametrize(
    ("until", "title", "plain"),
    [
        ("frame", "process start to first paint, gradviz over an empty QMainWindow", EMPTY),
        ("usable", "process start until it is usable, gradviz over an empty QMainWindow", EMPTY),
        ("network", "process start to the picture of the network over importing torch", TORCH),
    ],
)
def test_window_start(tmp_path: Path, until: str, title: str, plain: str) -> None:
    def pair() -> tuple[float, float]:
        return done_after(GRADVIZ.format(until=until), tmp_path), done_after(plain, tmp_path)

    pair()
    told(title, [pair() for _ in range(ROUNDS if until != "network" else 3)])
