"""Compiled code is compiled as in plain Python, in scripts and networks, and is what it is there: one node."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
import torch

from gradviz.engine.frames.compiled_code import leave_compiled_code
from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.runner import Runner
from gradviz.protocol.commands import Run
from gradviz.protocol.events import GraphChanged, Opened, StateChanged
from gradviz.protocol.records import GraphRecord
from gradviz.targets.target_spec import read_target
from tests.helpers.engine_thread import EngineThread
from tests.helpers.scripts import ENDS, NEVER, losses_of

pytestmark = [
    pytest.mark.usefixtures("one_torch_thread", "nothing_compiled"),
    pytest.mark.filterwarnings("ignore"),  # the compiler causes warnings, and hides them
]

MODEL = """
class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.linear = nn.Linear(inputs, outputs)
    def forward(self, x):
        return self.linear(x).tanh()
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = Block(4, 8), Block(8, 1)
    def forward(self, x):
        return self.b(self.a(x))
"""
HEAD = (
    """
import json, sys
import torch
from torch import nn
from torch._dynamo.utils import counters
torch.manual_seed(0)
"""
    + MODEL
    + """
x, model, losses = torch.randn(8, 4), Net(), []
counted = ["graph_break", "frames", "unimplemented", "recompiles"]
how = dict(backend=sys.argv[2], fullgraph=sys.argv[3] == "whole")
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
"""
)
LOOP = """
for i in range(4):
    loss = forward(x).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
"""
TAIL = """
counts = {name: sum(counters[name].values()) for name in counted}
counts |= counters["stats"]
with open(sys.argv[1], "w") as file:
    json.dump([losses, [p.detach().double().sum().item() for p in model.parameters()], counts], file)
"""
FORMS = {
    "a model": "forward = torch.compile(model, **how)" + LOOP,
    "a model in its place": "model.compile(**how)\nforward = model" + LOOP,
    "parts of a model": "model.a.compile(**how)\nmodel.b.compile(**how)\nforward = model" + LOOP,
    "a function": "forward = torch.compile(lambda x: model.b(model.a(x).sin()), **how)" + LOOP,
    "a model from the third iteration on": (
        "compiled, calls = torch.compile(model, **how), []\n"
        "def forward(x):\n    calls.append(1)\n    return (compiled if len(calls) > 2 else model)(x)" + LOOP
    ),
    "a model that is recompiled": (
        "compiled, calls = torch.compile(model, dynamic=False, **how), []\n"
        "def forward(x):\n    calls.append(1)\n    return compiled(x[: 3 + len(calls)])" + LOOP
    ),
    "a model in a mode of its own": (
        "compiled = torch.compile(model, **how)\n"
        "def forward(x):\n    with torch.device('cpu'):\n        return compiled(x)" + LOOP
    ),
    "a checkpoint": (
        "from torch.utils.checkpoint import checkpoint\n"
        "forward = torch.compile(lambda x: model.b(checkpoint(model.a, x, use_reentrant=False)), **how)" + LOOP
    ),
    "a gradient of a function": (
        "forward = torch.compile(lambda x: torch.func.grad(lambda x: model(x).sum())(x), **how)" + LOOP
    ),
}
BROKEN = {
    "a graph break": (
        "def two(x):\n    h = model.a(x)\n    torch._dynamo.graph_break()\n    return model.b(h)\n"
        "forward = torch.compile(two, **how)" + LOOP
    ),
    "a function that is not compiled": (
        "inner = torch.compiler.disable(lambda h: h * 2)\n"
        "forward = torch.compile(lambda x: model.b(inner(model.a(x))), **how)" + LOOP
    ),
    "a whole step": """
def step(x):
    loss = model(x).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()
step = torch.compile(step, **how)
for _ in range(4):
    losses.append(step(x).item())
""",
    "the step of an optimizer": """
step = torch.compile(lambda: optimizer.step(), **how)
for _ in range(4):
    loss = model(x).square().mean()
    optimizer.zero_grad()
    loss.backward()
    step()
    losses.append(loss.item())
""",
    "a backward": """
import torch._dynamo.compiled_autograd
counted.remove("frames")  # how many there are depends on what was compiled in this process before
for _ in range(4):
    loss = model(x).square().mean()
    optimizer.zero_grad()
    with torch._dynamo.compiled_autograd._enable(torch.compile(**how)):
        loss.backward()
    optimizer.step()
    losses.append(loss.item())
""",
}


@pytest.fixture
def nothing_compiled() -> Iterator[None]:
    """Nothing that another test compiled is found again."""
    forget()
    yield
    forget()


def forget() -> None:
    from torch._dynamo.utils import counters

    torch._dynamo.reset()
    counters.clear()


def written(folder: Path, body: str) -> Path:
    path = folder / "script.py"
    path.write_text(HEAD + body + TAIL)
    return path


def left_by_plain(path: Path, backend: str, how: str, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    left = path.with_name("plain")
    monkeypatch.setattr(sys, "argv", [str(path), str(left), backend, how])
    state = torch.get_rng_state()
    runpy.run_path(str(path), run_name="__main__")
    torch.set_rng_state(state)
    forget()
    found: list[object] = json.loads(left.read_text())
    return found


def check(
    engine: EngineThread, path: Path, backend: str, how: str, monkeypatch: pytest.MonkeyPatch, *, stepped: bool
) -> list[GraphRecord]:
    """Losses, weights, and what the compiler did, are those of the plain script; the graphs that were recorded."""
    plain = left_by_plain(path, backend, how, monkeypatch)
    left = path.with_name("left")
    if stepped:
        engine.tell(NEVER)
    engine.open(str(path), arguments=(str(left), backend, how))
    engine.tell(Run())
    ended = engine.until(StateChanged, lambda event: event.state in ENDS)
    assert (ended.state, ended.step) == ("finished", 4)
    assert json.loads(left.read_text()) == plain
    assert losses_of(engine) == plain[0]
    return [event.graph for event in engine.all(GraphChanged) if event.graph is not None]


def compiled_in(graph: GraphRecord) -> list[str]:
    return [node.name for node in graph.nodes if node.op == "torch.compile"]


@pytest.mark.parametrize(("backend", "stepped"), [("eager", False), ("aot_eager", True)], ids=["free", "stepped"])
@pytest.mark.parametrize("form", FORMS)
def test_what_is_compiled_whole_is_compiled_as_in_the_plain_script(
    engine: EngineThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, backend: str, stepped: bool
) -> None:
    graphs = check(engine, written(tmp_path, FORMS[form]), backend, "whole", monkeypatch, stepped=stepped)
    assert all(node.line for node in graphs[-1].nodes if node.id >= 0)
    if backend == "aot_eager":
        assert compiled_in(graphs[-1]) == ["compiled"] * (2 if form == "parts of a model" else 1)


@pytest.mark.parametrize("stepped", [False, True], ids=["free", "stepped"])
@pytest.mark.parametrize("form", BROKEN)
def test_what_is_compiled_in_parts_is_compiled_as_in_the_plain_script(
    engine: EngineThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, stepped: bool
) -> None:
    check(engine, written(tmp_path, BROKEN[form]), "aot_eager", "parts", monkeypatch, stepped=stepped)


@pytest.mark.parametrize("form", ["parts of a model", "a model in its place"])
def test_a_module_that_is_compiled_in_its_place_keeps_its_name(
    engine: EngineThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    graphs = check(engine, written(tmp_path, FORMS[form]), "aot_eager", "whole", monkeypatch, stepped=True)
    (opened,) = engine.all(Opened)
    names = [name for record in opened.parameters for name in record.names]
    assert names == [f"{block}.linear.{part}" for block in "ab" for part in ("weight", "bias")]
    clusters = [cluster.path for cluster in graphs[-1].clusters]
    assert clusters == (["a", "b"] if form == "parts of a model" else [])


FACTORIES = {
    "a compiled model": "def build():\n    return torch.compile(Net(), **how), x",
    "a model compiled in its place": "def build():\n    net = Net()\n    net.compile(**how)\n    return net, x",
    "a part": "def build():\n    net = Net()\n    net.a.compile(**how)\n    return net, x",
    "a loss": "def build():\n    return Net(), x, torch.compile(lambda y: y.square().mean(), **how)",
    "in its first forward": """
class Late(nn.Module):
    def __init__(self):
        super().__init__()
        self.net, self.compiled = Net(), None
    def forward(self, x):
        self.compiled = self.compiled or torch.compile(lambda x: self.net(x), **how)
        return self.compiled(x)
def build():
    return Late(), x
""",
}


def losses_of_factory(folder: Path, body: str, *, captured: bool) -> tuple[list[float], Runner]:
    path = folder / "net.py"
    path.write_text(
        "import torch\nfrom torch import nn\nhow = dict(backend='aot_eager', fullgraph=True)\n"
        f"x = torch.linspace(0, 1, 32).reshape(8, 4)\n{MODEL}\n{textwrap.dedent(body)}\n"
    )
    runner = Runner(TargetSetup(read_target(str(path))))
    return [float(runner.iterate(captured=captured)) for _ in range(3)], runner


@pytest.mark.parametrize("form", FACTORIES)
def test_a_network_that_is_compiled_trains_as_one_that_is_not_looked_at(tmp_path: Path, form: str) -> None:
    plain, _ = losses_of_factory(tmp_path, FACTORIES[form], captured=False)
    forget()
    captured, runner = losses_of_factory(tmp_path, FACTORIES[form], captured=True)
    assert captured == plain
    assert runner.graph is not None
    assert compiled_in(runner.graph.record) == ["compiled"]


def test_a_compiler_that_is_imported_by_the_script_is_followed_too(tmp_path: Path) -> None:
    text = """
        import sys, torch
        assert "torch._dynamo" not in sys.modules
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        f = torch.compile(lambda x: (x * w).sin().sum(), backend="aot_eager", fullgraph=True)
        for _ in range(2):
            f(torch.ones(2)).backward()
            with torch.no_grad():
                w -= 0.1 * w.grad
            w.grad = None
        from torch._dynamo.utils import counters
        assert counters["stats"]["unique_graphs"] == 1 and not counters["graph_break"], counters
        assert not [finder for finder in sys.meta_path if "gradviz" in type(finder).__module__]
    """
    path = tmp_path / "script.py"
    path.write_text(textwrap.dedent(text))
    command = [sys.executable, "-m", "gradviz", "run", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 2)


class Watcher:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def leave(self, frame: FrameType) -> None:
        self.seen.append("leave")

    def come_back(self) -> None:
        self.seen.append("come back")


def test_who_watches_leaves_for_the_outermost_call_alone_and_torch_is_as_before() -> None:
    from torch._dynamo import eval_frame

    before = eval_frame._maybe_set_eval_frame
    watcher = Watcher()
    inner = torch.compile(lambda x: x + 1, backend="eager")
    outer = torch.compile(lambda x: inner(x) * 2, backend="eager")
    with leave_compiled_code(watcher):
        assert eval_frame._maybe_set_eval_frame is not before
        outer(torch.ones(1))
        assert watcher.seen == ["leave", "come back"]
        with pytest.raises(ZeroDivisionError):
            torch.compile(lambda x: x / (1 // 0), backend="eager")(torch.ones(1))
        assert watcher.seen == ["leave", "come back"] * 2
    outer(torch.ones(1))
    assert eval_frame._maybe_set_eval_frame is before
    assert len(watcher.seen) == 4
