"""An ordinary training script: a classifier of points, with batches, an evaluation, and a schedule.

    python train_script.py --epochs 3      # as ever
    gradviz train_script.py --epochs 3     # the same, in the window

Nothing in it is made for gradviz. `gradviz.watch` says which model and optimizer are meant where a script has several;
this one could do without.
"""

import argparse

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import gradviz


class Classifier(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh())
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(hidden, 2)

    def forward(self, points):
        return self.head(self.dropout(self.body(points)))


def rings(count):
    """Points of two rings, and which ring each is of."""
    labels = torch.randint(0, 2, (count,))
    angles = torch.rand(count) * 2 * torch.pi
    radii = 1.0 + labels + 0.1 * torch.randn(count)
    return TensorDataset(torch.stack((radii * angles.cos(), radii * angles.sin()), dim=1), labels)


@torch.no_grad()
def accuracy(model, loader):
    model.eval()
    right = sum((model(points).argmax(dim=1) == labels).sum().item() for points, labels in loader)
    model.train()
    return right / len(loader.dataset)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rate", type=float, default=0.05)
    arguments = parser.parse_args()

    torch.manual_seed(0)
    training = DataLoader(rings(512), batch_size=64, shuffle=True)
    testing = DataLoader(rings(256), batch_size=256)
    model = Classifier()
    optimizer = torch.optim.SGD(model.parameters(), lr=arguments.rate, momentum=0.9)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, arguments.epochs)
    gradviz.watch(model, optimizer)

    for epoch in range(arguments.epochs):
        for points, labels in training:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(points), labels)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        schedule.step()
        print(f"epoch {epoch}: accuracy {accuracy(model, testing):.3f}")


if __name__ == "__main__":
    main()
