"""The size of the whole interface: one factor for all that Qt lays out and paints, changed in a running program.

Qt takes this factor from QT_SCALE_FACTOR when it starts, and has no public way to change it afterwards. This file is
the one door to the function by which Qt sets it; where a build of Qt lacks it, the size changes at the next start.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from functools import cache

from PySide6 import QtGui
from PySide6.QtCore import QRect, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget

PERCENTS = (80, 90, 100, 110, 125, 150, 175, 200, 225, 250)
_VARIABLE = "QT_SCALE_FACTOR"
_SYMBOLS = {"win32": "?setGlobalFactor@QHighDpiScaling@@SAXN@Z"}
_SYMBOL = "_ZN15QHighDpiScaling15setGlobalFactorEd"


def make_application(arguments: list[str], percent: int) -> QApplication:
    """Return the application, which shows everything at `percent` of the size that the system asks for."""
    given = os.environ.get(_VARIABLE)
    if percent != 100:
        os.environ[_VARIABLE] = str(_given() * percent / 100)
    try:
        return QApplication(arguments)
    finally:  # it is for this process alone: a model that the engine runs may open windows of its own
        if given is None:
            os.environ.pop(_VARIABLE, None)
        else:
            os.environ[_VARIABLE] = given


def enlarge(percent: int, before: int) -> bool:
    """Show every window at `percent` instead of `before`; False where this build of Qt can only do it at a start."""
    set_factor = _qt_function()
    if set_factor is None:
        return False
    handler = qInstallMessageHandler(lambda *_message: None)  # Qt warns of open windows; `_open_again` sees to them
    try:
        set_factor(_given() * percent / 100)
    finally:
        qInstallMessageHandler(handler)
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            _open_again(window, before / percent)
    return True


def _open_again(window: QWidget, share: float) -> None:
    """Give a window a new native one, which has the new factor, where the old one was and as large on the screen."""
    was = window.geometry()
    had_focus = window.isActiveWindow()
    if (handle := window.windowHandle()) is not None:
        handle.destroy()
    window.show()
    if not window.isMaximized() and not window.isFullScreen():
        place = QRect(was.topLeft() * share, was.size() * share)
        room = window.screen().availableGeometry()
        place.setSize(place.size().expandedTo(window.minimumSizeHint()).boundedTo(room.size()))
        window.setGeometry(place)
    if had_focus:
        window.activateWindow()


def _given() -> float:
    """Return the factor that the user set for all programs of Qt."""
    try:
        return float(os.environ.get(_VARIABLE, "")) or 1.0
    except ValueError:
        return 1.0


@cache
def _qt_function() -> Callable[[float], None] | None:
    """Return Qt's own function that sets the factor; None if this build has none of that name."""
    library = "Qt6Gui" if sys.platform == "win32" else QtGui.__file__
    try:
        function = ctypes.CDLL(library)[_SYMBOLS.get(sys.platform, _SYMBOL)]
    except (AttributeError, OSError):
        return None
    function.argtypes, function.restype = [ctypes.c_double], None
    return function
