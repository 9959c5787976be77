"""What recording costs the training that it records, in its own process; and how long a run of a million points takes
to open."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.training.runner import Runner
from gradviz.runs.library import RunLibrary
from gradviz.runs.recording import Recording, new_id
from gradviz.runs.run_reader import RunReader
from gradviz.runs.run_records import LOSS, RunFacts
from gradviz.targets.target_spec import read_target
from tests.benchmarks.ratios import ratio, seconds

STEPS = 2_000
MILLION = 1_000_000


@pytest.fixture
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.timeout(900)
def test_recording_over_free_running(one_thread: None, tmp_path: Path) -> None:
    runner = Runner(TargetSetup(read_target("optim"), {}, 0, "cpu"))

    def recorded() -> None:
        recording = Recording(tmp_path, RunFacts(id=new_id(), began=time.time()), print)
        for step, loss in enumerate(runner.losses(STEPS), runner.step):
            recording.add_point(LOSS, step, loss)
        recording.close()

    def plain() -> None:
        for _ in runner.losses(STEPS):
            pass

    # The time of the processor is that of all threads, the writer's as well, from the file's creation to its end.
    assert ratio(f"{STEPS} iterations of optim, recorded over not", recorded, plain, 7, time.process_time) < 1.02


def test_a_million_points_are_opened(tmp_path: Path) -> None:
    recording = Recording(tmp_path, RunFacts(id=new_id(), began=time.time()), print)
    for start in range(0, MILLION, 1000):
        steps = np.arange(start, start + 1000)
        recording.add_points(LOSS, steps, steps, 1 / (1 + steps))
    recording.close(seconds=60)

    def opened() -> None:
        (run,) = RunLibrary(tmp_path).runs()
        with RunReader(Path(run.path)) as reader:
            assert len(reader.points().values) == MILLION

    took = min(seconds(opened) for _ in range(5))
    print(f"\na run of {MILLION:,} points is listed and read in {took * 1e3:.0f} ms")
    assert took < 0.5
