"""What the built-in networks are, as plain data: ids, groups, titles, hyperparameters, files. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gradviz.errors import InvalidValueError, UnknownNameError
from gradviz.language import tr


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """A whole number that a network is built with, between `minimum` and `maximum` (both included)."""

    name: str
    label: str
    default: int
    minimum: int
    maximum: int
    help: str

    def parse(self, value: object) -> int:
        """Read `value`, a number or its text.

        Raises:
            InvalidValueError: not a whole number, or out of range.
        """
        try:
            # float() first would accept 2.5; bool is an int and never meant.
            number = int(str(value))
        except ValueError:
            raise InvalidValueError(
                tr("{name} must be a whole number, not {value!r}.").format(name=self.name, value=value)
            ) from None
        if not self.minimum <= number <= self.maximum:
            raise InvalidValueError(
                tr("{name} must be between {minimum} and {maximum}, not {number}.").format(
                    name=self.name, minimum=self.minimum, maximum=self.maximum, number=number
                )
            )
        return number


@dataclass(frozen=True, slots=True)
class Network:
    """One built-in network. Its module is `gradviz.networks.<id>`, its factory `build(**hyperparameters)`."""

    id: str
    group: str
    summary: str
    loss: str
    optimizer: str
    """The default; `Manual` is the update written in the network's own file."""
    learning_rate: float
    hyperparameters: tuple[Hyperparameter, ...]
    options: tuple[tuple[str, float], ...] = ()
    """Options of the default optimizer beside the learning rate."""
    autograd: bool = True
    """False where the gradients are derived by hand: there is no autograd graph, and no optimizer but Manual."""
    cpu_only: str = ""
    """Why no other device can serve; empty if any can."""

    @property
    def file(self) -> Path:
        """The network's source."""
        return Path(__file__).with_name(f"{self.id}.py")

    def parse(self, values: dict[str, object]) -> dict[str, int]:
        """Every hyperparameter, from `values` or its default.

        Raises:
            UnknownNameError: a key that this network does not have.
            InvalidValueError: a value out of range.
        """
        known = {h.name: h for h in self.hyperparameters}
        for key in values:
            if key not in known:
                raise UnknownNameError(f"hyperparameter of {self.id}", key, list(known))
        parsed = {name: h.parse(values.get(name, h.default)) for name, h in known.items()}
        if parsed.get("layers_min", 0) > parsed.get("layers_max", 0):
            raise InvalidValueError(
                tr("layers_min must not exceed layers_max: {parsed} is more than {parsed_2}.").format(
                    parsed=parsed["layers_min"], parsed_2=parsed["layers_max"]
                )
            )
        if "heads" in parsed and parsed["width"] % parsed["heads"]:
            raise InvalidValueError(
                tr("width must be a multiple of heads: {parsed} is not one of {parsed_2}.").format(
                    parsed=parsed["width"], parsed_2=parsed["heads"]
                )
            )
        return parsed


_SIZES = (
    Hyperparameter("n", "N", 64, 1, 65_536, "rows of x: how many examples"),
    Hyperparameter("d_in", "D_in", 1000, 1, 65_536, "columns of x: features of an example"),
    Hyperparameter("h", "H", 100, 1, 65_536, "units of the hidden layer"),
    Hyperparameter("d_out", "D_out", 10, 1, 65_536, "columns of y: outputs for an example"),
)
_LAYERS = (
    Hyperparameter("layers_min", "from", 0, 0, 1000, "the fewest uses of the middle layer in a forward"),
    Hyperparameter("layers_max", "to", 3, 0, 1000, "the most uses of the middle layer in a forward"),
)

_SUM_OF_SQUARES = "sum of squares"

NETWORKS: tuple[Network, ...] = (
    Network("numpy", "By hand", "NumPy, derived by hand", _SUM_OF_SQUARES, "Manual", 1e-6, _SIZES,
            autograd=False, cpu_only="NumPy arrays live in the CPU's memory; open tensors for the same on a GPU"),
    Network("tensors", "By hand", "tensors, derived by hand", _SUM_OF_SQUARES, "Manual", 1e-6, _SIZES,
            autograd=False),
    Network("autograd", "Autograd", "two layers, backward()", _SUM_OF_SQUARES, "Manual", 1e-6, _SIZES),
    Network("function", "Autograd", "a custom Function", _SUM_OF_SQUARES, "Manual", 1e-6, _SIZES),
    Network("nn", "Modules", "nn.Sequential", _SUM_OF_SQUARES, "Manual", 1e-4, _SIZES),
    Network("optim", "Modules", "torch.optim", _SUM_OF_SQUARES, "Adam", 1e-4, _SIZES),
    Network("module", "Modules", "a custom nn.Module", _SUM_OF_SQUARES, "SGD", 1e-4, _SIZES),
    Network("dynamic", "Modules", "random depth, shared", _SUM_OF_SQUARES, "SGD", 1e-4, (*_SIZES, *_LAYERS),
            options=(("momentum", 0.9),)),
    Network("digits", "Real data", "a small ConvNet, images", "cross-entropy", "Adam", 3e-3, (
        Hyperparameter("batch_size", "Batch", 64, 1, 1797, "images in a mini-batch"),
        Hyperparameter("channels", "Channels", 8, 1, 512, "channels of the first convolution"),
    )),
    Network("attention", "Real data", "one transformer block", "cross-entropy", "AdamW", 3e-3, (
        Hyperparameter("batch_size", "Batch", 16, 1, 1024, "pieces of text in a mini-batch"),
        Hyperparameter("context", "Context", 32, 2, 512, "characters that a piece is long"),
        Hyperparameter("width", "Width", 32, 4, 1024, "features of a character; a multiple of the heads"),
        Hyperparameter("heads", "Heads", 4, 1, 64, "attention heads"),
    )),
)  # fmt: skip


def network(network_id: str) -> Network:
    """Return the network with this id.

    Raises:
        UnknownNameError: there is none; the message lists all.
    """
    for entry in NETWORKS:
        if entry.id == network_id:
            return entry
    raise UnknownNameError("network", network_id, [entry.id for entry in NETWORKS])
