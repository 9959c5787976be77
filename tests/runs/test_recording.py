"""A run is written as it goes, read back exactly, and never lost: not by a kill, not by a disk."""

from __future__ import annotations

import math
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pytest

from gradviz.runs.library import RunLibrary
from gradviz.runs.live_mark import is_live
from gradviz.runs.recording import Recording, new_id
from gradviz.runs.run_format import APPLICATION_ID, VERSION
from gradviz.runs.run_index import NAME
from gradviz.runs.run_reader import RunReader
from gradviz.runs.run_records import LOSS, RunFacts
from gradviz.runs.series_blocks import BLOCK
from tests.helpers.graphs import two_layers


def facts(**more: object) -> RunFacts:
    return RunFacts(id=new_id(), began=time.time(), **more)  # type: ignore[arg-type]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def recording(tmp_path: Path, said: list[str]) -> Recording:
    return Recording(tmp_path, facts(title="nn"), said.append)


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def metrics(recording: Recording) -> dict[str, int]:
    if not recording.path.exists():
        return {}
    with RunReader(recording.path) as reader:
        return reader.metrics


def test_every_value_is_read_as_it_was_recorded(recording: Recording) -> None:
    values = [1.5, math.nan, math.inf, -math.inf, 1e-310, -0.0]
    for step, value in enumerate(values):
        recording.add_point(LOSS, step, value, at=step / 3)
    recording.add_points("acc/train", [5, 10], [1, 2], [0.1, 0.9])
    recording.close()
    with RunReader(recording.path) as reader:
        points = reader.points()
        assert points.values.tobytes() == np.array(values).tobytes()
        assert points.steps.tolist() == list(range(6)) and points.times.tolist() == [step / 3 for step in range(6)]
        assert reader.points("acc/train").steps.tolist() == [5, 10]
        summary = reader.summary
        assert (summary.iterations, summary.last, summary.best) == (6, -0.0, -0.0)
        assert summary.metrics == (LOSS, "acc/train") and summary.state == "ended"


@pytest.mark.parametrize("size", [1, 7, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_batches_of_any_size_fill_the_same_blocks(recording: Recording, size: int) -> None:
    total, done = 3 * BLOCK + 5, 0
    rest = list(range(total))
    while rest:
        piece, rest = rest[:size], rest[size:]
        recording.add_points(LOSS, piece, piece, piece)
        done += len(piece)
    recording.close()
    with RunReader(recording.path) as reader:
        assert reader.points().values.tolist() == list(range(total))
    with sqlite3.connect(recording.path) as connection:
        assert connection.execute("SELECT count FROM block").fetchall() == [(BLOCK,)] * 3 + [(5,)]
    connection.close()


def test_a_run_goes_on_in_the_file_that_it_has(recording: Recording, said: list[str]) -> None:
    recording.add_points(LOSS, range(BLOCK - 1), range(BLOCK - 1), range(BLOCK - 1))
    recording.close()
    again = Recording(recording.folder, recording.facts, said.append, resumed=True)
    again.add_points(LOSS, range(BLOCK - 1, BLOCK + 3), range(4), [-1.0] * 4)
    again.close()
    with RunReader(again.path) as reader:
        assert reader.points().steps.tolist() == list(range(BLOCK + 3))
        assert (reader.summary.iterations, reader.summary.best) == (BLOCK + 3, -1.0)
    assert not said


def test_graphs_events_and_checkpoints_are_read_back(recording: Recording) -> None:
    graph = two_layers().record
    recording.add_graph(0, graph)
    recording.add_graph(1, graph)
    recording.add_event(3, "optimizer", "Adam", {"optimizer": "Adam"})
    recording.add_checkpoint(3, "asked", b"\x01" * 1000)
    recording.add_point(LOSS, 0, 1.0)
    recording.close("finished")
    with RunReader(recording.path) as reader:
        assert reader.graph() == graph and reader.graph_changes == [(0, graph.signature)]
        (event,) = reader.events
        assert (event.step, event.kind, event.text, event.data) == (3, "optimizer", "Adam", '{"optimizer":"Adam"}')
        (row,) = reader.checkpoints
        assert (row.step, row.kind, row.size) == (3, "asked", 1000)
        assert reader.checkpoint(row.number) == b"\x01" * 1000
        assert reader.summary.checkpoints == 1 and reader.summary.state == "finished"


def test_a_network_that_was_only_opened_leaves_no_file(recording: Recording) -> None:
    recording.add_graph(0, two_layers().record)
    recording.add_event(0, "edit", "w")
    recording.close()
    assert not list(recording.folder.iterdir())


def test_it_can_be_read_while_it_is_written_and_is_one_file_when_closed(recording: Recording) -> None:
    recording.add_point(LOSS, 0, 1.0)
    wait_until(lambda: metrics(recording) == {LOSS: 1})
    assert recording.path.with_name(recording.path.name + "-wal").exists()
    with RunReader(recording.path) as reader:
        assert reader.summary.live and reader.summary.state == "running"
    recording.close()
    assert list(recording.folder.iterdir()) == [recording.path] and not is_live(recording.path)
    with sqlite3.connect(recording.path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    connection.close()


def test_a_reader_does_not_hold_up_the_end(recording: Recording) -> None:
    recording.add_point(LOSS, 0, 1.0)
    wait_until(lambda: metrics(recording) == {LOSS: 1})
    with RunReader(recording.path) as reader:
        assert reader.metrics == {LOSS: 1}
        recording.close()
        assert not is_live(recording.path)
    assert [run.state for run in RunLibrary(recording.folder).runs()] == ["ended"]
    assert {path.name for path in recording.folder.iterdir()} == {recording.path.name, NAME}


def test_several_runs_are_recorded_at_once(tmp_path: Path, said: list[str]) -> None:
    recordings = [Recording(tmp_path, facts(), said.append) for _ in range(8)]
    for step in range(100):
        for recording in recordings:
            recording.add_point(LOSS, step, step)
    for recording in recordings:
        recording.close()
    assert [run.iterations for run in RunLibrary(tmp_path).runs()] == [100] * 8 and not said


def test_a_file_is_written_by_one_program_at_a_time(recording: Recording, said: list[str]) -> None:
    recording.add_point(LOSS, 0, 1.0)
    wait_until(lambda: metrics(recording) == {LOSS: 1})
    other = Recording(recording.folder, recording.facts, said.append, resumed=True)
    other.add_point(LOSS, 1, 2.0)
    wait_until(lambda: bool(said))
    recording.close()
    other.close()
    with RunReader(recording.path) as reader:  # the other has tried again at its end
        assert reader.points().values.tolist() == [1.0, 2.0] and reader.summary.state == "ended"


def test_a_journal_that_cannot_be_a_log_is_a_rollback_journal(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NetworkDisk(sqlite3.Connection):
        def execute(self, code: str, *values: object) -> sqlite3.Cursor:
            return super().execute(code.replace("= WAL", "= DELETE"), *values)

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **{**k, "factory": NetworkDisk}))
    recording.add_point(LOSS, 0, 1.0)
    wait_until(lambda: metrics(recording) == {LOSS: 1})
    assert not recording.path.with_name(recording.path.name + "-wal").exists()
    recording.close()
    assert metrics(recording) == {LOSS: 1}


def test_a_folder_that_cannot_be_written_is_said_once(tmp_path: Path, said: list[str]) -> None:
    (tmp_path / "file").write_text("")
    recording = Recording(tmp_path / "file", facts(), said.append)
    recording.add_point(LOSS, 0, 1.0)
    wait_until(lambda: bool(said))
    recording.add_point(LOSS, 1, 1.0)
    recording.close()
    assert len(said) == 1 and "GRADVIZ_RUNS" in said[0]


def test_a_full_disk_is_said_once_and_what_it_took_is_whole(
    recording: Recording, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class FullDisk(sqlite3.Connection):
        def execute(self, code: str, *values: object) -> sqlite3.Cursor:
            if code.startswith("PRAGMA synchronous"):
                super().execute("PRAGMA max_page_count = 30")
            return super().execute(code, *values)

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **{**k, "factory": FullDisk}))
    recording.add_point(LOSS, 0, 1.0)
    wait_until(lambda: metrics(recording) == {LOSS: 1})
    recording.add_points(LOSS, range(1, 20_000), range(1, 20_000), range(1, 20_000))
    wait_until(lambda: bool(said))
    recording.add_point(LOSS, 20_000, 1.0)
    recording.close()
    assert len(said) == 1 and "full" in said[0]
    with RunReader(recording.path) as reader:
        assert reader.points().values.tolist() == [1.0]


_WRITER = """
import sys, time
from pathlib import Path
from gradviz.runs.recording import Recording
from gradviz.runs.run_records import RunFacts
recording = Recording(Path(sys.argv[1]), RunFacts(id=sys.argv[2], began=time.time()), print)
print("ready", flush=True)
step = 0
while True:
    recording.add_point("loss", step, float(step))
    step += 1
    if step % 50 == 0:
        print(step, time.time(), flush=True)
        time.sleep(0.002)
"""


def kill_and_read(folder: Path, seconds: float) -> None:
    """Kill a process that records after so long; what it wrote is whole, up to its last second."""
    number = new_id()
    words = [sys.executable, "-c", _WRITER, str(folder), number]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        lines = [line.split() for line in process.stdout.read().splitlines()][:-1]  # the last may be cut
    due = max((int(step) for step, at in lines if float(at) < float(lines[-1][1]) - 1), default=0)
    library = RunLibrary(folder)
    runs = {run.id: run for run in library.runs()}
    assert not library.problems
    if number not in runs:
        assert not due
        return
    with library.open(runs[number]) as reader:
        points, summary = reader.points(), reader.summary
    assert summary.state == "killed" and summary.iterations == len(points.values) >= due
    assert points.values.tolist() == list(range(len(points.values)))
    assert [path.name for path in folder.iterdir() if number in path.name] == [f"{number}.gradviz"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_kill_at_any_moment_loses_the_last_second_at_most(tmp_path: Path) -> None:
    random = Random(0)
    for _ in range(3):  # tests/benchmarks has a hundred
        kill_and_read(tmp_path, random.uniform(0.4, 1.9))
