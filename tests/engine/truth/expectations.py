"""Captures a model through the runner, checks that looking changed nothing, and writes its graph as a text to compare.

    graph = captured(lambda: (model, inputs, loss))
    assert drawn(graph) == golden('''
        x data
        w parameter
        0 mm MmBackward0 <- x, w
        1 split SplitBackward0 @block.attention <- 0
        2 mul MulBackward0 | return a * b <- 1:0, 1:2
        loss <- 2
    ''')

Each line is a node, in the graph's order. A function has its id, name, class, `@` the module call it was made in
(`#2` for the second of several), with `sources=True` its line of code after `|`, and after `<-` its inputs in the
order of input_nr, `-` where nothing is. An input is the id of a function (`1:2`: its output_nr 2, said where there
are several) or the name of another node. Stubs are in quotes, with their note.
"""

from __future__ import annotations

import linecache
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any
from unittest.mock import patch

import numpy as np
import torch

from gradviz.engine.gate.breakpoint_matching import BreakpointSet
from gradviz.engine.gate.gate import Gate, Stop
from gradviz.engine.gate.step_request import StepRequest
from gradviz.engine.loading.process_state import seed_everything
from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.tensors.value_cache import ValueCache
from gradviz.engine.training.runner import Runner
from gradviz.experiment import Experiment
from gradviz.protocol.events import Passed
from gradviz.protocol.framing import encode
from gradviz.protocol.records import GraphRecord, NodeRecord, OptimizerChoice, SourceRecord
from gradviz.targets.target_spec import read_target
from tests.engine.truth.untouched import everything

Build = Callable[[], Any]
"""Makes an experiment anew: an `Experiment`, or (model, inputs), or (model, inputs, loss)."""


@dataclass
class _Target:
    """A target that is a function of a test."""

    make: Build
    id: str = "test"
    title: str = "test"
    default: OptimizerChoice = field(default_factory=lambda: OptimizerChoice("SGD", {"lr": 0.01}))
    cpu_only: str = ""
    source: SourceRecord = field(default_factory=lambda: SourceRecord(__file__))
    kind: str = "factory"
    notes: tuple[str, ...] = ()

    def build(self, seed: int) -> Experiment:
        seed_everything(seed)
        return experiment_of(self.make())


def experiment_of(made: Any) -> Experiment:
    """The experiment that a test's function described."""
    if isinstance(made, Experiment):
        return made
    model, inputs, *loss = made
    return Experiment(model, inputs, loss=loss[0] if loss else None)


def runner_of(make: Build) -> Runner:
    """A runner of what `make` builds, before iteration 0."""
    with patch("gradviz.engine.training.runner.find_target", lambda setup: _Target(make)):
        return Runner(TargetSetup(read_target("test")))


def captured(make: Build, *, trains: bool = True) -> GraphRecord:
    """The graph of iteration 0, once it is sure that drawing it and stepping through it change nothing.

    Three runs of two iterations are made from one seed: a plain loop, one that is captured, one that stops before
    each op and node. All that can be noticed is the same in all three after each phase. `trains=False`: the forward
    alone, for what has no gradient.
    """
    plain, watched, stepped = runners = runner_of(make), runner_of(make), runner_of(make)
    stepped.gate = _gate(stepped)
    phases: list[Callable[[Runner], Any]] = [lambda runner: runner.hold() if runner is not plain else runner.forward()]
    if trains:
        phases += [
            Runner.backward,
            Runner.update,
            _next_iteration,
            lambda runner: float(runner.iterate(captured=runner is watched)),
        ]
    for phase in phases:
        _run_alike(runners, phase)
        if watched.graph is not None and watched.step == 0:
            record = watched.graph.record
    return record


def _next_iteration(runner: Runner) -> None:
    runner._forget_iteration()
    runner.step += 1
    if runner.gate is not None:
        runner.open_gate(_gate(runner))


def _run_alike(runners: Sequence[Runner], phase: Callable[[Runner], Any]) -> None:
    """Run one phase of each, from one state of the generators."""
    start = generators_now()
    states = []
    for runner in runners:
        start()
        result = phase(runner)
        states.append({"result": repr(result), **_state(runner)})
    for state in states[1:]:
        same(state, states[0])


def generators_now() -> Callable[[], None]:
    """A function that sets every generator of random numbers to where it is now."""
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()

    def restore() -> None:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])

    return restore


def _state(runner: Runner) -> dict[str, Any]:
    return everything(runner.experiment, runner._output, runner._loss)


def same(seen: dict[str, Any], plain: dict[str, Any]) -> None:
    """Fails with the names of what differs: the values may be megabytes."""
    assert sorted(seen) == sorted(plain)
    differing = {key: (seen[key], plain[key]) for key in plain if seen[key] != plain[key]}
    assert not differing, f"looking changed {sorted(differing)}: {str(differing)[:2000]}"


def _gate(runner: Runner) -> Gate:
    """Stop before each op, node and parameter, read what has passed, and go on with the next."""

    def proceed(stop: Stop) -> StepRequest:
        encode(Passed(1, gate.step, gate.history.records()))
        return StepRequest("in")

    gate = Gate(runner.step, StepRequest("in"), BreakpointSet(), ValueCache(), proceed, lambda: None, whole=True)
    return gate


# -- texts -----------------------------------------------------------------------------------------------------------


def golden(text: str) -> str:
    """A text of a test without its indentation."""
    return dedent(text).strip()


def drawn(graph: GraphRecord, *, sources: bool = False, shapes: bool = False) -> str:
    """The graph as this file's first lines describe it; `shapes` adds each node's shape and dtype."""
    inputs: dict[int, dict[int, str]] = {}
    nodes = {node.id: node for node in graph.nodes}
    for edge in graph.edges:
        taken = inputs.setdefault(edge.target, {})
        assert edge.input_nr not in taken, f"two edges at input {edge.input_nr} of {nodes[edge.target].name}"
        source = nodes[edge.source]
        taken[edge.input_nr] = _label(source) + (f":{edge.output_nr}" if source.outputs > 1 else "")
    return "\n".join(_line(graph, node, inputs.get(node.id, {}), sources, shapes) for node in graph.nodes)


def _line(graph: GraphRecord, node: NodeRecord, inputs: dict[int, str], sources: bool, shapes: bool) -> str:
    parts = [_label(node)]
    if node.id >= 0:
        parts += [node.name, node.type_name] + ([node.kind] if node.kind != "function" else [])
    elif node.kind not in ("loss", "output"):
        parts.append(node.kind)
    if node.cluster >= 0:
        cluster = graph.clusters[node.cluster]
        parts.append(f"@{cluster.path}" + (f"#{cluster.use}" if cluster.uses > 1 else ""))
    if shapes and node.shape is not None:
        parts.append(f"{node.dtype}{list(node.shape)}")
    if node.kind == "stub":
        parts.append(f"({node.note})")
    if sources and node.id >= 0:
        parts.append("| " + (linecache.getline(node.file, node.line).strip() or "no line"))
    if inputs:
        parts.append("<- " + ", ".join(inputs.get(i, "-") for i in range(max(inputs) + 1)))
    return " ".join(parts)


def _label(node: NodeRecord) -> str:
    if node.id >= 0:
        return str(node.id)
    return f"'{node.name}'" if node.kind == "stub" else "=".join(node.names) or node.name


def reach(graph: GraphRecord) -> str:
    """Each parameter on a line: `a.weight=b.weight reached`, or `bias frozen: <text>`, `w unknown: …`."""
    lines = []
    for record in graph.reach:
        state = "reached" if record.reached else f"{record.reason}: {record.text}"
        lines.append(f"{'='.join(record.names)} {state}")
    return "\n".join(lines)


def unexplained(graph: GraphRecord) -> list[tuple[int, str]]:
    """Node and kind of all that the graph lists as unexplained."""
    return [(record.node, record.what) for record in graph.unexplained]
