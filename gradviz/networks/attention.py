"""One transformer block that learns to continue a sonnet, a character at a time."""

import torch
from torch import nn
from torch.nn import functional as F

from gradviz.assets import asset
from gradviz.experiment import Experiment


class SelfAttention(nn.Module):
    """Causal self-attention with several heads."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        """Return (batch, length, width) for x of the same shape."""
        batch, length, width = x.shape
        # (batch, length, 3 * width) -> three times (batch, heads, length, width / heads)
        q, k, v = (part.view(batch, length, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        scores = q @ k.transpose(-2, -1) / (width / self.heads) ** 0.5
        # A character must not see those that follow it.
        future = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(1)
        weights = scores.masked_fill(future, float("-inf")).softmax(dim=-1)
        return self.out((weights @ v).transpose(1, 2).reshape(batch, length, width))


class TransformerBlock(nn.Module):
    """Attention, then a two-layer network, each added to what came in."""

    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = SelfAttention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        """Return (batch, length, width) for x of the same shape."""
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class CharacterModel(nn.Module):
    """Characters in, for each the logits of the one that follows."""

    def __init__(self, characters, context, width, heads):
        super().__init__()
        self.token = nn.Embedding(characters, width)
        self.position = nn.Parameter(torch.zeros(context, width))
        self.block = TransformerBlock(width, heads)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, characters)

    def forward(self, tokens):
        """Return logits (batch, length, characters) for tokens (batch, length)."""
        x = self.token(tokens) + self.position[: tokens.shape[1]]
        return self.head(self.norm(self.block(x)))


def load_text():
    """Return the sonnets as numbers, and how many different characters there are."""
    text = asset("data/sonnets.txt").read_text(encoding="utf-8")
    alphabet = sorted(set(text))
    return torch.tensor([alphabet.index(character) for character in text]), len(alphabet)


def loss_of(logits, following):
    """Return the mean cross entropy of logits (batch, length, characters) and following (batch, length)."""
    return F.cross_entropy(logits.flatten(0, 1), following.flatten())


def build(batch_size=16, context=32, width=32, heads=4):
    """Return the experiment: batches of pieces of a sonnet, each with the piece one character further."""
    text, characters = load_text()
    model = CharacterModel(characters, context, width, heads)

    def batches():
        while True:
            starts = torch.randint(len(text) - context, (batch_size,))
            pieces = torch.stack([text[start : start + context + 1] for start in starts.tolist()])
            yield pieces[:, :-1], pieces[:, 1:]

    return Experiment(model, loss=loss_of, optimizer=("AdamW", {"lr": 3e-3}), batches=batches)
