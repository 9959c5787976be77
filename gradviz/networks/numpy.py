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
        """Return y_pred (n, d_out) for x (n, d_in)."""
        self.h = x.dot(self.w1)
        self.h_relu = np.maximum(self.h, 0)
        self.y_pred = self.h_relu.dot(self.w2)
        return self.y_pred

    __call__ = forward

    def loss(self, y_pred, y):
        """Return the sum of the squared errors, a scalar."""
        return np.square(y_pred - y).sum()

    def backward(self, x, y):
        """Derive grad_w1 (d_in, h) and grad_w2 (h, d_out), of the same shapes as their weights."""
        grad_y_pred = 2.0 * (self.y_pred - y)
        self.grad_w2 = self.h_relu.T.dot(grad_y_pred)
        grad_h_relu = grad_y_pred.dot(self.w2.T)
        grad_h = grad_h_relu.copy()
        grad_h[self.h < 0] = 0
        self.grad_w1 = x.T.dot(grad_h)

    def update(self, learning_rate):
        """Change the weights against their gradients."""
        self.w1 -= learning_rate * self.grad_w1
        self.w2 -= learning_rate * self.grad_w2


def build(n=64, d_in=1000, h=100, d_out=10):
    """Return the experiment: x (n, d_in), y (n, d_out), and weights for h hidden units."""
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
