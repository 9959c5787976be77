"""What a script's calls of autograd make has the line of the call, and gradviz's own reads are no ops of the script."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradviz.protocol.commands import Run
from gradviz.protocol.events import StateChanged
from gradviz.protocol.records import GraphRecord
from tests.helpers.engine_thread import EngineThread
from tests.helpers.scripts import ENDS, NEVER, graphs_of, losses_of, script, step_through

pytestmark = [
    pytest.mark.usefixtures("one_torch_thread"),
    pytest.mark.filterwarnings("ignore:Using backward.. with create_graph", "ignore:.torch.jit.script"),
]
HEAD = """
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.linspace(-1, 1, 6).reshape(2, 3).requires_grad_()
parameters = dict(net.named_parameters())
"""
PENALTY = """
for _ in range(2):
    y = net(x).sum()
    slope = HERE
    optimizer.zero_grad()
    (y + sum(s.square().sum() for s in slope)).backward()
    optimizer.step()
"""
# Made by one call in its own line, which is to be the line of all nodes that it makes.
CALLS = {
    "of a tensor": "torch.autograd.grad(y, x, create_graph=True)",
    "of a list": "torch.autograd.grad([y], [x], create_graph=True)",
    "of a generator": "torch.autograd.grad(y, net.parameters(), create_graph=True)",
    "of the values of a dict": "torch.autograd.grad(y, parameters.values(), create_graph=True)",
    "by keywords": "torch.autograd.grad(outputs=y, inputs=x, create_graph=True)",
    "in a batch": "torch.autograd.grad(net(x), x, torch.ones(1, 2, 1), create_graph=True, is_grads_batched=True)",
    "a function": "[torch.func.grad(lambda v: net(v).sum())(x)]",
    "a Jacobian": "[torch.func.jacrev(lambda v: net(v).sum())(x)]",
    "forward": "[torch.func.jvp(net, (x.detach(),), (torch.ones(2, 3),))[1]]",
    "a Hessian": "[torch.func.hessian(lambda v: net(v).sum())(x[0])]",
    "a product with the Hessian": "torch.autograd.functional.hvp(lambda v: net(v).sum(), x, x.detach(), True)[1:]",
}


def recorded(engine: EngineThread, path: str) -> GraphRecord:
    engine.tell(NEVER)
    engine.open(path)
    engine.tell(Run())
    assert engine.until(StateChanged, lambda event: event.state in ENDS).state == "finished"
    return graphs_of(engine)[-1]


@pytest.mark.parametrize("kind", CALLS)
def test_the_nodes_of_a_gradient_have_the_line_of_the_call(engine: EngineThread, tmp_path: Path, kind: str) -> None:
    path = script(tmp_path, HEAD + PENALTY.replace("HERE", CALLS[kind]))
    graph = recorded(engine, path)
    line = 1 + Path(path).read_text().splitlines().index(f"    slope = {CALLS[kind]}")
    nodes = [node for node in graph.nodes if node.id >= 0]
    assert {node.line for node in nodes} <= {line - 1, line, line + 2}
    assert sum(node.line == line for node in nodes) > 2
    assert not [each for each in graph.unexplained if each.what in ("source line", "op")]


@pytest.mark.parametrize("call", ["y.backward(create_graph=True)", "torch.autograd.backward([y], create_graph=True)"])
def test_the_nodes_of_a_backward_that_makes_a_graph_have_its_line(
    engine: EngineThread, tmp_path: Path, call: str
) -> None:
    text = """
        for _ in range(2):
            y = net(x).sum()
            CALL
            slope, x.grad = x.grad, None
            optimizer.zero_grad()
            slope.square().sum().backward()
            optimizer.step()
            slope = None
    """
    path = script(tmp_path, HEAD + text.replace("\n        ", "\n").replace("CALL", call))
    graph = recorded(engine, path)
    line = 1 + Path(path).read_text().splitlines().index(f"    {call}")
    made = [node for node in graph.nodes if node.op == "torch.Tensor.backward"]
    assert len(made) > 3
    assert {node.line for node in made} == {line}
    assert not graph.unexplained


@pytest.mark.parametrize(
    "inputs", ["net.parameters()", "list(net.parameters())", "parameters.values()", "tuple(parameters.values())"]
)
def test_a_script_that_updates_by_gradients_is_followed_however_it_names_them(
    engine: EngineThread, tmp_path: Path, inputs: str
) -> None:
    text = f"""
for _ in range(3):
    gradients = torch.autograd.grad(net(x).square().mean(), {inputs})
    with torch.no_grad():
        for p, g in zip(net.parameters(), gradients):
            p -= 0.1 * g
"""
    stops = step_through(engine, script(tmp_path, HEAD.replace("optimizer =", "unused = lambda: ") + text))
    assert len(losses_of(engine)) == 3
    forward = [stop.point.op for stop in stops if stop.step == 0 and stop.point.phase == "forward"]
    assert forward == [
        "torch.nn.functional.linear",
        "torch.tanh",
        "torch.nn.functional.linear",
        "torch.Tensor.square",
        "torch.Tensor.mean",
    ]
    assert [stop.point.phase for stop in stops if stop.step == 1].count("backward") > 5


def test_what_a_scaler_does_has_the_lines_of_the_script(engine: EngineThread, tmp_path: Path) -> None:
    text = """
scaler = torch.amp.GradScaler("cpu", init_scale=16.0)
for _ in range(2):
    optimizer.zero_grad()
    loss = net(x).square().mean()
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
"""
    path = script(tmp_path, HEAD + text)
    stops = step_through(engine, path)
    lines = Path(path).read_text().splitlines()
    scaled, stepped = (
        1 + lines.index(f"    {line}") for line in ("scaler.scale(loss).backward()", "scaler.step(optimizer)")
    )
    last = [node for node in graphs_of(engine)[-1].nodes if node.id >= 0][-1]
    assert (last.op, last.line) == ("torch.Tensor.mul", scaled)
    assert {stop.point.line for stop in stops if stop.point.phase == "update"} == {stepped}


def test_a_library_that_imported_a_function_of_torch_before_is_followed(engine: EngineThread, tmp_path: Path) -> None:
    """What it imported in one run is the function itself, which is followed in the next run too."""
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages" / "grad_library.py").write_text(
        "from torch.autograd import backward, grad\ndef go(loss):\n    backward(loss)\n"
    )
    text = f"""
import sys
sys.path.insert(0, {str(tmp_path / "site-packages")!r})
import grad_library
for _ in range(2):
    optimizer.zero_grad()
    grad_library.go(net(x).square().mean())
    optimizer.step()
"""
    path = script(tmp_path, HEAD + text)
    for run in (1, 2):
        engine.open(path, run=run, arguments=("as a script",))
        engine.tell(Run())
        assert engine.until(StateChanged, lambda event: event.state in ENDS).step == 2
