"""The window records its runs, says once that it cannot, and removes old runs when it starts."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from gradviz.gui.app import App
from gradviz.gui.session.run_recording import RunRecording
from gradviz.gui.session.settings import Settings
from gradviz.protocol.commands import Open
from gradviz.protocol.events import LossBatch

LOSSES = LossBatch(1, 0, array("d", [3.0, 2.0]).tobytes(), 10.0)
NOTHING = ["-S", "-E", "-c", "import time; time.sleep(60)"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.ini")


def record(recording: RunRecording) -> None:
    recording.recorder.sent(Open(1, "nn"))
    recording.recorder.take(LOSSES)


def test_a_run_is_recorded_where_the_setting_says(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRADVIZ_RUNS")
    settings.set("runs/folder", str(tmp_path / "mine"))
    recording = RunRecording(settings)
    record(recording)
    recording.close()
    assert [run.title for run in recording.library.runs()] == ["nn"]
    assert len(list((tmp_path / "mine").glob("*.gradviz"))) == 1


def test_recording_can_be_turned_off(settings: Settings) -> None:
    settings.set("runs/record", False)
    recording = RunRecording(settings)
    record(recording)
    recording.close()
    assert not recording.library.runs()


def test_old_runs_are_removed_and_that_is_said(settings: Settings, qtbot) -> None:
    recording = RunRecording(settings)
    record(recording)
    recording.close()
    settings.set("runs/megabytes", 0)
    recording.let_go()
    qtbot.waitUntil(lambda: not recording._work.busy)
    assert recording.library.runs()
    for path in recording.library.folder.glob("*.gradviz"):
        with path.open("ab") as file:
            file.truncate(2_000_000)
    settings.set("runs/megabytes", 1)
    with qtbot.waitSignal(recording.said) as said:
        recording.let_go()
    assert "removed: 1" in said.args[0] and not recording.library.runs()


def test_a_folder_that_cannot_be_written_is_a_banner_and_the_run_goes_on(
    qapp: QApplication, qtbot, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GRADVIZ_RUNS", str(tmp_path / "file"))
    app = App(qapp, settings, "nn", NOTHING)
    qtbot.addWidget(app.window)
    record(app.recording)
    qtbot.waitUntil(lambda: app._unrecorded is not None, timeout=20_000)
    assert app._unrecorded is not None and "GRADVIZ_RUNS" in app._unrecorded.text
    app.close()
    qapp.setStyleSheet("")
