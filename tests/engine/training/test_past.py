"""Going back: any iteration of a run is stood in again, live, with the numbers that it had."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gradviz.engine.optimizing.optimizer_table import OptimizerTable
from gradviz.engine.optimizing.parameter_update import Updater
from gradviz.networks.catalogue import NETWORKS
from gradviz.protocol.commands import (
    BackTo,
    Edit,
    NextPhase,
    Pause,
    Run,
    SetBreakpoints,
    SetBudget,
    SetOptimizer,
    StepIn,
)
from gradviz.protocol.events import (
    ConfigurationChanged,
    Edited,
    Failed,
    LossBatch,
    Raised,
    StateChanged,
    Stopped,
)
from gradviz.protocol.past_events import Branched, Repeated
from gradviz.protocol.records import BreakpointRecord, OptimizerChoice
from tests.helpers.engine_thread import EngineThread


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineThread]:
    """One engine for all: each test opens a run of its own."""
    with EngineThread() as thread:
        yield thread


def train(engine: EngineThread, until: int) -> None:
    engine.tell(Run(until))
    engine.until(StateChanged, lambda event: event.state == "finished")


def losses(engine: EngineThread, since: int = 0) -> list[tuple[int, float]]:
    """Every loss that was sent, with its iteration."""
    found = []
    for event in engine.seen[since:]:
        if isinstance(event, LossBatch):
            numbers = struct.unpack(f"<{len(event.losses) // 8}d", event.losses)
            found += enumerate(numbers, event.first)
    return found


def go_back(engine: EngineThread, step: int, branch: int = 2) -> Stopped:
    engine.tell(BackTo(step, branch))
    return engine.until(Stopped)


def came_again(engine: EngineThread, since: int) -> bool:
    """Whether every iteration since then had the loss that it had the first time; none of them is sent twice."""
    return not any(isinstance(event, Branched | LossBatch) for event in engine.seen[since:])


def plain_gradients(network: str, steps: int) -> dict[str, Any]:
    """The gradients of iteration `steps - 1`, by a loop without an engine."""
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    experiment = import_module(f"gradviz.networks.{network}").build()
    entry = next(entry for entry in NETWORKS if entry.id == network)
    choice = OptimizerChoice(entry.optimizer, {"lr": entry.learning_rate, **dict(entry.options)})
    updater = Updater(experiment, OptimizerTable(experiment, choice), choice)
    gradients: dict[str, Any] = {}
    for _ in range(steps):
        experiment.next_batch()
        loss = experiment.compute_loss(experiment.forward())
        experiment.zero_gradients()
        experiment.backward(loss)
        gradients = {name: value * 1 for name, value in experiment.gradients().items()}
        updater.update(lambda first, loss=loss: loss)
    return gradients


@pytest.mark.parametrize("network", [network.id for network in NETWORKS])
@pytest.mark.usefixtures("one_torch_thread")
def test_back_to_any_iteration_of_every_network(engine: EngineThread, network: str) -> None:
    engine.open(network)
    start = len(engine.seen)
    train(engine, 45)
    longer = losses(engine, start)
    engine.open(network)
    start = len(engine.seen)
    train(engine, 40)
    first = dict(losses(engine, start))
    stop = go_back(engine, 17)
    assert (stop.step, stop.reason, stop.point.phase, stop.point.index) == (17, "step", "forward", 0)
    runner = engine.server.current_run()
    engine.tell(NextPhase())  # backward
    assert engine.until(Stopped).point.phase == "backward"
    engine.tell(NextPhase())
    assert engine.until(Stopped).point.phase == "update"
    gradients = plain_gradients(network, 18)
    ours = runner.experiment.gradients()
    assert ours.keys() == gradients.keys() and gradients
    assert all((ours[name] == value).all() for name, value in gradients.items())
    start = len(engine.seen)
    train(engine, 45)
    assert not any(isinstance(event, Branched) for event in engine.seen[start:])
    assert losses(engine, start) == longer[40:]  # none is sent twice
    assert list(enumerate(engine.server.services.past.losses)) == longer and dict(longer[:40]) == first


def test_one_goes_back_from_a_stop_in_any_phase_and_the_iteration_that_was_left_leaves_nothing(
    engine: EngineThread,
) -> None:
    engine.open("attention")
    start = len(engine.seen)
    train(engine, 20)
    first = losses(engine, start)
    for phase in ("forward", "backward", "update"):
        engine.tell(StepIn())
        engine.until(Stopped)
        while phase != engine.all(Stopped)[-1].point.phase:
            engine.tell(NextPhase())
            engine.until(Stopped)
        engine.tell(StepIn())
        engine.until(Stopped)
        assert go_back(engine, 20).point.index == 0
    assert go_back(engine, 0).step == 0
    start = len(engine.seen)
    train(engine, 20)
    assert came_again(engine, start) and len(first) == 20
    assert not engine.server.current_run().gate or not engine.server.current_run().gate.edited


def test_an_iteration_that_has_not_run_is_refused(engine: EngineThread) -> None:
    engine.open("tensors")
    engine.tell(BackTo(3))
    assert engine.until(Failed).message == "Iteration 3 has not run yet; there is 0 to 0."


def test_another_optimizer_in_the_past_begins_a_branch_there(engine: EngineThread) -> None:
    engine.open("optim")
    start = len(engine.seen)
    train(engine, 30)
    first = losses(engine, start)
    go_back(engine, 10, branch=7)
    start = len(engine.seen)
    engine.tell(SetOptimizer(OptimizerChoice("SGD", {"lr": 1e-5})))
    assert engine.until(Branched) == Branched(7, 1, 10)
    assert engine.until(ConfigurationChanged).run == 7
    train(engine, 40)
    assert {event.run for event in engine.seen[start:] if isinstance(event, LossBatch)} == {7}
    again = losses(engine, start)
    assert [step for step, _ in again] == list(range(10, 40))
    assert again[0] == first[10] and again[1] != first[11]
    assert len([event for event in engine.seen[start:] if isinstance(event, Branched)]) == 1
    # And in the branch one goes back as well, over the change.
    for step in (35, 5, 12):
        go_back(engine, step, branch=8)
        assert engine.server.current_run().choice.name == ("Adam" if step == 5 else "SGD")
    start = len(engine.seen)
    train(engine, 40)
    assert came_again(engine, start)


def test_an_edit_in_the_past_begins_a_branch_and_the_edit_is_gone_back_over(engine: EngineThread) -> None:
    engine.open("autograd")
    start = len(engine.seen)
    train(engine, 12)
    first = losses(engine, start)
    go_back(engine, 6, branch=3)
    engine.tell(Edit(None, "parameter", "g * 1.5", name="w1"))
    assert engine.until(Branched) == Branched(3, 1, 6)
    assert engine.until(Edited).run == 3
    start = len(engine.seen)
    train(engine, 12)
    after = losses(engine, start)
    assert after[0][1] != first[6][1]
    go_back(engine, 9, branch=4)
    start = len(engine.seen)
    train(engine, 12)
    assert came_again(engine, start)
    go_back(engine, 5, branch=4)
    train(engine, 6)
    assert came_again(engine, start)


def test_edits_that_cannot_be_done_begin_no_branch(engine: EngineThread) -> None:
    engine.open("autograd")
    train(engine, 4)
    go_back(engine, 2)
    start = len(engine.seen)
    engine.tell(Edit(None, "parameter", "nonsense", name="w1"))
    engine.until(Failed)
    assert not any(isinstance(event, Branched) for event in engine.seen[start:])


Write = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> str:
        path = tmp_path / "model.py"
        path.write_text(f"import torch\nfrom torch import nn\n\n{text}")
        return str(path)

    return write


OWN_STATE = """
class State:
    calls = 0

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.line = nn.Linear(3, 2)

    def forward(self, x):
        State.calls += 1
        return self.line(x) * (1 + State.calls)

def build():
    return Model(), torch.ones(4, 3)
"""


def test_code_with_a_state_of_its_own_parts_where_it_differs_first_and_it_is_said_once(
    engine: EngineThread, write: Write
) -> None:
    engine.open(write(OWN_STATE))
    train(engine, 20)
    start = len(engine.seen)
    engine.tell(BackTo(10, 5))
    branched = engine.until(Branched)
    assert (branched.run, branched.of, branched.step) == (5, 1, 0)
    assert branched.message.startswith("Iteration 0 does not repeat itself: its loss was ")
    assert "Its batch was the same: the code counts or draws in a place that is not put back" in branched.message
    assert engine.until(StateChanged) == StateChanged(5, "paused", 1, engine.server.services.losses.last)
    train(engine, 15)
    assert [step for step, _ in losses(engine, start)] == list(range(15))
    assert len([event for event in engine.seen[start:] if isinstance(event, Branched)]) == 1


OWN_LISTS = """
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.line = nn.Linear(3, 2)
        self.norm = nn.BatchNorm1d(2)
        self.seen, self.hidden, self.calls = [], torch.zeros(4, 2), 0

    def forward(self, x):
        self.calls += 1
        self.seen.append(float(x.sum()))
        y = self.norm(self.line(x)) + 0.1 * self.hidden + 0.01 * len(self.seen) + 0.01 * self.calls
        self.hidden = y.detach()
        return torch.dropout(y, 0.3, True)

class Rows(torch.utils.data.Dataset):
    def __len__(self):
        return 12
    def __getitem__(self, i):
        return torch.full((3,), float(i)) + torch.rand(()), torch.zeros(())

def build():
    import gradviz
    loader = torch.utils.data.DataLoader(Rows(), batch_size=4, shuffle=True)
    return gradviz.Experiment(Model(), batches=lambda: ((x, None) for x, _ in loader), optimizer=("Adam", {"lr": 0.1}))
"""


def test_what_a_model_appends_and_sets_anew_comes_back_with_its_data(engine: EngineThread, write: Write) -> None:
    engine.open(write(OWN_LISTS))
    train(engine, 50)
    for step in (40, 7, 33):
        go_back(engine, step)
        start = len(engine.seen)
        train(engine, 50)
        assert came_again(engine, start)


RAISES = """
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.line, self.calls = nn.Linear(3, 2), 0

    def forward(self, x):
        self.calls += 1
        if self.calls >= 9:
            raise ValueError("no more")
        return self.line(x)

def build():
    return Model(), torch.ones(4, 3)
"""


def test_a_run_that_raised_can_be_gone_back_in(engine: EngineThread, write: Write) -> None:
    engine.open(write(RAISES))
    engine.tell(Run(20))
    assert engine.until(Raised).step == 8
    engine.until(StateChanged, lambda event: event.state == "failed")
    assert go_back(engine, 6).step == 6


def test_a_pause_stays_on_the_way_and_going_on_goes_on_from_there(engine: EngineThread) -> None:
    engine.open("attention")
    engine.server.current_run().states.stride = 10_000
    engine.server.current_run().states._next = 10_000
    train(engine, 200)
    engine.tell(BackTo(199, 2))
    engine.until(Repeated, lambda event: event.step > 0)
    engine.tell(Pause())
    paused = engine.until(StateChanged, lambda event: event.state == "paused")
    assert 0 < paused.step < 199
    start = len(engine.seen)
    train(engine, 200)
    assert came_again(engine, start) and not any(isinstance(event, Stopped) for event in engine.seen[start:])


def test_breakpoints_stop_nothing_on_the_way_and_stop_again_behind_it(engine: EngineThread) -> None:
    engine.open("optim")
    train(engine, 30)
    engine.tell(
        SetBreakpoints((BreakpointRecord(1, "iteration", number=12), BreakpointRecord(2, "iteration", number=25)))
    )
    assert go_back(engine, 15).step == 15
    engine.tell(Run(30))
    stop = engine.until(Stopped)
    assert (stop.step, stop.reason) == (25, "breakpoint")
    engine.tell(SetBreakpoints(()))


def test_the_budget_thins_states_out_and_the_first_and_the_newest_stay(engine: EngineThread) -> None:
    engine.open("optim")
    runner = engine.server.current_run()
    size = 3 * 4 * sum(p.numel() for p in runner.experiment.named_parameters().values())
    engine.tell(SetBudget(5 * size))
    train(engine, 400)
    steps = [state.step for state in runner.states.states]
    assert steps[0] == 0 and len(steps) <= 5 and runner.states.size <= 5 * size
    assert steps[-1] >= 400 - runner.states.stride
    assert go_back(engine, 321).step == 321
    start = len(engine.seen)
    train(engine, 330)
    assert came_again(engine, start)
    engine.tell(SetBudget(256 * 2**20))


def test_without_room_for_one_state_it_is_said_how_much_there_is(engine: EngineThread) -> None:
    engine.tell(SetBudget(2**20))
    engine.open("numpy")
    engine.tell(SetBudget(2**17))
    engine.open("optim")
    train(engine, 4)
    engine.tell(BackTo(2))
    assert "more than the 0 MB" in engine.until(Failed).message
    engine.tell(SetBudget(256 * 2**20))


OWN_OBJECTS = """
import random, collections, copy
import numpy as np
import gradviz

g, r, p = torch.Generator(), np.random.default_rng(), random.Random()

class Average:
    def __init__(self):
        self.shadow, self.count = {}, 0

    def add(self, weight):
        self.count += 1
        self.shadow["w"] = self.shadow.get("w", torch.zeros_like(weight))
        self.shadow["w"].lerp_(weight.detach(), 0.1)

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.line, self.average, self.last = nn.Linear(3, 2), Average(), collections.deque(maxlen=3)
        self.twin = copy.deepcopy(self.line).requires_grad_(False)

    def forward(self, x):
        self.average.add(self.line.weight)
        self.last.append(float(x.sum()))
        with torch.no_grad():
            self.twin.weight.lerp_(self.line.weight, 0.5)
        noise = torch.rand(2, generator=g) + float(r.normal()) + p.random() + self.average.count + sum(self.last)
        return self.line(x) + self.average.shadow["w"].sum() + self.twin(x) + 0.1 * noise

def rows():
    order = list(range(12))
    p.shuffle(order)
    for i in order:
        yield torch.full((4, 3), i / 12.0), None

def build():
    return gradviz.Experiment(Model(), batches=rows, optimizer=("Adam", {"lr": 0.1}))
"""


def test_own_generators_averages_and_objects_of_the_model_come_back(engine: EngineThread, write: Write) -> None:
    engine.open(write(OWN_OBJECTS))
    train(engine, 50)
    for step in (40, 7, 33):
        go_back(engine, step)
        start = len(engine.seen)
        train(engine, 50)
        assert came_again(engine, start)


def test_batches_that_cannot_be_begun_again_are_named(engine: EngineThread, write: Write) -> None:
    rows = "import gradviz\nrows = iter([(torch.rand(4, 3), None) for _ in range(60)])\n"
    engine.open(write(rows + "def build():\n    return gradviz.Experiment(nn.Linear(3, 2), batches=lambda: rows)\n"))
    train(engine, 20)
    engine.tell(BackTo(10, 2))
    assert "The batch of iteration 0 was another: `batches` gives the same iterator" in engine.until(Branched).message


COUNTED = """
class Rows:
    taken = 0

def rows():
    while True:
        Rows.taken += 1
        yield torch.full((4, 3), float(Rows.taken)), None

def build():
    import gradviz
    return gradviz.Experiment(nn.Linear(3, 2), batches=rows)
"""


def test_batches_with_a_state_of_their_own_are_what_differed_first(engine: EngineThread, write: Write) -> None:
    engine.open(write(COUNTED))
    train(engine, 20)
    engine.tell(BackTo(18, 2))
    message = engine.until(Branched).message
    assert "The batch of iteration 16 was another: what makes it draws" in message
