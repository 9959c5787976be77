"""Loops and layers over time."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.engine.truth.expectations import captured, drawn, golden
from tests.engine.truth.models import Model, total


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="without oneDNN an LSTM is many nodes")
def test_an_lstm_of_two_layers() -> None:
    def make() -> object:
        state = torch.randn(2, 2, 4), torch.zeros(2, 2, 4)
        return nn.LSTM(3, 4, 2), (torch.randn(5, 2, 3), state), lambda out: out[0].sum()

    assert drawn(captured(make)) == golden("""
        x[0] data
        weight_ih_l0 parameter
        weight_hh_l0 parameter
        bias_ih_l0 parameter
        bias_hh_l0 parameter
        x[1][0] data
        x[1][1] data
        0 mkldnn_rnn_layer MkldnnRnnLayerBackward0 <- x[0], weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, x[1][0], x[1][1]
        weight_ih_l1 parameter
        weight_hh_l1 parameter
        bias_ih_l1 parameter
        bias_hh_l1 parameter
        'initial state' stub (the initial state of this layer or direction)
        'initial state' stub (the initial state of this layer or direction)
        1 mkldnn_rnn_layer MkldnnRnnLayerBackward0 <- 0:0, weight_ih_l1, weight_hh_l1, bias_ih_l1, bias_hh_l1, 'initial state', 'initial state'
        2 stack StackBackward0 <- 0:1, 1:1
        3 stack StackBackward0 <- 0:2, 1:2
        4 sum SumBackward0 <- 1:0
        output[1][0] <- 2
        output[1][1] <- 3
        loss <- 4
    """)  # noqa: E501


def test_a_loop_over_a_cell_has_one_call_for_each_step_and_one_leaf_for_each_weight() -> None:
    def forward(m: Model, x: torch.Tensor) -> torch.Tensor:
        h = torch.zeros(2, 4)
        for t in range(2):
            h = m.cell(x[t], h)
        return h

    graph = captured(lambda: (Model(forward, cell=nn.GRUCell(3, 4)), torch.randn(2, 2, 3), total))
    assert drawn(graph) == golden("""
        cell.weight_ih parameter
        0 t TBackward0 @cell#1 <- cell.weight_ih
        cell.bias_ih parameter
        'getitem' stub @cell#1 (made from x by torch.Tensor.__getitem__; nothing it was made from wants a gradient)
        1 addmm AddmmBackward0 @cell#1 <- cell.bias_ih, 'getitem', 0
        2 unsafe_split UnsafeSplitBackward0 @cell#1 <- 1
        cell.weight_hh parameter
        3 t TBackward0 @cell#1 <- cell.weight_hh
        cell.bias_hh parameter
        'zeros' stub @cell#1 (made by torch.zeros; nothing it was made from wants a gradient)
        4 addmm AddmmBackward0 @cell#1 <- cell.bias_hh, 'zeros', 3
        5 unsafe_split UnsafeSplitBackward0 @cell#1 <- 4
        6 add AddBackward0 @cell#1 <- 5:0, 2:0
        7 sigmoid SigmoidBackward0 @cell#1 <- 6
        8 add AddBackward0 @cell#1 <- 5:1, 2:1
        9 sigmoid SigmoidBackward0 @cell#1 <- 8
        10 mul MulBackward0 @cell#1 <- 5:2, 7
        11 add AddBackward0 @cell#1 <- 2:2, 10
        12 tanh TanhBackward0 @cell#1 <- 11
        'hidden state' stub @cell#1 (the state that the cell was given)
        13 sub SubBackward0 @cell#1 <- 'hidden state', 12
        14 mul MulBackward0 @cell#1 <- 13, 9
        15 add AddBackward0 @cell#1 <- 14, 12
        16 t TBackward0 @cell#2 <- cell.weight_ih
        'getitem' stub @cell#2 (made from x by torch.Tensor.__getitem__; nothing it was made from wants a gradient)
        17 addmm AddmmBackward0 @cell#2 <- cell.bias_ih, 'getitem', 16
        18 unsafe_split UnsafeSplitBackward0 @cell#2 <- 17
        19 t TBackward0 @cell#2 <- cell.weight_hh
        20 addmm AddmmBackward0 @cell#2 <- cell.bias_hh, 15, 19
        21 unsafe_split UnsafeSplitBackward0 @cell#2 <- 20
        22 add AddBackward0 @cell#2 <- 21:0, 18:0
        23 sigmoid SigmoidBackward0 @cell#2 <- 22
        24 add AddBackward0 @cell#2 <- 21:1, 18:1
        25 sigmoid SigmoidBackward0 @cell#2 <- 24
        26 mul MulBackward0 @cell#2 <- 21:2, 23
        27 add AddBackward0 @cell#2 <- 18:2, 26
        28 tanh TanhBackward0 @cell#2 <- 27
        29 sub SubBackward0 @cell#2 <- 15, 28
        30 mul MulBackward0 @cell#2 <- 29, 25
        31 add AddBackward0 @cell#2 <- 30, 28
        32 sum SumBackward0 <- 31
        loss <- 32
    """)
    assert [(c.path, c.class_name, c.use, c.uses) for c in graph.clusters] == [
        ("cell", "GRUCell", 1, 2),
        ("cell", "GRUCell", 2, 2),
    ]


def test_packed_sequences_of_given_lengths() -> None:
    def forward(m: Model, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True)
        output, _ = m.rnn(packed)
        return nn.utils.rnn.pad_packed_sequence(output, batch_first=True)[0]

    make = lambda: (  # noqa: E731
        Model(forward, rnn=nn.RNN(3, 4, batch_first=True)),
        (torch.randn(2, 2, 3), torch.tensor([2, 1])),
        total,
    )
    assert drawn(captured(make)) == golden("""
        rnn.weight_ih_l0 parameter @rnn
        0 t TBackward0 @rnn <- rnn.weight_ih_l0
        rnn.bias_ih_l0 parameter @rnn
        'pack_padded_sequence' stub @rnn (made from x[0], x[1] by torch._pack_padded_sequence; nothing it was made from wants a gradient)
        1 addmm AddmmBackward0 @rnn <- rnn.bias_ih_l0, 'pack_padded_sequence', 0
        2 slice SliceBackward0 @rnn <- 1
        rnn.weight_hh_l0 parameter @rnn
        3 t TBackward0 @rnn <- rnn.weight_hh_l0
        rnn.bias_hh_l0 parameter @rnn
        'zeros' stub @rnn (made by torch.zeros; nothing it was made from wants a gradient)
        4 addmm AddmmBackward0 @rnn <- rnn.bias_hh_l0, 'zeros', 3
        5 add AddBackward0 @rnn <- 4, 2
        6 tanh TanhBackward0 @rnn <- 5
        7 slice SliceBackward0 @rnn <- 1
        9 slice SliceBackward0 @rnn <- 6
        10 t TBackward0 @rnn <- rnn.weight_hh_l0
        11 addmm AddmmBackward0 @rnn <- rnn.bias_hh_l0, 9, 10
        12 add AddBackward0 @rnn <- 11, 7
        13 tanh TanhBackward0 @rnn <- 12
        'pack_padded_sequence' stub @rnn (made from x[0], x[1] by torch._pack_padded_sequence; nothing it was made from wants a gradient)
        14 cat CatBackward0 @rnn <- 6, 13, 'pack_padded_sequence'
        17 slice SliceBackward0 <- 14
        18 view ViewBackward0 <- 17
        'constant' stub (made inside torch._pad_packed_sequence; autograd does not follow it)
        19 copy_slices CopySlices <- 'constant', 18
        20 slice SliceBackward0 <- 14
        21 view ViewBackward0 <- 20
        22 copy_slices CopySlices <- 19, 21
        'pack_padded_sequence' stub (made from x[0], x[1] by torch._pack_padded_sequence; nothing it was made from wants a gradient)
        23 transpose TransposeBackward0 <- 22, 'pack_padded_sequence'
        24 sum SumBackward0 <- 23
        loss <- 24
    """)  # noqa: E501
