"""Serves the questions for causes: where a NaN or Inf comes from, and what moved when the loss spiked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradviz.engine.blame.batch_rows import gradient_norms, weigh_rows
from gradviz.engine.blame.chain import Chain
from gradviz.engine.gate.gate import Gate
from gradviz.engine.replay.iteration_start import IterationStart
from gradviz.engine.stepping.run_state import AnyRun
from gradviz.engine.tensors.reductions import norm, read
from gradviz.engine.training.runner import Runner
from gradviz.errors import GradvizError
from gradviz.language import join_sentences, tr
from gradviz.protocol.cause_records import ProofRecord
from gradviz.protocol.commands import Blame, ExplainSpike
from gradviz.protocol.events import Blamed, Event, SpikeExplained
from gradviz.protocol.records import Phase


def blame(
    command: Blame, runner: AnyRun, run: int, post: Callable[[Event], None], proof: ProofRecord | None = None
) -> None:
    """Send the chain of what the command asks about; at an error, its `proof`.

    Raises:
        GradvizError: nothing there is NaN or Inf, or the values of the iteration were not held.
    """
    gate = runner.gate
    if command.node is None and proof is not None and gate is not None and gate.stopped_at_error:
        post(Blamed(run, gate.step, proof.chain, proof.title))
        return
    if gate is None or gate.unrecorded or not (gate.history.passed or gate.current_stop):
        raise GradvizError(
            tr(
                "The values of this iteration were not held. Set the trap on NaN and Inf, reset, and run again: it"
                " stops where the first appears."
            )
        )
    graph = runner.graph
    record = runner.partial_graph() or (graph.record if graph is not None else None)
    named = runner.tensors.named_tensors()
    batch = (
        {name for node in record.nodes if node.kind == "data" for name in (node.name, *node.names)} if record else ()
    )
    data = {name: value for name, value in named.items() if name in batch}
    post(Blamed(run, gate.step, Chain(gate, record, named, data).links(command.node)))


def explain_spike(command: ExplainSpike, runner: AnyRun, run: int, post: Callable[[Event], None]) -> None:
    """Send which modules moved more than they used to, and what the rows of the batch give alone.

    Raises:
        GradvizError: nothing is known of gradients, or a row cannot be run alone.
    """
    history, notes = runner.module_history, []
    repeatable = isinstance(runner, Runner) and runner.experiment.has_autograd
    if history.known:
        modules = history.ranked({}, {})
    else:
        gradients = _norms(runner.tensors.gradients())
        if isinstance(runner, Runner) and repeatable and not gradients:
            gradients = gradient_norms(runner.experiment, _start(runner))
        modules = history.ranked(gradients, _ratios(runner.gate))
        notes.append(tr("There is no history yet: a trap on spikes keeps one from when it is set."))
        if not isinstance(runner, Runner):
            notes.append(tr("A script that runs again to a trap has none: ask where it is paused behind the trap."))
    if not modules and not command.rows:
        raise GradvizError(tr("No gradient is known yet; step to the end of a backward, and ask then."))
    rows: Any = ()
    if command.rows:
        if not isinstance(runner, Runner) or not repeatable:
            raise GradvizError(
                tr("Rows can be run alone where gradviz makes the iterations and autograd the gradients.")
            )
        rows, note = weigh_rows(runner.experiment, _start(runner))
        notes.append(note)
    post(SpikeExplained(run, runner.step, modules, rows, join_sentences(notes)))


def _start(runner: Runner) -> IterationStart:
    """Return the start of the iteration, as it was noted; as it is now where it was not."""
    gate = runner.gate
    phase: Phase | None = gate.current_stop.here.point.phase if gate is not None and gate.current_stop else None
    if phase == "backward" and runner.device != "cpu":
        # The device's own thread waits at the stop, and could not run the backward of a row.
        raise GradvizError(tr("Step to the end of the backward first: on this device nothing else can run inside it."))
    if runner.start.noted == runner.step:
        return runner.start
    start = IterationStart(runner.experiment, own=runner.generators)
    start.note(runner.step)
    return start


def _norms(values: dict[str, Any]) -> dict[str, float]:
    found = {name: norm(value) for name, value in values.items()}
    return read({name: value for name, value in found.items() if value is not None})


def _ratios(gate: Gate | None) -> dict[str, float]:
    """Return step over weight of the last update, as far as its values are kept."""
    history = gate.history if gate is not None else None
    passed = [entry for entry in history.passed if entry.role == "update"] if history is not None else []
    found: dict[str, float] = {}
    for entry in passed or (history.update_before if history is not None else ()):
        for i, name in enumerate(entry.names[::3]):
            keys = [(entry.point.index, "update", 3 * i + role) for role in (0, 2)]
            if history is not None and all(map(history.cache.has, keys)):
                before, step = read({j: norm(history.cache.get(key)) for j, key in enumerate(keys)}).values()
                if before:
                    found[name] = step / before
    return found
