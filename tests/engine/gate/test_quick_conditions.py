"""Conditions on values stop where the gate would, though only an iteration that meets one passes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradviz.engine.capture.known_forwards import KnownForwards
from gradviz.protocol.commands import Run, SetBreakpoints
from gradviz.protocol.events import LossBatch, StateChanged, Stopped, Unchecked
from gradviz.protocol.records import BreakpointRecord
from tests.helpers.engine_thread import EngineThread

_NETWORK = """
import torch
from torch import nn
from gradviz import Experiment


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.line = nn.Linear(3, 3, bias=False)
        nn.init.ones_(self.line.weight)

    def forward(self, x):
        return torch.dropout(self.line(x).relu(), 0.2, True) * self.line.weight.mean()


def batches():
    for value in (1, 2, 3, 1, 2, -1, 0, 1, 30, 2, float("inf"), float("nan"), 1):
        yield torch.full((2, 3), float(value)), torch.zeros(2, 3)


def build():
    return Experiment(Net(), loss=nn.functional.mse_loss, batches=batches, optimizer=("SGD", {"lr": 1e-9}))
"""
_RECORDS = {
    "nan": BreakpointRecord(1, "nan"),
    "inf": BreakpointRecord(1, "inf"),
    "norm_above": BreakpointRecord(1, "norm_above", number=200),
    "norm_below": BreakpointRecord(1, "norm_below", number=1e-3),
    "zero_grad": BreakpointRecord(1, "zero_grad"),
    "zeros_above": BreakpointRecord(1, "zeros_above", number=0.9),
    "zeros_above in forward": BreakpointRecord(1, "zeros_above", number=0.9, phase="forward"),
    "dead_above": BreakpointRecord(1, "dead_above", number=0.5),
    "value_outside": BreakpointRecord(1, "value_outside", number=-500, other=500),
    "value_outside in backward": BreakpointRecord(1, "value_outside", number=-200, other=200, phase="backward"),
    "shape": BreakpointRecord(1, "shape", text="7x7"),
}


def run(target: str, record: BreakpointRecord) -> tuple[list[tuple[object, ...]], bytes]:
    """Return where it stopped and what it found there, and the losses."""
    stops = []
    with EngineThread() as engine:
        engine.open(target)
        engine.tell(SetBreakpoints((record,)))
        engine.tell(Run(13))
        while True:
            event = engine.next()
            if isinstance(event, Stopped):
                stops.append((event.step, event.point.index, event.point.phase, event.point.node, event.message))
                engine.tell(Run(13))
            elif isinstance(event, StateChanged) and event.state == "finished":
                assert not engine.all(Unchecked)
                return stops, b"".join(batch.losses for batch in engine.all(LossBatch))


@pytest.mark.parametrize("name", _RECORDS)
def test_stops_and_losses_are_those_of_the_gate(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net.py").write_text(_NETWORK)
    target, known = f"{tmp_path / 'net.py'}:build", []
    count = KnownForwards.count
    monkeypatch.setattr(KnownForwards, "count", lambda self, result: (known.append(result), count(self, result))[1])
    found = run(target, _RECORDS[name])
    assert known.count(True) >= 5
    monkeypatch.setattr(KnownForwards, "are_of", lambda self, breakpoints: False)
    assert found == run(target, _RECORDS[name])
    assert bool(found[0]) == (name != "shape")
    assert all(step > 3 for step, *_ in found[0])
