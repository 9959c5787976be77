"""A bug to find: the loss falls for 200 iterations, and then it leaps to a hundred times what it was.

Which rows did it, and which module did they move? One batch of the data has a row whose numbers were never scaled. Set
the trap on spikes, run, and ask for the rows of the batch: one alone has nearly all of the loss.
"""

import torch
from torch import nn

import gradviz


class Net(nn.Module):
    def __init__(self, features, width):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(features, width), nn.Tanh())
        self.head = nn.Linear(features + width, 1)

    def forward(self, x):
        return self.head(torch.cat([x, self.body(x)], dim=1))


def batches(rows, features, bad_batch=200, bad_row=5):
    truth = torch.randn(features, 1)
    number = 0
    while True:
        x = torch.randn(rows, features)
        y = x @ truth
        if number == bad_batch:
            x[bad_row] *= 1000  # in grams, not in kilograms
        number += 1
        yield x, y


def build(rows=16, features=8, width=32, rate=0.01):
    return gradviz.Experiment(
        Net(features, width),
        loss=nn.functional.mse_loss,
        optimizer=("Adam", {"lr": rate}),
        batches=lambda: batches(rows, features),
    )
