"""A network made ready to train: model or tensors, data, loss, and how it is updated, on one device."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradviz.errors import GradvizError
from gradviz.experiment_arguments import (
    Batches,
    attribute_names,
    batch_maker,
    check_inputs,
    check_loss_function,
    check_optimizer,
)
from gradviz.language import tr
from gradviz.pytree import call_arguments, leaves, mapped, named_leaves

if TYPE_CHECKING:
    import numpy as np
    import torch

    Values = torch.Tensor | np.ndarray


class Experiment:
    """What a factory returns. Each method is one phase of an iteration, or one fact; the engine puts them together.

    An iteration is `next_batch`, `forward`, `compute_loss`, `zero_gradients`, `backward`, and then `manual_update` or
    the step of an optimizer.
    """

    def __init__(
        self,
        model: Callable[..., Any],
        inputs: Any = None,
        *,
        loss: Callable[..., Any] | None = None,
        targets: Any = None,
        optimizer: str | tuple[str, Mapping[str, Any]] | Callable[..., Any] | None = None,
        batches: Batches | Iterable[Any] | None = None,
        parameters: Mapping[str, Values] | Sequence[str] | None = None,
        backward: Callable[[Any, Any], None] | None = None,
        update: Callable[[float], None] | None = None,
        zero_grad: Callable[[], None] | None = None,
    ) -> None:
        """Describe an experiment.

        Args:
            model: an `nn.Module` or any callable.
            inputs: what the model is called with: a tuple holds positional arguments, a dict or another mapping
                keywords, `gradviz.pytree.Arguments` both; anything else (a list, a named tuple) is the only argument.
                With `batches` there is no need to give any.
            loss: `loss(output)` or, with targets, `loss(output, targets)`, a scalar. Without one: the sum, over every
                floating-point tensor in the output, of the mean of its square.
            targets: what the output is compared with.
            optimizer: a name in `torch.optim`, a name and its options, or what makes an optimizer of parameters: a
                class, or a function.
            batches: pairs of inputs and targets, or dicts of inputs: what can be gone through again and again, as a
                `DataLoader`, or what makes an iterator of them; begun again at its end. The first iteration takes the
                first.
            parameters: for a model that is no `nn.Module`: its tensors by name, or the names of its attributes.
            backward: `backward(inputs, targets)` derives the gradients by hand, and leaves the gradient of `w` in
                the model's `grad_w`. Then there is no autograd.
            update: `update(learning_rate)` changes the parameters by hand.
            zero_grad: forgets the gradients before backward adds to them. Without it, every `.grad` becomes None.

        Raises:
            GradvizError: an argument is nothing that could be used, or made already; the message has a way out.
        """
        if not callable(model):
            raise GradvizError(
                tr("The model is a {name}, which cannot be called; pass a module or function.").format(
                    name=type(model).__name__
                )
            )
        check_inputs(inputs)
        check_loss_function(loss)
        check_optimizer(optimizer)
        self.model = model
        self.inputs = inputs
        self.targets = targets
        self.optimizer = optimizer
        self._loss = loss
        self._batches = batch_maker(batches)
        self.batch_iterator: Iterator[tuple[Any, Any]] | None = None  # None begins with the first batch
        self._backward = backward
        self._update = update
        self._zero_grad = zero_grad
        self._device: str | None = None
        self._parameters = dict(parameters) if isinstance(parameters, Mapping) else {}
        self._attributes = () if self._parameters else attribute_names(model, parameters or ())

    # -- phases ---------------------------------------------------------------------------------------------------

    def next_batch(self, begins: Callable[[], object] = bool) -> None:
        """Take the next inputs and targets; without batches, the same again. `begins` is called where they begin.

        Raises:
            GradvizError: `batches` gives none, or something else than pairs.
        """
        if self._batches is None:
            return
        batch = next(self.batch_iterator, None) if self.batch_iterator is not None else None
        if batch is None:
            # An iterator over one epoch is meant to be begun again; at its end it may draw random numbers.
            begins()
            self.batch_iterator = _iterator_of(self._batches())
            batch = next(self.batch_iterator, None)
        self.inputs, self.targets = _pair(batch)
        if self._device is not None:
            self._move_data(self._device)

    def forward(self) -> Any:
        """Return the model's output."""
        positional, keywords = call_arguments(self.inputs)
        return self.model(*positional, **keywords)

    def compute_loss(self, output: Any) -> Any:
        """Return what `loss` gives, unchecked: `check_loss` checks whether backward can start from it."""
        if self._loss is None:
            return mean_of_squares(output)
        return self._loss(output) if self.targets is None else self._loss(output, self.targets)

    def zero_gradients(self) -> None:
        """Forget the gradients of the iteration before. By-hand gradients are not summed, so there is nothing to do."""
        if self._zero_grad is not None:
            self._zero_grad()
        elif self.has_autograd:
            for parameter in self.named_parameters().values():
                parameter.grad = None  # type: ignore[union-attr]

    def backward(self, loss: Any) -> None:
        """Compute the gradients of the loss: by autograd, or by the network's own code."""
        if self._backward is not None:
            self._backward(self.inputs, self.targets)
        else:
            loss.backward()

    def manual_update(self, learning_rate: float) -> None:
        """Update the parameters by the network's own code.

        Raises:
            GradvizError: it has none.
        """
        if self._update is None:
            raise GradvizError(tr("This network has no update of its own; choose an optimizer."))
        self._update(learning_rate)

    # -- facts ----------------------------------------------------------------------------------------------------

    @property
    def has_batches(self) -> bool:
        """Return False where every iteration takes the same inputs."""
        return self._batches is not None

    @property
    def adds_gradients(self) -> bool:
        """Return whether gradients may stay from one iteration to the next: the network forgets them itself."""
        return self._zero_grad is not None

    @property
    def has_manual_update(self) -> bool:
        """Return whether the network updates its parameters itself."""
        return self._update is not None

    @property
    def has_autograd(self) -> bool:
        """Return False where the gradients are derived by hand."""
        return self._backward is None

    @property
    def default_optimizer(self) -> tuple[str, dict[str, Any]]:
        """Return name and options of the optimizer that is used unless the user chooses another.

        `Manual` is the network's own update. Without any, SGD is used. An optimizer that a function makes has the name
        of the function and no options.
        """
        if self.optimizer is None:
            return ("Manual" if self.has_manual_update else "SGD"), {}
        if isinstance(self.optimizer, str):
            return self.optimizer, {}
        if isinstance(self.optimizer, tuple):
            name, options = self.optimizer
            return name, dict(options)
        return getattr(self.optimizer, "__name__", type(self.optimizer).__name__), {}

    @property
    def module(self) -> torch.nn.Module | None:
        """Return the model, if it is an `nn.Module`."""
        from torch import nn

        return self.model if isinstance(self.model, nn.Module) else None

    @property
    def attributes(self) -> tuple[str, ...]:
        """Return the names of the attributes that hold the parameters of a network by hand; empty for others."""
        return self._attributes

    def named_parameters(self) -> dict[str, Values]:
        """Return name → parameter; a tensor with two names is there twice."""
        module = self.module
        if module is not None:
            return dict(module.named_parameters(remove_duplicate=False))
        if self._attributes:
            return {name: getattr(self.model, name) for name in self._attributes}
        return dict(self._parameters)

    def named_tensors(self) -> dict[str, Values]:
        """Return every tensor that the user knows by name: parameters, buffers, inputs (`x`) and targets (`y`)."""
        named = dict(self.named_parameters())
        module = self.module
        if module is not None:
            named |= dict(module.named_buffers(remove_duplicate=False))
        data = {**named_leaves("x", self.inputs), **named_leaves("y", self.targets)}
        return {**data, **named}

    def gradients(self) -> dict[str, Values]:
        """Return parameter name → its gradient, of those that have one now."""
        if self.has_autograd:
            found = {name: getattr(value, "grad", None) for name, value in self.named_parameters().items()}
        else:
            found = {name: getattr(self.model, f"grad_{name}", None) for name in self._attributes}
        return {name: value for name, value in found.items() if value is not None}

    @property
    def loss(self) -> Callable[..., Any] | None:
        """Return the loss function; None where the default is used."""
        return self._loss

    # -- devices --------------------------------------------------------------------------------------------------

    def move_to(self, device: str) -> None:
        """Move parameters, their gradients, buffers, a loss that is a module, and data; later batches follow.

        A parameter stays the same object, so that optimizers and names still know it. No graph may be alive: autograd's
        nodes remember the device of their leaf.
        """
        self._device = device
        module = self.module
        if module is not None:
            module.to(device)
        else:
            # Assigning `.data` keeps the object; one object with two names moves once.
            for parameter in {id(p): p for p in self.named_parameters().values()}.values():
                _move_in_place(parameter, device)
        if callable(getattr(self._loss, "to", None)):
            self._loss.to(device)  # type: ignore[union-attr] # a module, which may hold weights of classes
        if not self.has_autograd:
            for name, gradient in self.gradients().items():
                setattr(self.model, f"grad_{name}", _moved(gradient, device))
        self._move_data(device)

    def _move_data(self, device: str) -> None:
        """Move inputs and targets.

        Raises:
            GradvizError: they contain themselves.
        """
        try:
            self.inputs = mapped(lambda leaf: _moved(leaf, device), self.inputs)
            self.targets = mapped(lambda leaf: _moved(leaf, device), self.targets)
        except RecursionError:
            raise GradvizError(
                tr(
                    "The inputs or targets refer back to themselves, or are nested too deep; pass plain tuples, lists"
                    " and dicts of tensors."
                )
            ) from None


def _moved(leaf: Any, device: str) -> Any:
    """Return `leaf` on `device` if it is a tensor, or an object of tensors that can be moved, else itself."""
    import torch

    movable = isinstance(leaf, torch.Tensor) or (callable(getattr(leaf, "to", None)) and not isinstance(leaf, type))
    return leaf.to(device) if movable else leaf


def _move_in_place(parameter: Values, device: str) -> None:
    """Move a tensor and its gradient; an array stays."""
    import torch

    if not isinstance(parameter, torch.Tensor):
        return
    # A gradient must agree with its tensor on the device whenever either is assigned.
    gradient, parameter.grad = parameter.grad, None
    parameter.data = parameter.data.to(device)
    if gradient is not None:
        parameter.grad = gradient.to(device)


def _iterator_of(made: Any) -> Iterator[Any]:
    try:
        return iter(made)
    except TypeError:
        kind = tr("nothing") if made is None else tr("a {name}").format(name=type(made).__name__)
        raise GradvizError(
            tr("`batches` made {kind}; let it return an iterator of pairs, or yield them.").format(kind=kind)
        ) from None


def _pair(batch: Any) -> tuple[Any, Any]:
    """Return inputs and targets of a batch; a dict is inputs alone.

    Raises:
        GradvizError: it is no pair; a tensor of two rows is none either.
    """
    if batch is None:
        raise GradvizError(tr("`batches` gives no batch; let it yield pairs of inputs and targets."))
    if isinstance(batch, Mapping):
        return batch, None
    if not isinstance(batch, tuple | list) or len(batch) != 2:
        name = type(batch).__name__
        if isinstance(batch, tuple | list):
            kind = tr("a {name} of {count}").format(name=name, count=len(batch))
        else:
            kind = tr("a {name}").format(name=name)
        raise GradvizError(
            tr("`batches` gave {kind}; let it yield pairs (inputs, targets), with None for no targets.").format(
                kind=kind
            )
        )
    return batch[0], batch[1]


def check_loss(experiment: Experiment, loss: Any) -> None:
    """Raise GradvizError if backward cannot start from `loss`: it is not a tensor, or has more than one number."""
    if not experiment.has_autograd:
        return
    import torch

    if not isinstance(loss, torch.Tensor):
        kind = tr("nothing") if loss is None else tr("a {name}").format(name=type(loss).__name__)
        raise GradvizError(
            tr("The loss gave {kind}; let it return a tensor of one number, without .item().").format(kind=kind)
        )
    if loss.numel() != 1:
        shape = " × ".join(map(str, loss.shape))
        raise GradvizError(
            tr(
                "The loss gave a tensor of shape {shape}, and backward starts from one number; return .mean() or"
                " .sum() of it."
            ).format(shape=shape)
        )
    if loss.is_complex():
        raise GradvizError(tr("The loss is a complex number, and backward starts from a real one; return its .abs()."))


def mean_of_squares(output: Any) -> Any:
    """Return the sum, over every floating-point tensor in `output`, of the mean of its square.

    Raises:
        GradvizError: there is no such tensor.
    """
    import torch

    found = [leaf for _, leaf in leaves("", output) if isinstance(leaf, torch.Tensor) and leaf.is_floating_point()]
    if not found:
        raise GradvizError(tr("The output holds no floating-point tensor to make a loss of; pass a loss of your own."))
    total = found[0].square().mean()
    for leaf in found[1:]:
        total = total + leaf.square().mean()
    return total
