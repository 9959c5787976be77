"""A GPT-like decoder of 48 blocks, with what keeps gradients from parameters: frozen, detached, unused, an argmax."""

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

import gradviz


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.c_attn = nn.Linear(width, 3 * width)
        self.c_proj = nn.Linear(width, width)

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = self.c_attn(x).split(width, dim=2)
        q, k, v = (t.view(batch, length, self.heads, -1).transpose(1, 2) for t in (q, k, v))
        scores = q @ k.transpose(-2, -1) / q.size(-1) ** 0.5
        mask = torch.ones(length, length, dtype=torch.bool, device=x.device).tril()
        weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=-1)
        return self.c_proj((weights @ v).transpose(1, 2).reshape(batch, length, width))


class MLP(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.c_fc = nn.Linear(width, 4 * width)
        self.act = nn.GELU()
        self.c_proj = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.c_proj(self.act(self.c_fc(x)))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.ln_1 = nn.LayerNorm(width)
        self.attn = Attention(width, heads)
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = MLP(width)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Decoder(nn.Module):
    def __init__(self, words, width, heads, blocks, length):
        super().__init__()
        self.wte = nn.Embedding(words, width)
        self.wpe = nn.Embedding(length, width)
        self.wpe.weight.requires_grad = False  # frozen
        self.router = nn.Linear(width, 4)
        self.h = nn.ModuleList([Block(width, heads) for _ in range(blocks)])
        self.ln_f = nn.LayerNorm(width)
        self.lm_head = nn.Linear(width, words, bias=False)
        self.lm_head.weight = self.wte.weight  # one tensor, two names
        self.probe = nn.Linear(width, 1, bias=False)
        self.aux_head = nn.Linear(width, 2, bias=False)  # nobody calls it

    def forward(self, words):
        x = self.wte(words) + self.wpe(torch.arange(words.size(1), device=words.device))
        route = self.router(x).argmax(dim=-1)  # no gradient comes back through a choice
        x = x + 0.01 * route.unsqueeze(-1)
        for block in self.h:
            x = block(x)
        x = self.ln_f(x)
        x = x + self.probe(x).detach()  # what it adds is used, and never trained
        return self.lm_head(x)


def next_word(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def build(blocks=48, width=64, heads=4, length=16):
    model = Decoder(200, width, heads, blocks, length)
    text = torch.randint(200, (2, length + 1))
    optimizer = ("AdamW", {"lr": 3e-4})
    return gradviz.Experiment(model, text[:, :-1], targets=text[:, 1:], loss=next_word, optimizer=optimizer)
