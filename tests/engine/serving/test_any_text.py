"""Whatever a model's names, messages and numbers are, they reach the other process and can be asked for from there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

import gradviz
from gradviz.engine.loading.weight_files import read_weights
from gradviz.engine.optimizing.optimizer_table import option_value
from gradviz.engine.scripts.discovery import choice_of
from gradviz.protocol.commands import AskTensor, Edit, ListWeights, Open, Run, SetBreakpoints
from gradviz.protocol.encodable import escape_text
from gradviz.protocol.events import (
    ConfigurationChanged,
    Edited,
    GraphChanged,
    Opened,
    Raised,
    Stopped,
    TensorAnswered,
    WeightsListed,
)
from gradviz.protocol.framing import encode, event_decoder
from gradviz.protocol.records import BreakpointRecord
from tests.helpers.engine_thread import EngineThread

MODEL = """
import torch
from torch import nn

class Model(nn.Module):
    def __init__(self, name, message):
        super().__init__()
        self.name, self.message, self.calls = name, message, 0
        self.add_module(name, nn.Linear(3, 2))
    def forward(self, x):
        self.calls += 1
        if self.calls > 1:
            raise ValueError(self.message)
        return {self.message: self._modules[self.name](x)}

def build():
    return Model(%a, %a), torch.ones(4, 3)
"""

names = st.text(st.characters(exclude_characters="."), min_size=1, max_size=8).filter(lambda name: "\\ud" not in name)


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineThread]:
    with EngineThread() as made:
        yield made


@given(names.filter(lambda name: not hasattr(torch.nn.Module(), name)), st.text(st.characters(), max_size=40))
@example("layer\udcff", "cannot open \udcff.bin")
@example("\ud83d\ude00", "\0")
@settings(max_examples=8, deadline=None)
def test_a_name_that_was_shown_is_known_and_a_message_is_shown(
    engine: EngineThread, tmp_path_factory: pytest.TempPathFactory, name: str, message: str
) -> None:
    target = tmp_path_factory.mktemp("any") / "model.py"
    target.write_text(MODEL % (name, message))
    engine.tell(Open(1, str(target), stop_first=True))
    shown = engine.until(Opened).parameters[0].names[0]
    assert shown == f"{escape_text(name)}.weight"
    assert engine.until(Stopped).point.module == escape_text(name)
    engine.tell(AskTensor(1, None, "parameter", name=shown))
    assert engine.until(TensorAnswered).message == ""
    engine.tell(Edit(None, "parameter", "g * 2", name=shown))
    assert escape_text(name) in engine.until(Edited).mark.text
    engine.tell(SetBreakpoints((BreakpointRecord(1, "module", text=escape_text(name), phase="backward"),)))
    engine.tell(Run(9))
    stop = engine.until(Stopped)
    assert (stop.breakpoint, stop.point.module) == (1, escape_text(name))
    graph = engine.all(GraphChanged)[-1].graph
    assert graph is not None and shown in {each for node in graph.nodes for each in node.names}
    engine.tell(SetBreakpoints(()))
    engine.tell(Run(9))
    assert engine.until(Raised).message.startswith("ValueError")


@pytest.mark.skipif(os.name != "posix", reason="file names are text there")
def test_a_line_of_a_file_whose_name_is_not_utf_8_can_be_broken_on(engine: EngineThread, tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"model-\xff.py")
    file.write_text(MODEL % ("layer", ""))
    engine.tell(Open(1, str(file), stop_first=True))
    source = engine.until(Opened).source
    assert source is not None and source.file == escape_text(str(file))
    engine.until(Stopped)
    line = file.read_text().splitlines().index("        return {self.message: self._modules[self.name](x)}") + 1
    engine.tell(SetBreakpoints((BreakpointRecord(1, "line", file=source.file, line=line, phase="backward"),)))
    engine.tell(Run(9))
    stop = engine.until(Stopped)
    assert (stop.breakpoint, stop.point.file, stop.point.line) == (1, source.file, line)
    engine.tell(SetBreakpoints(()))


@pytest.mark.skipif(os.name != "posix", reason="file names are text there")
def test_files_that_torch_reads_can_have_a_name_of_any_bytes(engine: EngineThread, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"folder-\xfe")
    folder.mkdir()
    model, inputs = torch.nn.Linear(3, 2), torch.ones(4, 3)
    torch.save(model.state_dict(), tmp_path / "new.pt")
    torch.save(model.state_dict(), tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    save_file(model.state_dict(), tmp_path / "weights.safetensors")
    for file in sorted(tmp_path.glob("*.*")):
        raw = file.rename(folder / (os.fsdecode(b"\xff") + file.name))
        assert sorted(read_weights(raw).tensors) == ["bias", "weight"]
        engine.tell(ListWeights(str(raw)))
        assert engine.until(WeightsListed).path == escape_text(str(raw))
    torch.export.save(torch.export.export(model, (inputs,)), tmp_path / "program.pt2")
    program = (tmp_path / "program.pt2").rename(folder / os.fsdecode(b"program-\xff.pt2"))
    assert engine.open(str(program)).state == "ready"


@pytest.mark.parametrize(
    ("default", "shown"),
    [
        ("np.float64(0.5)", 0.5),
        ("np.float32(0.5)", 0.5),
        ("np.int64(3)", 3),
        ("np.bool_(True)", True),
        ("np.array(7)", 7),
        ("2**70", 2**70),
        ("-(2**64)", -(2**64)),
        ("'\\udcff'", "\\udcff"),
    ],
)
def test_a_hyperparameter_can_have_a_default_of_any_number_type(
    engine: EngineThread, tmp_path: Path, default: str, shown: object
) -> None:
    file = tmp_path / "model.py"
    file.write_text(
        "import numpy as np, torch\n"
        f"def build(value={default}):\n"
        "    torch.seen = value\n"
        "    return torch.nn.Linear(3, 2), torch.ones(4, 3)\n"
    )
    engine.open(str(file))
    opened = engine.all(Opened)[-1]
    assert [(record.name, record.default) for record in opened.hyperparameters] == [("value", shown)]
    assert type(opened.hyperparameters[0].default) is type(shown)
    engine.open(str(file), hyperparameters={"value": shown})
    assert torch.seen == (shown if shown != "\\udcff" else "\udcff")


def test_what_cannot_be_typed_is_no_hyperparameter(engine: EngineThread, tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text(
        "import enum, torch\n"
        "class Kind(enum.IntEnum):\n"
        "    WIDE = 1\n"
        "def build(digits=10**5000, kind=Kind.WIDE, dtype=torch.float32, wide=True):\n"
        "    return torch.nn.Linear(3, 2), torch.ones(4, 3)\n"
    )
    engine.open(str(file))
    assert [record.name for record in engine.all(Opened)[-1].hyperparameters] == ["wide"]


rates = st.floats(2**-20, 1.0, width=32)
numbers = st.one_of(
    rates,
    rates.map(np.float64),
    rates.map(np.float32),
    rates.map(np.array),
    rates.map(torch.tensor),
    st.integers(1, 3).map(np.int64),
    st.integers(1, 3).map(np.uint8),
)


@given(numbers, st.sampled_from(["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"]), st.booleans().map(np.bool_))
@settings(deadline=None)
def test_an_optimizers_options_arrive_as_the_numbers_that_they_are(rate: object, name: str, maximize: object) -> None:
    parameter = torch.nn.Parameter(torch.ones(2))
    if isinstance(rate, torch.Tensor) and name == "Adagrad":
        rate = rate.item()
    optimizer = getattr(torch.optim, name)([parameter], lr=rate, maximize=maximize, foreach=False)
    choice = choice_of([optimizer])
    assert choice.options["lr"] == float(rate) and choice.options.get("maximize", False) == maximize  # type: ignore[arg-type]
    assert {type(value) for value in choice.options.values()} <= {bool, int, float}
    reported = ConfigurationChanged(1, "cpu", choice)
    assert list(event_decoder().feed(encode(reported))) == [reported]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ((np.float64(0.5), 0.25), [0.5, 0.25]),
        ((None, np.float32(0.5)), [torch.finfo(torch.float32).eps, 0.5]),
        (np.array([0.5, 0.25]), [0.5, 0.25]),
        ([torch.tensor(0.5), torch.tensor([0.25])], [0.5, 0.25]),
        (np.str_("strong_wolfe"), "strong_wolfe"),
        (torch.ones(2), None),
        (1j, None),
        (None, None),
        (10**30, 10**30),
        (len, None),
    ],
)
def test_options_that_are_no_plain_number(value: object, plain: object) -> None:
    assert option_value(value) == plain


def test_the_dot_source_of_any_name_can_be_written() -> None:
    weight = torch.ones(2, requires_grad=True)
    assert rb"weight\\udcff" in gradviz.dot(weight.sum(), {"weight\udcff": weight}).source.encode()
