"""Training scripts as people write them; each leaves its losses and sums of its weights in the file of its argument."""

from __future__ import annotations

import json
import runpy
import sys
import textwrap
from array import array
from pathlib import Path

import pytest
import torch

from gradviz.protocol.commands import Open, SetBreakpoints, StepIn
from gradviz.protocol.events import Event, GraphChanged, LossBatch, Stopped
from gradviz.protocol.records import BreakpointRecord, GraphRecord
from tests.helpers.engine_thread import EngineThread

_HEAD = """
import json, sys
import torch
from torch import nn
torch.manual_seed(3)
losses = []
def two_layers(inputs=6, outputs=2):
    return nn.Sequential(nn.Linear(inputs, 5), nn.ReLU(), nn.Linear(5, outputs))
def leave(*tensors):
    with open(sys.argv[1], "w") as file:
        json.dump([losses, [float(t.detach().double().sum()) for t in tensors]], file)
"""

_BODIES = {
    "plain": """
x, y = torch.randn(8, 6), torch.randn(8, 2)
model = two_layers()
loss_fn = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
for _ in range(6):
    loss = loss_fn(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
leave(*model.parameters())
""",
    "epochs": """
from torch.utils.data import DataLoader, TensorDataset
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.norm, self.drop, self.fc2 = nn.Linear(6, 5), nn.BatchNorm1d(5), nn.Dropout(0.3), nn.Linear(5, 2)
    def forward(self, images):
        return self.fc2(self.drop(self.norm(self.fc1(images)).relu()))
def evaluate(model, loader):
    model.eval()
    with torch.no_grad():
        return sum(nn.functional.mse_loss(model(a), b).item() for a, b in loader)
def train(model, loader, optimizer):
    model.train()
    for images, labels in loader:
        optimizer.zero_grad()
        output = model(images)
        loss = nn.functional.mse_loss(output, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
def main():
    data = TensorDataset(torch.randn(12, 6), torch.randn(12, 2))
    model = Net()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)
    scores = []
    for epoch in range(3):
        train(model, DataLoader(data, 4, shuffle=True), optimizer)
        scores.append(torch.tensor(evaluate(model, DataLoader(data, 6))))
        schedule.step()
    leave(*model.parameters(), *model.buffers(), *scores)
if __name__ == "__main__":
    main()
""",
    "accumulating": """
x, y = torch.randn(4, 8, 6), torch.randn(4, 8, 2)
model = two_layers()
optimizer = torch.optim.Adam(model.parameters())
for _ in range(3):
    total = 0.0
    for a, b in zip(x, y):
        loss = nn.functional.mse_loss(model(a), b) / 4
        loss.backward()
        total += loss.item()
    optimizer.step()
    optimizer.zero_grad()
    losses.append(total)
leave(*model.parameters())
""",
    "clipping": """
x, y = torch.randn(8, 6), torch.randn(8, 2)
model = two_layers()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for _ in range(4):
    optimizer.zero_grad()
    loss = (model(x) - y).pow(2).sum()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    optimizer.step()
    losses.append(loss.item())
leave(*model.parameters())
""",
    "adversaries": """
maker, critic = two_layers(3, 6), two_layers(6, 1)
of_maker = torch.optim.Adam(maker.parameters(), lr=1e-2)
of_critic = torch.optim.SGD(critic.parameters(), lr=1e-2)
for _ in range(3):
    real, noise = torch.randn(8, 6), torch.randn(8, 3)
    of_critic.zero_grad()
    loss = critic(maker(noise).detach()).mean() - critic(real).mean()
    loss.backward()
    of_critic.step()
    losses.append(loss.item())
    of_maker.zero_grad()
    loss = -critic(maker(noise)).mean()
    loss.backward()
    of_maker.step()
    losses.append(loss.item())
leave(*maker.parameters(), *critic.parameters())
""",
    "together": """
x, y = torch.randn(8, 6), torch.randn(8, 2)
model = two_layers()
weights = torch.optim.SGD([p for p in model.parameters() if p.ndim == 2], lr=0.1)
biases = torch.optim.Adam([p for p in model.parameters() if p.ndim == 1], lr=0.1)
for _ in range(4):
    loss = nn.functional.mse_loss(model(x), y)
    weights.zero_grad(); biases.zero_grad()
    loss.backward()
    weights.step(); biases.step()
    losses.append(loss.item())
leave(*model.parameters())
""",
    "scaled": """
x, y = torch.randn(8, 6), torch.randn(8, 2)
model = two_layers()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**8)
for i in range(4):
    optimizer.zero_grad()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = nn.functional.mse_loss(model(x), y)
    if i == 1:
        loss = loss * float("inf")
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    scaler.step(optimizer)
    scaler.update()
    losses.append(loss.item())
leave(*model.parameters())
""",
    "searching": """
x, y = torch.randn(8, 6), torch.randn(8, 2)
model = two_layers()
optimizer = torch.optim.LBFGS(model.parameters(), max_iter=3)
for _ in range(3):
    first = []
    def closure():
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        first.append(loss.item())
        return loss
    optimizer.step(closure)
    losses.append(first[0])
leave(*model.parameters())
""",
    "by hand": """
x, y = torch.randn(8, 6), torch.randn(8, 2)
w1 = torch.randn(6, 5, requires_grad=True)
w2 = torch.randn(5, 2, requires_grad=True)
for _ in range(4):
    loss = (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum()
    loss.backward()
    losses.append(loss.item())
    with torch.no_grad():
        w1 -= 1e-3 * w1.grad
        w2 -= 1e-3 * w2.grad
        w1.grad.zero_()
        w2.grad.zero_()
leave(w1, w2)
""",
    "by grad": """
x, y = torch.randn(8, 6), torch.randn(8, 2)
model = two_layers()
for _ in range(4):
    loss = nn.functional.mse_loss(model(x), y)
    gradients = torch.autograd.grad(loss, list(model.parameters()))
    with torch.no_grad():
        for p, g in zip(model.parameters(), gradients):
            p -= 0.1 * g
    losses.append(loss.item())
leave(*model.parameters())
""",
    "penalty": """
x = torch.randn(8, 6)
model = two_layers()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(3):
    at = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad(model(at).sum(), at, create_graph=True)
    loss = (slope.norm(dim=1) - 1).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
leave(*model.parameters())
""",
    "two losses": """
x, y = torch.randn(8, 6), torch.randn(8, 2)
model = two_layers()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(3):
    output = model(x)
    one, other = nn.functional.mse_loss(output, y), output.abs().mean()
    optimizer.zero_grad()
    one.backward(retain_graph=True)
    other.backward()
    optimizer.step()
    losses.append(one.item() + other.item())
leave(*model.parameters())
""",
    "on the way back": """
x, y = torch.randn(8, 6), torch.randn(8, 2)
model = two_layers()
optimizers = {p: torch.optim.SGD([p], lr=0.1) for p in model.parameters()}
for p in model.parameters():
    p.register_post_accumulate_grad_hook(lambda p: (optimizers[p].step(), optimizers[p].zero_grad()) and None)
for _ in range(4):
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    losses.append(loss.item())
leave(*model.parameters())
""",
    "orthogonal": """
model = two_layers()
for layer in (model[0], model[2]):
    nn.init.orthogonal_(layer.weight, gain=1.4)
    nn.init.constant_(layer.bias, 0.1)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    loss = model(torch.randn(8, 6)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
leave(*model.parameters())
""",
    "views that are written": """
w = nn.Parameter(torch.randn(200) * 1e3)
optimizer = torch.optim.SGD([w], lr=1e-3)
xs, sums = [torch.randn(200) * 10**i for i in (0, 3, 1)], []
for _ in range(3):
    view = w.view(-1)
    with torch.no_grad():
        view.mul_(2)
        view.sum()
        row = w[:100]
        row.add_(1)
    view.shape, view.size(), view.detach(), view.data, len(view)
    # The node of the view is made for the last of these terms, which is the first that backward comes to.
    loss = (w * xs[0]).sum() + (w * xs[1]).sum() + (view * xs[2]).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    sums += w.grad.unbind()
leave(*sums)
""",
    "inner step": """
x, y = torch.randn(8, 6), torch.randn(8, 2)
model = nn.Linear(6, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(3):
    inner = torch.autograd.grad(nn.functional.mse_loss(model(x), y), model.parameters(), create_graph=True)
    fast = [p - 0.1 * g for p, g in zip(model.parameters(), inner)]
    loss = nn.functional.mse_loss(nn.functional.linear(x, *fast), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
leave(*model.parameters())
""",
    "collocation": """
model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
x = torch.linspace(0, 1, 20)[:, None].requires_grad_()
for _ in range(3):
    u = model(x)
    first = torch.autograd.grad(u, x, torch.ones_like(u), create_graph=True)[0]
    second = torch.autograd.grad([first], {0: x}.values(), torch.ones_like(u), create_graph=True)[0]
    loss = (second + u).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
leave(*model.parameters())
""",
    "functional": """
model = two_layers(6, 1)
x = torch.randn(8, 6)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
def f(v):
    return model(v).tanh().sum()
for _ in range(3):
    loss = torch.func.grad(f)(x).square().sum() + torch.func.vmap(torch.func.jacrev(f))(x).square().mean()
    loss = loss + torch.autograd.functional.hvp(f, x[0], torch.ones(6), create_graph=True)[1].square().sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
leave(*model.parameters())
""",
    "graph of a backward": """
import warnings
warnings.simplefilter("ignore")
w, x = nn.Parameter(torch.randn(5)), torch.randn(5)
optimizer = torch.optim.SGD([w], lr=0.1)
for _ in range(3):
    (w * x).sin().sum().backward(create_graph=True)
    slope, w.grad = w.grad, None
    loss = (w - slope).square().sum()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    w.grad = slope = None
leave(w)
""",
    "hooks and catches": """
import traceback
x = torch.randn(8, 6)
model = two_layers()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
seen = []
model[0].weight.register_hook(lambda g: g * 0.5)
model[1].register_forward_hook(lambda module, args, output: output * 2)
model[2].register_full_backward_hook(lambda module, g, h: seen.append(h[0].sum()))
for _ in range(3):
    try:
        model(x.T)
    except RuntimeError as error:
        text = "".join(traceback.format_exception(error))
        assert "gradviz" not in text and text.count(chr(10)) > 5, text
    loss = model(x).square().mean()
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
leave(*model.parameters(), *seen)
""",
    "by names of its own": """
from torch.autograd import backward as go_back, grad
x = torch.randn(8, 6)
model = two_layers()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
assert torch.Tensor.backward is vars(torch.Tensor)["backward"] and go_back is torch.autograd.backward
for _ in range(3):
    at = x.clone().requires_grad_()
    (slope,) = grad(outputs=model(at).sum(), inputs=(at,), create_graph=True)
    loss = model(x).square().mean() + slope.square().mean()
    optimizer.zero_grad()
    go_back(tensors=[loss])
    optimizer.step()
    losses.append(loss.item())
leave(*model.parameters())
""",
}
NAMES = tuple(_BODIES)


def write_script(folder: Path, name: str) -> Path:
    """One of the scripts above, as a file."""
    path = folder / f"{name.replace(' ', '_')}.py"
    path.write_text(_HEAD + _BODIES[name])
    return path


def plain_result(script: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[float], list[float]]:
    """Losses and sums of weights that the script leaves when plain Python runs it."""
    left = script.with_suffix(".plain")
    monkeypatch.setattr(sys, "argv", [str(script), str(left)])
    state = torch.get_rng_state()
    runpy.run_path(str(script), run_name="__main__")
    torch.set_rng_state(state)
    return read_result(left)


def read_result(left: Path) -> tuple[list[float], list[float]]:
    losses, sums = json.loads(left.read_text())
    return losses, sums


# -- scripts in an engine of this process --------------------------------------------------------------------------

NEVER = SetBreakpoints((BreakpointRecord(1, "op", "no such op"),))
"""Never hit, but every op has to be asked."""
ENDS = ("finished", "failed")


def script(folder: Path, text: str) -> str:
    """The path of a script in `folder`; its first two lines import torch and nn."""
    path = folder / "script.py"
    path.write_text("import torch\nfrom torch import nn\n" + textwrap.dedent(text))
    return str(path)


def step_through(engine: EngineThread, path: str) -> list[Stopped]:
    """Every stop of a script that is stepped from its first op to its end."""
    engine.tell(Open(1, path, stop_first=True))
    stops = []
    while True:
        event = engine.until(Event, lambda e: isinstance(e, Stopped) or getattr(e, "state", "") in ENDS)
        if not isinstance(event, Stopped):
            assert getattr(event, "state", "") == "finished", event
            return stops
        stops.append(event)
        engine.tell(StepIn())


def losses_of(engine: EngineThread) -> list[float]:
    """All losses so far, none of them left out."""
    found: list[float] = []
    for batch in engine.all(LossBatch):
        numbers = array("d")
        numbers.frombytes(batch.losses)
        assert batch.first == len(found)
        found += numbers
    return found


def graphs_of(engine: EngineThread) -> list[GraphRecord]:
    """All graphs that the engine has sent, partial ones too."""
    return [event.graph for event in engine.all(GraphChanged) if event.graph is not None]
