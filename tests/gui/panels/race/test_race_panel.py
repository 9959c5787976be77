"""A race in the window: refused at its field, live on the plot, its table at the end, what is done with its rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from gradviz.client.code_consent import Consents
from gradviz.gui.panels.race.race_dialog import RaceDialog
from gradviz.gui.panels.race.race_panel import RacePanel
from gradviz.gui.panels.runs.runs_panel import RunsPanel
from gradviz.protocol.commands import Open
from gradviz.protocol.records import OptimizerChoice
from gradviz.race.entries import Entry
from gradviz.race.plan import RaceRequest
from gradviz.race.race import Lane, Race
from gradviz.runs.client_recorder import ClientRecorder
from gradviz.runs.library import RunLibrary
from gradviz.runs.recording import Recording, new_id
from gradviz.runs.run_records import LOSS, RunFacts
from tests.gui.conftest import Desk


class FakeRace(Race):
    """Lanes that the test moves on, without engines."""

    def start(self) -> None:
        pass

    def move(self, place: int, losses: Sequence[float], state: str = "running") -> Lane:
        lane = self.lanes[place]
        first = len(lane.losses)
        lane.extend(losses, [0.5 * step for step in range(first, first + len(losses))])
        lane.state = state  # type: ignore[assignment]
        return lane


@pytest.fixture
def panel(desk: Desk, tmp_path: Path) -> RacePanel:
    session = desk.session
    session.recorded.use(RunLibrary(tmp_path / "runs"), ClientRecorder(tmp_path / "runs", "window"))
    desk.engine_ready()
    desk.window.show()
    desk.window.panels.show("race")
    panel = desk.window.panels.get(RacePanel)
    panel.races.make = FakeRace
    return panel


def ask(panel: RacePanel, **texts: str) -> RaceDialog:
    panel.ask()
    dialog = panel.dialog
    assert dialog is not None
    for name, text in texts.items():
        dialog.fields[name].setText(text)
    return dialog


def choose(dialog: RaceDialog, *targets: str) -> None:
    for target, box in dialog.networks.items():
        box.setChecked(target in targets)


def begin(desk: Desk, panel: RacePanel, **texts: str) -> FakeRace:
    dialog = ask(panel, **{"rates": "0.1", "seeds": "0 1", "iterations": "4", **texts})
    choose(dialog, "nn")
    dialog.accept()
    race = desk.window.panels.get(RacePanel).races.race
    assert isinstance(race, FakeRace)
    return race


def look(desk: Desk, qtbot) -> None:
    with qtbot.waitSignal(desk.window.panels.get(RacePanel).races.changed):
        pass


def rows(panel: RacePanel) -> list[tuple[str, ...]]:
    table = panel.table
    items = [table.topLevelItem(place) for place in range(table.topLevelItemCount())]
    return [tuple(item.text(column) for column in range(5)) for item in items if item is not None]


def test_the_dialog_says_what_would_be_run_and_remembers_it(desk: Desk, panel: RacePanel) -> None:
    dialog = ask(panel, rates="1e-3 1e-4", seeds="0 1 2", iterations="70")
    choose(dialog, "nn", "optim")
    request = dialog.check()
    assert request is not None and len(request.entries) == 2 * 3 * 2 * 3
    assert "36 runs of 70 iterations" in dialog.summary.text()
    assert OptimizerChoice("SGD", {"momentum": 0.9, "lr": "1e-3"}) in [each.open.optimizer for each in request.entries]
    dialog.accept()
    panel.races.close()
    panel.races.race = None
    again = ask(panel)
    assert again.plan.targets == ("nn", "optim") and again.plan.rates == "1e-3 1e-4"


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("rates", "-1", "must be a positive number"),
        ("seeds", "a", "whole numbers"),
        ("iterations", "0", "between 1 and"),
        ("threshold", "x", "is a loss"),
        ("at_once", "100", "between 1 and"),
        ("seeds", " ".join(map(str, range(100))), "too many"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(panel: RacePanel, field: str, text: str, sentence: str) -> None:
    dialog = ask(panel, **{field: text})
    choose(dialog, "nn")
    assert dialog.check() is None and not dialog.start_button.isEnabled()
    assert sentence in dialog.rows[field].sentence


def test_an_optimizer_that_cannot_be_is_refused_in_its_row(panel: RacePanel) -> None:
    dialog = ask(panel)
    choose(dialog, "nn")
    row = dialog.optimizers.rows[1]
    for text, sentence in (("momentun=1", "momentum"), ("momentum=x", "number"), ("nesterov=maybe", "true or false")):
        row.options.setText(text)
        assert dialog.check() is None and sentence in row.sentence.text()
    row.options.setText("momentum=0.5 nesterov=true")
    assert dialog.check() is not None and not row.sentence.text()
    choose(dialog)
    assert dialog.check() is None and "Choose a network" in dialog.rows["targets"].sentence
    choose(dialog, "numpy")
    assert dialog.check() is None and "only Manual" in dialog.rows["targets"].sentence


def test_losses_are_drawn_as_they_come_in_a_color_for_each_configuration(desk: Desk, panel: RacePanel, qtbot) -> None:
    race = begin(desk, panel)
    race.move(0, [4.0, 2.0])
    race.move(1, [3.0])
    look(desk, qtbot)
    curves = {curve.name: curve for curve in desk.session.state.scalars.curves}
    first, second = curves["SGD lr=0.1, seed 0"], curves["SGD lr=0.1, seed 1"]
    assert list(first.losses) == [4.0, 2.0] and first.color == second.color == race.lanes[0].entry.color
    race.move(0, [1.0, 0.5], "finished")
    race.move(2, [5.0])
    look(desk, qtbot)
    assert list(first.losses) == [4.0, 2.0, 1.0, 0.5]
    other = next(c for c in desk.session.state.scalars.curves if c.name == "SGD momentum=0.9 lr=0.1, seed 0")
    assert other.color != first.color
    assert "1 of 6 runs are done" in panel.headline.text()
    assert desk.session.state.scalars.current is None  # the window's own run is another matter


def test_at_the_end_the_best_is_first_and_the_table_says_what_it_was(desk: Desk, panel: RacePanel, qtbot) -> None:
    race = begin(desk, panel)
    for place in range(6):
        race.move(place, [8.0, 4.0, 2.0 if place < 4 else 1.0, 2.0 if place < 4 else 0.5], "finished")
    race.lanes[1].state, race.lanes[1].error = "failed", "The engine was killed (SIGKILL)."
    look(desk, qtbot)
    assert [row[0] for row in rows(panel)] == ["Adam lr=0.1", "SGD lr=0.1", "SGD momentum=0.9 lr=0.1"]
    assert rows(panel)[0][1:] == ("0.5 ± 0", "3 ± 0", "1 ± 0", "0.5 ± 0")
    assert "The race is over" in panel.headline.text() and not panel.why_not()
    assert "SGD lr=0.1, seed 1: The engine was killed" in panel.errors.text()
    assert "until the loss is 2 or less" in panel.notes.text() and "same weights" in panel.notes.text()
    panel.copy_csv()
    head, first, *_ = QGuiApplication.clipboard().text().splitlines()
    assert head.startswith("configuration,seeds") and first.startswith("Adam lr=0.1,0 1,2.0,2,0.5,0.0")
    panel.copy_text()
    assert "Adam lr=0.1" in QGuiApplication.clipboard().text()


def test_a_race_is_cancelled_and_another_can_begin(desk: Desk, panel: RacePanel, qtbot) -> None:
    race = begin(desk, panel)
    race.move(0, [1.0])
    look(desk, qtbot)
    assert "cancel it first" in panel.why_not()
    panel.cancel_button.click()
    qtbot.waitUntil(lambda: not desk.window.panels.get(RacePanel).races.is_running)
    assert [lane.state for lane in race.lanes] == ["cancelled"] * 6 and "cancelled" in panel.headline.text()
    begin(desk, panel)
    assert not [curve for curve in desk.session.state.scalars.curves if curve.name]  # those of the race before


def test_the_runs_of_a_row_are_shown_in_their_panel(desk: Desk, panel: RacePanel, qtbot) -> None:
    race = begin(desk, panel)
    lane = race.move(0, [3.0, 1.0], "finished")
    facts = RunFacts(id=new_id(), began=1.0, name=lane.entry.title, origin="race")
    recording = Recording(desk.session.recorded.library.folder, facts, pytest.fail)
    recording.add_points(LOSS, [0, 1], [1.0, 2.0], [3.0, 1.0])
    recording.close("finished")
    lane.run = recording.id
    look(desk, qtbot)
    panel.table.setCurrentItem(panel.table.topLevelItem(0))
    panel.table.shown_requested.emit()
    runs = desk.window.panels.get(RunsPanel)
    assert desk.window.panels.is_visible("runs") and [run.id for run in runs.selected] == [recording.id]
    assert len([c for c in desk.session.state.scalars.curves if c.name == lane.entry.title]) == 1


def test_a_configuration_is_opened_with_its_optimizer_in_the_form(desk: Desk, panel: RacePanel, qtbot) -> None:
    begin(desk, panel)
    look(desk, qtbot)
    item = panel.table.topLevelItem(1)
    assert item is not None
    panel.table.setCurrentItem(item)
    panel.open_configuration()
    setup = desk.session.state.setup
    assert (setup.target, setup.iterations, setup.seed) == ("nn", 4, 0)
    sent = [command for command in desk.commands if isinstance(command, Open)][-1]
    assert sent.optimizer == OptimizerChoice("SGD", {"momentum": 0.9, "lr": 0.1})


def test_code_that_may_not_run_yet_is_asked_for_before_anything_starts(desk: Desk, panel: RacePanel, tmp_path) -> None:
    file = tmp_path / "own.py"
    file.write_text("def build(): ...\n")
    races, given = desk.window.panels.get(RacePanel).races, Consents(tmp_path / "allowed.json")
    desk.session.opening.consent.given = given
    races.start(panel_request(file))
    assert races.race is None and panel.consent is not None
    panel.consent.reject()
    assert races.race is None
    races.start(panel_request(file))
    assert panel.consent is not None
    panel.consent.accept()
    race = races.race
    assert race is not None and race.lanes[0].entry.open.allowed


def panel_request(file: Path) -> RaceRequest:
    return RaceRequest((Entry(0, "own", Open(1, f"{file}:build")),), 3, 1)
