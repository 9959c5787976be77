"""A working folder that user code left, and what it changed in torch, do not reach the next network."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from gradviz.engine.loading.process_state import ProcessState
from gradviz.protocol.commands import Open, Run
from gradviz.protocol.events import Opened, Raised, RestartNeeded, StateChanged
from tests.helpers.engine_thread import EngineThread

Write = Callable[[str], str]
BUILD = "    return nn.Linear(4, 1), torch.ones(2, 4)\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(body: str, name: str = "model.py") -> str:
        (tmp_path / name).write_text(f"import os, tempfile, torch\nfrom torch import nn\n{body}")
        return str(tmp_path / name)

    return written


@pytest.fixture
def engine() -> Iterator[EngineThread]:
    folder = Path.cwd()
    with EngineThread() as engine:
        yield engine
    os.chdir(folder)


LEAVE = "folder = tempfile.mkdtemp(); os.chdir(folder); os.rmdir(folder)"


@pytest.mark.parametrize(
    "body",
    [
        f"{LEAVE}\ndef build():\n{BUILD}",
        f"def build():\n    {LEAVE}\n{BUILD}",
        f"def loss(output):\n    {LEAVE}\n    return output.sum()\ndef build():\n{BUILD.rstrip()}, loss\n",
        f"class M(nn.Linear):\n    def forward(self, x):\n        {LEAVE}\n        return super().forward(x)\n"
        "def build():\n    return M(4, 1), torch.ones(2, 4)\n",
        f"def build():\n    {LEAVE}\n    raise ValueError\n",
        f"layer = nn.Linear(4, 1)\n{LEAVE}\nlayer(torch.ones(2, 4)).sum().backward()\n",
    ],
    ids=["import", "build", "loss", "forward", "raises", "script"],
)
def test_a_folder_that_is_gone_is_left(
    engine: EngineThread, write: Write, monkeypatch, tmp_path: Path, body: str
) -> None:
    folder = Path.cwd()
    target = write(body)
    for run in (1, 3):
        engine.tell(Open(run, target))
        if "raise" in body:
            assert engine.until(Raised).message.startswith("ValueError")
        else:
            assert engine.until(StateChanged).state == "ready"
            engine.tell(Run(2))
            engine.until(StateChanged, lambda event: event.state == "finished")
        engine.open("nn", run + 1)
        assert Path.cwd() == folder


CHANGES = {
    "a function": "import torch.nn.functional as F\nold = F.relu\nF.relu = lambda x, inplace=False: old(x) * 2",
    "another of torch's": "import torch.nn.functional as F\nF.relu = F.gelu",
    "wrapped": "import functools\n@functools.wraps(torch.relu)\ndef mine(x): return x\ntorch.relu = mine",
    "an object": "import functools\nnn.functional.gelu = functools.partial(nn.functional.gelu, approximate='tanh')",
    "a class": "class L(nn.Linear): pass\nnn.Linear = L",
    "a method": "nn.Module.__call__ = lambda self, *a, **k: self.forward(*a, **k)",
    "a method of one class": "nn.Linear.forward = lambda self, x: x",
    "a tensor's method": "torch.Tensor.add = lambda a, b: a",
    "a new method": "torch.Tensor.double_it = lambda self: self * 2",
    "a property": "torch.Tensor.shape = property(lambda self: ())",
    "a static method": "torch.autograd.Function.mark = staticmethod(lambda: 1)",
    "a deleted name": "del nn.ReLU",
    "a type": "torch.float32 = torch.float64",
    "an optimizer's step": "torch.optim.SGD.step = lambda self, closure=None: None",
    "a hook of all modules": "nn.modules.module.register_module_forward_hook(lambda m, i, o: o * 2)",
    "a mode": "from torch.overrides import TorchFunctionMode\nclass M(TorchFunctionMode): pass\nM().__enter__()",
    "deep inside": "import torch.nn.modules.linear as l\nl.init = None",
}


@pytest.fixture
def torch_restored() -> Iterator[None]:
    owners = [
        torch,
        F,
        nn,
        nn.Module,
        nn.Linear,
        nn.modules.linear,
        torch.Tensor,
        torch.autograd.Function,
        torch.optim.SGD,
    ]
    before = [(owner, dict(vars(owner))) for owner in owners]
    hooks = dict(nn.modules.module._global_forward_hooks)
    depth = torch._C._len_torch_function_stack()
    yield
    while torch._C._len_torch_function_stack() > depth:
        torch._C._pop_torch_function_stack()
    nn.modules.module._global_forward_hooks.clear()
    nn.modules.module._global_forward_hooks.update(hooks)
    for owner, names in before:
        for name in set(vars(owner)) - set(names):
            delattr(owner, name)
        for name, value in names.items():
            if vars(owner).get(name) is not value:
                setattr(owner, name, value)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_a_file_changes_in_torch_is_noticed(torch_restored: None, tmp_path: Path, change: str) -> None:
    state = ProcessState()
    state.remember()
    assert state.why_unfit() == ""
    code = compile(f"import torch\nfrom torch import nn\n{change}", str(tmp_path / "model.py"), "exec")
    exec(code, {"__name__": "model"})
    assert state.why_unfit().startswith("Code that ran in this engine")


def test_what_torch_changes_itself_is_not(tmp_path: Path) -> None:
    state = ProcessState()
    state.remember()
    import torch._dynamo
    import torch.onnx

    model = torch.compile(nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5)), backend="eager")
    model(torch.ones(2, 3)).sum().backward()
    torch.optim.AdamW(model.parameters(), foreach=True).step()
    torch.export.export(nn.Linear(3, 3), (torch.ones(2, 3),))
    torch.func.vmap(torch.func.grad(lambda x: (x * x).sum()))(torch.ones(3, 2))
    torch.set_default_device("meta")
    torch.set_default_device(None)
    assert state.why_unfit() == ""


def test_what_torch_fills_in_when_it_is_first_needed_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.nn.functional, "_filled_in_later", None, raising=False)
    state = ProcessState()
    state.remember()
    monkeypatch.setattr(torch.nn.functional, "_filled_in_later", nn.Linear)
    assert state.why_unfit() == ""


def test_another_engine_opens_what_comes_after_a_changed_torch(
    torch_restored: None, engine: EngineThread, write: Write
) -> None:
    target = write(f"nn.functional.linear = lambda x, w, b=None: x @ w.T\ndef build():\n{BUILD}")
    engine.open(target)
    engine.tell(Run(2))
    engine.until(StateChanged, lambda event: event.state == "finished")
    for run, other in ((2, "nn"), (3, target)):
        engine.tell(Open(run, other))
        needed = engine.until(RestartNeeded)
        assert needed == RestartNeeded(run, "Code that ran in this engine changed torch.nn.functional.linear")
    assert [event.target for event in engine.all(Opened)] == [target]


@pytest.mark.parametrize("target", ["nn", "dynamic", "numpy"])
def test_networks_of_gradviz_change_nothing(engine: EngineThread, write: Write, target: str) -> None:
    engine.open(write(f"def build():\n{BUILD}"))
    engine.open(target, 2)
    engine.tell(Run(3))
    engine.until(StateChanged, lambda event: event.state == "finished")
    engine.open("nn", 3)
    assert not engine.all(RestartNeeded)
