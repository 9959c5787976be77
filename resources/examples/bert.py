"""BERT of Hugging Face with random weights: four layers, a head that predicts masked words. Needs transformers."""

import torch
from transformers import BertConfig, BertForMaskedLM


def build(layers=4, width=128, length=32):
    config = BertConfig(
        vocab_size=1000, hidden_size=width, num_hidden_layers=layers, num_attention_heads=4, intermediate_size=4 * width
    )
    words = torch.randint(config.vocab_size, (4, length))
    inputs = {"input_ids": words, "attention_mask": torch.ones_like(words), "labels": words}
    return BertForMaskedLM(config), inputs, lambda output: output.loss
