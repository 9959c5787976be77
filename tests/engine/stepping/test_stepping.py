"""Stepping through the real engine: order, values, stops, breakpoints, edits, and that looking changes nothing."""

from __future__ import annotations

import inspect
import random
import textwrap
import threading
from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from gradviz.engine.gate.breakpoint_matching import BreakpointSet
from gradviz.engine.gate.gate import Gate, Stop
from gradviz.engine.gate.step_request import StepRequest
from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.stepping import step_controller as stepping
from gradviz.engine.tensors.value_cache import ValueCache
from gradviz.engine.training.runner import Runner
from gradviz.experiment import Experiment
from gradviz.networks import nn as nn_lesson
from gradviz.networks.catalogue import NETWORKS
from gradviz.protocol.commands import (
    AskTensor,
    Command,
    Edit,
    Inspect,
    NextIteration,
    NextPhase,
    Open,
    Pause,
    Run,
    RunOne,
    RunTo,
    SetBreakpoints,
    SetBudget,
    SetDevice,
    StepIn,
    StepOut,
    StepOver,
)
from gradviz.protocol.events import (
    ConfigurationChanged,
    Edited,
    Failed,
    GraphChanged,
    HitsCounted,
    LossBatch,
    NodeDetails,
    Passed,
    Raised,
    StateChanged,
    Stopped,
    TensorAnswered,
)
from gradviz.protocol.node_location import places
from gradviz.protocol.records import BreakpointRecord, PassedRecord, PlaceRecord
from gradviz.targets.target_spec import read_target
from tests.helpers.engine_thread import EngineThread

IDS = [entry.id for entry in NETWORKS]
TWO_USES = {"layers_min": 2, "layers_max": 2}


@pytest.fixture
def engine() -> Iterator[EngineThread]:
    with EngineThread() as thread:
        yield thread


def step(engine: EngineThread, command: Command) -> Stopped:
    engine.tell(command)
    return engine.until(Stopped)


def whole_iteration(engine: EngineThread, first: Stopped) -> list[Stopped]:
    """Step in until the iteration of `first` is over; every stop of it."""
    stops = [first]
    while (stop := step(engine, StepIn())).step == first.step:
        stops.append(stop)
    return stops


def passed(engine: EngineThread, iteration: int) -> list[PassedRecord]:
    return [record for event in engine.all(Passed) if event.step == iteration for record in event.points]


def values(engine: EngineThread, node: int | None, what: str, index: int = 0, **more: object) -> np.ndarray:
    engine.tell(AskTensor(1, node, what, index=index, values=True, **more))
    answered = engine.until(TensorAnswered)
    assert answered.message == ""
    assert answered.values is not None
    shape, data = answered.values
    return np.frombuffer(data, "<f8").reshape(shape)


def runner_with_gate(
    network: str, request: StepRequest, breakpoints: BreakpointSet | None = None
) -> tuple[Runner, list[Stop]]:
    """A runner whose every iteration passes a gate that goes on with `request` after each stop."""
    runner = Runner(TargetSetup(read_target(network)))
    stops: list[Stop] = []

    def wait(stop: Stop) -> StepRequest:
        stops.append(stop)
        return request

    def gate() -> Gate:
        return Gate(runner.step, request, BreakpointSet(), ValueCache(), wait, lambda: None)

    runner.open_gate(gate())
    runner.hold()
    runner.new_gate = gate  # type: ignore[attr-defined]
    return runner, stops


def run_stepped(runner: Runner, steps: int) -> list[float]:
    losses = []
    for _ in range(steps):
        losses.append(float(runner.iterate()))
        assert runner.gate is not None
        runner.gate.history.records()
        runner.open_gate(runner.new_gate())  # type: ignore[attr-defined]
    return losses


def state_of(runner: Runner) -> list[object]:
    generators = [random.getstate(), np.random.get_state()[1].tolist(), torch.random.get_rng_state().tolist()]
    return generators + [np.asarray(v.detach() if isinstance(v, torch.Tensor) else v).tolist()
                         for v in runner.experiment.named_parameters().values()]  # fmt: skip


# -- true ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("network", IDS)
def test_stepping_changes_no_loss_weight_or_random_number(network: str) -> None:
    plain = Runner(TargetSetup(read_target(network)))
    losses = [float(plain.iterate()) for _ in range(3)]
    expected = state_of(plain)
    stepped, stops = runner_with_gate(network, StepRequest("in"))
    assert run_stepped(stepped, 3) == losses
    assert state_of(stepped) == expected
    assert len(stops) > 30


@pytest.mark.parametrize("network", ["autograd", "dynamic", "attention"])
def test_the_gradients_that_arrive_are_those_that_autograd_computes(network: str) -> None:
    runner, _ = runner_with_gate(network, StepRequest("in"))
    graph = runner.graph
    assert graph is not None
    parameters = {n: p for n, p in runner.experiment.named_parameters().items() if isinstance(p, torch.Tensor)}
    expected = torch.autograd.grad(runner.held_loss, list(parameters.values()), retain_graph=True)
    runner.iterate()
    assert runner.gate is not None
    arrived = {r.point.node: r for r in runner.gate.history.passed if r.point.phase == "backward"}
    names = {node.id: node.name for node in graph.record.nodes}
    for (name, _), gradient in zip(parameters.items(), expected, strict=True):
        node_id = next(i for i, n in names.items() if n == name and i < 0)
        index = arrived[node_id].point.index
        assert torch.equal(runner.gate.history.cache.get((index, "grad_output", 0)), gradient)


@pytest.mark.parametrize(
    ("record", "follows"),
    [
        (BreakpointRecord(1, "op", text="MmBackward0"), True),
        (BreakpointRecord(1, "op", text="mm", phase="forward"), True),  # the user was stopped in the forward
        (BreakpointRecord(1, "op", text="nowhere"), False),
        (BreakpointRecord(1, "node", place=PlaceRecord(type_name="MmBackward0")), False),
        (BreakpointRecord(1, "node", place=PlaceRecord(type_name="w1")), True),
        (BreakpointRecord(1, "line", file="nowhere.py", line=1), False),
        (BreakpointRecord(1, "module", text="nowhere"), False),
        (BreakpointRecord(1, "phase", text="backward"), True),
        (BreakpointRecord(1, "phase", text="update"), False),
        (BreakpointRecord(1, "zero_grad"), True),
        (BreakpointRecord(1, "nan", phase="forward"), False),
    ],
)
def test_backward_is_followed_if_a_breakpoint_can_stop_it(record: BreakpointRecord, follows: bool) -> None:
    runner = Runner(TargetSetup(read_target("autograd")))
    runner.open_gate(
        Gate(
            0,
            StepRequest("free"),
            BreakpointSet([record]),
            ValueCache(),
            lambda stop: StepRequest("free"),
            lambda: None,
        )
    )
    runner.iterate()
    assert ("backward" in {p.point.phase for p in runner.gate.history.passed}) is follows
    assert runner.gate.passed_over is not follows
    assert "forward" in {p.point.phase for p in runner.gate.history.passed}


def test_the_order_is_the_engines_own() -> None:
    plain = Runner(TargetSetup(read_target("dynamic"), TWO_USES))
    plain.forward(captured=True)
    assert plain.graph is not None
    order: list[int] = []
    handles = [
        node.register_prehook(lambda _, i=node_id: order.append(i))
        for node_id, node in {**plain.graph.live, **plain.graph.leaves}.items()
    ]
    plain.backward()
    for handle in handles:
        handle.remove()
    runner = Runner(TargetSetup(read_target("dynamic"), TWO_USES))
    runner.open_gate(
        Gate(
            0,
            StepRequest("free"),
            BreakpointSet(),
            ValueCache(),
            lambda stop: StepRequest("free"),
            lambda: None,
            whole=True,
        )
    )
    runner.iterate()
    assert [p.point.node for p in runner.gate.history.passed if p.point.phase == "backward"] == order


def test_every_term_of_a_shared_weights_gradient_passes_and_they_add_up(engine: EngineThread) -> None:
    engine.open("dynamic", hyperparameters=TWO_USES)
    stops = whole_iteration(engine, step(engine, StepIn()))
    graph = engine.all(GraphChanged)[0].graph
    assert graph is not None
    weight = next(node.id for node in graph.nodes if node.name == "middle_linear.weight")
    consumers = [edge.target for edge in graph.edges if edge.source == weight]
    points = {stop.point.node: stop.point.index for stop in stops if stop.point.phase == "backward"}
    assert len(consumers) == 2
    engine.tell(Open(2, "dynamic", TWO_USES))
    engine.until(StateChanged, lambda event: event.state == "ready" and event.run == 2)
    stop = step(engine, StepIn())
    while stop.point.phase != "update":
        stop = step(engine, StepIn())
    terms = [values(engine, c, "grad_input", point=points[c], slice="0:40") for c in consumers]
    total = values(engine, weight, "parameter_grad", slice="0:40")
    np.testing.assert_allclose(sum(terms), total, rtol=1e-6)


@pytest.mark.parametrize("network", IDS)
def test_after_stepping_a_free_iteration_has_no_gate_and_the_leaves_no_hook(network: str, engine: EngineThread) -> None:
    engine.open(network)
    step(engine, StepIn())
    engine.tell(Run(5))
    engine.until(StateChanged, lambda event: event.state == "finished")
    runner = engine.server.current_run()
    assert runner.gate is None
    for parameter in runner.experiment.named_parameters().values():
        if isinstance(parameter, torch.Tensor) and parameter.requires_grad:
            node = parameter.expand_as(parameter).grad_fn.next_functions[0][0]
            seen: list[int] = []
            handle = node.register_prehook(lambda _, seen=seen: seen.append(1))
            handle.remove()
            assert not parameter._backward_hooks


# -- stops -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("network", ["autograd", "numpy", "dynamic"])
def test_the_first_step_of_a_network_begins_at_the_first_op_and_changes_no_loss(
    network: str, engine: EngineThread
) -> None:
    engine.open(network)
    stop = step(engine, StepIn(first=True))
    assert (stop.step, stop.point.phase, stop.point.index) == (0, "forward", 0)
    assert step(engine, StepIn(first=True)).point.index == 1
    assert len(engine.all(GraphChanged)) == 1, "what is drawn stays, as far as the forward makes it again"
    engine.tell(Run(3))
    engine.until(StateChanged, lambda event: event.state == "finished")
    losses = array("d", b"".join(event.losses for event in engine.all(LossBatch)))
    assert list(losses) == list(Runner(TargetSetup(read_target(network))).losses(3))


def test_a_graph_so_far_that_takes_long_comes_after_the_stop_that_the_user_stays_at(
    engine: EngineThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "_QUICK", 0.0)
    monkeypatch.setattr(stepping, "_QUIET", 60.0)
    engine.tell(Open(1, "autograd", stop_first=True, graphs_late=True))
    engine.until(Stopped)
    for _ in range(3):
        engine.seen.clear()
        step(engine, StepIn())
        assert not engine.all(GraphChanged)
    engine.tell(SetBudget(1 << 20))  # what is no step shows that the user stays
    graph = engine.until(GraphChanged).graph
    assert graph is not None
    assert "MmBackward0" in {node.type_name for node in graph.nodes}


def test_a_step_runs_one_node_and_the_next_is_shown_before_it_runs(engine: EngineThread) -> None:
    engine.open("autograd")
    stop = step(engine, StepIn())
    assert (stop.reason, stop.point.phase, stop.point.grad_fn, stop.of_phase) == (
        "step",
        "backward",
        "SumBackward0",
        (1, 8),
    )
    assert not [r for r in passed(engine, 0) if r.point.phase == "backward"]
    stop = step(engine, StepIn())
    assert stop.point.grad_fn == "PowBackward0"
    assert [r.point.grad_fn for r in passed(engine, 0) if r.point.phase == "backward"] == ["SumBackward0"]


def test_an_op_that_is_about_to_run_is_already_known_by_its_node(engine: EngineThread) -> None:
    engine.open("autograd")
    stop = step(engine, NextIteration())
    assert (stop.step, stop.point.phase, stop.point.op, stop.point.node) == (1, "forward", "torch.Tensor.mm", 0)
    assert stop.point.file.endswith("autograd.py")
    stop = step(engine, StepIn())
    assert (stop.point.op, stop.point.node) == ("torch.Tensor.clamp", 1)


def test_next_steps_over_the_module_that_begins_and_step_out_leaves_it(engine: EngineThread) -> None:
    engine.open("attention")
    stop = step(engine, NextIteration())
    while stop.point.module != "block.attention.qkv":
        stop = step(engine, StepIn())
    inside = stop
    stop = step(engine, StepOver())
    assert stop.point.module == "block.attention"
    assert stop.point.index > inside.point.index
    stop = step(engine, StepOut())
    assert not stop.point.module.startswith("block.attention")


def test_next_phase_and_next_iteration_stop_at_their_first_point(engine: EngineThread) -> None:
    engine.open("optim")
    assert step(engine, NextPhase()).point.phase == "backward"
    stop = step(engine, NextPhase())
    assert (stop.reason, stop.point.phase, stop.point.parameter) == ("phase", "update", "0.weight")
    stop = step(engine, NextIteration())
    assert (stop.reason, stop.step, stop.point.index) == ("iteration", 1, 0)


def test_run_to_a_node_stops_before_it(engine: EngineThread) -> None:
    engine.open("autograd")
    stop = step(engine, RunTo(0, "backward"))
    assert (stop.reason, stop.point.node, stop.point.phase) == ("run_to", 0, "backward")


def test_the_update_shows_each_parameter_before_after_and_the_difference(engine: EngineThread) -> None:
    engine.open("optim")
    step(engine, NextPhase())
    stop = step(engine, NextPhase())
    assert stop.before is not None
    assert stop.before.shape == (100, 1000)
    whole_iteration(engine, stop)
    updates = [record for record in passed(engine, 0) if record.point.phase == "update"]
    assert [record.point.parameter for record in updates] == ["0.weight", "0.bias", "2.weight", "2.bias"]
    for record in updates:
        before, after, difference = record.values
        assert before.norm != after.norm
        # Adam's first step is the learning rate in every element.
        assert difference.maximum == pytest.approx(1e-4, rel=1e-2)


def test_pause_stops_a_run_that_watches_breakpoints_inside_an_iteration(engine: EngineThread) -> None:
    engine.open("autograd")
    engine.tell(SetBreakpoints((BreakpointRecord(1, "nan"),)))
    engine.tell(Run())
    engine.until(StateChanged, lambda event: event.state == "running")
    stop = step(engine, Pause())
    assert stop.reason == "pause"


def test_an_attentive_run_pauses_inside_an_iteration_that_takes_long(
    engine: EngineThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "_LONG", 0.0)
    engine.open("autograd")
    engine.tell(Run(attentive=True))
    engine.until(StateChanged, lambda event: event.state == "running")
    engine.until(LossBatch)
    stop = step(engine, Pause())
    assert stop.reason == "pause"
    assert stop.step > 0


def test_an_attentive_run_of_short_iterations_runs_freely_and_pauses_between_two(
    engine: EngineThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "_LONG", 1000.0)
    engine.open("autograd")
    engine.tell(Run(attentive=True))
    engine.until(LossBatch, lambda event: event.first > 0)
    engine.tell(Pause())
    engine.until(StateChanged, lambda event: event.state == "paused")
    assert not engine.all(Stopped)


def test_one_iteration_from_a_stop_finishes_it_and_holds(engine: EngineThread) -> None:
    engine.open("autograd")
    step(engine, StepIn())
    engine.tell(RunOne())
    assert engine.until(StateChanged, lambda event: event.state == "paused").step == 1


@pytest.mark.parametrize("command", [RunOne(), NextIteration()])
def test_what_goes_on_between_two_iterations_reports_that_it_runs(engine: EngineThread, command: Command) -> None:
    engine.open("autograd")
    engine.tell(RunOne())
    engine.until(StateChanged, lambda event: event.state == "paused")
    engine.tell(command)
    engine.until(StateChanged, lambda event: event.state == "running" and event.step == 1)
    engine.until(StateChanged, lambda event: event.state in ("paused", "stopped"))


def test_a_network_by_hand_is_stepped_op_by_op_in_all_phases(engine: EngineThread) -> None:
    engine.open("numpy")
    stops = whole_iteration(engine, step(engine, NextIteration()))
    assert [stop.point.phase for stop in stops] == ["forward"] * 6 + ["backward"] * 11 + ["update"] * 3
    assert [stop.point.node for stop in stops[:17]] == list(range(17))
    assert [(stop.point.parameter, stop.after) for stop in stops[17:]] == [("w1", False), ("w2", False), ("w2", True)]
    stop = step(engine, NextPhase())
    assert values(engine, 0, "input", point=0, slice="0:4").shape == (4, 1000)
    assert stop.point.phase == "backward"


# -- breakpoints -----------------------------------------------------------------------------------------------------


def stop_at(engine: EngineThread, network: str, record: BreakpointRecord, **options: object) -> Stopped:
    engine.open(network, **options)
    engine.tell(SetBreakpoints((record,)))
    stop = step(engine, Run())
    assert (stop.reason, stop.breakpoint) == ("breakpoint", record.id)
    return stop


@pytest.mark.parametrize("phase", ["backward", "update"])
def test_the_graph_of_what_is_derived_by_hand_is_sent_in_its_first_iteration(phase: str, engine: EngineThread) -> None:
    engine.tell(Open(1, "tensors", stop_first=True))
    engine.until(Stopped)
    engine.tell(SetBreakpoints((BreakpointRecord(1, "phase", text=phase),)))
    step(engine, Run(1))
    assert {"x", "w1", "w2"} <= {node.name for node in engine.all(GraphChanged)[-1].graph.nodes}


def test_what_an_op_of_a_backward_by_hand_gave_can_be_looked_at(engine: EngineThread) -> None:
    engine.open("numpy")
    step(engine, NextIteration())
    first = step(engine, NextPhase())
    assert first.point.phase == "backward"
    step(engine, StepIn())
    assert first.point.node is not None
    assert values(engine, first.point.node, "output").shape == (64, 10)


def test_break_on_an_op_by_any_of_its_names(engine: EngineThread) -> None:
    for name in ("addmm", "AddmmBackward0"):
        assert (
            stop_at(engine, "nn", BreakpointRecord(1, "op", name, phase="backward")).point.grad_fn == "AddmmBackward0"
        )
    assert stop_at(engine, "nn", BreakpointRecord(1, "op", "linear", phase="forward")).step == 1


def test_break_on_a_module_stops_where_it_is_entered(engine: EngineThread) -> None:
    stop = stop_at(engine, "attention", BreakpointRecord(1, "module", "block.attention", phase="forward"))
    assert stop.point.module.startswith("block.attention")
    assert step(engine, Run()).step == stop.step + 1


def test_break_on_the_second_use_of_a_line_in_backward(engine: EngineThread) -> None:
    engine.open("dynamic", hyperparameters=TWO_USES)
    graph = engine.all(GraphChanged)[0].graph
    node = next(n for n in graph.nodes if n.cluster != -1 and graph.clusters[n.cluster].use == 2 and n.name == "addmm")
    record = BreakpointRecord(3, "line", file=node.file, line=node.line, number=2, phase="backward")
    engine.tell(SetBreakpoints((record,)))
    stop = step(engine, Run())
    assert (stop.point.node, stop.point.module, stop.point.use) == (node.id, "middle_linear", 2)


def test_a_breakpoint_on_a_node_stays_at_its_place_while_the_graph_changes(engine: EngineThread) -> None:
    engine.open("dynamic")
    place = None
    while place is None:
        engine.tell(RunOne())
        engine.until(StateChanged, lambda event: event.state == "paused")
        for graph in [event.graph for event in engine.all(GraphChanged) if event.graph is not None]:
            for node_id, found in places(graph).items():
                if (found.module, found.use, found.type_name) == ("middle_linear", 2, "AddmmBackward0"):
                    place, first_id = found, node_id
    engine.tell(SetBreakpoints((BreakpointRecord(1, "node", "addmm", phase="backward", place=place),)))
    stops = [step(engine, Run()) for _ in range(4)]
    assert all((stop.point.module, stop.point.use) == ("middle_linear", 2) for stop in stops)
    assert first_id is not None


def test_break_on_a_phase_and_on_an_iteration(engine: EngineThread) -> None:
    assert stop_at(engine, "nn", BreakpointRecord(1, "phase", "update")).point.phase == "update"
    stop = stop_at(engine, "nn", BreakpointRecord(2, "iteration", number=7))
    assert (stop.step, stop.point.index) == (7, 0)


def test_break_on_values_stops_after_the_node_that_made_them(engine: EngineThread) -> None:
    stop = stop_at(engine, "nn", BreakpointRecord(1, "norm_above", number=10.0))
    assert stop.after
    assert "above 10" in stop.message
    assert "100 × 10" in stop_at(engine, "nn", BreakpointRecord(1, "shape", "100x10")).message


def test_nan_made_in_backward_is_stopped_at_its_first_node(engine: EngineThread) -> None:
    engine.open("autograd")
    engine.tell(SetBreakpoints((BreakpointRecord(1, "nan"),)))
    stop = step(engine, RunTo(1, "backward"))
    # 0 · ∞, as in the derivative of a square root at 0.
    engine.tell(Edit(stop.point.node, "grad_output", "g * 0 * float('inf')"))
    engine.until(Edited)
    stop = step(engine, Run())
    assert (stop.reason, stop.point.node, stop.after) == ("breakpoint", 1, True)
    assert "NaN" in stop.message


def test_hits_are_counted(engine: EngineThread) -> None:
    stop_at(engine, "nn", BreakpointRecord(4, "op", "relu", phase="backward"))
    step(engine, Run())
    assert engine.all(HitsCounted)[-1].hits == ((4, 2),)


def test_a_breakpoint_that_is_removed_at_a_stop_stops_no_more(engine: EngineThread) -> None:
    stop_at(engine, "nn", BreakpointRecord(1, "op", "relu", phase="backward"))
    engine.tell(SetBreakpoints(()))
    engine.tell(Run(10))
    assert engine.until(StateChanged, lambda event: event.state == "finished").step == 10
    assert not [event for event in engine.seen[-3:] if isinstance(event, Stopped)]


# -- looking, editing ------------------------------------------------------------------------------------------------


def test_a_value_that_is_not_there_is_refused_with_its_reason(engine: EngineThread) -> None:
    engine.open("autograd")
    stop = step(engine, StepIn())

    def message(node: int, what: str, **more: object) -> str:
        engine.tell(AskTensor(1, node, what, **more))
        return engine.until(TensorAnswered).message

    assert "Backward has not reached" in message(0, "grad_output")
    assert "not" in message(-2, "parameter_grad")
    assert message(stop.point.node, "grad_output") == ""
    step(engine, RunTo(0, "backward"))
    assert "Freed" in message(2, "saved", name="mat2")
    assert message(0, "saved", name="self") == ""
    assert "nothing called" in message(0, "saved", name="nonsense")
    assert "no such node" in message(99, "output")


def test_an_input_is_what_its_edge_brings_whatever_the_order_of_the_arguments(engine: EngineThread) -> None:
    engine.open("dynamic", hyperparameters=TWO_USES)
    stop = step(engine, StepIn())
    graph = engine.all(GraphChanged)[0].graph
    assert graph is not None
    named = engine.server.current_run().experiment.named_tensors()
    last = next(node.id for node in reversed(graph.nodes) if node.type_name == "AddmmBackward0")
    incoming = {edge.input_nr: edge for edge in graph.edges if edge.target == last}
    np.testing.assert_array_equal(values(engine, last, "input", 0), named["output_linear.bias"].detach().numpy())
    clamp = values(engine, incoming[1].source, "output")
    np.testing.assert_array_equal(values(engine, last, "input", 1), clamp)
    assert clamp.min() == 0  # it has been through a clamp
    engine.tell(AskTensor(1, last, "input", index=2))
    assert "Inside torch.nn.functional.linear" in engine.until(TensorAnswered).message
    assert stop.point.phase == "backward"


def test_values_of_the_past_go_when_the_budget_is_spent(engine: EngineThread) -> None:
    engine.open("autograd")
    engine.tell(SetBudget(0))
    stop = step(engine, StepIn())
    engine.tell(AskTensor(1, stop.point.node, "output"))
    assert "budget" in engine.until(TensorAnswered).message


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (AskTensor(1, 2, "grad_output", index=1), "mm has no output 1."),
        (AskTensor(1, 0, "output", index=2), "mm has no output 2."),
        (AskTensor(1, 2, "grad_output", index=-1), "There is no index -1; they count from 0."),
        (AskTensor(1, 2, "saved", name="x"), "It saved nothing called 'x'; it saved self, mat2."),
        (AskTensor(1, -2, "saved", name="x"), "Only an op saves tensors for backward."),
    ],
)
def test_a_tensor_that_is_not_there_is_said_so(ask: AskTensor, said: str, engine: EngineThread) -> None:
    engine.open("autograd")
    step(engine, RunTo(2, "backward"))
    engine.tell(ask)
    assert engine.until(TensorAnswered).message == said


def test_what_is_saved_can_be_looked_at_while_forward_is_stopped(engine: EngineThread) -> None:
    engine.open("autograd")
    step(engine, NextIteration())
    step(engine, StepIn())
    saved = values(engine, 0, "saved", name="self")
    np.testing.assert_array_equal(saved, values(engine, 0, "input", 0))
    engine.tell(AskTensor(1, 2, "saved", name="self"))
    assert engine.until(TensorAnswered).message == "Not computed. Forward has not reached this node yet."
    graph = engine.all(GraphChanged)[-1]
    for node, state in ((0, "held"), (2, "none")):
        engine.tell(Inspect(graph.signature, node))
        details = engine.until(NodeDetails)
        assert (details.node, details.state) == (node, state)
        assert ("not saved yet" in details.saved[0].note) == (state == "none")


def test_an_edited_gradient_is_what_goes_on(engine: EngineThread) -> None:
    engine.open("autograd")
    stop = step(engine, RunTo(2, "backward"))
    before = values(engine, 2, "grad_output")
    engine.tell(Edit(2, "grad_output", "g.clamp(-1, 1)"))
    assert engine.until(Edited).mark.kind == "edit"
    np.testing.assert_array_equal(values(engine, 2, "grad_output"), before.clip(-1, 1))
    hidden = values(engine, 2, "input", slice="0:40")
    step(engine, NextPhase())
    w2_grad = values(engine, -3, "parameter_grad")
    full = engine.server.current_run().experiment.gradients()["w2"]
    assert float(full.abs().max()) < 1e4  # thousands of times smaller than the real one
    assert hidden.shape[0] == 40
    assert w2_grad.shape == (100, 10)
    assert [r.edited for r in passed(engine, 0) if r.point.index == stop.point.index] == [True]


@pytest.mark.parametrize(("node", "what"), [(2, "grad_output"), (-3, "parameter")])
def test_edits_are_undone_until_the_next_step(node: int, what: str, engine: EngineThread) -> None:
    engine.open("autograd")
    stop = step(engine, RunTo(2, "backward"))
    before = values(engine, node, what)
    for expression in ("g * 2", "g + 1"):
        engine.tell(Edit(node, what, expression))
        assert not engine.until(Edited).undone
    np.testing.assert_allclose(values(engine, node, what), before * 2 + 1, rtol=1e-5)
    engine.tell(Edit(node, what, "", undo=True))
    assert engine.until(Edited).undone
    np.testing.assert_array_equal(values(engine, node, what), before)
    engine.tell(Edit(node, what, "", undo=True))
    assert engine.until(Failed).message == "Nothing was changed here since the last step."
    step(engine, StepIn())
    assert [r.edited for r in passed(engine, 0) if r.point.index == stop.point.index] == [False]


def test_a_parameter_is_edited_in_place_by_element_or_expression(engine: EngineThread) -> None:
    engine.open("autograd")
    step(engine, StepIn())
    engine.tell(Edit(-3, "parameter", "−2.5", element=(4, 5)))
    engine.until(Edited)
    assert values(engine, -3, "parameter")[4, 5] == -2.5
    engine.tell(Edit(-3, "parameter", "g * 0 + 1"))
    engine.until(Edited)
    assert values(engine, -3, "parameter").min() == 1


@pytest.mark.parametrize(
    "expression",
    ["g.", "g.sum(0)", "'text'", "undefined", "1/0", "exit()", "g.to('meta')", "g * 1j", "g.to_sparse()"],
)
def test_an_expression_that_cannot_be_is_refused_and_changes_nothing(expression: str, engine: EngineThread) -> None:
    engine.open("autograd")
    stop = step(engine, RunTo(2, "backward"))
    before = values(engine, stop.point.node, "grad_output")
    engine.tell(Edit(stop.point.node, "grad_output", expression))
    message = engine.until(Failed).message
    assert message.endswith(".") and not message.endswith(("..", "!."))
    np.testing.assert_array_equal(values(engine, stop.point.node, "grad_output"), before)


def test_a_device_that_is_used_already_is_answered_too(engine: EngineThread) -> None:
    engine.open("autograd")
    step(engine, NextIteration())
    engine.tell(RunOne())
    engine.tell(SetDevice("cpu"))
    changed = engine.until(ConfigurationChanged)
    assert (changed.device, changed.mark) == ("cpu", None)


def test_the_device_waits_until_the_iteration_is_over(engine: EngineThread) -> None:
    engine.open("autograd")
    step(engine, StepIn())
    engine.tell(SetDevice("cpu"))
    assert "Finish this iteration" in engine.until(Failed).message


def test_a_parameter_is_stopped_at_before_its_update(engine: EngineThread) -> None:
    engine.open("autograd")
    engine.tell(
        SetBreakpoints((BreakpointRecord(1, "node", text="w2", phase="update", place=PlaceRecord(type_name="w2")),))
    )
    engine.tell(Run(2))
    stop = engine.until(Stopped)
    assert (stop.reason, stop.point.phase, stop.point.parameter) == ("breakpoint", "update", "w2")


# -- safe ------------------------------------------------------------------------------------------------------------


def test_another_network_can_be_opened_from_a_stop_inside_backward(engine: EngineThread) -> None:
    engine.open("dynamic")
    step(engine, StepIn())
    assert engine.open("nn", run=2).run == 2
    assert step(engine, StepIn()).run == 2


def test_the_engine_ends_from_a_stop_inside_backward() -> None:
    with EngineThread() as engine:
        engine.open("dynamic")
        assert step(engine, StepIn()).point.phase == "backward"
    assert engine.server.current_run().state == "failed"  # given up in the middle, and not gone on with


def broken(where: str):
    """The `nn` lesson, with an op that raises in one of its phases."""

    class Raises(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, grad):
            return grad.mm(grad)

    def build(**_: int) -> Experiment:
        model = torch.nn.Linear(3, 2)
        x = torch.randn(4, 3)
        loss = (lambda out: Raises.apply(out).sum()) if where == "backward" else (lambda out: out.mm(out).sum())
        return Experiment(model, x, loss=loss, update=lambda lr: None)

    return build


def test_an_op_that_raises_in_forward_is_stopped_at_with_its_tensors(
    engine: EngineThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nn_lesson, "build", broken("forward"))
    engine.tell(Open(1, "nn"))
    stop = engine.until(Stopped)
    assert (stop.reason, stop.point.op, stop.after) == ("exception", "torch.Tensor.mm", True)
    assert "mat1 and mat2" in stop.message
    assert "Traceback" in stop.traceback
    graph = engine.all(GraphChanged)[-1].graph
    assert graph is not None
    assert "addmm" in [node.name for node in graph.nodes]
    engine.tell(Run())
    assert engine.until(Raised).phase == "forward"
    engine.until(StateChanged, lambda event: event.state == "failed")


def test_a_node_that_raises_in_backward_is_stopped_at(engine: EngineThread, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nn_lesson, "build", broken("backward"))
    engine.open("nn")
    step(engine, StepIn())
    stop = step(engine, StepIn())
    while stop.reason != "exception":
        stop = step(engine, StepIn())
    assert stop.point.phase == "backward"
    assert stop.point.grad_fn == "RaisesBackward"
    engine.tell(StepIn())
    assert engine.until(Raised).phase == "backward"


@pytest.mark.parametrize(
    ("where", "breakpoints"),
    [
        ("forward", ()),
        ("backward", ()),
        ("backward", (BreakpointRecord(1, "op", text="nowhere"),)),
    ],
)
def test_a_free_run_that_raises_is_stopped_where_it_does(
    where: str, breakpoints: tuple[BreakpointRecord, ...], engine: EngineThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Checked(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.bad = bool(x.isnan().any())
            if ctx.bad and where == "forward":
                raise ValueError("a NaN came in")
            return x.clone()

        @staticmethod
        def backward(ctx, grad):
            if ctx.bad:
                raise ValueError("a NaN came in")
            return grad

    def build(**_: int) -> Experiment:
        good, bad = torch.ones(4, 3), torch.full((4, 3), float("nan"))
        batches = lambda: iter([(x, None) for x in [good] * 20 + [bad]])  # noqa: E731
        model = torch.nn.Linear(3, 2)
        return Experiment(
            model, None, loss=lambda out: Checked.apply(out).mul(2).sum(), batches=batches, update=lambda lr: None
        )

    monkeypatch.setattr(nn_lesson, "build", build)
    engine.open("nn")
    engine.tell(SetBreakpoints(breakpoints))
    engine.tell(Run(30))
    if where == "backward":
        stop = engine.until(Stopped)
        assert (stop.reason, stop.step, stop.point.grad_fn) == ("exception", 20, "CheckedBackward")
        assert np.isnan(values(engine, stop.point.node, "output")).all()
        engine.tell(Run(30))
    raised = engine.until(Raised)
    assert (raised.step, raised.phase, raised.message) == (20, where, "ValueError: a NaN came in")
    assert engine.until(StateChanged, lambda event: event.state == "failed").step == 20
    assert engine.open("autograd", run=2).run == 2


def test_the_gate_works_from_another_thread(engine: EngineThread) -> None:
    # On a GPU, backward runs its hooks on the device's thread.
    engine.open("autograd")
    runner = engine.server.current_run()
    threads: list[str] = []

    def backward(loss: torch.Tensor) -> None:
        def run() -> None:
            threads.append(threading.current_thread().name)
            loss.backward()

        thread = threading.Thread(target=run, name="device")
        thread.start()
        thread.join()

    runner.experiment.backward = backward  # type: ignore[method-assign]
    stop = step(engine, StepIn())
    assert (stop.point.phase, threads) == ("backward", ["device"])
    assert values(engine, stop.point.node, "grad_output").size == 1
    engine.tell(RunOne())
    assert engine.until(StateChanged, lambda event: event.state == "paused").step == 1


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_backward_on_a_gpu_is_stepped_node_by_node(engine: EngineThread) -> None:
    engine.open("autograd", device="cuda:0")
    stops = whole_iteration(engine, step(engine, StepIn()))
    assert [stop.point.phase for stop in stops].count("backward") == 8


@pytest.mark.parametrize("target", ["autograd", "numpy", "module"])
def test_a_run_can_stop_before_its_very_first_op(target: str) -> None:
    with EngineThread() as engine:
        engine.tell(Open(1, target, stop_first=True))
        stop = engine.until(Stopped)
        assert (stop.step, stop.reason, stop.point.index, stop.point.phase) == (0, "step", 0, "forward")
        assert not engine.all(Passed)
        engine.tell(Run(3))
        assert engine.until(StateChanged, lambda event: event.state == "finished").step == 3


@pytest.mark.parametrize("target", ["autograd", "tensors", "numpy"])
def test_at_the_very_first_op_its_inputs_and_everything_with_a_name_can_be_looked_at(target: str) -> None:
    known = Runner(TargetSetup(read_target(target))).experiment.named_tensors()
    with EngineThread() as engine:
        engine.tell(Open(1, target, stop_first=True))
        engine.until(Stopped)
        for i, name in enumerate(("x", "w1")):
            there = np.asarray(known[name].detach() if isinstance(known[name], torch.Tensor) else known[name])
            assert (values(engine, None, "input", i, slice="0:9, 0:9") == there[:9, :9]).all()
            assert (values(engine, None, "output", name=name, slice="0:9, 0:9") == there[:9, :9]).all()
        last = np.asarray(known["w2"].detach() if isinstance(known["w2"], torch.Tensor) else known["w2"])
        assert (values(engine, None, "parameter", name="w2") == last).all()


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (AskTensor(1, None, "input", index=2), "mm has no input 2."),
        (AskTensor(1, None, "output"), "Not computed. What stands here has given no output yet."),
        (AskTensor(1, None, "grad_output"), "Not computed. What stands here has made no node yet."),
        (AskTensor(1, None, "saved", name="self"), "Not computed. What stands here has made no node yet."),
        (AskTensor(1, None, "parameter_grad", name="w1"), "Not computed. Backward has not reached this parameter yet."),
        (AskTensor(1, None, "output", name="loss"), "Not computed. Forward has not reached the loss yet."),
        (AskTensor(1, None, "parameter", name="w3"), "Nothing is called 'w3'; did you mean w2?"),
    ],
)
def test_what_is_not_there_at_the_very_first_op_is_said(ask: AskTensor, said: str, engine: EngineThread) -> None:
    engine.tell(Open(1, "autograd", stop_first=True))
    engine.until(Stopped)
    engine.tell(ask)
    assert engine.until(TensorAnswered).message == said


def test_a_parameter_that_no_op_has_used_is_edited_by_its_name(engine: EngineThread) -> None:
    engine.tell(Open(1, "autograd", stop_first=True))
    engine.until(Stopped)
    engine.tell(Edit(None, "parameter", "g * 0", name="w2"))
    edited = engine.until(Edited)
    assert (edited.node, edited.mark.text) == (None, "w2: g * 0")
    stop = step(engine, NextPhase())
    assert stop.point.phase == "backward"
    assert not values(engine, 2, "output").any()


def test_an_op_that_never_makes_a_node_is_looked_at_as_a_point_that_has_passed(engine: EngineThread) -> None:
    engine.tell(Open(1, "tensors", stop_first=True))
    engine.until(Stopped)
    step(engine, StepIn())
    made = values(engine, None, "output", slice="0:9, 0:9", point=0)
    assert (values(engine, None, "input", slice="0:9, 0:9") == made).all()
    engine.tell(AskTensor(1, None, "output", index=1, point=0))
    assert engine.until(TensorAnswered).message == "mm has no output 1."


class _WithDeadBranches(nn.Module):
    """Computes what leads to nothing, before, between and after what leads to the loss."""

    def __init__(self) -> None:
        super().__init__()
        self.router, self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        chosen = self.router(x).tanh().argmax(-1)
        out = self.a(x) * chosen.float().unsqueeze(-1)
        out.exp().mean()
        out = self.b(out)
        self.router(out).relu()
        return out


@pytest.mark.parametrize("first", [True, False])
def test_forward_points_name_their_own_nodes_where_branches_lead_to_nothing(first: bool, tmp_path: Path) -> None:
    file = tmp_path / "dead.py"
    source = textwrap.dedent(inspect.getsource(_WithDeadBranches))
    build = "def build():\n    return _WithDeadBranches(), torch.ones(2, 4)\n"
    file.write_text(f"import torch\nfrom torch import nn\n{source}\n{build}")
    with EngineThread() as engine:
        if first:
            engine.tell(Open(1, str(file), stop_first=True))
        else:
            engine.open(str(file))
            engine.tell(NextIteration())
        engine.until(Stopped)
        engine.tell(NextPhase())
        assert engine.until(Stopped).point.phase == "backward"
        nodes = {n.id: n for e in engine.all(GraphChanged) if e.graph is not None for n in e.graph.nodes}
        points = [p.point for p in passed(engine, 0 if first else 1) if p.point.phase == "forward"]
        named = [p for p in points if p.node in nodes]
        assert len(named) == 5
        for point in named:
            assert (point.op, point.grad_fn) == (nodes[point.node].op, nodes[point.node].type_name)
        graphs = {e.signature for e in engine.all(GraphChanged)}
        assert len(graphs) == 1 or first
