"""Opening what users write: factories of every kind, and one sentence for each that is wrong."""

from __future__ import annotations

import os
import sys
from collections import UserDict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.runner import Runner
from gradviz.errors import GradvizError, InvalidValueError, UnknownNameError
from gradviz.protocol.commands import Open, Run
from gradviz.protocol.events import Failed, Opened, Raised, StateChanged, Stopped
from gradviz.protocol.records import OptimizerChoice
from gradviz.targets.target_spec import read_target
from tests.engine.serving.test_server import served

HEAD = "import torch, gradviz\nfrom torch import nn\n"
Write = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Write]:
    """Write a file of Python; returns its path as a target."""
    path, modules = list(sys.path), dict(sys.modules)

    def save(code: str, name: str = "user_model.py") -> str:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(HEAD + code)
        return str(file)

    yield save
    sys.path[:] = path
    for name in set(sys.modules) - set(modules):
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def losses(target: str, steps: int = 2, **values: object) -> list[float]:
    return list(Runner(TargetSetup(read_target(target), values)).losses(steps))  # type: ignore[arg-type]


LINEAR = "nn.Linear(3, 2)"


@pytest.mark.parametrize(
    "result",
    [
        f"gradviz.Experiment({LINEAR}, torch.ones(4, 3), targets=torch.ones(4, 2), loss=nn.MSELoss())",
        f"({LINEAR}, torch.ones(4, 3))",
        f"({LINEAR}, (torch.ones(4, 3),))",
        f"({LINEAR}, dict(input=torch.ones(4, 3)))",
        f"({LINEAR}, torch.ones(4, 3), lambda output: output.sum())",
        f"({LINEAR}, torch.ones(4, 3), None)",
        "(lambda pair: pair[0] * torch.nn.Parameter(torch.ones(())), [torch.ones(2), torch.ones(2)])",
    ],
)
def test_whatever_a_factory_returns_is_trained(write: Write, result: str) -> None:
    assert len(losses(write(f"def build():\n    return {result}"))) == 2


def test_only_a_missing_loss_is_noted(write: Write) -> None:
    reported = {}
    for loss in ("None", "lambda output: output.sum()"):
        opened = of_kind(served(Open(1, write(f"def build():\n    return {LINEAR}, torch.ones(1, 3), {loss}"))), Opened)
        reported[loss] = opened.notes
    assert "mean of its square" in reported["None"][0]
    assert reported["lambda output: output.sum()"] == ()


def test_a_missing_loss_and_a_loss_with_parameters_are_noted(write: Write) -> None:
    notes = {}
    for options in ("targets=torch.ones(1)", "loss=Metric()"):
        code = (
            "class Metric(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        self.w = nn.Parameter(torch.ones(2))\n"
            "    def forward(self, output):\n        return (output * self.w[0]).sum()\n"
            f"def build():\n    return gradviz.Experiment({LINEAR}, torch.ones(1, 3), {options})"
        )
        notes[options] = of_kind(served(Open(1, write(code))), Opened).notes
    assert "The targets are not used" in notes["targets=torch.ones(1)"][0]
    assert "parameters of its own" in notes["loss=Metric()"][0]


def test_a_factory_goes_by_any_name_and_path(write: Write) -> None:
    code = (
        f"def make():\n    return {LINEAR}, torch.ones(1, 3)\n"
        "class Models:\n    @staticmethod\n    def small(n=3):\n        return nn.Linear(n, 1), torch.ones(1, n)\n"
        f"ready = make()\n"
    )
    file = write(code)
    for name in ("make", "Models.small", "ready"):
        runner = Runner(TargetSetup(read_target(f"{file}:{name}")))
        assert runner.target.title == f"user_model.py:{name}"
        assert len(list(runner.losses(1))) == 1


def test_a_lone_module_with_its_own_inputs_serves(write: Write) -> None:
    code = (
        "class Net(nn.Module):\n"
        "    example_inputs = (torch.ones(2, 3),)\n"
        "    def __init__(self, width=3):\n        super().__init__()\n        self.layer = nn.Linear(width, 1)\n"
        "    def forward(self, x):\n        return self.layer(x)\n"
    )
    runner = Runner(TargetSetup(read_target(write(code))))
    assert runner.target.title == "user_model.py:Net"
    assert "example_inputs" in runner.target.notes[0]


def test_a_module_is_imported_from_the_current_folder(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("def make():\n    return nn.Linear(3, 1), torch.ones(1, 3)", "parcel/models.py")
    write("", "parcel/__init__.py")
    monkeypatch.chdir(tmp_path)
    assert len(losses("parcel.models:make")) == 2


def test_neighbours_are_found_as_python_finds_them(write: Write) -> None:
    write("WIDTH = 3", "neighbour.py")
    file = write("import neighbour\ndef build():\n    return nn.Linear(neighbour.WIDTH, 1), torch.ones(1, 3)")
    assert len(losses(file)) == 2
    write("", "parcel/__init__.py")
    write("WIDTH = 3", "parcel/beside.py")
    file = write(
        "from .beside import WIDTH\ndef build():\n    return nn.Linear(WIDTH, 1), torch.ones(1, 3)", "parcel/inner.py"
    )
    assert len(losses(file)) == 2


def test_opening_again_takes_what_the_files_say_now(write: Write) -> None:
    write("WIDTH = 3", "neighbour.py")
    file = write(
        "import neighbour\ndef build():\n    return nn.Linear(neighbour.WIDTH, 1), torch.ones(1, neighbour.WIDTH)"
    )

    def width() -> int:
        return Runner(TargetSetup(read_target(file))).experiment.inputs.shape[1]

    assert width() == 3
    write("WIDTH = 12", "neighbour.py")
    assert width() == 12
    write("def build():\n    return nn.Linear(5, 1), torch.ones(1, 5)")
    assert width() == 5


def test_a_file_called_like_a_module_in_use_replaces_it_for_nobody(write: Write) -> None:
    before = sys.modules["json"] if "json" in sys.modules else __import__("json")
    assert len(losses(write("def build():\n    return nn.Linear(1, 1), torch.ones(1, 1)", "json.py"))) == 2
    assert sys.modules["json"] is before


def test_hyperparameters_are_the_keywords_with_a_default(write: Write) -> None:
    file = write(
        "def build(n=4, scale=1.0, bias=True, name='x', shape=(1, 2), *, rows=2):\n"
        "    assert type(n) is int and type(scale) is float and type(bias) is bool\n"
        "    return nn.Linear(n, 1, bias=bias), torch.full((rows, n), scale)"
    )
    runner = Runner(TargetSetup(read_target(file), {"n": "7", "bias": "no", "scale": 2, "rows": 3}))
    assert [record.name for record in runner.target.hyperparameters] == ["n", "scale", "bias", "name", "rows"]
    assert runner.experiment.inputs.shape == (3, 7)
    assert list(runner.experiment.named_parameters()) == ["weight"]
    with pytest.raises(UnknownNameError, match="n, scale, bias, name and rows"):
        Runner(TargetSetup(read_target(file), {"m": 1}))
    for values in ({"n": "2.5"}, {"scale": "wide"}, {"bias": "perhaps"}):
        with pytest.raises(InvalidValueError):
            Runner(TargetSetup(read_target(file), values))


def test_the_same_seed_gives_the_same_weights_wherever_they_are_made(write: Write) -> None:
    file = write("model = nn.Linear(3, 1)\ndef build():\n    return model, torch.randn(2, 3)")
    assert losses(file) == losses(file)
    assert losses(file) != list(Runner(TargetSetup(read_target(file), seed=1)).losses(2))


def test_a_rebuild_begins_from_the_text_again(write: Write) -> None:
    runner = Runner(
        TargetSetup(read_target(write("model = nn.BatchNorm1d(3)\ndef build():\n    return model, torch.randn(4, 3)")))
    )
    runner.hold()
    assert runner.experiment.module.num_batches_tracked == 1
    runner.rebuild()
    assert runner.experiment.module.num_batches_tracked == 0


def test_what_a_file_sets_for_the_whole_process_ends_with_it(write: Write) -> None:
    file = write(
        "torch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\n"
        "def build():\n    return nn.Linear(1, 1), torch.ones(1, 1)"
    )
    Runner(TargetSetup(read_target(file)))
    Runner(TargetSetup(read_target("nn"), {"n": 2}))
    assert torch.get_default_dtype() == torch.float32
    assert torch.is_grad_enabled()


@pytest.mark.parametrize(
    ("optimizer", "choice"),
    [
        ("'Adam'", OptimizerChoice("Adam", {"lr": 0.001})),
        ("('AdamW', {'lr': 0.1, 'betas': (0.8, 0.9)})", OptimizerChoice("AdamW", {"lr": 0.1, "betas": [0.8, 0.9]})),
        ("lambda ps: torch.optim.SGD(ps, lr=0.1, momentum=0.5)", OptimizerChoice("SGD", {"lr": 0.1, "momentum": 0.5})),
        ("torch.optim.Adagrad", OptimizerChoice("Adagrad", {"lr": 0.01})),
        ("lambda ps: torch.optim.SGD([{'params': ps[:1]}, {'params': ps[1:], 'lr': 0.5}])", OptimizerChoice("Own")),
        ("type('Mine', (torch.optim.SGD,), {})", OptimizerChoice("Own")),
    ],
)
def test_the_factory_reports_what_updates_it(write: Write, optimizer: str, choice: OptimizerChoice) -> None:
    file = write(f"def build():\n    return gradviz.Experiment({LINEAR}, torch.ones(1, 3), optimizer={optimizer})")
    runner = Runner(TargetSetup(read_target(file)))
    assert runner.updater.choice.name == choice.name
    assert choice.options.items() <= runner.updater.choice.options.items()
    before = [p.detach().clone() for p in runner.experiment.named_parameters().values()]
    list(runner.losses(1))
    assert all((p != b).any() for p, b in zip(runner.experiment.named_parameters().values(), before, strict=True))


def test_what_has_no_parameters_opens_and_is_not_updated(write: Write) -> None:
    file = write("def build():\n    return lambda x: x * 2, torch.ones(3, requires_grad=True)")
    events = served(Open(1, file), Run(2))
    assert "nothing is updated; name the tensors that the function holds" in of_kind(events, Opened).notes[-1]
    assert of_kind(events, StateChanged).state == "finished"


def test_an_exported_program_is_opened(tmp_path: Path) -> None:
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
    program = torch.export.export(module, (torch.ones(2, 3),))
    torch.export.save(program, tmp_path / "net.pt2")
    runner = Runner(TargetSetup(read_target(str(tmp_path / "net.pt2"))))
    runner.hold()
    assert runner.target.kind == "program"
    assert sorted(runner.experiment.named_parameters()) == ["0.bias", "0.weight", "2.bias", "2.weight"]
    assert len(list(runner.losses(3))) == 3
    (tmp_path / "broken.pt2").write_bytes(b"nothing")
    torch.save(module.state_dict(), tmp_path / "weights.pt2")
    for name in ("broken.pt2", "weights.pt2"):
        with pytest.raises(GradvizError, match=rf"{name} is no exported program.*torch\.export\.save"):
            Runner(TargetSetup(read_target(str(tmp_path / name))))
    with pytest.raises(GradvizError, match="no hyperparameters"):
        Runner(TargetSetup(read_target(str(tmp_path / "net.pt2")), {"n": 1}))


class Batch(UserDict):
    """As tokenizers answer."""

    def __init__(self, data: dict[str, torch.Tensor], kind: str = "") -> None:
        super().__init__(data)
        self.kind = kind


def test_a_mapping_is_keywords_and_keeps_its_class_when_it_moves() -> None:
    from gradviz.experiment import Experiment

    experiment = Experiment(lambda a, b: a + b, Batch({"a": torch.ones(1), "b": torch.ones(1)}, "words"))
    assert experiment.forward().item() == 2
    experiment.move_to("meta")
    assert isinstance(experiment.inputs, Batch) and experiment.inputs.kind == "words"
    assert experiment.inputs["a"].is_meta
    assert list(experiment.named_tensors()) == ["a", "b"]


def test_a_file_that_empties_the_path_does_so_for_itself_alone(write: Write) -> None:
    before = list(sys.path)
    events = served(Open(1, write("import sys\nsys.path[:] = []\ndef build():\n    return 1")), Open(2, "nn", {"n": 4}))
    assert of_kind(events, Failed).message.startswith("user_model.py:build returned an int")
    assert sys.path == before


BAD = {
    "raises": ("def build():\n    raise ValueError('no more')", r"ValueError: no more \(user_model.py:4\)"),
    "raises from": (
        "def build():\n  try:\n    1 / 0\n  except ArithmeticError as e:\n    raise ImportError('lazy') from e",
        r"ImportError: lazy \(user_model.py:7\), because of ZeroDivisionError: division by zero: the network",
    ),
    "syntax": ("def build(:", r"user_model.py, line 3, is no Python"),
    "missing": ("import no_such_package_here", "pip install no_such_package_here"),
    "exits": ("import sys\nsys.exit(3)", r"sys.exit\(3\) \(user_model.py:4\)"),
    "exits in build": ("def build():\n    raise SystemExit", r"sys.exit\(\)"),
    "interrupts": ("def build():\n    raise KeyboardInterrupt", r"Interrupted in line \d+ of user_model\.py"),
    "no Exception": ("class E(BaseException): pass\ndef build():\n    raise E('oh')", r"E: oh \(user_model.py:5\)"),
    "no Exception in forward": (
        "class E(BaseException): pass\ndef f(x):\n    raise E('oh')\ndef build():\n    return f, torch.ones(1)",
        "E: oh",
    ),
    "cannot say itself": (
        "class E(Exception):\n    def __str__(self):\n        raise self\ndef f(x):\n    raise E\ndef build():\n"
        "    return f, torch.ones(1)",
        "E: ",
    ),
    "says too much": ("def build():\n    raise ValueError('no' * 9999)", r"^.{300,400}not built; correct it"),
    "trains elsewhere": (
        "class Net:\n    pass\nif __name__ == '__main__':\n    library.fit(Net())",
        r"gradviz\.watch\(model\)",
    ),
    "nonsense": ("def build():\n    return 42", "returned an int"),
    "nothing": ("def build():\n    pass", "perhaps its return is missing"),
    "async": ("async def build():\n    pass", "async"),
    "too many": (f"def build():\n    return {LINEAR}, 1, 2, 3", "4 values"),
    "swapped": (f"def build():\n    return torch.ones(3), {LINEAR}", "model comes first"),
    "a class": ("def build():\n    return nn.ReLU, torch.ones(3)", "instance"),
    "targets": (f"def build():\n    return {LINEAR}, torch.ones(1, 3), torch.ones(1, 2)", "targets="),
    "an optimizer": (
        f"m = {LINEAR}\ndef build():\n    return gradviz.Experiment(m, 1, optimizer=torch.optim.SGD(m.parameters()))",
        "lambda parameters",
    ),
    "no inputs": (f"def build():\n    return {LINEAR}", r"torch.randn\(8, 3\)"),
    "lone": ("class Net(nn.Module):\n    pass", r"def build\(\): return Net\(\)"),
    "needs": ("def build(n):\n    pass", "n=32"),
    "nobody": ("def make():\n    pass", "user_model.py:make"),
    "empty": ("", r"def build\(\)"),
    "not scalar": (f"def build():\n    return {LINEAR}, torch.ones(5, 3), lambda out: out", "5 × 2"),
    "a float": (f"def build():\n    return {LINEAR}, torch.ones(5, 3), lambda out: 1.5", r"\.item\(\)"),
    "arity": (f"def build():\n    return {LINEAR}, (torch.ones(3), 1)", r"Linear\(input\) was called with 2 values"),
    "keywords": (f"def build():\n    return {LINEAR}, dict(x=torch.ones(3))", "unexpected keyword argument|missing"),
    "devices": (
        f"def build():\n    return {LINEAR}, torch.ones(1, 3, device='meta')",
        "on cpu and its inputs .* on meta",
    ),
    "meta": ("def build():\n    return nn.Linear(3, 2, device='meta'), torch.ones(3, device='meta')", "no values"),
    "exits in forward": ("import sys\ndef build():\n    return lambda x: sys.exit(2), torch.ones(1)", r"exit\(2\)"),
    "batches": (
        f"def build():\n    return gradviz.Experiment({LINEAR}, None, batches=lambda: iter([]))",
        "no batch",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_factory_is_one_sentence_and_the_engine_goes_on(write: Write, name: str) -> None:
    code, words = BAD[name]
    events = served(Open(1, write(code)), Open(2, "nn", {"n": 4}), Run(2))
    reported = next(event for event in events if isinstance(event, Failed | Raised | Stopped))
    assert reported.message and "\n" not in reported.message
    import re

    assert re.search(words, reported.message), reported.message
    assert isinstance(events[-1], StateChanged) and events[-1].state == "finished"


def test_what_the_users_code_raised_keeps_its_traceback_and_place(write: Write) -> None:
    file = write("def build():\n    raise ValueError('no more')")
    raised = of_kind(served(Open(5, file)), Raised)
    assert (raised.run, raised.phase, raised.file, raised.line) == (5, "build", file, 4)
    assert 'raise ValueError("no more")' in raised.traceback or "raise ValueError('no more')" in raised.traceback


def test_opening_reports_kind_source_and_hyperparameters(write: Write) -> None:
    file = write(f"\ndef build(n=3):\n    return {LINEAR}, torch.ones(1, n)")
    opened = of_kind(served(Open(1, file)), Opened)
    assert (opened.target, opened.title, opened.kind) == (file, "user_model.py:build", "factory")
    assert opened.source is not None and (opened.source.file, opened.source.line) == (file, 4)
    assert [(record.name, record.default) for record in opened.hyperparameters] == [("n", 3)]


@pytest.mark.skipif(os.name != "posix", reason="needs a mode that forbids reading")
def test_a_file_that_may_not_be_read_is_one_sentence(write: Write) -> None:
    file = write("")
    Path(file).chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(GradvizError, match="cannot be read"):
        Runner(TargetSetup(read_target(file)))


def of_kind(events: list, kind: type):
    """The last event of a kind."""
    return next(event for event in reversed(events) if isinstance(event, kind))
