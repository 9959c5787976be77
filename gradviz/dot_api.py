"""`gradviz.dot`: the autograd graph behind tensors as DOT source, for a notebook or a script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from gradviz.errors import InvalidValueError
from gradviz.language import tr

if TYPE_CHECKING:
    import graphviz

    from gradviz.experiment import Experiment


def dot(tensors: Any, params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> graphviz.Digraph:
    """Return the autograd graph behind a tensor, or behind all tensors in nested lists, tuples, dicts and dataclasses.

    `params` names leaves and inputs, as `dict(model.named_parameters())` does. The graph is walked without recursion,
    and no saved tensor is read. A leaf that `params` does not name is called a tensor without a name.

    Raises:
        InvalidValueError: `tensors` holds no tensor that was computed from one with requires_grad.
    """
    from gradviz.engine.capture.named_tensors import TensorNames
    from gradviz.engine.capture.op_recorder import Capture
    from gradviz.engine.graph.graph_builder import assemble
    from gradviz.export.dot_source import digraph
    from gradviz.model.graph.graph import Graph
    from gradviz.protocol.framing import as_received

    names = TensorNames(cast("Experiment", _NamedTensors(dict(params or {}))))
    graph = Graph(as_received(assemble(Capture(), names, None, tensors).record))
    if not len(graph):
        raise InvalidValueError(
            tr("There is no graph behind this: give a tensor that was computed from one with requires_grad=True.")
        )
    return digraph(graph)


class _NamedTensors:
    """As much of an experiment as naming a graph's tensors needs."""

    module = None

    def __init__(self, tensors: dict[str, Any]) -> None:
        self._tensors = tensors

    def named_parameters(self) -> dict[str, Any]:
        return {name: tensor for name, tensor in self._tensors.items() if getattr(tensor, "requires_grad", False)}

    def named_tensors(self) -> dict[str, Any]:
        return self._tensors
