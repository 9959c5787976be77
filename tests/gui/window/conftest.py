"""A window whose engine opens the user's own model."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QPushButton

from gradviz.client.code_consent import code_of
from gradviz.protocol.commands import Open
from gradviz.protocol.events import Event, GraphChanged, Opened, StateChanged
from gradviz.protocol.records import HyperparameterRecord, OptimizerChoice, SourceRecord
from gradviz.targets.target_spec import read_target
from tests.gui.conftest import Desk
from tests.helpers.fake_engine import DEVICES, OPTIMIZERS, graph_record

CODE = '''"""Models."""
from torch import nn

class Net(nn.Module):
    """A net."""
    def __init__(self, width=3):
        super().__init__()

class Needs(Net):
    def __init__(self, width):
        super().__init__()

def small():
    return Net(), 1

def build(width=4, deep=False, rate=0.5, name="net"):
    """The whole."""
    return Net(), 1

def main():
    print("no factory")

def needs(x):
    return x
'''


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "gpt.py"
    path.write_text(CODE)
    return path


def answer(command: Open, **changes: object) -> list[Event]:
    """Return the events of an engine that opens the user's model."""
    title = f"{Path(command.target.split(':')[0]).name}:build"
    records = (
        HyperparameterRecord("width", 4),
        HyperparameterRecord("deep", False),
        HyperparameterRecord("rate", 0.5),
        HyperparameterRecord("name", "net"),
    )
    opened = Opened(
        command.run,
        command.target,
        title,
        command.device,
        command.optimizer or OptimizerChoice("SGD", {"lr": 0.01}),
        DEVICES,
        OPTIMIZERS,
        (),
        SourceRecord(command.target.split(":")[0], 16),
        "factory",
        hyperparameters=records,
    )
    graph = GraphChanged(command.run, 0, "own", graph_record("own"))
    return [replace(opened, **changes), graph, StateChanged(command.run, "ready", 0, 1.0)]


@pytest.fixture
def own(desk: Desk, model: Path) -> Desk:
    """A window whose engine is ready, with consent for the model."""
    desk.fake.own = answer
    desk.engine_ready()
    desk.window.show()
    desk.session.opening.consent.given.give(code_of(read_target(str(model))))
    return desk


def last_open(desk: Desk) -> Open:
    return [command for command in desk.commands if isinstance(command, Open)][-1]


def button(desk: Desk, text: str) -> QPushButton:
    return next(b for b in desk.window.findChildren(QPushButton) if b.text() == text and b.isVisible())
