"""The measures that need little: times, means and deviations of activations, norms of gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gradviz.engine.measuring.clocks import Clock, Span
from gradviz.engine.measuring.measure import Measure
from gradviz.engine.tensors.reductions import mean_and_std, norm
from gradviz.protocol.records import MeasureKind, NodeRecord, PlaceRecord

_Values = Mapping[MeasureKind, Any]


class Times(Measure):
    """Measures the seconds of each op, and of each node in backward."""

    kinds = ("time_forward", "time_backward")
    fleeting = timed = True

    def __init__(self, clock: Clock | None, memory: dict[Any, Any]) -> None:
        super().__init__(clock, memory)
        self._spans: dict[MeasureKind, dict[int, Span]] = {kind: {} for kind in self.kinds}

    def add_op(self, node: NodeRecord, place: PlaceRecord, note: Any, span: Span | None) -> None:
        """Add the time of an op. An op of a backward derived by hand is one of backward."""
        if span is not None:
            self._spans["time_backward" if node.phase == "backward" else "time_forward"][node.id] = span

    def times_nodes(self) -> bool:
        """Return whether the time of backward is wanted; the hooks of its nodes cost as much as the marks of ops."""
        return "time_backward" in self.wanted

    def add_node(self, node_id: int, span: Span) -> None:
        """Add the time of a node of backward."""
        self._spans["time_backward"][node_id] = span

    def values(self, kind: MeasureKind) -> dict[int, float]:
        """Return node id → seconds."""
        clock, spans = self._clock, self._spans[kind]
        if clock is None or not spans:
            return {}
        clock.settle()
        return {node_id: clock.seconds(*span) for node_id, span in spans.items()}


class Activations(Measure):
    """Measures mean and standard deviation of what each op returned."""

    kinds = ("activation_mean", "activation_std")

    def end_op(self, note: Any, output: Any, node: Any) -> Any:
        """Note mean and deviation of an op's output."""
        return mean_and_std(output) if self.wanted and output is not None else None

    def end_function(self, note: Any, output: Any, *, same: bool) -> Any:
        """Note mean and deviation of a custom Function's own output."""
        return mean_and_std(output) if self.wanted else None

    def add_op(self, node: NodeRecord, place: PlaceRecord, note: Any, span: Span | None) -> None:
        """Add both."""
        for kind, value in zip(self.kinds, note or (), strict=False):
            self._put(kind, node.id, value)

    def of_output(self, node_id: int, output: Any) -> _Values:
        """Return both of a cached output."""
        return dict(zip(self.kinds, mean_and_std(output) or (), strict=False))


class GradientNorm(Measure):
    """Measures the 2-norm of the gradient that comes to each node's first output, and that a leaf has."""

    kinds = ("grad_norm",)

    def gradient_hook(self, node_id: int) -> Callable[[tuple[Any, ...]], None] | None:
        """Measure what comes to a node; a leaf is measured once its gradient is whole."""
        if node_id < 0:
            return None

        def measure(gradients: tuple[Any, ...]) -> None:
            if gradients and gradients[0] is not None:
                self._put("grad_norm", node_id, norm(gradients[0]))

        return measure

    def end_backward(self, gradients: Mapping[int, Any]) -> None:
        """Measure the gradients of leaves."""
        for node_id, gradient in gradients.items():
            self._put("grad_norm", node_id, norm(gradient))

    def of_gradient(self, node_id: int, gradient: Any) -> _Values:
        """Return the norm of a cached gradient."""
        return {"grad_norm": norm(gradient)}
