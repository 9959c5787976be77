"""Optimizers: read from torch, built, changed with and without their state, refused with a reason."""

from __future__ import annotations

import math

import pytest
import torch

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.optimizing.optimizer_table import number_text, optimizer_classes, option_records, read_option
from gradviz.engine.training.runner import Runner
from gradviz.errors import GradvizError, InvalidValueError, UnknownNameError
from gradviz.protocol.records import OptimizerChoice, OptionRecord
from gradviz.targets.target_spec import read_target


def runner_with(name: str, target: str = "optim", **options: object) -> Runner:
    sizes = {"n": 8, "d_in": 6, "h": 5, "d_out": 2}
    return Runner(TargetSetup(read_target(target), sizes, optimizer=OptimizerChoice(name, options)))  # type: ignore[arg-type]


def reasons(target: str) -> dict[str, str]:
    return {record.name: record.reason for record in Runner(TargetSetup(read_target(target))).table.records}


SERVING = [name for name, reason in reasons("optim").items() if not reason]


def test_nearly_every_optimizer_of_torch_serves() -> None:
    assert {"SGD", "Adam", "AdamW", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "RMSprop", "Rprop", "ASGD",
            "LBFGS", "Adafactor"} <= set(SERVING)  # fmt: skip


@pytest.mark.parametrize("name", SERVING)
def test_every_optimizer_that_serves_trains(name: str) -> None:
    losses = list(runner_with(name).losses(6))
    assert all(math.isfinite(loss) for loss in losses)
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("name", SERVING)
def test_every_optimizer_survives_a_move_and_a_change_of_learning_rate(name: str) -> None:
    runner = runner_with(name)
    list(runner.losses(2))
    runner.set_device("cpu")
    change = runner.set_optimizer(OptimizerChoice(name, {"lr": 1e-5}))
    assert change is not None and change.kind == "learning_rate"
    assert all(math.isfinite(loss) for loss in runner.losses(2))


def test_those_that_cannot_serve_say_why() -> None:
    assert "sparse gradients" in reasons("optim")["SparseAdam"]
    if hasattr(torch.optim, "Muon"):
        assert "2-D parameters only, and 0.bias is 1-D" in reasons("optim")["Muon"]
    assert "no update written by hand" in reasons("optim")["Manual"]
    assert reasons("autograd")["Manual"] == ""
    by_hand = reasons("tensors")
    assert by_hand.pop("Manual") == ""
    assert all("without autograd" in reason for reason in by_hand.values())


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="this torch has no Muon")
def test_muon_serves_a_network_of_matrices() -> None:
    assert reasons("autograd")["Muon"] == ""
    assert all(math.isfinite(loss) for loss in runner_with("Muon", "autograd").losses(2))


def test_asking_for_one_that_cannot_serve_is_refused_with_the_reason() -> None:
    with pytest.raises(GradvizError, match="SparseAdam cannot serve: it needs sparse gradients"):
        runner_with("SparseAdam")


def test_options_are_read_from_the_signature() -> None:
    options = {option.name: option for option in option_records("SGD")}
    assert options["momentum"] == OptionRecord("momentum", "float", 0.0)
    assert options["nesterov"] == OptionRecord("nesterov", "bool", False)
    assert (options["foreach"].kind, options["foreach"].optional, options["foreach"].common) == ("bool", True, False)
    adam = {option.name: option for option in option_records("Adam")}
    assert (adam["betas"].kind, adam["betas"].default) == ("floats", [0.9, 0.999])
    lbfgs = {option.name: option for option in option_records("LBFGS")}
    assert (lbfgs["line_search_fn"].kind, lbfgs["line_search_fn"].choices) == ("choice", ("strong_wolfe",))
    assert (lbfgs["max_iter"].kind, lbfgs["max_eval"].optional) == ("int", True)


@pytest.mark.parametrize("name", list(optimizer_classes()))
def test_every_option_takes_its_own_default(name: str) -> None:
    for option in option_records(name):
        assert read_option(option, option.default) == option.default


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [("float", "1e-3", 1e-3), ("int", " 7", 7), ("bool", "True", True), ("bool", "off", False), ("text", "a", "a")],
)
def test_text_is_read_by_kind(kind: str, text: str, value: object) -> None:
    assert read_option(OptionRecord("o", kind, None), text) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        (OptionRecord("lr", "float", 0.1), "0"),
        (OptionRecord("lr", "float", 0.1), "-1"),
        (OptionRecord("lr", "float", 0.1), "nan"),
        (OptionRecord("lr", "float", 0.1), "inf"),
        (OptionRecord("o", "float", 0.1), "x"),
        (OptionRecord("o", "int", 1), "1.5"),
        (OptionRecord("o", "bool", False), "maybe"),
        (OptionRecord("o", "floats", [1.0, 2.0]), "1"),
        (OptionRecord("o", "float", 0.1), None),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(option: OptionRecord, value: object) -> None:
    with pytest.raises(InvalidValueError):
        read_option(option, value)


def test_an_unknown_choice_lists_the_known() -> None:
    with pytest.raises(UnknownNameError, match="strong_wolfe"):
        read_option(OptionRecord("line_search_fn", "choice", None, True, ("strong_wolfe",)), "weak")


def test_torchs_own_refusal_is_reported() -> None:
    with pytest.raises(InvalidValueError, match="SGD refuses: Nesterov momentum requires"):
        runner_with("SGD", nesterov=True)


def test_the_networks_learning_rate_serves_plain_steps_and_torchs_the_others() -> None:
    table = Runner(TargetSetup(read_target("autograd"))).table

    def rate(name: str) -> object:
        return next(o.default for o in table.record(name).options if o.name == "lr")

    assert (rate("Manual"), rate("SGD"), rate("ASGD"), rate("Adam")) == (1e-6, 1e-6, 1e-6, 1e-3)


def test_the_networks_own_optimizer_starts_with_the_networks_own_options() -> None:
    runner = Runner(TargetSetup(read_target("dynamic"), optimizer=OptimizerChoice("SGD")))
    assert runner.updater.choice == OptimizerChoice("SGD", {"lr": 1e-4, "momentum": 0.9})


def test_an_option_of_the_network_can_be_put_back_to_torchs_default() -> None:
    runner = Runner(TargetSetup(read_target("dynamic")))
    assert runner.set_optimizer(OptimizerChoice("SGD", {"momentum": 0.0})) is not None
    # Left out, it would mean the network's 0.9 again.
    assert runner.updater.choice.options["momentum"] == 0.0
    assert runner.set_optimizer(runner.updater.choice) is None


def test_another_optimizer_keeps_weights_and_starts_fresh() -> None:
    runner = runner_with("Adam")
    list(runner.losses(3))
    weights = [p.detach().clone() for p in runner.table.parameters]
    change = runner.set_optimizer(OptimizerChoice("SGD", {"momentum": 0.9}))
    assert change is not None
    assert (change.kind, change.text) == ("optimizer", "Adam → SGD, momentum 0.9")
    assert all(torch.equal(a, b) for a, b in zip(weights, runner.table.parameters, strict=True))
    assert runner.updater.optimizer is not None and not runner.updater.optimizer.state


def test_another_learning_rate_keeps_the_state() -> None:
    runner = runner_with("Adam", lr=1e-3)
    list(runner.losses(3))
    optimizer = runner.updater.optimizer
    assert optimizer is not None
    averages = {p: state["exp_avg"].clone() for p, state in optimizer.state.items()}
    change = runner.set_optimizer(OptimizerChoice("Adam", {"lr": 1e-4}))
    assert change is not None
    assert (change.kind, change.text) == ("learning_rate", "learning rate 0.001 → 0.0001")
    assert runner.updater.optimizer is optimizer
    assert optimizer.param_groups[0]["lr"] == 1e-4
    assert all(torch.equal(averages[p], state["exp_avg"]) for p, state in optimizer.state.items())


def test_the_same_again_is_no_change() -> None:
    runner = runner_with("SGD", momentum=0.5)
    assert runner.set_optimizer(OptimizerChoice("SGD", {"momentum": 0.5})) is None


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("Adam", {"amsgrad": True}),
        ("AdamW", {"amsgrad": True, "betas": [0.8, 0.9]}),
        ("RMSprop", {"momentum": 0.9, "centered": True}),
        ("SGD", {"momentum": 0.9, "nesterov": True}),
        ("LBFGS", {"history_size": 3, "line_search_fn": "strong_wolfe"}),
    ],
)
def test_options_that_need_state_of_their_own_can_be_turned_on_during_a_run(name: str, options: dict) -> None:
    runner = runner_with(name)
    list(runner.losses(2))
    optimizer = runner.updater.optimizer
    assert runner.set_optimizer(OptimizerChoice(name, options)) is not None
    assert runner.updater.optimizer is optimizer
    assert all(math.isfinite(loss) for loss in runner.losses(3))


def test_a_refused_change_changes_nothing() -> None:
    runner = runner_with("SGD", momentum=0.5)
    optimizer, choice = runner.updater.optimizer, runner.updater.choice
    with pytest.raises(InvalidValueError):
        runner.set_optimizer(OptimizerChoice("SGD", {"momentum": -1}))
    assert (runner.updater.optimizer, runner.updater.choice) == (optimizer, choice)


@pytest.mark.parametrize(("value", "text"), [(1e-6, "1e-6"), (0.9, "0.9"), (True, "true"), ([0.9, 1e-7], "0.9, 1e-7")])
def test_numbers_are_written_as_a_user_writes_them(value: object, text: str) -> None:
    assert number_text(value) == text  # type: ignore[arg-type]
