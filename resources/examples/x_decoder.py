"""A decoder of x-transformers that predicts the next of random words, rotary positions. Needs x-transformers."""

import torch
from x_transformers import AutoregressiveWrapper, Decoder, TransformerWrapper


def build(depth=6, dim=128, length=32):
    layers = Decoder(dim=dim, depth=depth, heads=4, rotary_pos_emb=True)
    model = AutoregressiveWrapper(TransformerWrapper(num_tokens=1000, max_seq_len=length, attn_layers=layers))
    return model, torch.randint(1000, (4, length)), lambda loss: loss
