"""Settings that are refused are no dead end: shown at their field, never remembered, and the defaults are one press
away."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gradviz.client.runs import default_setup
from gradviz.gui.panels.networks.optimizer_form import OptimizerForm
from gradviz.protocol.commands import Open
from gradviz.protocol.events import Failed
from gradviz.protocol.records import OptimizerChoice, OptimizerRecord, OptionRecord
from tests.gui.conftest import Desk

_REFUSED = "SGD refuses: Nesterov momentum requires a momentum and zero dampening"


def refuse_opening(desk: Desk) -> None:
    """Let the next network be refused, as torch refuses options that do not go together."""
    desk.session.engine.send = lambda command: (
        desk.session.apply(Failed("Open", _REFUSED)) if isinstance(command, Open) else None
    )
    choice = OptimizerChoice("SGD", {"lr": 0.1, "nesterov": True})
    desk.session.configure(replace(desk.session.state.setup, optimizer=choice, seed=3))


def test_a_refused_setup_can_be_changed_back_and_is_not_taken(desk: Desk) -> None:
    desk.engine_ready()
    assert desk.session.is_setup_taken
    send = desk.session.engine.send
    refuse_opening(desk)
    form = desk.window.networks.form
    assert desk.session.state.phase == "failed" and not desk.session.is_setup_taken
    assert form.device.isEnabled() and form.optimizer.isEnabled() and not form.defaults.isHidden()
    desk.session.engine.send = send
    form.defaults.click()
    assert desk.session.state.phase == "ready" and desk.session.state.setup == default_setup("autograd")
    assert desk.session.is_setup_taken and form.defaults.isHidden()


def test_a_refusal_is_shown_at_the_field_that_it_names_until_it_is_changed(desk: Desk) -> None:
    desk.engine_ready()
    form = desk.window.networks.form
    setup = desk.session.state.setup
    desk.session.configure(replace(setup, optimizer=OptimizerChoice("SGD", {"lr": 0.1, "momentum": 0.5})))
    desk.session.state.setup_refused.emit(_REFUSED)
    assert form.options.row("momentum").sentence == _REFUSED
    field = form.options.row("momentum").field
    field.setText("0.9")
    field.editingFinished.emit()
    assert form.options.row("momentum").sentence == ""


@pytest.mark.parametrize(
    ("optimizer", "option", "sentence"),
    [
        ("Adam", "betas", "Adam refuses: Invalid beta parameter at index 0: 2.0"),
        ("Adam", "lr", "Adam refuses: Invalid learning rate: -1.0"),
        ("Adam", "eps", "Adam refuses: Invalid epsilon value: -1.0"),
        ("Adam", "weight_decay", "Adam refuses: Invalid weight_decay value: -1.0"),
        ("Adagrad", "lr_decay", "Adagrad refuses: Invalid lr_decay value: -1.0"),
        ("Rprop", "etas", "Rprop refuses: Invalid eta values: 2.0, 1.2"),
    ],
)
def test_torch_names_options_in_its_own_ways(qtbot, optimizer: str, option: str, sentence: str) -> None:
    form = OptimizerForm()
    qtbot.addWidget(form)
    names = {"Adam": ("lr", "betas", "eps", "weight_decay"), "Adagrad": ("lr", "lr_decay"), "Rprop": ("lr", "etas")}
    options = tuple(OptionRecord(name, "float", 0.5) for name in names[optimizer])
    form.show_choice(OptimizerRecord(optimizer, options), OptimizerChoice(optimizer, {option: 0.1}))
    assert form.show_refused(sentence)
    assert [name for name in names[optimizer] if form.row(name).sentence] == [option]


def test_what_was_changed_is_marked(desk: Desk) -> None:
    desk.engine_ready()
    form = desk.window.networks.form
    assert form._seed_row._label.property("role") == "label" and form.defaults.isHidden()
    desk.session.configure(replace(desk.session.state.setup, seed=7))
    assert form._seed_row._label.property("role") == "strong" and not form.defaults.isHidden()


def test_sizes_that_were_changed_are_marked_and_each_row_has_a_way_back(desk: Desk) -> None:
    desk.engine_ready()
    form, setup = desk.window.networks.form, desk.session.state.setup
    name, default = next(iter(setup.hyperparameters.items()))
    desk.session.configure(replace(setup, hyperparameters={**setup.hyperparameters, name: default + 1}, seed=7))
    row = form.sizes.row(name)
    assert form.sizes.field(name)._changed and row._label.property("role") == "strong"
    row._back.click()
    assert desk.session.state.setup == replace(setup, seed=7)
    assert not form.sizes.field(name)._changed and row._back.isHidden()
    form._seed_row._back.click()
    assert desk.session.state.setup == setup


def test_the_form_is_in_sight_below_a_lesson_and_beside_the_list_in_a_wide_panel(desk: Desk, qtbot) -> None:
    desk.engine_ready()
    panel = desk.window.networks
    holder, field = panel.parentWidget(), panel.form.iterations
    for size in ((284, 500), (880, 196)):
        panel.setParent(None)
        panel.resize(*size)
        with qtbot.waitExposed(panel):
            panel.show()
        qtbot.waitUntil(lambda: 0 < field.mapTo(panel, field.rect().bottomLeft()).y() < panel.height())
    panel.setParent(holder)
