"""The facts that messages carry: nodes, edges, clusters, optimizers, devices."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Shape = tuple[int, ...]
Value = bool | int | float | str | None | list[float]
"""A hyperparameter or an optimizer's option, as a message can carry it."""

NodeKind = Literal[
    "function",  # an autograd node of PyTorch's own
    "custom",  # the node of a user's autograd.Function
    "parameter",  # a leaf that wants a gradient (AccumulateGrad)
    "leaf",  # a buffer or a frozen parameter
    "data",  # an input or a target that wants no gradient
    "stub",  # an input that wants no gradient and has no name; `note` says why
    "opaque",  # a region that autograd shows as one node (torch.compile, scripted code)
    "op",  # a recorded op of a network that has no autograd graph
    "loss",  # the scalar that backward starts from
    "output",  # another root of the graph
]

Phase = Literal["forward", "backward", "update"]


class NodeRecord(Struct, frozen=True, array_like=True, omit_defaults=True):
    """One node of the graph.

    `id` is the order of creation within the iteration (0, 1, …) for functions and ops, so that one structure keeps
    its ids; it is negative for nodes that have a name and outlive the iteration (leaves, data, loss), one number for
    one name during a run.
    """

    id: int
    kind: NodeKind
    name: str
    """What a person calls it: the op (`mm`), the parameter (`middle.weight`), `loss`."""
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


class EdgeRecord(Struct, frozen=True, array_like=True, omit_defaults=True):
    """Output `output_nr` of `source` is input `input_nr` of `target`: forward's direction. Parallel edges count."""

    source: int
    target: int
    output_nr: int = 0
    input_nr: int = 0
    shape: Shape | None = None


class ClusterRecord(Struct, frozen=True, array_like=True, omit_defaults=True):
    """One call of one `nn.Module`; its index in `GraphRecord.clusters` is its id."""

    path: str
    """The module's full path (`h.0.attn`)."""
    class_name: str
    parent: int = -1
    use: int = 1
    """Which call of this module in the iteration, from 1."""
    uses: int = 1


class GraphRecord(Struct, frozen=True):
    """The graph of one iteration. `signature` is equal for graphs of equal structure, names, shapes and places."""

    signature: str
    kind: Literal["autograd", "recorded"]
    nodes: tuple[NodeRecord, ...]
    edges: tuple[EdgeRecord, ...]
    clusters: tuple[ClusterRecord, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences about the whole: why it is not an autograd graph, what could not be explained."""


class SavedRecord(Struct, frozen=True):
    """One tensor that a node saved for backward; `size` in bytes."""

    name: str
    shape: Shape | None = None
    dtype: str = ""
    size: int | None = None
    note: str = ""
    """`is w2 itself, no copy`, `not a tensor: [0, 1]`, `freed by backward`."""


class OptionRecord(Struct, frozen=True):
    """One option of an optimizer, as its signature states it."""

    name: str
    kind: Literal["float", "int", "bool", "floats", "choice", "text"]
    default: Value
    optional: bool = False
    """None is a value of its own (Adafactor's `beta2_decay`, `foreach`)."""
    choices: tuple[str, ...] = ()
    common: bool = True
    """False for the options that most people never touch (`foreach`, `capturable`, `fused`, …)."""


class OptimizerRecord(Struct, frozen=True):
    """One optimizer of this torch; `reason` says why it cannot serve the open network, empty if it can."""

    name: str
    options: tuple[OptionRecord, ...]
    reason: str = ""


class OptimizerChoice(Struct, frozen=True):
    """An optimizer and the options that differ from its defaults; `Manual` is the update written by hand."""

    name: str
    options: dict[str, Value] = {}


class DeviceRecord(Struct, frozen=True):
    """One device of this machine (`cpu`, `cuda:0`); `reason` says why the open network cannot use it."""

    id: str
    title: str
    reason: str = ""


class ParameterRecord(Struct, frozen=True):
    """One parameter of the open network, with all its names."""

    names: tuple[str, ...]
    shape: Shape
    dtype: str
    requires_grad: bool = True


class MarkRecord(Struct, frozen=True):
    """Something that happened to a run at an iteration, to be shown on the loss plot."""

    step: int
    kind: Literal["device", "optimizer", "learning_rate", "edit"]
    text: str


class SourceRecord(Struct, frozen=True):
    """Where the open network's code is."""

    file: str
    line: int = 1
