"""From the start of the process to the first paint of gradviz's window, over that of an empty QMainWindow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from tests.benchmarks.ratios import told

ROUNDS = 9

# The timer ends right after the paint: gradviz puts off until then what its first picture does not need.
WATCH = """
import sys
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, tell)
        return False

def tell():
    print("painted", flush=True)
    application.quit()

def show(window):
    watch = Watch()
    window.installEventFilter(watch)
    window.show()
    application.exec()

application = QApplication(sys.argv)
"""

EMPTY = """
window = QMainWindow()
window.resize(1280, 800)
show(window)
"""

# In place of the engine stands a process that does nothing: what it needs to import torch is not the window's time.
GRADVIZ = """
import gc
gc.disable()  # as the command does until then
from gradviz.gui.app import App
from gradviz.gui.session.settings import Settings

app = App(application, Settings(), None, ["-S", "-E", "-c", "import time; time.sleep(60)"])
show(app.window)
app.close()
"""


def painted_after(code: str, home: Path) -> float:
    """Seconds until the process says that it has painted."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(home), "HOME": str(home)}
    # An installed package is compiled; the first pair compiles this one.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(home / "compiled")
    start = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", WATCH + code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    seconds = perf_counter() - start
    process.communicate(timeout=60)
    assert line == "painted\n"
    return seconds


def test_window_start(tmp_path: Path) -> None:
    def pair() -> tuple[float, float]:
        return painted_after(GRADVIZ, tmp_path), painted_after(EMPTY, tmp_path)

    pair()
    told("process start to first paint, gradviz over an empty QMainWindow", [pair() for _ in range(ROUNDS)])
