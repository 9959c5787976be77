"""A bug to find: backward cannot start, since no gradient leads from the loss to any parameter.

The class with the highest score is an integer, and integers have no gradient. Run, and see which op lost it. The cure
is a loss of the scores themselves.
"""

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, features, classes):
        super().__init__()
        self.scores = nn.Linear(features, classes)

    def forward(self, x):
        scores = torch.tanh(self.scores(x))
        return scores.argmax(dim=1).float()


def build(rows=8, features=4, classes=3):
    return Classifier(features, classes), torch.randn(rows, features), lambda output: output.square().mean()
