"""A small ConvNet that learns to read handwritten digits, from mini-batches of real images."""

import numpy as np
import torch
from torch import nn

from gradviz.assets import asset
from gradviz.experiment import Experiment


class ConvNet(nn.Module):
    """Two convolutions, each followed by a pooling, and a linear layer."""

    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(channels, 2 * channels, kernel_size=3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.classify = nn.Linear(2 * channels * 2 * 2, 10)

    def forward(self, images):
        """Return logits (batch, 10) for images (batch, 1, 8, 8)."""
        h = self.pool(self.conv1(images).relu())
        h = self.pool(self.conv2(h).relu())
        return self.classify(h.flatten(1))


def load_digits():
    """Return images (1797, 1, 8, 8) from 0 to 1, labels (1797,)."""
    with np.load(asset("data/digits.npz")) as data:
        images = torch.from_numpy(data["images"]).float() / 16
        labels = torch.from_numpy(data["labels"]).long()
    return images.unsqueeze(1), labels


def build(batch_size=64, channels=8):
    """Return the experiment: batches of images and labels, in a new order in each epoch."""
    images, labels = load_digits()
    model = ConvNet(channels)
    loss_fn = nn.CrossEntropyLoss()

    def batches():
        # Each epoch takes all images once, in an order of its own.
        while True:
            for rows in torch.randperm(len(images)).split(batch_size):
                yield images[rows], labels[rows]

    return Experiment(model, loss=loss_fn, optimizer=("Adam", {"lr": 3e-3}), batches=batches)
