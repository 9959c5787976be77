"""A small Vision Transformer of vit-pytorch, on random images and classes. Needs vit-pytorch."""

import torch
from torch.nn.functional import cross_entropy
from vit_pytorch import ViT

import gradviz


def build(depth=6, dim=128):
    model = ViT(image_size=64, patch_size=16, num_classes=10, dim=dim, depth=depth, heads=4, mlp_dim=2 * dim)
    images, classes = torch.randn(8, 3, 64, 64), torch.randint(10, (8,))
    return gradviz.Experiment(model, images, targets=classes, loss=cross_entropy, optimizer=("AdamW", {"lr": 3e-4}))
