"""Which forward a backward of a script belongs to, where forwards begin, and whose methods they call."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradviz.protocol.commands import NextIteration, NextPhase, Open, Run, SetBreakpoints, StepIn
from gradviz.protocol.events import Opened, StateChanged, Stopped
from gradviz.protocol.records import BreakpointRecord, GraphRecord, ReachRecord
from tests.helpers.engine_thread import EngineThread
from tests.helpers.scripts import ENDS, NEVER, graphs_of, losses_of, script, step_through

pytestmark = pytest.mark.usefixtures("one_torch_thread")


def reach(graph: GraphRecord) -> dict[str, ReachRecord]:
    return {name: record for record in graph.reach for name in record.names}


def lines_of(stops: list[Stopped], phase: str, step: int) -> list[int]:
    return [stop.point.line for stop in stops if stop.point.phase == phase and stop.step == step]


TWO_LOSSES = """
    a = torch.tensor([0.0, 2.0], requires_grad=True)
    b = torch.tensor([0.0, 3.0], requires_grad=True)
    first, second = torch.optim.SGD([a], lr=0.1), torch.optim.SGD([b], lr=0.1)
    for step in range(2):
        one = (a * 2).sum()
        two = (b * 0).sqrt().sum()
        one.backward()
        first.step()
        two.backward()
        second.step()
"""


def test_each_backward_is_stepped_though_a_step_came_between_it_and_its_forward(
    engine: EngineThread, tmp_path: Path
) -> None:
    stops = step_through(engine, script(tmp_path, TWO_LOSSES))
    backward = [[s.point.grad_fn for s in stops if s.point.phase == "backward" and s.step == i] for i in range(4)]
    one, two = ["SumBackward0", "MulBackward0", "AccumulateGrad"], ["SumBackward0", "SqrtBackward0", "MulBackward0"]
    assert backward == [one, [*two, "AccumulateGrad"]] * 2
    assert lines_of(stops, "backward", 1) == [9, 9, 9, 0]
    whole = [graph for graph in graphs_of(engine) if graph.reach]
    reached = [{name for name, record in reach(graph).items() if record.reached} for graph in whole]
    assert reached == [{"a"}, {"b"}] * 2
    assert losses_of(engine)[:2] == [4.0, 0.0]


def test_a_nan_is_found_where_it_is_born_in_a_backward_after_another_step(engine: EngineThread, tmp_path: Path) -> None:
    engine.tell(SetBreakpoints((BreakpointRecord(1, "nan"),)))
    engine.tell(Open(1, script(tmp_path, TWO_LOSSES), stop_first=True))
    engine.until(Stopped)
    engine.tell(Run())
    stop = engine.until(Stopped)
    assert (stop.step, stop.point.phase, stop.point.grad_fn, stop.point.line) == (1, "backward", "MulBackward0", 9)


def test_several_losses_that_are_formed_first_each_have_their_graph(engine: EngineThread, tmp_path: Path) -> None:
    text = """
        critic = nn.Linear(4, 1)
        optimizer = torch.optim.RMSprop(critic.parameters())
        for i in range(2):
            real = critic(torch.ones(2, 4)).mean()
            fake = critic(torch.zeros(2, 4)).square().mean()
            real.backward()
            fake.backward()
            optimizer.step()
    """
    stops = step_through(engine, script(tmp_path, text))
    functions = [s.point.grad_fn for s in stops if s.point.phase == "backward" and s.step == 1 and s.point.node >= 0]
    assert functions == [
        *("MeanBackward0", "AddmmBackward0", "TBackward0"),
        *("MeanBackward0", "PowBackward0", "AddmmBackward0", "TBackward0"),
    ]


def test_a_graph_that_two_iterations_made_is_explained_whole(engine: EngineThread, tmp_path: Path) -> None:
    text = """
        torch.manual_seed(0)
        maker, critic = nn.Linear(3, 4), nn.Linear(4, 1)
        of_maker = torch.optim.SGD(maker.parameters(), lr=0.1)
        of_critic = torch.optim.SGD(critic.parameters(), lr=0.1)
        for i in range(2):
            of_critic.zero_grad()
            fake = maker(torch.randn(2, 3)).tanh()
            judged = critic(fake.detach()).mean() - critic(torch.randn(2, 4)).mean()
            judged.backward()
            of_critic.step()
            of_maker.zero_grad()
            fooled = -critic(fake).mean()
            fooled.backward()
            of_maker.step()
    """
    step_through(engine, script(tmp_path, text))
    graph = graphs_of(engine)[-1]
    lines = {node.name: node.line for node in graph.nodes if node.kind == "function"}
    assert lines == {"t": 15, "addmm": 15, "tanh": 10, "mean": 15, "neg": 15}
    assert [(cluster.path, cluster.use, cluster.uses) for cluster in graph.clusters] == [
        ("maker", 1, 1),
        ("critic", 1, 1),
    ]
    assert graph.unexplained == ()
    # What this forward made has the numbers that it has without the other.
    assert sorted(node.id for node in graph.nodes if node.op == "torch.Tensor.neg") == [3]


def test_a_graph_that_an_unrecorded_iteration_made_is_stepped_all_the_same(
    engine: EngineThread, tmp_path: Path
) -> None:
    engine.tell(Open(1, script(tmp_path, TWO_LOSSES.replace("range(2)", "range(9)")), stop_first=True))
    engine.until(Stopped)
    engine.tell(Run(5))
    engine.until(StateChanged, lambda event: event.state == "finished")
    engine.tell(StepIn())
    stop = engine.until(Stopped)
    assert (stop.step, stop.point.phase, stop.point.grad_fn) == (5, "backward", "SumBackward0")


def test_recording_keeps_no_graph_that_the_script_has_dropped(engine: EngineThread, tmp_path: Path) -> None:
    text = """
        import gc, weakref
        model = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        alive = []
        class Keep(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                token = torch.zeros(())
                alive.append(weakref.ref(token))
                ctx.token = token
                return x * 1
            @staticmethod
            def backward(ctx, g):
                return g
        for i in range(6):
            loss = Keep.apply(model(torch.ones(2, 3))).mean()
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        del loss
        gc.collect()
        print("alive", sum(ref() is not None for ref in alive[:-2]))
        assert not any(ref() is not None for ref in alive[:-2])
    """
    engine.tell(NEVER)
    engine.open(script(tmp_path, text))
    engine.tell(Run())
    assert engine.until(StateChanged, lambda event: event.state in ENDS).message == "The script has ended."


LOOP = """
for i in range(2):
    loss = FORWARD
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
NET = """
import copy
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1))
data = torch.ones(2, 4)
BEFORE
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
""" + LOOP.replace("FORWARD", "net(data).mean()")


@pytest.mark.parametrize(
    "before",
    [
        "net = net.to('cpu')",
        "net.double().float()",
        "twin = copy.deepcopy(net)",
        "for p in net.parameters(): nn.init.normal_(p)",
        "with torch.no_grad(): print(net(data).mean())",
        "print(sum(p.abs().sum() for p in net.parameters()))",
        "print([(p > 0).sum() for p in net.parameters()], net[0].weight.clone().mean())",
        "data = (data - data.mean()) / 2",
        "net.load_state_dict({k: v * 2 for k, v in net.state_dict().items()})",
        "nn.utils.parametrizations.weight_norm(net[0])",
        "nn.utils.parametrizations.spectral_norm(nn.Linear(3, 3))",
    ],
)
def test_the_forward_begins_with_the_model_and_not_with_what_prepares_it(
    engine: EngineThread, tmp_path: Path, before: str
) -> None:
    engine.tell(Open(1, script(tmp_path, NET.replace("BEFORE", before)), stop_first=True))
    stop = engine.until(Stopped)
    assert (stop.step, stop.point.index, stop.point.line, stop.point.use) == (0, 0, 12, 1)
    assert stop.point.module.removeprefix("net.").startswith("0")
    engine.tell(NextPhase())
    engine.until(Stopped)
    (graph,) = graphs_of(engine)
    assert all(record.reached for record in graph.reach if not record.names[0].startswith("twin"))
    assert {cluster.uses for cluster in graph.clusters} == {1}


REASONS = [
    ("with torch.no_grad(): h = encoder(x)", "no_grad", 9),
    ("h = encoder(x).detach()", "detached", 9),
    ("h = x * encoder.weight.detach().mean()", "detached", 9),
    ("h = x * encoder.weight.data.mean()", "detached", 9),
    ("h = x", "unused", 0),
]


@pytest.mark.parametrize(("line", "reason", "where"), REASONS)
def test_what_is_cut_off_before_the_first_recorded_op_is_named_with_its_line(
    engine: EngineThread, tmp_path: Path, line: str, reason: str, where: int
) -> None:
    text = """
        encoder, head = nn.Linear(4, 4), nn.Linear(4, 1)
        optimizer = torch.optim.SGD([*encoder.parameters(), *head.parameters()], lr=0.1)
        x = torch.ones(2, 4)
        with torch.no_grad(): print(head(encoder(x)))
        for i in range(2):
            LINE
            loss = head(h).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad(): print(head(encoder(x)))
    """
    engine.tell(NEVER)
    engine.tell(Open(1, script(tmp_path, text.replace("LINE", line)), stop_first=True))
    for _ in range(2):
        engine.until(Stopped)
        engine.tell(NextPhase())
        engine.until(Stopped)
        record = reach(graphs_of(engine)[-1])["encoder.weight"]
        assert (record.reached, record.reason, record.line) == (False, reason, where), record
        engine.tell(NextIteration())


METHODS = """
class Flow(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.shift = nn.Linear(4, 4), nn.Linear(4, 4), nn.Parameter(torch.zeros(4))
    def step(self, x):
        return self.a.forward(x).tanh() + self.shift
    def log_prob(self, x):
        for _ in range(2):
            x = self.step(x)
        return self.b(x).square().sum(1)
class Agent:
    def __init__(self):
        self.flow, self.other = Flow(), Flow()
        self.rule = torch.optim.Adam([*self.flow.parameters(), *self.other.parameters()])
    def update(self):
        loss = self.flow.log_prob(torch.ones(3, 4)).mean() + self.other.log_prob(torch.ones(3, 4)).mean()
        self.rule.zero_grad()
        loss.backward()
        self.rule.step()
agent = Agent()
for _ in range(2):
    agent.update()
"""


def test_models_whose_methods_are_called_have_names_modules_and_an_update(engine: EngineThread, tmp_path: Path) -> None:
    stops = step_through(engine, script(tmp_path, METHODS))
    (opened,) = engine.all(Opened)
    assert opened.optimizer.name == "Adam"
    assert ("flow.a.weight",) in [record.names for record in opened.parameters]
    graph = graphs_of(engine)[-1]
    calls = [(cluster.path, cluster.parent, cluster.use, cluster.uses) for cluster in graph.clusters]
    assert calls == [
        *(("flow", -1, 1, 1), ("flow.a", 0, 1, 2), ("flow.a", 0, 2, 2), ("flow.b", 0, 1, 1)),
        *(("other", -1, 1, 1), ("other.a", 4, 1, 2), ("other.a", 4, 2, 2), ("other.b", 4, 1, 1)),
    ]
    updated = {stop.point.parameter for stop in stops if stop.point.phase == "update"}
    assert {"flow.shift", "other.b.bias"} <= updated
    assert not [record.names for record in graph.reach if "without a name" in record.names[0]]


def test_watch_names_a_model_that_is_never_called(engine: EngineThread, tmp_path: Path) -> None:
    text = """
        import gradviz
        class Gaussian(nn.Module):
            def __init__(self):
                super().__init__()
                self.mean = nn.Parameter(torch.zeros(3))
            def log_prob(self, x):
                return -(x - self.mean).square().sum()
        models = {"density": [Gaussian()]}
        rules = [torch.optim.SGD(models["density"][0].parameters(), lr=0.1)]
        gradviz.watch(models["density"][0], rules[0])
        for i in range(2):
            (-models["density"][0].log_prob(torch.ones(3))).backward()
            rules[0].step()
    """
    stops = step_through(engine, script(tmp_path, text))
    (opened,) = engine.all(Opened)
    assert [record.names for record in opened.parameters] == [("mean",)]
    assert [s.point.parameter for s in stops if s.point.phase == "update" and not s.after] == ["mean", "mean"]
