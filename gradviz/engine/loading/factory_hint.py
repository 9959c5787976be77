"""Writes the factory that is missing: a line of Python with inputs that fit the model, as far as they can be told."""

from __future__ import annotations

from torch import nn


def sketch_of_factory(module: nn.Module | None = None, model: str = "") -> str:
    """Return `def build(): return Net(), torch.randn(8, 16)`, for a model's first layer; a pattern without a model.

    `model` is the expression that gives it, if there is one other than a function called `build`.
    """
    if module is None:
        return "def build(): return MyModel(), torch.randn(8, 16)"
    if model in ("", "build"):
        model = f"{type(module).__name__}(…)"
    return f"def build(): return {model}, {_inputs_for(module)}"


def _inputs_for(module: nn.Module) -> str:
    """Return the call that makes inputs for the first layer that shows what it takes."""
    for layer in module.modules():
        if isinstance(layer, nn.Embedding):
            return f"torch.randint({layer.num_embeddings}, (8, 16))"
        if isinstance(layer, nn.Conv1d | nn.Conv2d | nn.Conv3d):
            sides = ", ".join(["32"] * (layer.weight.ndim - 2))
            return f"torch.randn(8, {layer.in_channels}, {sides})"
        if isinstance(layer, nn.Linear):
            return f"torch.randn(8, {layer.in_features})"
        if isinstance(layer, nn.RNNBase):
            return f"torch.randn(16, 8, {layer.input_size})"
    return "torch.randn(8, 16)"
