"""`gradviz.log`: each point is sent once, in order, with what is sent next; without gradviz nothing happens."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

import gradviz
from gradviz import watch_api
from gradviz.engine.training import metric_log
from gradviz.engine.training.metric_log import MetricLog
from gradviz.protocol.events import Event, StateChanged
from gradviz.protocol.metric_events import MetricsLogged

PAUSED = StateChanged(1, "paused", 4)


class Place:
    run, step = 1, 0

    def __call__(self) -> tuple[int, int]:
        return self.run, self.step


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.fixture
def sent(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(metric_log, "_PERIOD", 3600)
    events: list[Event] = []
    log = MetricLog(events.append, place)
    watch_api.log_to(log.add)

    def send() -> list[tuple[int, str, list[int], list[float]]]:
        log.post(PAUSED)
        assert events.pop() == PAUSED
        found = [
            (each.run, each.name, np.frombuffer(each.steps, "<i8").tolist(), np.frombuffer(each.values, "<f8").tolist())
            for each in events
            if isinstance(each, MetricsLogged)
        ]
        events.clear()
        return found

    yield send
    watch_api.log_to(None)


def test_without_gradviz_nothing_happens() -> None:
    gradviz.log({"acc": object()})


def test_numbers_of_any_kind_come_with_the_iteration_or_the_step_that_is_named(sent, place: Place) -> None:
    gradviz.log({"acc": 1, "lr": np.float32(0.5)})
    place.step = 3
    gradviz.log({"acc": torch.tensor([2.0], requires_grad=True)})
    gradviz.log({"acc": -math.inf}, step=2)
    assert sent() == [(1, "acc", [0, 3, 2], [1.0, 2.0, -math.inf]), (1, "lr", [0], [0.5])]
    assert sent() == []


def test_an_iteration_that_runs_again_adds_nothing_that_is_known(sent, place: Place) -> None:
    for _ in range(2):
        for place.step in range(3):
            gradviz.log({"acc": math.nan if place.step == 1 else place.step})
    ((_, _, steps, _),) = sent()
    assert steps == [0, 1, 2]
    gradviz.log({"acc": 7}, step=1)
    assert sent() == [(1, "acc", [1], [7.0])]


def test_another_run_begins_with_nothing_known(sent, place: Place) -> None:
    gradviz.log({"acc": 1})
    place.run = 2
    gradviz.log({"acc": 1})
    assert sent() == [(1, "acc", [0], [1.0]), (2, "acc", [0], [1.0])]


def test_what_is_no_number_is_left_out_and_said_once(sent, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        gradviz.log({"acc": torch.ones(2), "name": "nn", "lr": 1})
    assert [name for _, name, _, _ in sent()] == ["lr"]
    assert capsys.readouterr().err.splitlines() == [
        "gradviz.log: acc is no number, and is left out.",
        "gradviz.log: name is no number, and is left out.",
    ]
