"""An engine without torch: events as an engine would send them, and a process that speaks the real frames."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable

import numpy as np

from gradviz.networks.catalogue import network
from gradviz.protocol import PROTOCOL_VERSION
from gradviz.protocol.commands import (
    Command,
    Inspect,
    Open,
    Pause,
    Run,
    RunOne,
    SetDevice,
    SetOptimizer,
    Shutdown,
)
from gradviz.protocol.events import (
    ConfigurationChanged,
    Event,
    Failed,
    GraphChanged,
    Hello,
    LossBatch,
    NodeDetails,
    Opened,
    Ready,
    StateChanged,
)
from gradviz.protocol.framing import command_decoder, encode
from gradviz.protocol.records import (
    DeviceRecord,
    EdgeRecord,
    GraphRecord,
    MarkRecord,
    NodeRecord,
    OptimizerChoice,
    OptimizerRecord,
    OptionRecord,
    SavedRecord,
    SourceRecord,
)

DEVICES = (DeviceRecord("cpu", "CPU"), DeviceRecord("cuda:0", "Fast"))
OPTIMIZERS = (
    OptimizerRecord("Manual", (OptionRecord("lr", "float", 1e-6),)),
    OptimizerRecord(
        "SGD",
        (
            OptionRecord("lr", "float", 1e-6),
            OptionRecord("momentum", "float", 0.0),
            OptionRecord("nesterov", "bool", False),
            OptionRecord("foreach", "bool", None, optional=True, common=False),
        ),
    ),
    OptimizerRecord("Adam", (OptionRecord("lr", "float", 1e-3), OptionRecord("betas", "floats", [0.9, 0.999]))),
    OptimizerRecord("Muon", (OptionRecord("lr", "float", 1e-3),), "it takes 2-D parameters only"),
)


def graph_record(signature: str = "one", last: str = "sum") -> GraphRecord:
    """x and w1 into mm, then clamp, then `last`, then the loss."""
    file = str(network("autograd").file)
    nodes = (
        NodeRecord(-1, "data", "x", shape=(64, 1000), dtype="float32", device="cpu"),
        NodeRecord(-2, "parameter", "w1", shape=(1000, 100), dtype="float32", device="cpu", names=("w1",)),
        NodeRecord(0, "function", "mm", "MmBackward0", "torch.Tensor.mm", file=file, line=15, shape=(64, 100),
                   dtype="float32", device="cpu"),
        NodeRecord(1, "function", "clamp", "ClampBackward1", "torch.Tensor.clamp", file=file, line=16,
                   shape=(64, 100), dtype="float32", device="cpu"),
        NodeRecord(2, "function", last, f"{last.title()}Backward0", f"torch.Tensor.{last}", file=file, line=17,
                   shape=(), dtype="float32", device="cpu"),
        NodeRecord(-3, "loss", "loss", shape=(), dtype="float32", device="cpu"),
    )  # fmt: skip
    edges = (
        EdgeRecord(-1, 0, 0, 0, (64, 1000)),
        EdgeRecord(-2, 0, 0, 1, (1000, 100)),
        EdgeRecord(0, 1, 0, 0, (64, 100)),
        EdgeRecord(1, 2, 0, 0, (64, 100)),
        EdgeRecord(2, -3, 0, 0, ()),
    )
    return GraphRecord(signature, "autograd", nodes, edges)


def ready() -> Ready:
    return Ready("0.0.fake", "3.0", DEVICES)


def opened(command: Open) -> Opened:
    optimizer = command.optimizer or OptimizerChoice("Manual", {"lr": 1e-6})
    file = SourceRecord(str(network(command.target).file))
    return Opened(command.run, command.target, command.target, command.device, optimizer, DEVICES, OPTIMIZERS, (), file)


def losses(run: int, first: int, count: int, rate: float = 100.0) -> LossBatch:
    values = 1e7 / (1.0 + np.arange(first, first + count))
    return LossBatch(run, first, values.astype("<f8").tobytes(), rate)


class FakeRun:
    """Answers commands as an engine would, at once; one `tick` is some iterations while it runs."""

    def __init__(self) -> None:
        self.run, self.step, self.until, self.state = 0, 0, 0, ""
        self.device, self.optimizer = "cpu", OptimizerChoice("Manual", {"lr": 1e-6})
        self.own: Callable[[Open], list[Event]] = lambda _command: []
        """What becomes of a target that is no built-in network."""

    def answer(self, command: Command) -> list[Event]:
        match command:
            case Open() if not command.target.isidentifier():
                self.run, self.step, self.state = command.run, 0, "ready"
                return self.own(command)
            case Open():
                self.run, self.step, self.state = command.run, 0, "ready"
                self.device = command.device
                self.optimizer = command.optimizer or self.optimizer
                graph = GraphChanged(self.run, 0, "one", graph_record())
                return [opened(command), graph, self._state(2.94e7)]
            case Run(until=until):
                if until is not None and until <= self.step:
                    return [Failed("Run", f"Iteration {self.step} is past {until} already.")]
                self.until, self.state = until or 10**9, "running"
                return [self._state()]
            case RunOne():
                self.step += 1
                self.state = "paused"
                return [losses(self.run, self.step - 1, 1), self._state()]
            case Pause():
                self.state = "paused"
                return [self._state()]
            case SetDevice(device=device):
                mark = MarkRecord(self.step, "device", f"{self.device} → {device}") if self.step else None
                self.device = device
                return [ConfigurationChanged(self.run, self.device, self.optimizer, mark)]
            case SetOptimizer(optimizer=optimizer):
                text = f"{self.optimizer.name} → {optimizer.name}"
                mark = MarkRecord(self.step, "optimizer", text) if self.step else None
                self.optimizer = optimizer
                return [ConfigurationChanged(self.run, self.device, self.optimizer, mark)]
            case Inspect():
                saved = (SavedRecord("self", (64, 100), "float32", 25_600),)
                return [NodeDetails(command.signature, command.node, "held", saved)]
        return []

    def tick(self) -> list[Event]:
        if self.state != "running":
            return []
        count = min(50, self.until - self.step)
        events: list[Event] = [losses(self.run, self.step, count)]
        self.step += count
        if self.step >= self.until:
            self.state = "finished"
            events.append(self._state())
        return events

    def _state(self, loss: float | None = None) -> StateChanged:
        return StateChanged(self.run, self.state, self.step, loss)  # type: ignore[arg-type]


def main(manner: str) -> None:
    """Serve one window. `manner`: `plain`, `wrong-protocol`, `exit-3` (at the first Run), `noisy`, `absent` (for ever),
    `exit-70` (before it has connected)."""
    if manner == "absent":
        threading.Event().wait()
    if manner == "exit-70":
        sys.exit(70)
    link = socket.create_connection(("127.0.0.1", int(os.environ["GRADVIZ_PORT"])))
    protocol = PROTOCOL_VERSION + (manner == "wrong-protocol")
    link.sendall(encode(Hello(protocol, os.environ["GRADVIZ_TOKEN"], os.getpid())))
    if manner == "noisy":
        print("printed by the network ✓")
        print("warned by the network", file=sys.stderr)
    link.sendall(encode(ready()))
    run, decoder = FakeRun(), command_decoder()
    link.settimeout(0.01)
    while True:
        try:
            data = link.recv(65536)
        except TimeoutError:
            data = None
        if data == b"":
            return
        for command in decoder.feed(data or b""):
            if isinstance(command, Shutdown):
                return
            if manner == "exit-3" and isinstance(command, Run):
                sys.exit(3)
            for event in run.answer(command):
                link.sendall(encode(event))
        for event in run.tick():
            link.sendall(encode(event))
            time.sleep(0.005)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "plain")
