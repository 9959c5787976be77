"""Two layers in NumPy: forward and backward, both by hand."""

import numpy as np

from gradviz.experiment import Experiment


class TwoLayers:
    """y_pred = max(x · w1, 0) · w2, with the gradients derived with pencil and paper."""

    def __init__(self, n, d_in, h, d_out):
        self.x = np.random.randn(n, d_in)
        self.y = np.random.randn(n, d_out)
        self.w1 = np.random.randn(d_in, h)
        self.w2 = np.random.randn(h, d_out)

    def forward(self, x):
        self.h = x.dot(self.w1)
        self.h_relu = np.maximum(self.h, 0)
        self.y_pred = self.h_relu.dot(self.w2)
        return self.y_pred

    __call__ = forward

    def loss(self, y_pred, y):
        return np.square(y_pred - y).sum()

    def backward(self, x, y):
        grad_y_pred = 2.0 * (self.y_pred - y)
        self.grad_w2 = self.h_relu.T.dot(grad_y_pred)
        grad_h_relu = grad_y_pred.dot(self.w2.T)
        grad_h = grad_h_relu.copy()
        grad_h[self.h < 0] = 0
        self.grad_w1 = x.T.dot(grad_h)

    def update(self, learning_rate):
        self.w1 -= learning_rate * self.grad_w1
        self.w2 -= learning_rate * self.grad_w2


def build(n=64, d_in=1000, h=100, d_out=10):
    net = TwoLayers(n, d_in, h, d_out)
    return Experiment(
        net,
        inputs=net.x,
        targets=net.y,
        loss=net.loss,
        parameters=("w1", "w2"),
        backward=net.backward,
        update=net.update,
    )
