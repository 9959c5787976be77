"""A file of weights: its tensors, why it cannot be loaded just now, and what became of it when it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradviz.gui.dialogs.weights_dialog import WeightsDialog
from gradviz.protocol.commands import ListWeights, LoadWeights, RunOne
from gradviz.protocol.events import Failed, WeightsListed, WeightsLoaded
from gradviz.protocol.records import WeightRecord
from tests.gui.conftest import Desk

_TENSORS = (WeightRecord("0.weight", (3, 4), "float32", 48), WeightRecord("scale", (), "float64", 8))


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "w.pt"
    file.write_bytes(b"x")
    return str(file)


def opened(desk: Desk, qtbot, path: str) -> WeightsDialog:
    desk.window.show()
    desk.window.opening.open(path)
    qtbot.waitUntil(lambda: desk.window.findChild(WeightsDialog) is not None)
    return desk.window.findChild(WeightsDialog)


def test_it_shows_that_there_is_no_graph_and_lists_the_tensors(desk: Desk, qtbot, path: str) -> None:
    desk.engine_ready()
    dialog = opened(desk, qtbot, path)
    assert ListWeights(path) in desk.commands and desk.session.state.setup.target == "autograd"
    assert dialog.headline.text() == "w.pt holds weights and no graph"
    assert not dialog.load_button.isEnabled()
    desk.session.apply(WeightsListed(path, _TENSORS, "A state dict."))
    shown = [[dialog.table.index(r, c).data() for c in range(4)] for r in range(2)]
    assert shown == [["0.weight", "3 × 4", "float32", "48 B"], ["scale", "scalar", "float64", "8 B"]]
    assert "A state dict. 2 tensors, 13 numbers, 56 B." in dialog.text.text()
    assert dialog.load_button.isEnabled()


def test_before_a_model_is_open_the_button_is_off_and_shows_why(desk: Desk, qtbot, path: str) -> None:
    dialog = opened(desk, qtbot, path)
    desk.session.apply(WeightsListed(path, _TENSORS))
    assert not dialog.load_button.isEnabled() and dialog.reason.text() == "No model is open yet."
    desk.engine_ready()
    assert dialog.load_button.isEnabled()


def test_what_did_not_fit_is_listed_after_loading(desk: Desk, qtbot, path: str) -> None:
    desk.engine_ready()
    dialog = opened(desk, qtbot, path)
    desk.session.apply(WeightsListed(path, _TENSORS))
    dialog.load_button.click()
    assert desk.commands[-1] == LoadWeights(path)
    run = desk.session.state.runs.number
    desk.session.apply(WeightsLoaded(run, path, 5, ("a",), ("b", "c"), ("d: the file has 3, the model 4",), "Renamed."))
    text = dialog.rest.toPlainText()
    assert dialog.headline.text() == "5 tensors are in autograd now" and "Renamed." in dialog.text.text()
    assert "Missing" in text and "(2)\n    b\n    c" in text and "d: the file has 3" in text
    assert dialog.load_button.isHidden()


def test_of_very_many_that_did_not_fit_the_first_are_shown_and_all_are_counted(desk: Desk, qtbot, path: str) -> None:
    desk.engine_ready()
    dialog = opened(desk, qtbot, path)
    names = tuple(f"t{i}" for i in range(200_000))
    desk.session.apply(WeightsListed(path, tuple(WeightRecord(name, (), "float32", 4) for name in names)))
    assert dialog.table.rowCount() == 200_000
    dialog.load_button.click()
    desk.session.apply(WeightsLoaded(desk.session.state.runs.number, path, 0, ("a",), names))
    text = dialog.rest.toPlainText()
    assert "(200,000)\n    t0\n" in text and text.endswith("    t999\n    … and 199,000 more")


def test_when_everything_fits_it_shows_so(desk: Desk, qtbot, path: str) -> None:
    desk.engine_ready()
    dialog = opened(desk, qtbot, path)
    desk.session.apply(WeightsListed(path, _TENSORS))
    dialog.load_button.click()
    desk.session.apply(WeightsLoaded(desk.session.state.runs.number, path, 2))
    assert "Every tensor" in dialog.text.text() and dialog.rest.toPlainText() == ""


def test_weights_that_are_loaded_in_the_middle_of_a_run_are_marked_on_it(desk: Desk, path: str) -> None:
    desk.engine_ready()
    desk.session.run_one()
    assert RunOne() in desk.commands
    desk.session.apply(WeightsLoaded(desk.session.state.runs.number, path, 2))
    assert [mark.text for mark in desk.session.state.scalars.current.marks] == ["weights of w.pt"]


def test_a_file_that_cannot_be_read_shows_why(desk: Desk, qtbot, path: str) -> None:
    desk.engine_ready()
    dialog = opened(desk, qtbot, path)
    desk.session.apply(Failed("ListWeights", "w.pt holds code beside its tensors."))
    assert dialog.headline.text() == "w.pt cannot be read"
    assert dialog.text.text() == "w.pt holds code beside its tensors." and dialog.load_button.isHidden()


def test_without_an_engine_it_shows_what_to_do(desk: Desk, qtbot, path: str) -> None:
    desk.engine_ready()
    desk.session.engine_died("The engine was killed (SIGKILL)", "")
    assert "restart the engine" in opened(desk, qtbot, path).text.text()
