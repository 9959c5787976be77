"""The facts that messages carry: nodes, edges, clusters, optimizers, devices."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

# Records that come by the thousand are `gc=False`: they hold text, numbers and tuples of them, so no circle can form,
# and the garbage collector, which took half of the time that a large graph costs, need not look at them.

Shape = tuple[int, ...]
Value = bool | int | float | str | None | list[float]
"""A hyperparameter or an optimizer's option, as a message can carry it."""

NodeKind = Literal[
    "function",  # an autograd node of PyTorch's own
    "custom",  # the node of a user's autograd.Function
    "parameter",  # a leaf that wants a gradient (AccumulateGrad)
    "leaf",  # a buffer or a frozen parameter
    "data",  # an input or a target that wants no gradient
    "stub",  # an input that wants no gradient and has no name; `note` states why
    "opaque",  # a region that autograd shows as one node (torch.compile, scripted code)
    "op",  # a recorded op of a network that has no autograd graph
    "loss",  # the scalar that backward starts from
    "output",  # another root of the graph
]

Phase = Literal["forward", "backward", "update"]
State = Literal["ready", "running", "paused", "stopped", "finished", "failed"]
"""ready: iteration 0 has run forward and waits · paused: between two iterations
· stopped: in the gate, inside an iteration · finished: `until` was reached
· failed: the user's code raised; the run cannot go on."""


class NodeRecord(Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """One node of the graph.

    `id` is the order of creation within the iteration (0, 1, …) for functions and ops, so that one structure keeps
    its ids; a branch that leads to nothing leaves a gap. It is negative for nodes that have a name and outlive the
    iteration (leaves, data, loss), one number for one name during a run.
    """

    id: int
    kind: NodeKind
    name: str
    """The name for the user: the op (`mm`), the parameter (`middle.weight`), `loss`."""
    type_name: str = ""
    """The autograd class (`MmBackward0`); empty for recorded ops and data."""
    op: str = ""
    """The forward call that made it (`torch.Tensor.mm`, `torch.nn.functional.linear`)."""
    cluster: int = -1
    """Index into `GraphRecord.clusters` of the innermost module call; -1 for none."""
    file: str = ""
    line: int = 0
    shape: Shape | None = None
    """Of the (first) output; None where it is not known."""
    dtype: str = ""
    device: str = ""
    outputs: int = 1
    names: tuple[str, ...] = ()
    """All names of a leaf; tied weights have several."""
    phase: Phase = "forward"
    """`backward` and `update` only for the recorded ops of a network that is derived by hand."""
    note: str = ""
    """A sentence where one is needed: why a stub is one, what an opaque node hides."""
    variable: str = ""
    """What the user's code called its (first) output where that was used first: a variable, or an attribute of self."""
    gradient_of: str = ""
    """The parameter whose gradient this op of a backward by hand made."""


class EdgeRecord(Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """Output `output_nr` of `source` is input `input_nr` of `target`: forward's direction. Parallel edges count.

    Of an autograd node, `input_nr` is the position in `next_functions`, which is the gradient's too. What autograd has
    no place for (indices, masks, class targets) is numbered on from there: no gradient belongs to such an edge, and its
    source is a leaf without gradient, data or a stub.
    """

    source: int
    target: int
    output_nr: int = 0
    input_nr: int = 0
    shape: Shape | None = None


class ClusterRecord(Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """One call of one `nn.Module`; its index in `GraphRecord.clusters` is its id."""

    path: str
    """The module's full path (`h.0.attn`)."""
    class_name: str
    parent: int = -1
    use: int = 1
    """Which call of this module in the iteration, from 1."""
    uses: int = 1
    kind: Literal["module", "region"] = "module"
    """`region`: no module, but a stretch of ops that has a border of its own (a checkpoint); `path` names it."""
    note: str = ""
    """A sentence where one is needed: what a region is."""


class ReachRecord(Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """Whether gradient reaches one parameter (one tensor, however many names it has), and if not, why."""

    node: int
    """Id of its leaf; of a node of the graph only if the graph has it."""
    names: tuple[str, ...]
    shape: Shape
    dtype: str = ""
    reached: bool | None = True
    """None where only backward can show it (behind a reentrant checkpoint, in a compiled region)."""
    reason: Literal["", "frozen", "detached", "integer", "no_grad", "unused", "hidden", "unknown"] = ""
    text: str = ""
    """The reason as text: `behind an integer op, argmax`."""
    file: str = ""
    line: int = 0
    """Where the gradient is lost, or where the parameter would be used."""


class UnexplainedRecord(Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """Something of the graph that could not be explained; listed, so that nobody takes it for known."""

    node: int
    what: Literal["source line", "op", "module", "region", "input"]
    text: str


class GraphRecord(Struct, frozen=True):
    """The graph of one iteration. `signature` is equal for graphs of equal structure, names, shapes and places."""

    signature: str
    kind: Literal["autograd", "recorded"]
    nodes: tuple[NodeRecord, ...]
    edges: tuple[EdgeRecord, ...]
    clusters: tuple[ClusterRecord, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences about the whole: why it is not an autograd graph, what could not be explained."""
    reach: tuple[ReachRecord, ...] = ()
    """Of every parameter of the model, each tensor once; empty where there is no autograd."""
    unexplained: tuple[UnexplainedRecord, ...] = ()


class SavedRecord(Struct, frozen=True):
    """One tensor that a node saved for backward; `size` in bytes."""

    name: str
    shape: Shape | None = None
    dtype: str = ""
    size: int | None = None
    note: str = ""
    """`is w2 itself, no copy`, `not a tensor: [0, 1]`, `freed by backward`."""
    is_tensor: bool = True
    """False for what a node keeps beside tensors: exponents, dimensions."""


class OptionRecord(Struct, frozen=True):
    """One option of an optimizer, as its signature states it."""

    name: str
    kind: Literal["float", "int", "bool", "floats", "choice", "text"]
    default: Value
    optional: bool = False
    """None is a value of its own (Adafactor's `beta2_decay`, `foreach`)."""
    choices: tuple[str, ...] = ()
    common: bool = True
    """False for the options that most users never touch (`foreach`, `capturable`, `fused`, …)."""


class OptimizerRecord(Struct, frozen=True):
    """One optimizer of this torch; `reason` states why it cannot serve the open network, empty if it can."""

    name: str
    options: tuple[OptionRecord, ...]
    reason: str = ""


class OptimizerChoice(Struct, frozen=True):
    """An optimizer and the options that differ from its defaults; `Manual` is the update written by hand."""

    name: str
    options: dict[str, Value] = {}


class DeviceRecord(Struct, frozen=True):
    """One device of this machine (`cpu`, `cuda:0`); `reason` states why the open network cannot use it."""

    id: str
    title: str
    reason: str = ""


class ParameterRecord(Struct, frozen=True):
    """One parameter of the open network, with all its names."""

    names: tuple[str, ...]
    shape: Shape
    dtype: str
    requires_grad: bool = True


class EvaluationsRecord(Struct, frozen=True):
    """How often an optimizer evaluated the losses within the step of one iteration, where it did so more than once."""

    step: int
    count: int
    last: float
    """The loss of the last evaluation; the loss of the iteration is that of the first, as `step()` returns it."""


class MarkRecord(Struct, frozen=True):
    """Something that happened to a run at an iteration, to be shown on the loss plot."""

    step: int
    kind: Literal["device", "optimizer", "learning_rate", "edit", "evaluations", "trap", "branch"]
    text: str


class HyperparameterRecord(Struct, frozen=True):
    """One keyword of the open factory that the user may set; the type of `default` is the type of its values."""

    name: str
    default: bool | int | float | str


class SourceRecord(Struct, frozen=True):
    """Where the open network's code is."""

    file: str
    line: int = 1


class PlaceRecord(Struct, frozen=True, gc=False):
    """A node's place in the code: what stays the same when the graph changes from iteration to iteration."""

    module: str = ""
    use: int = 1
    """Which call of the module in the iteration, from 1."""
    type_name: str = ""
    file: str = ""
    line: int = 0
    nth: int = 1
    """Which of the nodes that agree in all the rest, from 1, in order of creation."""


class BreakpointRecord(Struct, frozen=True):
    """Where to stop. The client owns them and sends the whole set; an engine keeps none.

    The kind gives `text` and `number` their meaning: model/stepping/breakpoint_kinds states which field fills them, and
    engine/gate/breakpoint_matching compares them.
    """

    id: int
    kind: str
    text: str = ""
    number: float = 0
    file: str = ""
    line: int = 0
    phase: Literal["", Phase] = ""
    place: PlaceRecord | None = None
    within: str = ""
    """The only module, or parameter, that it looks at; `*` is all parameters together, empty is everything."""
    other: float = 0
    """A second number: how many iterations, or the end of a range that begins at `number`."""


class PointRecord(Struct, frozen=True, omit_defaults=True, gc=False):
    """One op, node or parameter of the iteration, in the order in which they run."""

    index: int
    """Position in the iteration, from 0."""
    phase: Phase
    node: int | None = None
    """Id of the node; None for an op that makes none (it wants no gradient)."""
    op: str = ""
    """The forward call (`torch.Tensor.mm`)."""
    grad_fn: str = ""
    module: str = ""
    use: int = 1
    file: str = ""
    line: int = 0
    parameter: str = ""
    """In the update, the parameter that is about to change."""
    depth: int = 0
    """How many module calls are open around it."""


class SummaryRecord(Struct, frozen=True, omit_defaults=True, gc=False):
    """What a tensor was, in numbers; None for a gradient that was not computed. `norm` is the 2-norm; complex numbers
    have no minimum and maximum."""

    name: str
    shape: Shape | None = None
    norm: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    zeros: int = 0
    nans: int = 0
    infs: int = 0
    kept: bool = False
    """Whether the engine keeps its values for looking back, within the byte budget."""
    lost: bool = False
    """There was a value, without figures: it was changed in place since, as by clipping, or was over the budget."""


class HookRecord(Struct, frozen=True):
    """A hook that changed a gradient on its way. Of several hooks of a module, `function` has all names."""

    kind: str
    """`tensor`, `parameter` or `module`."""
    name: str
    """Of the tensor, parameter or module."""
    function: str
    file: str
    line: int
    before: SummaryRecord
    after: SummaryRecord


class PassedRecord(Struct, frozen=True):
    """A point that has run: how long it took, and what came out.

    `values`: forward, the outputs; backward, the gradient of each input in the order of `next_functions`; update, the
    parameter before, after, and their difference.
    """

    point: PointRecord
    seconds: float
    values: tuple[SummaryRecord, ...] = ()
    edited: bool = False
    nodes: tuple[int, ...] = ()
    """Forward: all nodes that the op made; `point.node` is the one whose output it returned. Update: the parameters, if
    several changed at once; then there are no `values`."""
    hooks: tuple[HookRecord, ...] = ()
    """Backward: the hooks that changed the gradient that came, or the one that was made."""


class StatisticsRecord(Struct, frozen=True):
    """Of the values that are finite, NaN and Inf counted beside them; None where there are none. Complex numbers count
    with their magnitudes."""

    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    std: float | None = None
    norm: float | None = None
    zeros: int = 0
    nans: int = 0
    infs: int = 0
    count: int = 0


class StoredRecord(Struct, frozen=True):
    """What a sparse tensor stores; everything else in it is 0."""

    places: int
    """At how many places something is stored: elements, rows of the dense dimensions, …"""
    entries: int
    """torch's `nnz`, which counts a place once for each value that is yet to be summed there."""
    indices: bytes = b""
    """Of the first places, if values were asked for: little-endian int64, one row of indices for each."""
    values_shape: tuple[int, int] = (0, 0)
    """How many places were sent, and how many values of each."""
    values: bytes = b""
    """Their little-endian float64 values, the dense dimensions flattened; of complex numbers, the real parts."""
    imaginary: bytes = b""
    """Of complex numbers."""


class HistogramRecord(Struct, frozen=True):
    """Counts from `low` to `high`, ±the 99.5th percentile of the absolute values; what lies beyond is in the ends."""

    low: float
    high: float
    counts: tuple[int, ...]


MeasureKind = str
"""One quantity of nodes: the name of the engine's `Measure` and of its row in `model/overlay/overlay_table`."""


class ColumnRecord(Struct, frozen=True):
    """One measured quantity of many nodes. A node that is not in it was not measured, which is not zero."""

    kind: MeasureKind
    nodes: bytes
    """Little-endian int32 ids of the graph's nodes."""
    values: bytes
    """Little-endian float64, one for each; NaN and Inf are values that were measured."""


class WeightRecord(Struct, frozen=True):
    """One tensor of a file of weights."""

    name: str
    shape: Shape
    dtype: str
    size: int
    """In bytes."""
