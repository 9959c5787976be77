"""Ctrl+C in the terminal closes the window as its close button would."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from gradviz.gui.processes.event_loop_wakeup import SignalHandler


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window(qtbot, number: int) -> None:
    closed: list[int] = []
    gate = SignalHandler(lambda: closed.append(1))
    os.kill(os.getpid(), number)
    qtbot.waitUntil(lambda: closed == [1])
    gate.restore()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
