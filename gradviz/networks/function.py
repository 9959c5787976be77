"""Two layers with an operation of our own: its forward and its backward, which autograd calls."""

import torch

from gradviz.experiment import Experiment


class MyReLU(torch.autograd.Function):
    """max(input, 0). What backward needs, forward saves."""

    @staticmethod
    def forward(ctx, input):
        """Return max(input, 0), of any shape."""
        ctx.save_for_backward(input)
        return input.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        """Return the gradient of input: grad_output where input was not negative."""
        (input,) = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input


def build(n=64, d_in=1000, h=100, d_out=10):
    """Return the experiment: x (n, d_in), y (n, d_out), and weights for h hidden units."""
    x = torch.randn(n, d_in)
    y = torch.randn(n, d_out)
    w1 = torch.randn(d_in, h, requires_grad=True)
    w2 = torch.randn(h, d_out, requires_grad=True)

    def forward(x):
        h = x.mm(w1)
        h_relu = MyReLU.apply(h)
        return h_relu.mm(w2)

    def loss_of(y_pred, y):
        return (y_pred - y).pow(2).sum()

    def zero_grad():
        # backward() adds to .grad: what is there from the iteration before must go first.
        w1.grad = None
        w2.grad = None

    def update(learning_rate):
        with torch.no_grad():
            for w in (w1, w2):
                w -= learning_rate * w.grad

    return Experiment(
        forward,
        inputs=x,
        targets=y,
        loss=loss_of,
        parameters={"w1": w1, "w2": w2},
        zero_grad=zero_grad,
        update=update,
    )
