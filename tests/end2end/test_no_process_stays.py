"""No process stays behind its client, also one whose code holds the GIL and so can notice nothing itself."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradviz.gui.processes.engine_client import EngineClient
from gradviz.protocol.commands import Open
from tests.helpers.json_debugger import JsonDebugger

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="waits for processes of others")

PATIENCE = 60
HOLDS_THE_GIL = "import re; re.match('(a+)+$', 'a' * 60 + 'b')"
MODEL = f"""
import os, torch
class Model(torch.nn.Linear):
    def forward(self, x):
        print(os.getpid(), flush=True)
        {HOLDS_THE_GIL}
        return super().forward(x)
def build():
    return Model(4, 1), torch.ones(2, 4)
"""
WINDOW = """
import sys
from PySide6.QtCore import QCoreApplication
from gradviz.gui.processes.engine_client import EngineClient
from gradviz.protocol.commands import Open
app = QCoreApplication([])
client = EngineClient()
client.output_received.connect(lambda stream, text: print(text, flush=True))
client.start()
client.send(Open(1, sys.argv[1]))
app.exec()
"""
LAYOUT = """
import os, signal
from PySide6.QtCore import QCoreApplication
from gradviz.gui.processes.layout_client import LayoutWorker
from gradviz.model.graph.graph import Graph
from tests.helpers.fake_engine import graph_record
app = QCoreApplication([])
worker = LayoutWorker()
def placed(graph, placement):
    process = worker._placing._process.processId()
    os.kill(process, signal.SIGSTOP)  # as one that holds the GIL, it notices nothing
    print(process, flush=True)
worker.placed.connect(placed)
worker.place(Graph(graph_record("one", "sum")))
app.exec()
"""
WITHOUT_HELP_OF_THE_KERNEL = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", '''
import os
from gradviz.protocol.process_lifetime import fork_watcher
fork_watcher(os.getppid())
print(os.getpid(), flush=True)
{HOLDS_THE_GIL}
'''])
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "holds_the_gil.py"
    path.write_text(MODEL)
    return path


class Watched:
    """A process of somebody else's, whose end can be waited for."""

    def __init__(self, process: int) -> None:
        self.process = process
        self._handle = os.pidfd_open(process)

    def has_ended(self, seconds: float = PATIENCE) -> bool:
        return bool(select.select([self._handle], [], [], seconds)[0])

    def end(self) -> None:
        if not self.has_ended(0):
            os.kill(self.process, signal.SIGKILL)
        os.close(self._handle)


@pytest.fixture
def watch() -> Iterator:
    watched: list[Watched] = []

    def begin(process: int) -> Watched:
        watched.append(Watched(process))
        return watched[-1]

    yield begin
    for each in watched:
        each.end()


def first_number(client: subprocess.Popen[str]) -> int:
    assert client.stdout is not None
    return int(client.stdout.readline())


@pytest.mark.parametrize("name", ["window", "layout", "elsewhere"])
def test_it_ends_with_a_client_that_is_killed(name: str, model: Path, watch) -> None:
    code = {"window": WINDOW, "layout": LAYOUT, "elsewhere": WITHOUT_HELP_OF_THE_KERNEL}[name]
    client = subprocess.Popen([sys.executable, "-c", code, str(model)], stdout=subprocess.PIPE, text=True)
    with client:
        served = watch(first_number(client))
        assert not served.has_ended(0)
        client.kill()
        client.wait()
        assert served.has_ended()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_engine_ends_with_a_debugger_in_a_terminal(number: signal.Signals, model: Path, watch) -> None:
    with JsonDebugger(str(model)) as debugger:
        engine = watch(int(debugger.until("output")["text"]))
        debugger.process.send_signal(number)
        assert engine.has_ended()


def test_the_engine_ends_when_its_debugger_quits(model: Path, watch) -> None:
    with JsonDebugger(str(model)) as debugger:
        engine = watch(int(debugger.until("output")["text"]))
        debugger.tell('{"command": "quit"}')
        assert engine.has_ended()
        assert debugger.close()[2] == 0


def test_the_engine_ends_when_its_window_closes(qtbot, model: Path, watch) -> None:
    client = EngineClient()
    with qtbot.waitSignal(client.output_received, timeout=PATIENCE * 1000) as told:
        client.start()
        client.send(Open(1, str(model)))
    engine = watch(int(told.args[1]))
    client.close()
    assert engine.has_ended(0)


def test_what_the_engine_forked_ends_with_it(tmp_path: Path, watch) -> None:
    path = tmp_path / "forks.py"
    path.write_text("""
import multiprocessing, os, time, torch
def work(pipe):
    pipe.send(os.getpid())
    time.sleep(600)
def build():
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    context.Process(target=work, args=(theirs,)).start()
    print(ours.recv(), flush=True)
    return torch.nn.Linear(4, 1), torch.ones(2, 4)
""")
    with JsonDebugger(str(path)) as debugger:
        child = watch(int(debugger.until("output")["text"]))
        assert debugger.until("stopped")
        debugger.close()
        assert child.has_ended()
