"""A forward that runs as one before it is known by its ops, lines and modules, and stops are those of a full gate."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import nn

from gradviz.engine.capture.known_forwards import KnownForwards, Trail
from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.gate.breakpoint_matching import BreakpointSet
from gradviz.engine.gate.gate import Gate, Stop
from gradviz.engine.gate.step_request import FREE, StepRequest
from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.tensors.value_cache import ValueCache
from gradviz.engine.training.runner import Runner
from gradviz.protocol.node_location import module_of, places
from gradviz.protocol.records import BreakpointRecord, PlaceRecord
from gradviz.targets.target_spec import read_target

ITERATIONS = 10
SMALL = {"dynamic": {"n": 4, "d_in": 8, "h": 6}, "autograd": {"n": 4, "d_in": 8, "h": 6}}
NOWHERE = BreakpointRecord(1, "node", place=PlaceRecord(type_name="NoSuchBackward0"))
Seen = tuple[list[tuple[object, ...]], list[float], int]


def run(network: str, record: BreakpointRecord) -> Seen:
    """Where it stops, the losses, and how many iterations were known."""
    runner = Runner(TargetSetup(read_target(network), SMALL.get(network, {})))
    runner.hold()
    stops: list[tuple[object, ...]] = []
    breakpoints, cache, known = BreakpointSet([record]), ValueCache(), 0

    def wait(stop: Stop) -> StepRequest:
        stops.append((stop.here.step, stop.reason, stop.breakpoint, stop.here.point))
        return FREE

    losses = []
    for _ in range(ITERATIONS):
        if not runner.holds_forward:
            cache.clear()
            runner.open_gate(Gate(runner.step, FREE, breakpoints, cache, wait, lambda: None))
            runner.forward()
            known += runner.graph is not None and not runner.graph.live
        losses.append(float(runner.iterate()))
    return stops, losses, known


def free(network: str) -> list[float]:
    runner = Runner(TargetSetup(read_target(network), SMALL.get(network, {})))
    return [float(runner.iterate()) for _ in range(ITERATIONS)]


def breakpoints_of(network: str) -> Iterator[BreakpointRecord]:
    """Some of each kind, on what the network has in some iterations."""
    runner = Runner(TargetSetup(read_target(network), SMALL.get(network, {})))
    found: dict[tuple[object, ...], BreakpointRecord] = {}
    for _ in range(3):
        runner.forward(captured=True)
        assert runner.graph is not None
        graph = runner.graph.record
        made = [node for node in graph.nodes if node.id >= 0]
        last = max(made, key=lambda node: (module_of(graph, node)[1], node.cluster, node.id))
        found["node", len(graph.nodes)] = BreakpointRecord(1, "node", place=places(graph)[last.id], phase="backward")
        found["node of both phases",] = BreakpointRecord(1, "node", place=places(graph)[last.id])
        found["line",] = BreakpointRecord(1, "line", file=last.file, line=last.line)
        use = module_of(graph, last)[1]
        found["use", use] = BreakpointRecord(1, "line", number=use, file=last.file, line=last.line)
        found["op",] = BreakpointRecord(1, "op", text=last.op.rpartition(".")[2], phase="forward")
        for cluster in graph.clusters[1:2]:
            found["module",] = BreakpointRecord(1, "module", text=cluster.path)
        runner.iterate()
    yield from found.values()


@pytest.mark.parametrize("network", ["dynamic", "autograd"])
def test_stops_are_those_of_a_gate_that_every_op_passes(network: str, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [*breakpoints_of(network), NOWHERE]
    compared = [run(network, record) for record in records]
    if network == "dynamic":  # of some depths only
        assert any(stops and known for stops, _, known in compared)
    monkeypatch.setattr(KnownForwards, "are_of", lambda self, breakpoints: False)
    for record, (stops, losses, _) in zip(records, compared, strict=True):
        assert (stops, losses) == run(network, record)[:2], record


@pytest.mark.parametrize("network", ["dynamic", "nn", "attention"])
def test_a_breakpoint_that_stops_nowhere_leaves_iterations_unrecorded_and_losses_as_they_are(network: str) -> None:
    stops, losses, known = run(network, NOWHERE)
    assert not stops and losses == free(network)
    assert known >= (4 if network == "dynamic" else ITERATIONS - 2)


class Switching(nn.Module):
    """The same ops from two lines, or of two modules."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.ReLU(), nn.ReLU()
        self.way = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.way == 1:
            return self.second(x)
        act = self.first if self.way < 3 else self.second
        if self.way == 2:
            x = x.clone().relu()
        return act(x)


def test_another_line_another_module_and_another_shape_are_other_forwards() -> None:
    model, breakpoints, x = Switching(), object(), torch.ones(2, requires_grad=True)
    known = KnownForwards()
    known.are_of(breakpoints)

    def learn(way: int) -> None:
        model.way = way
        capture = Capture(model)
        trail = capture.trail = Trail(x)
        capture.modules.noted = trail.module
        with capture.watching():
            model(x)
        known.learn(trail, way, breakpoints)

    def compare(way: int, inputs: torch.Tensor = x) -> object:
        model.way = way
        comparison = known.compare(inputs)
        with comparison:
            model(inputs)
        return comparison.result

    learn(0)
    assert [compare(way) for way in (0, 1, 2, 3)] == [0, None, None, None]
    assert compare(0, torch.ones(3, requires_grad=True)) is None
    assert compare(0, torch.ones(2)) is None  # it makes no node
    learn(2)
    assert [compare(way) for way in (0, 1, 2, 3)] == [0, None, 2, None]
    assert not known.are_of(object()) and compare(0) is None


def test_comparing_is_given_up_where_every_forward_is_another() -> None:
    known, breakpoints, trail = KnownForwards(), object(), Trail(torch.ones(2))
    known.are_of(breakpoints)
    with trail:
        pass
    known.learn(trail, None, breakpoints)
    assert known.are_of(breakpoints)
    for _ in range(8):
        known.count(known=False)
    assert not known.are_of(breakpoints)
    for _ in range(3):
        known.learn(trail, None, breakpoints)
    assert known.are_of(breakpoints)
