"""T5 of Hugging Face with random weights: encoder and decoder share one embedding. Needs transformers."""

import torch
from transformers import T5Config, T5ForConditionalGeneration


def build(layers=3, width=128, length=24):
    config = T5Config(
        vocab_size=1000, d_model=width, d_kv=width // 4, d_ff=4 * width, num_layers=layers, num_heads=4,
        decoder_start_token_id=0, use_cache=False,
    )  # fmt: skip
    words = torch.randint(config.vocab_size, (4, length))
    return T5ForConditionalGeneration(config), {"input_ids": words, "labels": words}, lambda output: output.loss
