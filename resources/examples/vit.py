"""The Vision Transformer of Hugging Face with random weights, on random images. Needs transformers."""

import torch
from transformers import ViTConfig, ViTForImageClassification


def build(layers=4, width=128, size=64):
    config = ViTConfig(
        hidden_size=width, num_hidden_layers=layers, num_attention_heads=4, intermediate_size=4 * width,
        image_size=size, patch_size=16, num_labels=10,
    )  # fmt: skip
    inputs = {"pixel_values": torch.randn(4, 3, size, size), "labels": torch.randint(10, (4,))}
    return ViTForImageClassification(config), inputs, lambda output: output.loss
