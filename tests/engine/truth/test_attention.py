"""Attention: each op inside is seen, and the fast path stays the fast path."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from gradviz.engine.capture.op_recorder import Capture
from gradviz.protocol.records import GraphRecord
from tests.engine.truth.expectations import captured, drawn, golden
from tests.engine.truth.models import Model, total, weight
from tests.engine.truth.untouched import torch_globals


def ops(graph: GraphRecord) -> list[str]:
    return [node.op.removeprefix("torch.") for node in graph.nodes if node.id >= 0]


def test_the_ops_inside_multi_head_attention_are_seen_one_by_one() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        return m.attention(x, x, x, need_weights=False)[0]

    make = lambda: (Model(forward, attention=nn.MultiheadAttention(4, 2)), torch.randn(3, 2, 4), total)  # noqa: E731
    graph = captured(make)
    assert drawn(graph) == golden("""
        attention.in_proj_weight parameter @attention
        0 t TBackward0 @attention <- attention.in_proj_weight
        attention.in_proj_bias parameter @attention
        x data
        1 addmm AddmmBackward0 @attention <- attention.in_proj_bias, x, 0
        2 view ViewBackward0 @attention <- 1
        3 view ViewBackward0 @attention <- 2
        4 unsqueeze UnsqueezeBackward0 @attention <- 3
        5 transpose TransposeBackward0 @attention <- 4
        6 squeeze SqueezeBackward1 @attention <- 5
        7 clone CloneBackward0 @attention <- 6
        8 select SelectBackward0 @attention <- 7
        9 select SelectBackward0 @attention <- 7
        10 select SelectBackward0 @attention <- 7
        11 view ViewBackward0 @attention <- 8
        12 transpose TransposeBackward0 @attention <- 11
        13 view ViewBackward0 @attention <- 9
        14 transpose TransposeBackward0 @attention <- 13
        15 view ViewBackward0 @attention <- 10
        16 transpose TransposeBackward0 @attention <- 15
        17 view ViewBackward0 @attention <- 12
        18 view ViewBackward0 @attention <- 14
        19 view ViewBackward0 @attention <- 16
        20 scaled_dot_product_flash_attention_for_cpu ScaledDotProductFlashAttentionForCpuBackward0 @attention <- 17, 18, 19
        21 permute PermuteBackward0 @attention <- 20
        22 view ViewBackward0 @attention <- 21
        attention.out_proj.weight parameter @attention
        23 t TBackward0 @attention <- attention.out_proj.weight
        attention.out_proj.bias parameter @attention
        24 addmm AddmmBackward0 @attention <- attention.out_proj.bias, 22, 23
        25 view ViewBackward0 @attention <- 24
        26 sum SumBackward0 <- 25
        loss <- 26
    """)  # noqa: E501
    assert ops(graph)[:4] == [*["nn.functional.linear"] * 3, "Tensor.unflatten"]
    assert "nn.functional.scaled_dot_product_attention" in ops(graph)
    assert "nn.functional.multi_head_attention_forward" not in ops(graph)


def test_attention_that_gives_its_weights_and_drops_some() -> None:
    def forward(m: Model, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        output, weights = m.attention(x, x, x, key_padding_mask=mask)
        return output.sum() + weights.sum()

    def make() -> object:
        model = Model(forward, attention=nn.MultiheadAttention(4, 2, dropout=0.5, batch_first=True))
        return model, (torch.randn(1, 3, 4), torch.tensor([[False, False, True]])), total

    graph = captured(make)
    found = [op.rpartition(".")[2] for op in ops(graph)]
    assert [op for op in found if op in ("baddbmm", "softmax", "dropout", "bmm", "mean")] == [
        "baddbmm",
        "softmax",
        "dropout",
        "bmm",
        "mean",
    ]
    masks = [node for node in graph.nodes if node.kind == "stub" and node.name == "mask"]
    assert [node.note for node in masks] == ["what dropout keeps; 0 where it drops a value, else 1 / (1 − p)"]
    assert all(node.line for node in graph.nodes if node.id >= 0)


def test_scaled_dot_product_attention_on_its_own() -> None:
    def forward(m: Model, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return F.scaled_dot_product_attention(m.q, m.k, x, attn_mask=mask)

    def make() -> object:
        return Model(forward, q=weight(1, 2, 3, 4), k=weight(1, 2, 3, 4)), (torch.randn(1, 2, 3, 4), mask), total

    mask = torch.ones(3, 3, dtype=torch.bool).tril()
    graph = captured(make)
    assert {"x[0]", "x[1]"} <= {node.name for node in graph.nodes if node.kind == "data"}
    assert all(edge.input_nr >= 0 for edge in graph.edges)


def test_the_encoder_in_training() -> None:
    graph = captured(lambda: (nn.TransformerEncoderLayer(4, 2, 8, batch_first=True), torch.randn(2, 3, 4), total))
    assert [(c.path, c.class_name) for c in graph.clusters] == [
        ("self_attn", "MultiheadAttention"),
        ("dropout1", "Dropout"),
        ("norm1", "LayerNorm"),
        ("linear1", "Linear"),
        ("dropout", "Dropout"),
        ("linear2", "Linear"),
        ("dropout2", "Dropout"),
        ("norm2", "LayerNorm"),
    ]
    parameters = {name for node in graph.nodes if node.kind == "parameter" for name in node.names}
    assert parameters == {name for name, _ in nn.TransformerEncoderLayer(4, 2, 8).named_parameters()}


FAST = (
    lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True),
    lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2),
    lambda: SelfAttention(),
)


class SelfAttention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        output: torch.Tensor = self.attention(x, x, x, need_weights=False)[0]
        return output


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("make", FAST)
def test_looking_keeps_the_fast_path(make: type[nn.Module], mode: type[torch.no_grad]) -> None:
    torch.manual_seed(0)
    model = make().eval()
    x = torch.randn(2, 3, 8)
    with mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own, on nested tensors
        plain = model(x)
        before = torch_globals()
        capture = Capture(model)
        with capture.watching():
            looked_at = model(x)
        assert torch_globals() == before
    fast = [op.name for op in capture.ops if "_fwd" in op.name or "native_multi_head_attention" in op.name]
    assert fast
    assert torch.equal(looked_at, plain)


def test_another_mode_of_the_user_still_switches_the_fast_path_off() -> None:
    class Theirs(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return func(*args, **(kwargs or {}))

    model = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True).eval()
    x = torch.randn(2, 3, 8)
    with torch.no_grad():
        with Theirs():
            plain = model(x)
        capture = Capture(model)
        with capture.watching(), Theirs():
            looked_at = model(x)
    assert torch.equal(looked_at, plain)
    assert not any("_fwd" in op.name for op in capture.ops)


def test_a_mistake_that_the_composite_finds_is_reported_as_its_own() -> None:
    reported: list[str] = []

    class Listener:
        def before(self, op: object, inputs: object, out: object) -> str:
            return "here"

        def after(self, op: object, here: object, result: object, new: object) -> None: ...
        def unseen(self, op: object, nodes: object, outputs: object) -> None: ...
        def raised(self, op: object, here: object, inputs: object, error: Exception) -> None:
            reported.append(op.name)  # type: ignore[attr-defined]

    capture = Capture()
    capture.steps = Listener()
    with pytest.raises(AssertionError, match="embedding"), capture.watching():
        nn.MultiheadAttention(4, 2)(*[torch.randn(3, 2, 6)] * 3)
    assert reported == ["torch.nn.functional.multi_head_attention_forward"]


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("normalize", lambda x: F.normalize(x)),
        ("softmin", lambda x: F.softmin(x, dim=0)),
        ("softsign", F.softsign),
        ("tanhshrink", F.tanhshrink),
        ("gumbel_softmax", lambda x: F.gumbel_softmax(x, hard=True)),
        ("local_response_norm", lambda x: F.local_response_norm(x[None, :, :, None], 2)),
        ("lp_pool1d", lambda x: F.lp_pool1d(x[None], 2, 2)),
        ("lp_pool2d", lambda x: F.lp_pool2d(x[None], 2, 2)),
        ("gaussian_nll_loss", lambda x: F.gaussian_nll_loss(x, torch.zeros(4, 4), torch.ones(4, 4))),
        ("multilabel_soft_margin_loss", lambda x: F.multilabel_soft_margin_loss(x, torch.ones(4, 4))),
        ("triplet_margin_with_distance_loss", lambda x: F.triplet_margin_with_distance_loss(x, x + 1, x * 2)),
    ],
)
def test_composites_give_the_same_bits_and_show_their_ops(name: str, call: object) -> None:
    make = lambda: (Model(lambda m, x: call(m.w * x).sum(), w=weight(4, 4)), torch.randn(4, 4), total)  # type: ignore[operator] # noqa: E731
    found = ops(captured(make))
    assert f"nn.functional.{name}" not in found
    assert len(set(found)) > 3
