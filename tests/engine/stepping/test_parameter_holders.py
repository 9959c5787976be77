"""Which optimizers have each parameter, and whether the last update changed it."""

from __future__ import annotations

from pathlib import Path

from gradviz.protocol.answers import HoldersListed
from gradviz.protocol.commands import ListHolders, NextPhase, Run, StepIn
from gradviz.protocol.events import StateChanged, Stopped
from gradviz.protocol.explanations import HolderRecord
from tests.helpers.engine_thread import EngineThread

MODEL = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.used, self.forgotten, self.still = (nn.Linear(2, 2, bias=False) for _ in range(3))
    def forward(self, x):
        return self.still(self.used(x)) + self.forgotten(x)

def build():
    net = Net()
    groups = [{"params": net.used.parameters()}, {"params": net.still.parameters(), "lr": 0.0}]
    return Experiment(net, torch.ones(3, 2), optimizer=lambda _: torch.optim.SGD(groups, lr=0.1))

from gradviz import Experiment
"""


def listed(engine: EngineThread) -> dict[str, HolderRecord]:
    engine.tell(ListHolders())
    return {name: record for record in engine.until(HoldersListed).holders for name in record.names}


def test_holders_rates_and_what_the_last_update_changed(engine: EngineThread, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(MODEL)
    engine.open(str(tmp_path / "own.py"))
    found = listed(engine)
    assert found["used.weight"].groups == (("SGD", 0.1),) and found["used.weight"].changed is None
    assert found["still.weight"].groups == (("SGD", 0.0),) and found["forgotten.weight"].groups == ()
    for command in (NextPhase(), NextPhase(), StepIn(), StepIn()):
        engine.tell(command)
        engine.until(Stopped)
    found = listed(engine)
    assert found["used.weight"].changed is True and found["still.weight"].changed is False


def test_after_a_free_iteration_it_is_not_known_what_changed(engine: EngineThread) -> None:
    engine.open("nn")
    engine.tell(Run(3))
    engine.until(StateChanged, lambda event: event.state == "finished")
    assert {record.changed for record in listed(engine).values()} == {None}
