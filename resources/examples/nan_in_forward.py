"""A bug to find: the loss is NaN from the first iteration on.

Which op made the first NaN? The entropy of a softmax takes the logarithm of probabilities that have underflowed to 0,
and 0 times −∞ is not a number. The cure is log_softmax, which never takes the logarithm of a probability.
"""

import torch
from torch import nn


class Entropy(nn.Module):
    def __init__(self, features, classes):
        super().__init__()
        self.scores = nn.Linear(features, classes)

    def forward(self, x):
        chances = self.scores(x).softmax(dim=1)
        return -(chances * chances.log()).sum(dim=1)


def build(rows=8, features=4, classes=5):
    x = torch.randn(rows, features)
    x[3] *= 500
    return Entropy(features, classes), x, lambda entropy: entropy.mean()
