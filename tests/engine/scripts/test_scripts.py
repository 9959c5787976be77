"""Training scripts of one's own: found iterations, stops, and that the script computes what it computes alone."""

from __future__ import annotations

import math
import sys
import textwrap
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

import gradviz
from gradviz.protocol.commands import (
    AskTensor,
    NextIteration,
    NextPhase,
    Open,
    Pause,
    Run,
    RunOne,
    SetBreakpoints,
    SetDevice,
    SetOptimizer,
    Shutdown,
    StepIn,
)
from gradviz.protocol.events import (
    ConfigurationChanged,
    Failed,
    GraphChanged,
    LossBatch,
    Opened,
    Passed,
    Raised,
    Ready,
    StateChanged,
    Stopped,
    TensorAnswered,
)
from gradviz.protocol.records import BreakpointRecord, OptimizerChoice
from tests.engine.serving.test_process import Engine
from tests.helpers.engine_thread import EngineThread
from tests.helpers.scripts import NAMES, plain_result, read_result, write_script


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def engine() -> Iterator[EngineThread]:
    with EngineThread() as thread:
        yield thread


def script(folder: Path, text: str) -> str:
    path = folder / "script.py"
    path.write_text("import sys\nimport torch\nfrom torch import nn\n" + textwrap.dedent(text))
    return str(path)


LOOP = """
x = torch.linspace(-1, 1, 12).reshape(4, 3)
model = nn.Linear(3, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(ROUNDS):
    loss = model(x).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


def loop(folder: Path, rounds: int = 5, after: str = "") -> str:
    return script(folder, LOOP.replace("ROUNDS", str(rounds)) + textwrap.dedent(after))


def losses(engine: EngineThread) -> list[float]:
    found: list[float] = []
    for batch in engine.all(LossBatch):
        numbers = array("d")
        numbers.frombytes(batch.losses)
        assert batch.first == len(found)
        found += numbers
    return found


def to_the_end(engine: EngineThread) -> StateChanged:
    engine.tell(Run())
    return engine.until(StateChanged, lambda event: event.state in ("finished", "failed"))


def step(engine: EngineThread, command: object) -> Stopped:
    engine.tell(command)
    return engine.until(Stopped)


def test_gradviz_watch_does_nothing_in_a_plain_script() -> None:
    model = torch.nn.Linear(2, 2)
    assert gradviz.watch(model) is None
    assert gradviz.watch(model, torch.optim.SGD(model.parameters())) is None


@pytest.mark.parametrize("name", NAMES)
def test_losses_and_weights_are_those_of_the_plain_script(
    engine: EngineThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = write_script(tmp_path, name)
    plain, weights = plain_result(path, monkeypatch)
    engine.open(str(path), arguments=(str(tmp_path / "left"),))
    ended = to_the_end(engine)
    assert (ended.state, ended.step) == ("finished", len(plain))
    assert read_result(tmp_path / "left")[1] == weights
    assert [repr(loss) for loss in losses(engine)] == [repr(loss) for loss in plain]


@pytest.mark.parametrize("name", NAMES)
def test_a_script_that_is_stepped_through_computes_the_same(
    engine: EngineThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = write_script(tmp_path, name)
    plain, weights = plain_result(path, monkeypatch)
    # Never hit, but every op has to be asked.
    engine.tell(
        SetBreakpoints((BreakpointRecord(1, "op", "no such op"), BreakpointRecord(2, "norm_above", number=1e30)))
    )
    engine.open(str(path), arguments=(str(tmp_path / "left"),))
    while (state := step_or_end(engine)) is None:
        pass
    assert (state.state, state.step) == ("finished", len(plain))
    assert read_result(tmp_path / "left")[1] == weights
    assert [repr(loss) for loss in losses(engine)] == [repr(loss) for loss in plain]


def step_or_end(engine: EngineThread) -> StateChanged | None:
    engine.tell(NextIteration())
    state = engine.until(StateChanged, lambda event: event.state in ("stopped", "finished", "failed"))
    return None if state.state == "stopped" else state


def test_the_window_learns_of_the_script_before_its_first_backward(engine: EngineThread, tmp_path: Path) -> None:
    state = engine.open(loop(tmp_path, after="print('over')"))
    assert (state.step, state.loss is not None) == (0, True)
    (opened,) = engine.all(Opened)
    assert (opened.kind, opened.title, opened.device) == ("script", "script.py", "cpu")
    assert opened.locked == "The script sets device and optimizer itself."
    assert opened.optimizer == OptimizerChoice("SGD", {"lr": 0.1})
    assert [record.name for record in opened.optimizers] == ["SGD"]
    assert [p.names for p in opened.parameters] == [("weight",), ("bias",)]
    assert opened.source is not None and opened.source.file == str(tmp_path / "script.py")
    (graph,) = engine.all(GraphChanged)
    assert graph.graph is not None
    named = {node.name: node.kind for node in graph.graph.nodes if node.id < 0}
    assert named == {"weight": "parameter", "bias": "parameter", "x": "data", "loss": "loss"}
    lines = {node.op: node.line for node in graph.graph.nodes if node.id >= 0}
    assert lines == {"torch.nn.functional.linear": 9, "torch.Tensor.square": 9, "torch.Tensor.mean": 9}
    forward = [record.point for event in engine.all(Passed) for record in event.points]
    assert {point.op for point in forward} == set(lines)


def test_a_script_ends_with_a_sentence(engine: EngineThread, tmp_path: Path) -> None:
    engine.open(loop(tmp_path))
    ended = to_the_end(engine)
    assert (ended.state, ended.step, ended.message) == ("finished", 5, "The script has ended.")
    assert ended.loss == losses(engine)[-1]
    engine.tell(Run())
    assert "has ended" in engine.until(Failed).message


def test_steps_lead_through_forward_backward_and_update(engine: EngineThread, tmp_path: Path) -> None:
    engine.open(loop(tmp_path))
    backward = step(engine, StepIn())
    assert (backward.point.phase, backward.point.grad_fn, backward.of_phase[0]) == ("backward", "MeanBackward0", 1)
    update = step(engine, NextPhase())
    assert (update.point.phase, update.point.parameter) == ("update", "weight")
    assert update.of_phase == (1, 2)
    following = step(engine, StepIn())
    assert following.point.parameter == "bias"
    end = step(engine, StepIn())
    assert (end.point.parameter, end.after) == ("bias", True)
    forward = step(engine, StepIn())
    assert (forward.step, forward.point.phase, forward.point.op) == (1, "forward", "torch.nn.functional.linear")
    again = step(engine, NextIteration())
    assert (again.step, again.point.index) == (2, 0)
    assert to_the_end(engine).step == 5
    assert len(losses(engine)) == 5


def test_parameters_and_gradients_can_be_looked_at_while_it_is_paused(engine: EngineThread, tmp_path: Path) -> None:
    engine.open(loop(tmp_path))
    weight = next(n.id for n in engine.all(GraphChanged)[0].graph.nodes if n.name == "weight")
    engine.tell(AskTensor(1, weight, "parameter"))
    assert engine.until(TensorAnswered).shape == (2, 3)
    engine.tell(AskTensor(2, weight, "parameter_grad"))
    assert "Not computed" in engine.until(TensorAnswered).message
    step(engine, NextPhase())
    step(engine, NextPhase())
    engine.tell(AskTensor(3, weight, "parameter_grad"))
    assert engine.until(TensorAnswered).statistics is not None


def test_breakpoints_stop_a_script(engine: EngineThread, tmp_path: Path) -> None:
    engine.open(loop(tmp_path))
    points = (
        BreakpointRecord(1, "op", "SquareBackward0"),
        BreakpointRecord(2, "op", "PowBackward0"),
        BreakpointRecord(3, "iteration", number=3),
    )
    engine.tell(SetBreakpoints(points))
    first = step(engine, Run())
    assert (first.reason, first.step, first.breakpoint, first.point.phase) == ("breakpoint", 0, 2, "backward")
    engine.tell(SetBreakpoints(points[2:]))
    third = step(engine, Run())
    assert (third.step, third.breakpoint, third.point.index) == (3, 3, 0)


def test_a_breakpoint_in_the_first_forward_makes_the_script_known(engine: EngineThread, tmp_path: Path) -> None:
    engine.tell(SetBreakpoints((BreakpointRecord(1, "op", "torch.Tensor.mean"),)))
    engine.tell(Open(1, loop(tmp_path)))
    stop = engine.until(Stopped)
    assert (stop.step, stop.point.op) == (0, "torch.Tensor.mean")
    assert isinstance(next(event for event in engine.seen if isinstance(event, Opened | Passed | Stopped)), Opened)
    engine.tell(SetBreakpoints(()))
    assert to_the_end(engine).step == 5
    assert len(engine.all(Opened)) == 1


def test_stop_first_stops_at_the_first_op_of_the_forward(engine: EngineThread, tmp_path: Path) -> None:
    engine.tell(Open(1, loop(tmp_path), stop_first=True))
    stop = engine.until(Stopped)
    assert (stop.step, stop.point.index, stop.point.op) == (0, 0, "torch.nn.functional.linear")


def test_a_step_that_was_asked_for_while_the_script_is_opened_stops_at_the_first_op(
    engine: EngineThread, tmp_path: Path
) -> None:
    engine.tell(Open(1, loop(tmp_path)))
    engine.tell(StepIn(first=True))
    stop = engine.until(Stopped)
    assert (stop.step, stop.point.index, stop.point.op) == (0, 0, "torch.nn.functional.linear")
    engine.tell(StepIn())
    assert engine.until(Stopped).point.index == 1


def test_run_until_one_iteration_and_pause(engine: EngineThread, tmp_path: Path) -> None:
    engine.open(loop(tmp_path, rounds=10**9))
    engine.tell(RunOne())
    assert engine.until(StateChanged, lambda event: event.state == "paused").step == 1
    engine.tell(RunOne())
    assert engine.until(StateChanged, lambda event: event.state == "paused").step == 2
    engine.tell(Run(7))
    assert engine.until(StateChanged, lambda event: event.state == "finished").step == 7
    engine.tell(Run(7))
    assert "done already" in engine.until(Failed).message
    engine.tell(Run())
    engine.until(LossBatch)
    engine.tell(Pause())
    paused = engine.until(StateChanged, lambda event: event.state == "paused")
    assert paused.step == len(losses(engine)) > 7


def test_device_and_optimizer_are_the_scripts_own(engine: EngineThread, tmp_path: Path) -> None:
    engine.open(loop(tmp_path))
    for command in (SetDevice("cpu"), SetOptimizer(OptimizerChoice("Adam"))):
        engine.tell(command)
        assert engine.until(Failed).message == "The script sets device and optimizer itself."


def test_a_schedule_is_reported(engine: EngineThread, tmp_path: Path) -> None:
    text = LOOP.replace("ROUNDS", "3") + "    optimizer.param_groups[0]['lr'] *= 0.5\n"
    engine.open(script(tmp_path, text))
    for _ in range(3):
        engine.tell(RunOne())
        engine.until(StateChanged, lambda event: event.state != "running")
    rates = [event.optimizer.options["lr"] for event in engine.all(ConfigurationChanged)]
    assert rates == [0.05, 0.025]


# -- ends -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "state", "message"),
    [
        ("sys.exit()", "finished", "The script has ended."),
        ("sys.exit(3)", "failed", "The script ended itself with status 3."),
        ("sys.exit('no data')", "failed", "The script ended itself: no data"),
    ],
)
def test_sys_exit_is_reported_in_a_sentence(
    engine: EngineThread, tmp_path: Path, call: str, state: str, message: str
) -> None:
    engine.open(loop(tmp_path, 2, after=call))
    ended = to_the_end(engine)
    assert (ended.state, ended.step, ended.message) == (state, 2, message)


def test_what_a_script_raises_is_reported_with_its_line(engine: EngineThread, tmp_path: Path) -> None:
    engine.open(loop(tmp_path, 2, after="raise ValueError('no more')"))
    engine.tell(Run())
    raised = engine.until(Raised)
    assert (raised.message, raised.line, raised.file) == ("ValueError: no more", 13, str(tmp_path / "script.py"))
    assert raised.step == 2
    assert "no more" in raised.traceback
    assert engine.until(StateChanged).state == "failed"
    assert len(losses(engine)) == 2


def test_what_is_raised_in_the_first_forward_is_reported_with_the_graph_so_far(
    engine: EngineThread, tmp_path: Path
) -> None:
    text = "model = nn.Linear(3, 2)\nhidden = model(torch.ones(4, 3)).relu()\nhidden.mm(hidden).sum().backward()\n"
    engine.tell(Open(1, script(tmp_path, text)))
    assert "RuntimeError" in engine.until(Raised).message
    (graph,) = engine.all(GraphChanged)
    assert graph.graph is not None
    assert [node.name for node in graph.graph.nodes if node.id >= 0][:3] == ["t", "addmm", "relu"]


def test_a_stepped_op_that_raises_is_stopped_at(engine: EngineThread, tmp_path: Path) -> None:
    text = LOOP.replace("ROUNDS", "3").replace("model(x)", "model(x if i < 1 else x.mT)")
    engine.open(script(tmp_path, text))
    engine.tell(SetBreakpoints((BreakpointRecord(1, "op", "no such op"),)))
    stop = step(engine, Run())
    assert (stop.reason, stop.step, stop.point.op) == ("exception", 1, "torch.nn.functional.linear")
    engine.tell(Run())
    assert engine.until(Raised).step == 1


def test_a_script_without_backward_reports_it_and_shows_its_ops(engine: EngineThread, tmp_path: Path) -> None:
    engine.tell(
        Open(1, script(tmp_path, "nn.Linear(3, 2)(torch.ones(1, 3)).relu()\nprint('backward()')"), arguments=("a",))
    )
    ended = engine.until(StateChanged)
    assert ended.state == "failed"
    assert "never called backward()" in ended.message
    (opened,) = engine.all(Opened)
    assert opened.notes == ("script.py never called backward(), so there is no iteration to show.",)
    (graph,) = engine.all(GraphChanged)
    assert graph.graph is not None
    assert "relu" in [node.name for node in graph.graph.nodes]


def test_a_file_that_is_no_python_is_refused(engine: EngineThread, tmp_path: Path) -> None:
    engine.tell(Open(1, script(tmp_path, "loss.backward(\n"), arguments=("a",)))
    assert "no valid Python: line 4" in engine.until(Failed).message


def test_another_open_ends_a_script_that_is_paused_and_its_finally_blocks_run(
    engine: EngineThread, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "try:\n" + textwrap.indent(LOOP.replace("ROUNDS", "3"), "    ") + "finally:\n    print('cleaned up')\n"
    engine.open(script(tmp_path, text))
    state = engine.open("nn", run=2)
    assert state.run == 2
    assert "cleaned up" in capsys.readouterr().out
    engine.open(str(tmp_path / "script.py"), run=3)
    step(engine, StepIn())
    engine.open("nn", run=4)
    engine.open(loop(tmp_path, 10**9), run=5)
    engine.tell(Run())
    engine.until(LossBatch)
    engine.open("nn", run=6)


def test_a_long_preparation_is_given_up_for_another_open(engine: EngineThread, tmp_path: Path) -> None:
    path = script(tmp_path, "while True:\n    torch.ones(2).sum()\nloss.backward()")
    engine.tell(Open(1, path))
    engine.open("nn", run=2)


def test_a_script_that_catches_everything_is_ended_again_until_it_ends(engine: EngineThread, tmp_path: Path) -> None:
    text = LOOP.replace("ROUNDS", "3") + "    pass\n"
    text = "for attempt in range(2):\n  try:\n" + textwrap.indent(text, "    ") + "  except BaseException:\n    pass\n"
    engine.open(script(tmp_path, text))
    engine.open("nn", run=2)


def test_a_script_that_catches_everything_for_ever_does_not_silence_the_engine(
    engine: EngineThread, tmp_path: Path
) -> None:
    text = LOOP.replace("for i in range(ROUNDS):\n", "def train():\n").replace(
        "optimizer.step()\n", "optimizer.step()\n"
    )
    text += (
        "while not done:\n    try:\n        train()\n    except BaseException as error:\n        caught.append(error)\n"
    )
    text += "        done = len(caught) > 5\n"
    engine.open(script(tmp_path, "caught, done = [], False\n" + text))
    engine.tell(Open(2, "nn"))
    engine.tell(Pause())
    assert "restart the engine" in engine.until(Failed).message


# -- as a plain process ---------------------------------------------------------------------------------------------


def test_a_script_finds_its_arguments_its_folder_and_an_empty_input(
    engine: EngineThread, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "beside.py").write_text("VALUE = 'beside'\n")
    before = sys.argv, sys.path[:], sys.modules["__main__"], sys.stdin
    after = """
        import beside
        print(sys.argv[1:], __name__, __file__, beside.VALUE, sys.path[0])
        try:
            input()
        except EOFError:
            print("nothing to read")
    """
    path = loop(tmp_path, 1, after)
    engine.open(path, arguments=("--rate", "2"))
    to_the_end(engine)
    reported = f"['--rate', '2'] __main__ {path} beside {tmp_path}\nnothing to read\n"
    assert capsys.readouterr().out == reported
    assert (sys.argv, sys.path, sys.modules["__main__"], sys.stdin) == before
    assert "beside" not in sys.modules


def test_torch_is_as_it_was_when_a_script_has_ended(engine: EngineThread, tmp_path: Path) -> None:
    def parts() -> list[object]:
        scaler, optimizer = torch.amp.GradScaler, sys.modules["torch.optim.optimizer"]
        found = [torch.Tensor.backward, torch.autograd.backward, torch.autograd.grad, scaler.scale, scaler.step]
        found += [function.__code__ for function in found]
        hooks = [optimizer._global_optimizer_pre_hooks, optimizer._global_optimizer_post_hooks]
        module = torch.nn.modules.module
        hooks += [module._global_forward_hooks, module._global_forward_pre_hooks]
        return [*found, *map(len, hooks), torch._C._len_torch_function_stack(), torch.get_default_dtype()]

    before = parts()
    after = "torch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\n"
    engine.open(loop(tmp_path, 3, after=after))
    to_the_end(engine)
    assert parts() == before
    assert torch.is_grad_enabled()


def test_an_unseeded_script_draws_other_numbers_each_time_as_in_a_fresh_process(
    engine: EngineThread, tmp_path: Path
) -> None:
    path = script(tmp_path, "w = torch.randn(3, requires_grad=True)\nw.sum().backward()\n")
    drawn = set()
    for run in range(1, 4):
        torch.manual_seed(99)
        engine.open(path, run=run)
        drawn.add(engine.all(StateChanged)[-1].loss)
    assert len(drawn) == 3


def test_modes_of_the_scripts_own_nest_as_they_do_alone(engine: EngineThread, tmp_path: Path) -> None:
    text = """
        from torch.overrides import TorchFunctionMode
        class Count(TorchFunctionMode):
            seen = 0
            def __torch_function__(self, func, types, args=(), kwargs=None):
                Count.seen += 1
                return func(*args, **(kwargs or {}))
        model = nn.Linear(3, 2)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        def train():
            optimizer.zero_grad()
            loss = model(torch.ones(1, 3)).sum()
            loss.backward()
            optimizer.step()
        for _ in range(3):
            with torch.device("cpu"), Count():
                train()
            train()
        torch.set_default_device("cpu")
        train()
        with Count():
            train()
        assert Count.seen > 4
    """
    engine.tell(SetBreakpoints((BreakpointRecord(1, "op", "no such op"),)))
    engine.open(script(tmp_path, text))
    for _ in range(3):
        engine.tell(RunOne())
        engine.until(StateChanged, lambda event: event.state != "running")
    ended = to_the_end(engine)
    assert (ended.state, ended.step, ended.message) == ("finished", 8, "The script has ended.")
    assert torch._C._len_torch_function_stack() == 0


# -- names ----------------------------------------------------------------------------------------------------------


def test_several_models_are_called_by_their_variables(engine: EngineThread, tmp_path: Path) -> None:
    path = write_script(tmp_path, "adversaries")
    engine.open(str(path), arguments=(str(tmp_path / "left"),))
    (opened,) = engine.all(Opened)
    names = [name for record in opened.parameters for name in record.names]
    assert names == [
        f"{model}.{i}.{part}" for model in ("maker", "critic") for i in (0, 2) for part in ("weight", "bias")
    ]
    assert [cluster.path for cluster in engine.all(GraphChanged)[0].graph.clusters][:1] == ["critic"]


def test_watch_names_the_model_and_the_optimizer(engine: EngineThread, tmp_path: Path) -> None:
    text = """
        import gradviz
        class Whole(nn.Module):
            def __init__(self):
                super().__init__()
                self.inner = nn.Linear(3, 2)
        holder = [Whole()]
        rules = [torch.optim.Adam(holder[0].parameters(), lr=0.25)]
        holder[0].inner(torch.ones(1, 3)).sum()
        gradviz.watch(holder[0], rules[0])
        holder[0].inner(torch.ones(1, 3)).sum().backward()
        rules[0].step()
    """
    engine.open(script(tmp_path, text))
    (opened,) = engine.all(Opened)
    assert [record.names for record in opened.parameters] == [("inner.weight",), ("inner.bias",)]
    assert opened.optimizer == OptimizerChoice("Adam", {"lr": 0.25})
    forward = [record.point for event in engine.all(Passed) for record in event.points]
    assert [point.op for point in forward] == ["torch.nn.functional.linear", "torch.Tensor.sum"]
    assert [point.index for point in forward] == [0, 1]


def test_a_script_that_updates_by_hand_has_its_variables_as_parameters(engine: EngineThread, tmp_path: Path) -> None:
    path = write_script(tmp_path, "by hand")
    engine.open(str(path), arguments=(str(tmp_path / "left"),))
    (opened,) = engine.all(Opened)
    assert sorted(record.names for record in opened.parameters) == [("w1",), ("w2",)]
    assert opened.optimizer.name == "Manual"
    kinds = {node.name: node.kind for node in engine.all(GraphChanged)[0].graph.nodes if node.id < 0}
    assert kinds == {"w1": "parameter", "w2": "parameter", "x": "data", "y": "data", "loss": "loss"}


def test_an_evaluation_between_iterations_is_no_part_of_a_forward(engine: EngineThread, tmp_path: Path) -> None:
    path = write_script(tmp_path, "epochs")
    engine.open(str(path), arguments=(str(tmp_path / "left"),))
    for _ in range(4):
        engine.tell(RunOne())
        engine.until(StateChanged, lambda event: event.state == "paused")
    assert len({event.signature for event in engine.all(GraphChanged)}) == 1
    forwards = [
        [record.point.op for record in event.points if record.point.phase == "forward"] for event in engine.all(Passed)
    ]
    assert len({tuple(ops) for ops in forwards if ops}) == 1


def test_each_backward_of_an_accumulated_gradient_is_a_phase_of_one_iteration(
    engine: EngineThread, tmp_path: Path
) -> None:
    path = write_script(tmp_path, "accumulating")
    engine.open(str(path), arguments=(str(tmp_path / "left"),))
    engine.tell(RunOne())
    assert engine.until(StateChanged, lambda event: event.state == "paused").step == 1
    phases = [record.point.phase for event in engine.all(Passed) for record in event.points]
    changes = [phase for i, phase in enumerate(phases) if i == 0 or phases[i - 1] != phase]
    assert changes == ["forward", "backward"] * 4 + ["update"]
    assert math.isfinite(losses(engine)[0])


def test_processes_that_a_script_forks_off_are_not_followed(
    engine: EngineThread, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = """
        import os, warnings
        warnings.simplefilter("ignore")
        model = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        def train():
            loss = model(torch.ones(2, 3)).square().mean()
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        train()
        child = os.fork()
        if child == 0:
            train()
            os.write(1, b"trained in the child")
            os._exit(0)
        os.waitpid(child, 0)
        train()
    """
    never = BreakpointRecord(1, "op", "no such op")
    engine.tell(SetBreakpoints((never,)))
    engine.open(script(tmp_path, text))
    assert to_the_end(engine).step == 2
    assert capfd.readouterr().out == "trained in the child"


def test_the_engine_process_runs_a_script_over_its_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_script(tmp_path, "epochs")
    plain, weights = plain_result(path, monkeypatch)
    engine = Engine()
    try:
        engine.until(Ready)
        opened = engine.open(str(path), arguments=(str(tmp_path / "left"),))
        assert (opened.kind, opened.title) == ("script", "epochs.py")
        engine.send(StepIn())
        assert engine.until(Stopped).point.phase == "backward"
        engine.send(Run())
        assert engine.state("finished").message == "The script has ended."
        assert engine.losses == plain
        assert read_result(tmp_path / "left") == (plain, weights)
        engine.open(str(path), arguments=(str(tmp_path / "left"),))
        engine.send(Shutdown())
        assert engine.process.wait(60) == 0
    finally:
        engine.close()
