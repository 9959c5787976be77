"""Breakpoints in scripts stop where they would if every op passed the gate, and forwards that nothing stops are not
recorded."""

from __future__ import annotations

import textwrap
from array import array
from pathlib import Path

import pytest

from gradviz.engine.capture.known_forwards import KnownForwards
from gradviz.engine.scripts.known_script_forwards import ScriptForwards
from gradviz.protocol.commands import Run, SetBreakpoints
from gradviz.protocol.events import LossBatch, StateChanged, Stopped, Unchecked
from gradviz.protocol.records import BreakpointRecord
from tests.helpers.engine_thread import EngineThread

SCRIPT = """
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.rare, self.last = nn.Linear(3, 4), nn.Linear(4, 4), nn.Linear(4, 1)

        def forward(self, x, step):
            h = self.first(x).tanh()
            if step % 5 == 4:
                h = h + self.rare(h)
            if step == 7:
                h = h.sin()
            return self.last(h)

    torch.manual_seed(3)
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    for step in range(12):
        x = torch.randn(5, 3)
        optimizer.zero_grad()
        loss = model(x, step).square().mean()
        loss.backward()
        optimizer.step()
"""
KINDS = {
    "an op": BreakpointRecord(1, "op", text="sin"),
    "a module": BreakpointRecord(1, "module", text="rare"),
    "a line": BreakpointRecord(1, "line", line=15),
    "a node": BreakpointRecord(1, "op", text="SinBackward0", phase="backward"),
    "what never comes": BreakpointRecord(1, "op", text="no_such_op"),
}
Seen = tuple[list[tuple[object, ...]], list[float]]


def run(target: str, record: BreakpointRecord) -> tuple[Seen, list[tuple[int, int]], list[str]]:
    """Where the script stops, its losses, where in its phase each stop is, and what was said."""
    with EngineThread() as engine:
        engine.open(target)
        engine.tell(SetBreakpoints((record,)))
        engine.tell(Run())
        while (event := engine.until((Stopped, StateChanged), _is_news)) and isinstance(event, Stopped):
            engine.tell(Run())
        assert isinstance(event, StateChanged) and event.state == "finished"
        points = [
            (stop.step, stop.point.phase, stop.point.node, stop.point.op, stop.point.module, stop.point.line)
            for stop in engine.all(Stopped)
        ]
        losses = [loss for batch in engine.all(LossBatch) for loss in array("d", batch.losses)]
        where = [stop.of_phase for stop in engine.all(Stopped)]
        return (points, losses), where, [said.message for said in engine.all(Unchecked)]


def _is_news(event: Stopped | StateChanged) -> bool:
    return isinstance(event, Stopped) or event.state in ("finished", "failed")


@pytest.mark.parametrize("kind", KINDS)
def test_stops_and_losses_are_those_of_a_gate_that_every_op_passes(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "script.py"
    file.write_text(textwrap.dedent(SCRIPT))
    record = KINDS[kind]
    record = record if record.kind != "line" else BreakpointRecord(1, "line", file=str(file), line=record.line)
    known: list[bool] = []
    end = ScriptForwards.end

    def noted(self: ScriptForwards, *, simple: bool) -> bool:
        known.append(found := end(self, simple=simple))
        return found

    monkeypatch.setattr(ScriptForwards, "end", noted)
    seen, where, said = run(str(file), record)
    assert sum(known) >= 5  # of 12; the first ones are recorded
    monkeypatch.setattr(KnownForwards, "are_of", lambda self, breakpoints: False)
    assert (seen, where, []) == run(str(file), record)
    assert bool(seen[0]) == (kind != "what never comes")
    late = [sentence for sentence in said if sentence.startswith("This forward ran as those before it")]
    assert bool(late) == bool(seen[0])
