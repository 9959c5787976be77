"""Settings that are refused are no dead end: shown at their field, never remembered, and the defaults are one press
away."""

from __future__ import annotations

from msgspec.structs import replace

from gradviz.client.runs import default_setup
from gradviz.protocol.commands import Open
from gradviz.protocol.events import Failed
from gradviz.protocol.records import OptimizerChoice
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


def test_what_was_changed_is_marked(desk: Desk) -> None:
    desk.engine_ready()
    form = desk.window.networks.form
    assert form._seed_row._label.property("role") == "label" and form.defaults.isHidden()
    desk.session.configure(replace(desk.session.state.setup, seed=7))
    assert form._seed_row._label.property("role") == "strong" and not form.defaults.isHidden()
