"""A decoder in small, as a graph record: blocks with modules inside, parameters, a tied weight, a loss."""

from __future__ import annotations

import numpy as np

from gradviz.protocol.events import Measured
from gradviz.protocol.records import (
    ClusterRecord,
    ColumnRecord,
    EdgeRecord,
    GraphRecord,
    MeasureKind,
    NodeRecord,
    ParameterRecord,
)


def deep_record(blocks: int = 6, signature: str = "deep") -> GraphRecord:
    """`blocks` blocks, each an attention (three functions, a parameter) and an MLP (two functions, a parameter)."""
    clusters = [ClusterRecord("wte", "Embedding")]
    nodes = [
        NodeRecord(-1, "parameter", "wte.weight", "AccumulateGrad", cluster=0, shape=(10, 4), dtype="float32",
                   names=("wte.weight", "head.weight")),
        NodeRecord(0, "function", "embedding", "EmbeddingBackward0", "embedding", 0, "/code/gpt.py", 4, (2, 4),
                   "float32"),
    ]  # fmt: skip
    edges, last = [EdgeRecord(-1, 0)], 0
    for block in range(blocks):
        at = len(clusters)
        clusters += [
            ClusterRecord(f"h.{block}", "Block"),
            ClusterRecord(f"h.{block}.attn", "Attention", at),
            ClusterRecord(f"h.{block}.mlp", "MLP", at),
        ]
        for home, names in ((at + 1, ("mm", "softmax", "bmm")), (at + 2, ("addmm", "relu"))):
            leaf = -2 - len(nodes)
            path = clusters[home].path
            nodes.append(NodeRecord(leaf, "parameter", f"{path}.weight", "AccumulateGrad", cluster=home, shape=(4, 4),
                                    dtype="float32", names=(f"{path}.weight",)))  # fmt: skip
            edges.append(EdgeRecord(leaf, last + 1, 0, 1))
            for name in names:
                nodes.append(NodeRecord(last + 1, "function", name, f"{name.title()}Backward0", f"torch.{name}", home,
                                        "/code/gpt.py", 10 + home, (2, 4), "float32"))  # fmt: skip
                edges.append(EdgeRecord(last, last + 1))
                last += 1
    nodes.append(NodeRecord(-1000, "loss", "loss", shape=(), dtype="float32"))
    edges.append(EdgeRecord(last, -1000))
    return GraphRecord(signature, "autograd", tuple(nodes), tuple(edges), tuple(clusters))


def deep_parameters(blocks: int = 6) -> tuple[ParameterRecord, ...]:
    """Those of `deep_record`, and one that is frozen and unused."""
    inside = [f"h.{block}.{part}.weight" for block in range(blocks) for part in ("attn", "mlp")]
    return (
        ParameterRecord(("wte.weight", "head.weight"), (10, 4), "float32"),
        *(ParameterRecord((name,), (4, 4), "float32") for name in inside),
        ParameterRecord(("spare.weight",), (3,), "float32", False),
    )


def measured(run: int, step: int, values: dict[MeasureKind, dict[int, float]], signature: str = "deep") -> Measured:
    """What an engine would tell of these nodes."""
    return Measured(
        run,
        step,
        signature,
        tuple(
            ColumnRecord(kind, np.array(list(of), "<i4").tobytes(), np.array(list(of.values()), "<f8").tobytes())
            for kind, of in values.items()
        ),
    )
