"""The engine process over a real socket."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
from array import array
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.runner import Runner
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
from gradviz.protocol.framing import encode, event_decoder
from gradviz.protocol.records import OptimizerChoice
from gradviz.targets.target_spec import read_target

Kind = TypeVar("Kind", bound=Event)
PATIENCE = 60


class Engine:
    """A real engine process, seen from the window's end."""

    def __init__(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(PATIENCE)
        environment = {**os.environ, "GRADVIZ_PORT": str(listener.getsockname()[1]), "GRADVIZ_TOKEN": "secret"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gradviz.engine"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.socket, _ = listener.accept()
        listener.close()
        self.socket.settimeout(PATIENCE)
        self._decoder = event_decoder()
        self._waiting: list[Event] = []
        self.losses: list[float] = []

    def send(self, *commands: Command) -> None:
        self.socket.sendall(b"".join(encode(command) for command in commands))

    def next(self) -> Event:
        while not self._waiting:
            data = self.socket.recv(1 << 16)
            if not data:
                raise EOFError
            self._waiting += self._decoder.feed(data)
        event = self._waiting.pop(0)
        if isinstance(event, LossBatch):
            assert event.first == len(self.losses)
            self.losses += array("d", event.losses)
        return event

    def until(self, kind: type[Kind], accept: Callable[[Kind], bool] = lambda _: True) -> Kind:
        while True:
            event = self.next()
            if isinstance(event, kind) and accept(event):
                return event

    def state(self, name: str) -> StateChanged:
        return self.until(StateChanged, lambda event: event.state == name)

    def open(self, target: str, **options: object) -> Opened:
        self.losses = []
        self.send(Open(1, target, **options))  # type: ignore[arg-type]
        opened = self.until(Opened)
        self.state("ready")
        return opened

    def close(self) -> None:
        self.socket.close()
        self.process.wait(PATIENCE)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[Engine]:
    engine = Engine()
    engine.hello = engine.until(Hello)  # type: ignore[attr-defined]
    engine.ready = engine.until(Ready)  # type: ignore[attr-defined]
    yield engine
    engine.close()


@pytest.fixture
def engine(shared: Engine) -> Engine:
    assert shared.process.poll() is None
    return shared


def test_it_sends_hello_and_then_ready(engine: Engine) -> None:
    assert engine.hello == Hello(PROTOCOL_VERSION, "secret", engine.process.pid)  # type: ignore[attr-defined]
    assert engine.ready.devices[0].id == "cpu"  # type: ignore[attr-defined]


def test_a_run_arrives_whole_and_equals_the_run_in_this_process(engine: Engine) -> None:
    engine.open("dynamic")
    engine.send(Run(300))
    assert engine.state("finished").step == 300
    assert engine.losses == list(Runner(TargetSetup(read_target("dynamic"))).losses(300))


def test_opening_reports_what_the_network_is(engine: Engine) -> None:
    opened = engine.open("numpy")
    assert opened.device == "cpu"
    assert opened.optimizer == OptimizerChoice("Manual", {"lr": 1e-6})
    assert all(record.reason for record in opened.optimizers if record.name != "Manual")
    assert [parameter.names for parameter in opened.parameters] == [("w1",), ("w2",)]
    assert opened.source is not None and opened.source.file.endswith("numpy.py")


def test_the_graph_comes_once_and_then_by_its_signature(engine: Engine) -> None:
    engine.send(Open(1, "module", {"h": 31}))
    first = engine.until(GraphChanged)
    assert first.graph is not None and first.graph.signature == first.signature
    engine.send(Open(2, "module", {"h": 31}))
    again = engine.until(GraphChanged)
    assert (again.signature, again.graph, again.run) == (first.signature, None, 2)
    engine.until(StateChanged)


def test_a_run_is_paused_stepped_and_continued(engine: Engine) -> None:
    engine.open("autograd")
    engine.send(RunOne())
    assert engine.state("paused").step == 1
    engine.send(Run(None))
    engine.state("running")
    engine.until(LossBatch)
    engine.send(Pause())
    paused = engine.state("paused")
    assert paused.step == len(engine.losses)
    assert paused.loss == engine.losses[-1]
    engine.send(Run(paused.step))
    assert "done already" in engine.until(Failed).message
    engine.send(Run(paused.step + 5))
    assert engine.state("finished").step == paused.step + 5


def test_changes_before_training_make_no_mark_and_during_training_they_do(engine: Engine) -> None:
    engine.open("autograd")
    engine.send(SetOptimizer(OptimizerChoice("Adam")))
    assert engine.until(ConfigurationChanged).mark is None
    engine.send(RunOne(), SetOptimizer(OptimizerChoice("SGD", {"momentum": 0.9})))
    mark = engine.until(ConfigurationChanged).mark
    assert mark is not None
    assert (mark.step, mark.kind, mark.text) == (1, "optimizer", "Adam → SGD, momentum 0.9")


def test_moving_before_training_opens_again(engine: Engine) -> None:
    engine.open("autograd")
    engine.send(SetDevice("cpu"))
    assert engine.until(ConfigurationChanged).mark is None
    assert engine.state("ready").step == 0
    engine.send(RunOne())
    engine.state("paused")
    engine.losses = []


def test_what_cannot_be_done_fails_and_changes_nothing(engine: Engine) -> None:
    engine.open("autograd")
    engine.send(Open(9, "nope"), SetDevice("toaster"), SetOptimizer(OptimizerChoice("SparseAdam")))
    assert [engine.until(Failed).command for _ in range(3)] == ["Open", "SetDevice", "SetOptimizer"]
    engine.send(Run(50))
    engine.state("finished")
    assert engine.losses == list(Runner(TargetSetup(read_target("autograd"))).losses(50))


def test_a_nodes_saved_tensors_are_sent(engine: Engine) -> None:
    engine.send(Open(1, "autograd"))
    signature = engine.until(GraphChanged).signature
    engine.losses = []
    engine.state("ready")
    engine.send(Inspect(signature, 2))
    held = engine.until(NodeDetails)
    assert held.state == "held"
    assert [saved.note for saved in held.saved] == ["", "is w2 itself, no copy"]
    engine.send(Run(None), Inspect(signature, 2))
    assert engine.until(NodeDetails).state == "held"  # at the next look, while it runs
    engine.send(Pause())
    engine.state("paused")
    engine.send(Inspect(signature, 2))
    assert engine.until(NodeDetails).state == "freed"


def test_its_key_is_not_inherited_and_shutdown_ends_it() -> None:
    engine = Engine()
    engine.until(Ready)
    engine.send(Shutdown())
    assert engine.process.wait(PATIENCE) == 0
    engine.close()


def test_it_ends_with_its_window_in_the_middle_of_a_run() -> None:
    engine = Engine()
    engine.until(Ready)
    engine.open("attention")
    engine.send(Run(None))
    engine.until(LossBatch)
    # Reset instead of a polite end, as when the window is killed.
    engine.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    engine.close()
    assert engine.process.returncode == 0


def test_an_interrupt_in_the_terminal_is_the_windows_affair() -> None:
    engine = Engine()
    engine.until(Ready)
    engine.process.send_signal(signal.SIGINT)
    engine.open("nn")
    engine.close()


def test_bytes_that_are_no_commands_end_it_with_a_sentence() -> None:
    engine = Engine()
    engine.socket.sendall(b"\x00\x00\x00\x01\xc0")
    assert engine.process.wait(PATIENCE) == 3
    assert engine.process.stderr is not None
    assert "not understood" in engine.process.stderr.read()
    engine.close()


def test_without_a_window_it_prints_how_it_is_started() -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GRADVIZ_")}
    done = subprocess.run(
        [sys.executable, "-m", "gradviz.engine"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "run gradviz instead" in done.stderr
