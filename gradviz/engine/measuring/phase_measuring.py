"""Joins a meter to the phases of an iteration; without a meter every phase runs as if there were none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from gradviz.engine.capture.tensor_ids import NamedTensors
from gradviz.engine.graph.graph_builder import CapturedGraph
from gradviz.engine.measuring.meter import Meter
from gradviz.protocol.records import GraphRecord


def measure_graph(meter: Meter | None, graph: CapturedGraph, tensors: NamedTensors) -> None:
    """The forward has run, and `graph` is what it recorded. A network that is derived by hand has run backward too."""
    if meter is not None:
        meter.forward_done(graph, tensors.named_tensors().values())


def measured_backward(
    meter: Meter | None, gate: AbstractContextManager[Any] | None = None
) -> AbstractContextManager[Any]:
    """While it lasts, the nodes of the meter's graph are measured. `gate` hooks them for a person."""
    gate = gate or nullcontext()
    return gate if meter is None else _measured_backward(meter, gate)


@contextmanager
def _measured_backward(meter: Meter, gate: AbstractContextManager[Any]) -> Iterator[None]:
    # A person may stand at the gate for minutes: the marks are inside of it.
    with meter.at_ends(), gate, meter.at_beginnings():
        yield


def measure_gradients(meter: Meter | None, graph: CapturedGraph | None, tensors: NamedTensors) -> None:
    """Backward has run, and the update has not begun: gradients stand in their leaves."""
    if meter is None or graph is None:
        return
    if tensors.has_autograd:
        leaves = {leaf_id: node.variable for leaf_id, node in graph.leaves.items()}  # type: ignore[attr-defined]
        found = {leaf_id: leaf.grad for leaf_id, leaf in leaves.items()}
    else:
        ids = ids_of_parameters(graph.record)
        found = {ids[name]: value for name, value in tensors.gradients().items() if name in ids}
    meter.backward_done({leaf_id: value for leaf_id, value in found.items() if value is not None})


def measured_update(
    meter: Meter | None, graph: CapturedGraph | None, tensors: NamedTensors
) -> AbstractContextManager[Any]:
    """Around the update."""
    if meter is None or graph is None:
        return nullcontext()
    ids = ids_of_parameters(graph.record)

    def parameters() -> Mapping[int, Any]:
        return {ids[name]: value for name, value in tensors.named_parameters().items() if name in ids}

    return meter.updating(parameters)


def ids_of_parameters(graph: GraphRecord) -> dict[str, int]:
    """Name → node id, of the parameters that the graph has."""
    return {name: node.id for node in graph.nodes if node.kind == "parameter" for name in node.names}
