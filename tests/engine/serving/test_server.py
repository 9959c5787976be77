"""The serving loop without a process: what each command makes of the run, and what errors become."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby, pairwise
from typing import Any

import pytest
import torch

from gradviz.engine.serving.server import Server
from gradviz.experiment import Experiment
from gradviz.networks import nn as lesson
from gradviz.protocol.commands import Command, Open, Pause, Run, RunOne, SetDevice, Shutdown
from gradviz.protocol.events import Event, Failed, GraphChanged, LossBatch, Opened, Raised, Ready, StateChanged

SMALL = {"n": 4, "d_in": 3, "h": 2, "d_out": 1}


class Script:
    """A peer that sends its commands one after the other; a function in place of one runs when its turn comes."""

    def __init__(self, *commands: Command | Callable[[], None]) -> None:
        self._commands = list(commands)
        self.events: list[Event] = []

    def post(self, event: Event) -> None:
        self.events.append(event)

    def has_command(self) -> bool:
        # All but a pause wait for the run to end.
        return bool(self._commands) and isinstance(self._commands[0], Pause)

    def next_command(self, seconds: float | None) -> Command | None:
        command = self._commands.pop(0) if self._commands else Shutdown()
        if isinstance(command, Command):
            return command
        command()
        return self.next_command(seconds)


def served(*commands: Command | Callable[[], None]) -> list[Event]:
    script = Script(*commands)
    Server(script).serve()
    return script.events


def kinds(events: list[Event]) -> list[str]:
    return [f"{e.state} {e.step}" if isinstance(e, StateChanged) else type(e).__name__ for e in events]


def test_opening_is_reported_in_order() -> None:
    assert kinds(served(Open(1, "nn", SMALL))) == ["Ready", "Opened", "GraphChanged", "Passed", "ready 0"]


def test_a_run_is_reported_in_order_and_its_losses_come_before_its_end() -> None:
    events = served(Open(1, "nn", SMALL), Run(3))
    reported = [kind for kind in kinds(events)[5:] if kind != "Passed"]
    # Where iterations are slow, the losses come in several batches.
    assert [kind for kind, _ in groupby(reported)] == ["running 0", "LossBatch", "finished 3"]


def test_one_iteration_is_always_looked_at() -> None:
    # A recorded network whose structure changes would show it; here the graph is the same, so it is not sent again.
    events = served(Open(1, "dynamic", {**SMALL, "layers_min": 0, "layers_max": 3}), *[RunOne()] * 12)
    reported = [event for event in events if isinstance(event, GraphChanged)]
    assert len(reported) > 4
    assert all(a.signature != b.signature for a, b in pairwise(reported))
    assert [e.step for e in events if isinstance(e, StateChanged) and e.state == "paused"] == list(range(1, 13))


def test_a_pause_that_nobody_needed_is_answered_with_the_state() -> None:
    assert kinds(served(Open(1, "nn", SMALL), Pause()))[-1] == "ready 0"


def test_commands_without_a_network_fail() -> None:
    events = served(Run(), RunOne(), Pause(), SetDevice("cpu"))
    assert all(isinstance(event, Failed) for event in events[1:])
    assert isinstance(events[0], Ready)


def test_a_failed_open_keeps_the_run_before_it_and_its_random_numbers() -> None:
    def losses(*between: Command) -> bytes:
        events = served(Open(1, "dynamic", SMALL), RunOne(), *between, Run(30))
        return b"".join(event.losses for event in events if isinstance(event, LossBatch))

    assert losses(Open(2, "nope"), Open(2, "nn", {"q": 1}), Open(2, "nn", device="toaster")) == losses()


def failing(where: str) -> Callable[..., Experiment]:
    weight = torch.ones(3, requires_grad=True)
    calls = {"forward": 0}

    def model(x: torch.Tensor) -> torch.Tensor:
        calls["forward"] += 1
        if where == "forward" and calls["forward"] > 2:
            raise ValueError("no more")
        return weight * x

    def update(learning_rate: float) -> None:
        if where == "update":
            raise ValueError("cannot update")

    def build(**_: Any) -> Experiment:
        if where == "build":
            raise MemoryError("too large")
        return Experiment(model, torch.ones(3), parameters={"w": weight}, update=update)

    return build


@pytest.mark.parametrize(
    ("where", "phase", "step"), [("build", "build", 0), ("forward", "forward", 2), ("update", "update", 0)]
)
def test_what_the_networks_code_raises_ends_its_run(
    where: str, phase: str, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lesson, "build", failing(where))
    events = served(Open(7, "nn"), Run(10), monkeypatch.undo, Run(20), Open(8, "nn", SMALL))
    raised = next(event for event in events if isinstance(event, Raised))
    assert (raised.run, raised.phase, raised.step, raised.file) == (7, phase, step, __file__)
    assert "Traceback" in raised.traceback and raised.line > 0
    assert raised.message.startswith(("ValueError: ", "MemoryError: "))
    rest = events[events.index(raised) + 1 :]
    assert kinds(rest)[0] == f"failed {step}"
    assert [type(event) for event in rest if isinstance(event, Failed | Opened)][-1] is Opened
    assert kinds(events)[-1] == "ready 0"
    # What was reached before is kept.
    counted = sum(len(e.losses) // 8 for e in events if isinstance(e, LossBatch))
    assert counted == step
