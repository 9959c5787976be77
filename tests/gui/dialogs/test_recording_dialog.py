"""Recording is set up in the window: whether, where, checkpoints, and when old runs go; it applies at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradviz.gui.dialogs.recording_dialog import RecordingChoice, RecordingDialog
from gradviz.gui.window.recording_controller import RecordingController
from gradviz.protocol.commands import SetCheckpoints
from gradviz.runs.client_recorder import ClientRecorder
from gradviz.runs.library import RunLibrary
from tests.gui.conftest import Desk


@pytest.fixture
def recorder(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClientRecorder:
    monkeypatch.delenv("GRADVIZ_RUNS")
    made = ClientRecorder(tmp_path / "before", "window")
    desk.session.recorded.use(RunLibrary(tmp_path / "before"), made)
    desk.engine_ready()
    desk.window.show()
    return made


def opened(desk: Desk) -> RecordingDialog:
    desk.window.actions_["recording"].trigger()
    dialogs = desk.window.findChildren(RecordingController)
    assert dialogs[0].dialog is not None
    return dialogs[0].dialog


def test_what_is_chosen_is_remembered_and_applies_from_the_next_run_on(
    desk: Desk, recorder: ClientRecorder, tmp_path: Path
) -> None:
    dialog = opened(desk)
    dialog.folder.setText(str(tmp_path / "mine"))
    dialog.every.setValue(50)
    dialog.days.setValue(7)
    dialog.megabytes.setValue(0)
    dialog.save.click()
    assert not dialog.isVisible() and (tmp_path / "mine").is_dir()
    assert recorder.folder == desk.session.recorded.library.folder == tmp_path / "mine"
    assert desk.commands[-1] == SetCheckpoints(50)
    keys = ("record", "folder", "checkpoint_every", "days", "megabytes")
    assert [desk.settings.get(f"runs/{key}") for key in keys] == [True, str(tmp_path / "mine"), 50, 7, 0]


def test_recording_is_turned_off(desk: Desk, recorder: ClientRecorder) -> None:
    dialog = opened(desk)
    dialog.record.setChecked(False)
    dialog.save.click()
    assert recorder.folder is None and desk.settings.get("runs/record") is False


@pytest.mark.parametrize("folder", ["no/whole/path", "{tmp}/file/in"])
def test_a_folder_that_cannot_be_is_one_sentence_at_the_field(
    desk: Desk, recorder: ClientRecorder, tmp_path: Path, folder: str
) -> None:
    (tmp_path / "file").write_text("")
    dialog = opened(desk)
    dialog.folder.setText(folder.format(tmp=tmp_path))
    dialog.save.click()
    assert dialog.isVisible() and dialog.problem.isVisible() and dialog.problem.text().count(".") >= 1
    assert recorder.folder == tmp_path / "before" and not desk.settings.get("runs/folder")


def test_a_folder_that_the_environment_decides_is_not_asked_for(qapp, tmp_path: Path) -> None:
    dialog = RecordingDialog(RecordingChoice(True, "", 0, 90, 2048), tmp_path, "GRADVIZ_RUNS decides the folder.")
    chosen: list[RecordingChoice] = []
    dialog.chosen.connect(chosen.append)
    assert not dialog.folder.isEnabled() and "GRADVIZ_RUNS" in dialog.folder.toolTip()
    dialog.save.click()
    assert chosen == [RecordingChoice(True, "", 0, 90, 2048)]
