"""Iterations of the engine while it runs freely, losses sent in batches and graphs sampled, over the plain loop."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from time import perf_counter

import pytest
import torch
from torch import nn

from gradviz.engine.serving.server import Server
from gradviz.protocol.commands import Command, Open, Run, Shutdown
from gradviz.protocol.events import Event, LossBatch
from gradviz.protocol.framing import encode
from tests.benchmarks.ratios import told

STEPS = 1_000
ROUNDS = 9
Loop = Callable[[], None]


def autograd() -> Loop:
    x, y = torch.randn(64, 1000), torch.randn(64, 10)
    w1, w2 = torch.randn(1000, 100, requires_grad=True), torch.randn(100, 10, requires_grad=True)

    def loop() -> None:
        for _ in range(STEPS):
            loss = (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum()
            loss.item()
            w1.grad = w2.grad = None
            loss.backward()
            with torch.no_grad():
                for w in (w1, w2):
                    w -= 1e-6 * w.grad

    return loop


def optim() -> Loop:
    x, y = torch.randn(64, 1000), torch.randn(64, 10)
    model = nn.Sequential(nn.Linear(1000, 100), nn.ReLU(), nn.Linear(100, 10))
    loss_fn = nn.MSELoss(reduction="sum")
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)

    def loop() -> None:
        for _ in range(STEPS):
            loss = loss_fn(model(x), y)
            loss.item()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return loop


class Clock:
    """A peer that lets the engine run, then the plain loop, again and again, and notes when each begins and ends."""

    def __init__(self, network: str, plain: Loop) -> None:
        self._network = network
        self._plain = plain
        self._turn = -1
        self.ours: list[float] = []
        self.theirs: list[float] = []
        self.bytes = 0
        self.losses = 0

    def post(self, event: Event) -> None:
        self.bytes += len(encode(event))
        if isinstance(event, LossBatch):
            self.losses += len(event.losses) // 8

    def has_command(self) -> bool:
        return False

    def next_command(self, seconds: float | None) -> Command | None:
        self._turn += 1
        if self._turn == 0:
            return Open(1, self._network)
        if self._turn > 1:
            self.ours.append(perf_counter())
            self._plain()
        self.theirs.append(perf_counter())
        return Run(self._turn * STEPS) if self._turn <= ROUNDS else Shutdown()

    def pairs(self) -> list[tuple[float, float]]:
        """Seconds of the engine and of the plain loop; the first of each warms up."""
        ends = zip(self.ours, pairwise(self.theirs), strict=True)
        return [(middle - begin, end - middle) for middle, (begin, end) in ends][1:]


@pytest.mark.parametrize(("network", "plain"), [("autograd", autograd), ("optim", optim)])
def test_free_running_iterations(network: str, plain: Callable[[], Loop]) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        clock = Clock(network, plain())
        Server(clock).serve()
    finally:
        torch.set_num_threads(threads)
    told(f"{STEPS} iterations of {network}, free running over the plain loop", clock.pairs())
    print(f"{clock.bytes / clock.losses:.0f} bytes a loss, graphs included")
    assert clock.losses == ROUNDS * STEPS
