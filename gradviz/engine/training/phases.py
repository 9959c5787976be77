"""Backward and update of an iteration, through the gate if it passes one; its forward passes in the capture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from gradviz.engine.capture.autograd_nodes import node_of
from gradviz.engine.capture.named_tensors import TensorNames
from gradviz.engine.capture.numpy_recorder import HandRecording
from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.gate.gate import Gate
from gradviz.engine.graph.captured_graph import CapturedGraph
from gradviz.engine.graph.graph_builder import assemble, assemble_partial
from gradviz.engine.graph.op_graph_builder import assemble_recorded
from gradviz.engine.measuring.meter import Meter, measured_backward
from gradviz.engine.optimizing.parameter_update import Updater
from gradviz.engine.stepping.backward_stepper import BackwardSteps
from gradviz.engine.stepping.update_stepper import UpdateSteps
from gradviz.engine.torch_compat import compiles_backward
from gradviz.experiment import Experiment
from gradviz.protocol.records import GraphRecord
from gradviz.pytree import leaves


def graph_so_far(
    capture: Capture, names: TensorNames, experiment: Experiment, output: Any = None, loss: Any = None
) -> GraphRecord:
    """Return what an unfinished iteration has made; `output` is what the model gave, and `loss` the loss, if forward
    has come so far."""
    recorded = any(isinstance(t, torch.Tensor) and node_of(t) is not None for _, t in leaves("", output))
    if output is not None and experiment.has_autograd and (loss is not None or not recorded):
        return assemble(capture, names, loss, output).record
    if experiment.has_autograd:
        return assemble_partial(capture, names, output)
    names.refresh()
    return assemble_recorded(capture, names, None, {}).record


def run_backward(
    gate: Gate | None, graph: CapturedGraph | None, meter: Meter | None, backward: Callable[[], None]
) -> None:
    """Run `backward`, through the gate if something can stop it there, and measured if there is a meter."""
    if compiles_backward():
        backward()
    elif gate is not None and graph is not None and gate.follows_backward(graph.record):
        step_backward(gate, graph, backward, meter)
    else:
        with measured_backward(meter):
            backward()


def backward_recorded(recording: HandRecording, experiment: Experiment, names: TensorNames, loss: Any) -> CapturedGraph:
    """Record the backward of a network that is derived by hand like its forward; return the graph of both."""
    with recording.phase("backward"):
        experiment.backward(loss)
    names.refresh()
    return assemble_recorded(recording.capture, names, loss, experiment.gradients())


def run_update(
    gate: Gate | None, experiment: Experiment, names: TensorNames, updater: Updater, evaluate: Callable[[bool], Any]
) -> None:
    """Run the update, through the gate if it looks at updates."""
    if gate is not None and gate.watches("update"):
        step_update(gate, experiment, names, updater, evaluate)
    else:
        updater.update(evaluate)


def step_backward(gate: Gate, graph: CapturedGraph, backward: Callable[[], None], meter: Meter | None = None) -> None:
    """Run `backward`, every node of `graph` passing the gate, and measured by the `meter` if there is one."""
    steps = BackwardSteps(gate, graph)
    try:
        with measured_backward(meter, steps.followed()):
            backward()
    except Exception as error:
        # It is raised on: only the gate stops at it first.
        steps.failed(error)
        raise


def step_update(
    gate: Gate, experiment: Experiment, names: TensorNames, updater: Updater, evaluate: Callable[[bool], Any]
) -> None:
    """Run the update, every parameter passing the gate. `evaluate` is what `Updater.update` takes."""
    recording = None if experiment.has_autograd else HandRecording(experiment)
    capture = recording.capture if recording is not None else Capture()
    parameters = experiment.named_parameters()
    steps = UpdateSteps(gate, parameters, {name: names.id_of_name(name) for name in parameters}, updater.optimizer)
    capture.steps = steps
    try:
        with recording.phase("update") if recording is not None else capture.watching("update"):
            updater.update(evaluate)
        steps.finish()
    finally:
        if recording is not None:
            recording.end()
