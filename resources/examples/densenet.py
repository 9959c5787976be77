"""DenseNet-121: each layer takes the features of all layers before it, which gives a graph of dense skips."""

import torch
from torch import nn

import gradviz


class Layer(nn.Module):
    def __init__(self, features, growth):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(features)
        self.conv1 = nn.Conv2d(features, 4 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(4 * growth)
        self.conv2 = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

    def forward(self, before):
        x = self.conv1(self.norm1(torch.cat(before, 1)).relu())
        return self.conv2(self.norm2(x).relu())


class Block(nn.ModuleList):
    def forward(self, x):
        features = [x]
        for layer in self:
            features.append(layer(features))
        return torch.cat(features, 1)


def transition(features):
    return nn.Sequential(
        nn.BatchNorm2d(features), nn.ReLU(), nn.Conv2d(features, features // 2, 1, bias=False), nn.AvgPool2d(2)
    )


class DenseNet(nn.Module):
    def __init__(self, layers, growth, classes):
        super().__init__()
        width = 2 * growth
        self.stem = nn.Sequential(
            nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2)
        )
        self.blocks = nn.ModuleList()
        self.transitions = nn.ModuleList()
        for number, count in enumerate(layers):
            self.blocks.append(Block(Layer(width + i * growth, growth) for i in range(count)))
            width += count * growth
            if number < len(layers) - 1:
                self.transitions.append(transition(width))
                width //= 2
        self.norm = nn.BatchNorm2d(width)
        self.classifier = nn.Linear(width, classes)

    def forward(self, x):
        x = self.blocks[0](self.stem(x))
        for change, block in zip(self.transitions, self.blocks[1:], strict=True):
            x = block(change(x))
        return self.classifier(self.norm(x).relu().mean((2, 3)))


def build(growth=8, size=64):
    images, classes = torch.randn(4, 3, size, size), torch.randint(10, (4,))
    model = DenseNet((6, 12, 24, 16), growth, 10)
    optimizer = ("SGD", {"lr": 0.01, "momentum": 0.9})
    loss = nn.CrossEntropyLoss()
    return gradviz.Experiment(model, images, targets=classes, loss=loss, optimizer=optimizer)
