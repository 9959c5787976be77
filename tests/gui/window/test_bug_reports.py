"""An exception in gradviz's own code: it is in the log, and in a banner of the window whose report can be copied."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QtMsgType, qInstallMessageHandler, qWarning
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from gradviz import __version__
from gradviz.gui.controllers.bug_reports import BugHooks, log_path
from tests.gui.conftest import Desk


@pytest.fixture
def hooks(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[BugHooks]:
    """The hooks as the application installs them, before which nothing else looks at an exception."""
    monkeypatch.setattr(sys, "excepthook", lambda *_: None)
    monkeypatch.setattr(threading, "excepthook", lambda *_: None)
    hooks = BugHooks()
    hooks.install()
    hooks.found.connect(desk.window.bugs.show)
    desk.window.show()
    yield hooks
    hooks.restore()


def break_something() -> None:
    raise LookupError("the fuse is blown")


def test_an_exception_in_a_slot_shows_a_banner_whose_report_can_be_copied(desk: Desk, hooks: BugHooks) -> None:
    desk.engine_ready()
    banner = desk.window.bugs.banner
    assert banner.isHidden()
    button = QPushButton(desk.window)
    button.clicked.connect(break_something)
    button.click()
    assert banner.isVisible()
    assert banner.title.startswith("gradviz has a bug here: LookupError, test_bug_reports.py:")
    assert "the fuse is blown" in banner.text and str(log_path()) in banner.text
    copy = next(child for child in banner.findChildren(QPushButton) if child.text() == "Copy report")
    copy.click()
    report = QGuiApplication.clipboard().text()
    assert report.startswith(f"gradviz {__version__}\nEngine: torch 0.0.fake")
    assert "Window: Qt" in report and "in break_something" in report
    assert report.rstrip().endswith("LookupError: the fuse is blown")
    log = log_path().read_text()
    assert "CRITICAL gradviz.window" in log and "in break_something" in log
    banner.dismiss()
    assert banner.isHidden()


def test_the_same_exception_is_reported_once(desk: Desk, hooks: BugHooks) -> None:
    button = QPushButton(desk.window)
    button.clicked.connect(break_something)
    button.click()
    desk.window.bugs.banner.dismiss()
    button.click()
    assert desk.window.bugs.banner.isHidden()
    assert log_path().read_text().count("LookupError: the fuse is blown") == 1


def test_an_exception_in_a_thread_is_shown_too(desk: Desk, hooks: BugHooks, qtbot) -> None:
    thread = threading.Thread(target=break_something)
    thread.start()
    thread.join()
    qtbot.waitUntil(desk.window.bugs.banner.isVisible)
    assert "the fuse is blown" in desk.window.bugs.banner.text


def test_qts_messages_are_in_the_log_and_go_on(qapp) -> None:
    passed: list[tuple[QtMsgType, str]] = []
    before = qInstallMessageHandler(lambda kind, _context, message: passed.append((kind, message)))
    hooks = BugHooks()
    try:
        hooks.install()
        qWarning("a bad pixmap")
        hooks.restore()
        qWarning("after")
    finally:
        qInstallMessageHandler(before)
    assert passed == [(QtMsgType.QtWarningMsg, "a bad pixmap"), (QtMsgType.QtWarningMsg, "after")]
    log = log_path().read_text()
    assert "WARNING qt: a bad pixmap" in log and "after" not in log
    assert f"gradviz {__version__} starts" in log


def test_a_log_that_cannot_be_written_is_done_without(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(sys, "excepthook", lambda *_: None)
    hooks = BugHooks()
    hooks.install()
    hooks.found.connect(desk.window.bugs.show)
    desk.window.show()
    try:
        button = QPushButton(desk.window)
        button.clicked.connect(break_something)
        button.click()
        assert "the fuse is blown" in desk.window.bugs.banner.text
        assert not log_path().exists()
    finally:
        hooks.restore()
