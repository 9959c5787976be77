"""GPT-2 of Hugging Face with random weights: four blocks, embedding and head tied. Needs transformers."""

import torch
from transformers import GPT2Config, GPT2LMHeadModel


def build(layers=4, width=128, length=32):
    config = GPT2Config(
        vocab_size=1000, n_positions=length, n_embd=width, n_layer=layers, n_head=4, use_cache=False,
        bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    words = torch.randint(config.vocab_size, (4, length))
    return GPT2LMHeadModel(config), {"input_ids": words, "labels": words}, lambda output: output.loss
