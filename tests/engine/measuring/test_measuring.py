"""What is measured of the nodes is what a user would measure by hand, and training does not notice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812
from torch.utils.flop_counter import FlopCounterMode

from gradviz.engine.gate.breakpoint_matching import BreakpointSet
from gradviz.engine.gate.gate import Gate, Stop
from gradviz.engine.gate.step_request import StepRequest
from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.measuring import meter, simple_measures
from gradviz.engine.measuring.meter import MEASURES
from gradviz.engine.serving.connection import Outbox
from gradviz.engine.tensors.reductions import mean_and_std
from gradviz.engine.tensors.value_cache import ValueCache
from gradviz.engine.training import measure_scheduler
from gradviz.engine.training.measure_scheduler import MeasureScheduler
from gradviz.engine.training.runner import Runner
from gradviz.experiment import Experiment
from gradviz.model.overlay.overlay_table import MEASURED
from gradviz.networks import module as lesson
from gradviz.networks.catalogue import NETWORKS
from gradviz.protocol.commands import (
    Command,
    NextPhase,
    Open,
    Pause,
    Run,
    RunOne,
    SetBreakpoints,
    SetMeasures,
    StepIn,
)
from gradviz.protocol.events import Event, Failed, GraphChanged, LossBatch, Measured, StateChanged, Stopped
from gradviz.protocol.records import BreakpointRecord, GraphRecord, MeasureKind, OptimizerChoice
from gradviz.targets.target_spec import read_target
from tests.engine.stepping.test_tensor_lookup import draws, parameters
from tests.helpers.engine_thread import EngineThread

KINDS: tuple[MeasureKind, ...] = tuple(MEASURED)
SMALL = {"n": 4, "d_in": 3, "h": 2, "d_out": 1}
Columns = dict[str, dict[int, float]]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def open_experiment(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Experiment]], Runner]:
    """Opens what a function builds."""

    def opened(build: Callable[[], Experiment]) -> Runner:
        monkeypatch.setattr(lesson, "build", lambda **sizes: build())
        return Runner(TargetSetup(read_target("module"), optimizer=OptimizerChoice("SGD", {"lr": 0.1})))

    return opened


def test_what_is_measured_and_the_measured_overlays_are_the_same() -> None:
    assert sorted(kind for measure in MEASURES for kind in measure.kinds) == sorted(MEASURED)


class MeasuringUser:
    """Wants all `kinds` measured of a runner's iterations."""

    def __init__(self, runner: Runner, *kinds: MeasureKind) -> None:
        self.runner = runner
        self.events: list[Measured] = []
        self.measuring = MeasureScheduler(self.events.append)  # type: ignore[arg-type]
        self.measuring.set(SetMeasures(kinds or KINDS), 1, None, "")

    def hold(self) -> Columns:
        """The first forward, held."""
        self.measuring.attend(self.runner, watched=True)
        self.runner.hold()
        self.measuring.held(1, self.runner)
        return read(self.events[-1])

    def iterate(self) -> Columns:
        """One whole iteration."""
        if not self.runner.holds_forward:
            self.measuring.attend(self.runner, watched=True)
        self.runner.iterate(captured=True)
        self.measuring.over(1, self.runner)
        return read(self.events[-1])


def read(event: Measured) -> Columns:
    found: Columns = {}
    for column in event.columns:
        ids = np.frombuffer(column.nodes, "<i4").tolist()
        found[column.kind] = dict(zip(ids, np.frombuffer(column.values, "<f8").tolist(), strict=True))
    return found


def ids(runner: Runner, name: str) -> list[int]:
    """Ids of the nodes that are called so."""
    assert runner.graph is not None
    return [node.id for node in runner.graph.record.nodes if node.name == name]


def values(columns: Columns, kind: str, runner: Runner, name: str) -> list[float]:
    return [columns[kind][node_id] for node_id in ids(runner, name)]


def weights(runner: Runner) -> dict[str, torch.Tensor]:
    named = runner.experiment.named_parameters().items()
    return {name: value for name, value in named if isinstance(value, torch.Tensor)}


def chain(*layers: nn.Module, size: tuple[int, ...] = (4, 3)) -> Callable[[], Experiment]:
    """A sequential model with a sum of squares."""
    model = nn.Sequential(*layers)
    return lambda: Experiment(
        model, torch.ones(size), loss=lambda out: out.pow(2).sum(), optimizer=("SGD", {"lr": 0.1})
    )


def test_each_quantity_has_one_measure() -> None:
    assert sorted(kind for measure in meter.MEASURES for kind in measure.kinds) == sorted(KINDS)


# -- nothing of the training changes ---------------------------------------------------------------------------------


def trained(target: str, *, measured: bool, **options: Any) -> tuple[list[float], Any, Any]:
    runner = Runner(TargetSetup(read_target(target), seed=3, **options))
    user = MeasuringUser(runner)
    losses = []
    for step in range(5):
        if measured:
            if step == 0:
                user.hold()
            elif not runner.holds_forward:
                user.measuring.attend(runner, watched=bool(step % 2))
        losses.append(float(runner.iterate(captured=measured)))
        if measured:
            user.measuring.over(1, runner)
    return losses, parameters(runner), draws()


@pytest.mark.parametrize("target", [network.id for network in NETWORKS])
def test_losses_weights_and_generators_are_the_same_with_and_without_measuring(target: str) -> None:
    assert trained(target, measured=True) == trained(target, measured=False)


def test_a_search_that_evaluates_again_is_not_disturbed_by_measuring() -> None:
    choice = OptimizerChoice("LBFGS", {"lr": 0.1, "max_iter": 4})
    assert trained("dynamic", measured=True, optimizer=choice) == trained("dynamic", measured=False, optimizer=choice)


def test_no_hook_stays_on_a_leaf(open_experiment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = open_experiment(chain(nn.Linear(3, 2)))
    user = MeasuringUser(runner)
    user.hold()
    user.iterate()
    calls: list[Any] = []
    monkeypatch.setattr(meter.Meter, "_mark", lambda self: calls.append(self))
    monkeypatch.setattr(simple_measures, "norm", calls.append)
    runner.iterate(captured=True)
    assert not calls


def test_a_hook_that_packs_saved_tensors_is_not_run_and_its_node_is_not_measured(open_experiment: Any) -> None:
    packed, unpacked = [], []

    def model(x: torch.Tensor) -> torch.Tensor:
        with torch.autograd.graph.saved_tensors_hooks(
            lambda t: packed.append(t) or t,  # type: ignore[func-returns-value]
            lambda t: unpacked.append(t) or t,  # type: ignore[func-returns-value]
        ):
            y = w.sin()
        return y.exp().sum()

    w = torch.ones(3, requires_grad=True)
    experiment = Experiment(model, torch.ones(3), loss=lambda out: out, parameters={"w": w})
    runner = open_experiment(lambda: experiment)
    columns = MeasuringUser(runner).hold()
    assert packed and not unpacked
    assert ids(runner, "sin")[0] not in columns["saved_bytes"]
    assert values(columns, "saved_bytes", runner, "exp") == [12]


# -- what is measured ------------------------------------------------------------------------------------------------


def test_every_op_has_a_time_and_one_that_makes_two_nodes_has_it_at_the_node_that_it_returned() -> None:
    runner = Runner(TargetSetup(read_target("nn"), SMALL))
    user = MeasuringUser(runner)
    user.hold()
    columns = user.iterate()
    assert all(seconds > 0 for seconds in columns["time_forward"].values())
    assert set(ids(runner, "addmm")) <= set(columns["time_forward"])
    assert not set(ids(runner, "t")) & set(columns["time_forward"])
    assert runner.graph is not None
    backward = {node.id for node in runner.graph.record.nodes if node.kind in ("function", "parameter")}
    assert set(columns["time_backward"]) == backward
    assert all(seconds > 0 for seconds in columns["time_backward"].values())


class Hours:
    """A clock that goes on by an hour each time the user is stopped at the gate, and by a second at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def mark(self) -> float:
        self.now += 1
        return self.now

    def settle(self) -> None: ...

    def seconds(self, begin: float, end: float) -> float:
        return end - begin


def test_time_at_the_gate_is_no_nodes_time(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = Runner(TargetSetup(read_target("nn"), SMALL))
    user = MeasuringUser(runner, "time_forward", "time_backward")
    clock = Hours()
    stops = []

    def wait(stop: Stop) -> StepRequest:
        stops.append(stop)
        clock.now += 3600
        return StepRequest("in", stop.here)

    every_value = BreakpointSet((BreakpointRecord(1, "norm_above", number=-1.0),))  # stops after each node, too
    runner.open_gate(Gate(0, StepRequest("in"), every_value, ValueCache(), wait, lambda: None))
    monkeypatch.setattr(measure_scheduler, "clock_for", lambda values: clock)
    user.measuring.attend(runner, watched=True)
    assert runner.meter is not None
    runner.iterate(captured=True)
    user.measuring.over(1, runner)
    columns = read(user.events[-1])
    assert any(stop.after for stop in stops)
    assert set(columns["time_forward"].values()) == {1.0}
    assert set(columns["time_backward"].values()) == {1.0}


def test_flops_are_those_that_torch_counts() -> None:
    runner = Runner(TargetSetup(read_target("digits")))
    columns = MeasuringUser(runner).hold()
    plain = Runner(TargetSetup(read_target("digits")))
    plain.experiment.next_batch()
    with FlopCounterMode(display=False) as counter:
        plain.experiment.compute_loss(plain.experiment.forward())
    assert sum(columns["flops"].values()) == counter.get_total_flops()
    convolution = ids(runner, "convolution")
    assert set(convolution) <= set(columns["flops"])


def test_an_op_without_a_formula_has_no_flops_rather_than_none() -> None:
    runner = Runner(TargetSetup(read_target("nn"), SMALL))
    columns = MeasuringUser(runner).hold()
    assert not set(ids(runner, "relu") + ids(runner, "mse_loss")) & set(columns["flops"])


@pytest.mark.parametrize(
    ("call", "shape"),
    [
        (lambda x: F.scaled_dot_product_attention(x, x, x, dropout_p=0.5), (2, 4, 5, 8)),
        (lambda x: torch.einsum("ij,kj->ik", x, x), (4, 8)),
        (lambda x: x @ x.mT, (3, 4, 8)),
    ],
)
def test_counting_flops_draws_no_random_numbers(open_experiment: Any, call: Any, shape: tuple[int, ...]) -> None:
    x = torch.randn(shape)
    with FlopCounterMode(display=False) as counter, torch.random.fork_rng():
        call(x)
    w = torch.ones(1, requires_grad=True)
    experiment = Experiment(lambda x: call(x * w), x, loss=lambda out: out.sum(), parameters={"w": w})
    runner = open_experiment(lambda: experiment)
    user = MeasuringUser(runner)
    user.hold()
    state = torch.get_rng_state()
    assert sum(user.iterate()["flops"].values()) == counter.get_total_flops() > 0
    assert torch.equal(torch.get_rng_state(), state)


def test_a_storage_that_two_nodes_hold_counts_at_the_first_and_parameters_count_nowhere(open_experiment: Any) -> None:
    def model(x: torch.Tensor) -> torch.Tensor:
        y = (x * w).exp()  # mul saves data and a parameter; exp saves its result
        return (y.sin() * y[:2].repeat(5, 1)[:10]).sum()  # sin saves the same storage again

    w = torch.ones(10, 4, requires_grad=True)
    experiment = Experiment(model, torch.ones(10, 4), loss=lambda out: out, parameters={"w": w})
    runner = open_experiment(lambda: experiment)
    columns = MeasuringUser(runner).hold()
    held = [values(columns, "saved_bytes", runner, name) for name in ("exp", "sin", "repeat")]
    assert held == [[160], [0], [0]]
    first, last = values(columns, "saved_bytes", runner, "mul")
    assert (first, last) == (0, 320)  # the results of sin and of repeat


def test_gradient_norms_are_of_the_first_output_and_of_what_is_in_a_leaf() -> None:
    runner = Runner(TargetSetup(read_target("autograd"), SMALL))
    user = MeasuringUser(runner)
    user.hold()
    output = runner._output
    gradients: list[torch.Tensor] = []
    output.register_hook(gradients.append)
    columns = user.iterate()
    named = runner.experiment.gradients()
    assert columns["grad_norm"][ids(runner, "w2")[0]] == pytest.approx(float(torch.linalg.vector_norm(named["w2"])))
    last = ids(runner, "mm")[-1]
    assert columns["grad_norm"][last] == pytest.approx(float(torch.linalg.vector_norm(gradients[0])))


def test_a_gradient_that_was_not_computed_is_not_zero(open_experiment: Any) -> None:
    def model(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return (w * x).sum(), (v * x).sum()

    w, v = torch.ones(3, requires_grad=True), torch.ones(3, requires_grad=True)
    experiment = Experiment(model, torch.ones(3), loss=lambda out: out[0] * 2, parameters={"w": w, "v": v})
    runner = open_experiment(lambda: experiment)
    user = MeasuringUser(runner)
    user.hold()
    columns = user.iterate()
    assert columns["grad_norm"][ids(runner, "w")[0]] == pytest.approx(2 * 3**0.5)
    assert ids(runner, "v")[0] not in columns["grad_norm"]


def test_activations_are_those_of_the_output_before_it_was_changed_in_place(open_experiment: Any) -> None:
    weight = torch.tensor([[1.0], [-3.0]])
    linear = nn.Linear(1, 2, bias=False)
    linear.weight.data = weight
    runner = open_experiment(chain(linear, nn.ReLU(inplace=True), size=(1, 1)))
    columns = MeasuringUser(runner).hold()
    made = [node_id for node_id in columns["activation_mean"] if node_id not in ids(runner, "relu")]
    assert columns["activation_mean"][min(made)] == -1
    assert columns["activation_std"][min(made)] == 2
    assert values(columns, "activation_mean", runner, "relu") == [0.5]


def test_a_single_number_has_a_mean_and_no_deviation(open_experiment: Any) -> None:
    columns = MeasuringUser(runner := open_experiment(chain(nn.Linear(3, 2)))).hold()
    (loss,) = ids(runner, "sum")
    assert columns["activation_mean"][loss] > 0
    assert loss not in columns["activation_std"] and ids(runner, "pow")[0] in columns["activation_std"]
    assert mean_and_std(np.array(3.0)) == (3.0, None)


def test_the_update_ratio_is_the_change_over_what_was_changed() -> None:
    runner = Runner(TargetSetup(read_target("autograd"), SMALL))
    user = MeasuringUser(runner)
    user.hold()
    before = {name: value.detach().clone() for name, value in weights(runner).items()}
    columns = user.iterate()
    for name, value in weights(runner).items():
        expected = float((value.detach() - before[name]).norm() / before[name].norm())
        assert columns["update_ratio"][ids(runner, name)[0]] == pytest.approx(expected)


def test_a_parameter_over_the_budget_of_copies_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simple_measures, "BUDGET", 3 * 2 * 4)
    runner = Runner(TargetSetup(read_target("autograd"), SMALL))
    user = MeasuringUser(runner)
    user.hold()
    assert set(user.iterate()["update_ratio"]) == {ids(runner, "w2")[0]}  # 2 × 1; w1 is 3 × 2 and does not fit too


def test_a_unit_is_dead_that_was_zero_for_every_input_of_every_iteration(open_experiment: Any) -> None:
    batches = [torch.tensor([[1.0]]), torch.tensor([[-1.0]]), torch.tensor([[1.0]])]
    linear = nn.Linear(1, 4, bias=False)
    linear.weight.data = torch.tensor([[1.0], [-1.0], [0.0], [2.0]])
    experiment = Experiment(
        lambda x: linear(x).clamp(min=0),
        None,
        loss=lambda out: out.sum() * 0,
        parameters={"w": linear.weight},
        batches=lambda: iter([(batch, None) for batch in batches]),
    )
    runner = open_experiment(lambda: experiment)
    user = MeasuringUser(runner)
    assert values(user.hold(), "dead_units", runner, "clamp") == [0.5]
    user.iterate()
    assert values(user.iterate(), "dead_units", runner, "clamp") == [0.25]
    assert values(user.iterate(), "dead_units", runner, "clamp") == [0.25]
    # It begins anew when it was not wanted in between.
    user.measuring.set(SetMeasures(("flops",)), 1, None, "")
    user.measuring.set(SetMeasures(("dead_units",)), 1, None, "")
    assert values(user.iterate(), "dead_units", runner, "clamp") == [0.5]


@pytest.mark.parametrize(
    ("call", "share"),
    [
        (F.relu, 0.5),
        (F.relu6, 0.5),
        (lambda x: F.hardtanh(x, 0.0, 1.0), 0.5),
        (lambda x: F.threshold(x, 0.0, 0.0), 0.5),
        (lambda x: x.clamp_min(0), 0.5),
        (lambda x: x.clamp(min=-1), None),
        (F.gelu, None),
        (F.leaky_relu, None),
    ],
)
def test_only_what_puts_zero_in_place_of_negatives_has_dead_units(
    open_experiment: Any, call: Any, share: float | None
) -> None:
    w = torch.tensor([[1.0, -1.0], [2.0, -0.5]], requires_grad=True)
    experiment = Experiment(lambda x: call(x * w), torch.ones(2, 2), loss=lambda out: out.sum(), parameters={"w": w})
    columns = MeasuringUser(open_experiment(lambda: experiment)).hold()
    assert list(columns.get("dead_units", {}).values()) == ([] if share is None else [share])


def test_the_units_of_a_convolution_are_its_channels(open_experiment: Any) -> None:
    convolution = nn.Conv1d(1, 2, 1)
    convolution.weight.data = torch.tensor([[[1.0]], [[-1.0]]])
    assert convolution.bias is not None
    convolution.bias.data.zero_()
    runner = open_experiment(chain(convolution, nn.BatchNorm1d(2).eval(), nn.ReLU(), size=(3, 1, 5)))
    assert values(MeasuringUser(runner).hold(), "dead_units", runner, "relu") == [0.5]


def test_what_runs_inside_a_custom_function_is_the_functions() -> None:
    runner = Runner(TargetSetup(read_target("function"), SMALL))
    columns = MeasuringUser(runner).hold()
    (node,) = ids(runner, "MyReLU")
    assert columns["time_forward"][node] > 0
    assert node in columns["dead_units"]
    assert node in columns["activation_mean"]


@pytest.mark.parametrize("target", ["numpy", "tensors"])
def test_networks_by_hand_are_measured_forward_and_backward(target: str) -> None:
    runner = Runner(TargetSetup(read_target(target), SMALL))
    user = MeasuringUser(runner)
    user.hold()
    columns = user.iterate()
    assert runner.graph is not None
    phases: dict[str, set[int]] = {"forward": set(), "backward": set()}
    for node in runner.graph.record.nodes:
        if node.kind == "op":
            phases[node.phase].add(node.id)
    assert set(columns["time_forward"]) == phases["forward"]
    assert set(columns["time_backward"]) == phases["backward"]
    assert len(columns["flops"]) == 5  # two products forward, three backward
    assert len(columns["grad_norm"]) == len(columns["update_ratio"]) == 2
    assert len(columns["dead_units"]) == 1
    assert "saved_bytes" not in columns


# -- served ----------------------------------------------------------------------------------------------------------


def graph_of(engine: EngineThread, measured: Measured) -> GraphRecord:
    return next(e.graph for e in engine.all(GraphChanged) if e.signature == measured.signature and e.graph is not None)


def asked(engine: EngineThread, *commands: Command) -> Measured:
    for command in commands:
        engine.tell(command)
    return engine.until(Measured)


def test_what_was_wanted_before_a_network_is_opened_is_measured_of_its_first_forward() -> None:
    with EngineThread() as engine:
        engine.tell(SetMeasures(KINDS))
        engine.open("nn", hyperparameters=SMALL)
        (measured,) = engine.all(Measured)
        columns = read(measured)
        known = {node.id for node in graph_of(engine, measured).nodes}
        assert set(columns) == {
            "time_forward", "flops", "saved_bytes", "activation_mean", "activation_std", "dead_units"
        }  # fmt: skip
        assert all(set(column) <= known for column in columns.values())
        assert set(read(asked(engine, RunOne()))) == set(KINDS)


def test_what_is_wanted_while_the_first_forward_is_held_is_reported_from_what_is_held() -> None:
    with EngineThread() as engine:
        engine.open("nn", hyperparameters=SMALL)
        columns = read(asked(engine, SetMeasures(KINDS)))
        assert set(columns) == {
            "time_forward", "flops", "saved_bytes", "activation_mean", "activation_std", "dead_units"
        }  # fmt: skip
        assert set(read(asked(engine, RunOne()))) == set(KINDS)


def test_what_is_wanted_after_a_single_iteration_is_reported_of_that_iteration() -> None:
    with EngineThread() as engine:
        engine.tell(SetMeasures(KINDS))
        engine.open("nn", hyperparameters=SMALL)
        expected = read(asked(engine, RunOne()))
        engine.until(StateChanged)
    with EngineThread() as engine:
        engine.open("nn", hyperparameters=SMALL)
        engine.tell(RunOne())
        engine.until(StateChanged, lambda event: event.state == "paused")
        measured = asked(engine, SetMeasures(KINDS))
        columns = read(measured)
    assert measured.step == 0
    # Saved tensors were freed by backward; all else can still be computed, times excepted, which differ.
    assert set(columns) == set(KINDS) - {"saved_bytes"}
    for kind in ("flops", "grad_norm", "activation_mean", "activation_std", "dead_units", "update_ratio"):
        assert columns[kind] == pytest.approx(expected[kind]), kind


def test_after_a_free_run_the_leaves_give_their_gradients() -> None:
    with EngineThread() as engine:
        engine.open("nn", hyperparameters=SMALL)
        engine.tell(Run(3))
        engine.until(StateChanged, lambda event: event.state == "finished")
        engine.tell(SetMeasures(("grad_norm", "time_forward")))
        assert "time_forward" in read(engine.until(Measured, lambda event: event.step == 0))
        measured = engine.until(Measured)
        assert measured.step == 2
        columns = read(measured)
        graph = graph_of(engine, measured)
        assert set(columns) == {"grad_norm"}
        assert set(columns["grad_norm"]) == {node.id for node in graph.nodes if node.kind == "parameter"}


def test_a_free_run_is_measured_at_the_rate_that_is_set() -> None:
    with EngineThread() as engine:
        engine.tell(SetMeasures(("grad_norm",), rate=1e-9))
        engine.open("nn", hyperparameters=SMALL)
        engine.tell(RunOne())
        engine.until(StateChanged, lambda event: event.state == "paused")
        before = len(engine.all(Measured))
        engine.tell(Run(400))
        engine.until(StateChanged, lambda event: event.state == "finished")
        assert len(engine.all(Measured)) - before == 0
        engine.tell(SetMeasures(("grad_norm",), rate=1e9))
        engine.until(Measured)
        before = len(engine.all(Measured))
        engine.tell(Run(800))
        engine.until(StateChanged, lambda event: event.state == "finished")
        assert len(engine.all(Measured)) - before > 10


def test_a_run_that_goes_on_is_measured_from_the_next_iteration() -> None:
    with EngineThread() as engine:
        engine.open("nn", hyperparameters=SMALL)
        engine.tell(Run())
        engine.until(LossBatch)
        measured = asked(engine, SetMeasures(("update_ratio",)))
        assert len(read(measured)["update_ratio"]) == 4
        engine.tell(Pause())
        engine.until(StateChanged, lambda event: event.state == "paused")


def test_nothing_is_measured_when_nothing_is_wanted() -> None:
    with EngineThread() as engine:
        engine.tell(SetMeasures(KINDS))
        engine.open("nn", hyperparameters=SMALL)
        engine.tell(SetMeasures(()))
        before = len(engine.all(Measured))
        engine.tell(Run(20))
        engine.until(StateChanged, lambda event: event.state == "finished")
        assert len(engine.all(Measured)) == before
        assert not engine.all(Failed)


def test_an_iteration_that_is_stepped_through_is_measured() -> None:
    with EngineThread() as engine:
        engine.tell(SetMeasures(KINDS, rate=1e-9))
        engine.open("nn", hyperparameters=SMALL)
        engine.tell(RunOne())
        engine.until(StateChanged, lambda event: event.state == "paused")
        engine.tell(StepIn())
        engine.until(Stopped)
        for phase in ("backward", "update", "forward"):
            engine.tell(NextPhase())
            stopped = engine.until(Stopped)
            assert stopped.point.phase == phase
        measured = [event for event in engine.all(Measured) if event.step == 1]
        assert len(measured) == 1
        assert set(read(measured[0])) == set(KINDS)


def test_at_a_stop_the_gradients_that_have_passed_are_reported() -> None:
    with EngineThread() as engine:
        engine.open("nn", hyperparameters=SMALL)
        engine.tell(SetBreakpoints((BreakpointRecord(1, "op", text="AddmmBackward0"),)))
        engine.tell(Run())
        stopped = engine.until(Stopped, lambda event: event.point.phase == "backward")
        norms = read(asked(engine, SetMeasures(("grad_norm",))))["grad_norm"]
        assert norms
        assert stopped.point.node not in norms


def test_failing_forgets_the_meter(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(**sizes: int) -> Experiment:
        def model(x: torch.Tensor) -> torch.Tensor:
            if len(seen) > 1:
                raise ValueError("no more")
            seen.append(x)
            return (w * x).sum()

        seen: list[Any] = []
        w = torch.ones(2, requires_grad=True)
        return Experiment(
            model, torch.ones(2), loss=lambda out: out, parameters={"w": w}, optimizer=("SGD", {"lr": 0.1})
        )

    monkeypatch.setattr(lesson, "build", build)
    with EngineThread() as engine:
        engine.tell(SetMeasures(KINDS))
        engine.open("module")
        engine.tell(Run())
        engine.until(StateChanged, lambda event: event.state == "failed")
        assert engine.server.current_run().meter is None
        engine.tell(SetMeasures(("grad_norm",)))
        engine.open("autograd", run=2, hyperparameters=SMALL)
        assert set(read(asked(engine, RunOne()))) == {"grad_norm"}


def test_a_slow_window_gets_the_newest_measurements_alone() -> None:
    outbox = Outbox()
    events: list[Event] = [LossBatch(1, 0, bytes(8), 1.0), Measured(1, 0, "a", ()), LossBatch(1, 1, bytes(8), 1.0)]
    for event in [*events, Measured(1, 1, "a", ())]:
        outbox.put(event)
    taken = outbox.take()
    assert [event.step for event in taken if isinstance(event, Measured)] == [1]
    assert [len(event.losses) for event in taken if isinstance(event, LossBatch)] == [16]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_a_cuda_device_is_timed_by_its_own_events() -> None:
    runner = Runner(TargetSetup(read_target("nn"), SMALL, device="cuda"))
    user = MeasuringUser(runner)
    user.hold()
    columns = user.iterate()
    assert set(columns) == set(KINDS)
    assert all(0 < seconds < 60 for seconds in columns["time_backward"].values())


def test_opening_another_network_begins_anew() -> None:
    with EngineThread() as engine:
        engine.tell(SetMeasures(("dead_units",)))
        engine.open("nn", hyperparameters=SMALL)
        engine.tell(Open(2, "digits"))
        measured = engine.until(Measured, lambda event: event.run == 2)
        assert {node.name for node in graph_of(engine, measured).nodes if node.id in read(measured)["dead_units"]} == {
            "relu"
        }


SCRIPT = """
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(4):
    loss = model(torch.ones(4, 3)).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


def test_a_script_is_measured_like_a_network(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(SCRIPT)
    with EngineThread() as engine:
        engine.tell(SetMeasures(KINDS))
        engine.tell(Open(1, str(path)))
        engine.until(StateChanged, lambda event: event.state == "ready")
        engine.tell(RunOne())
        measured = engine.until(Measured, lambda event: any(c.kind == "update_ratio" for c in event.columns))
        columns = read(measured)
        assert set(columns) == set(KINDS)
        assert len(columns["update_ratio"]) == 4
        engine.tell(Run())
        engine.until(StateChanged, lambda event: event.state in ("finished", "failed"))


def test_infinities_are_left_out_of_mean_and_deviation_and_a_nan_is_not() -> None:
    scores = torch.tensor([1.0, float("-inf"), 3.0, float("inf")])
    mean, std = mean_and_std(scores)
    assert (float(mean), float(std)) == (2.0, 1.0)
    mean, std = mean_and_std(torch.tensor([1.0, float("nan"), float("inf")]))
    assert mean.isnan() and std.isnan()
    mean, _ = mean_and_std(torch.tensor([1.0, 3.0]).to(torch.float8_e4m3fn))
    assert mean == 2.0
    mean, _ = mean_and_std(np.array([1.0, float("-inf"), 3.0]))
    assert float(mean) == 2.0
