"""What the built-in networks are, as plain data: ids, groups, titles, hyperparameters, files. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gradviz.errors import InvalidValueError, UnknownNameError
from gradviz.language import tr, translatable


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
    """One built-in network. Its module is `gradviz.networks.<id>`, its factory `build(**hyperparameters)`. Group,
    summary
    and loss are translated where they are shown."""

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
                raise UnknownNameError(tr("hyperparameter of {target}").format(target=self.id), key, list(known))
        parsed = {name: h.parse(values.get(name, h.default)) for name, h in known.items()}
        if parsed.get("layers_min", 0) > parsed.get("layers_max", 0):
            raise InvalidValueError(
                tr("layers_min must not exceed layers_max: {fewest} is more than {most}.").format(
                    fewest=parsed["layers_min"], most=parsed["layers_max"]
                )
            )
        if "heads" in parsed and parsed["width"] % parsed["heads"]:
            raise InvalidValueError(
                tr("width must be a multiple of heads: {width} is not one of {heads}.").format(
                    width=parsed["width"], heads=parsed["heads"]
                )
            )
        return parsed


_SIZES = (
    Hyperparameter("n", "N", 64, 1, 65_536, translatable("rows of x: how many examples")),
    Hyperparameter("d_in", "D_in", 1000, 1, 65_536, translatable("columns of x: features of an example")),
    Hyperparameter("h", "H", 100, 1, 65_536, translatable("units of the hidden layer")),
    Hyperparameter("d_out", "D_out", 10, 1, 65_536, translatable("columns of y: outputs for an example")),
)
_LAYERS = (
    Hyperparameter("layers_min", translatable("from", "hyperparameter"), 0, 0, 1000,
                   translatable("the fewest uses of the middle layer in a forward")),
    Hyperparameter("layers_max", translatable("to", "hyperparameter"), 3, 0, 1000,
                   translatable("the most uses of the middle layer in a forward")),
)  # fmt: skip

_BY_HAND = translatable("By hand")
_AUTOGRAD = translatable("Autograd")
_MODULES = translatable("Modules")
_REAL_DATA = translatable("Real data")
_SQUARES = translatable("sum of squares")
_CROSS_ENTROPY = translatable("cross-entropy")
_BATCH = translatable("Batch", "hyperparameter")

NETWORKS: tuple[Network, ...] = (
    Network("numpy", _BY_HAND, translatable("NumPy, derived by hand"), _SQUARES, "Manual", 1e-6, _SIZES, autograd=False,
            cpu_only=translatable("NumPy arrays live in the CPU's memory; open tensors for the same on a GPU")),
    Network("tensors", _BY_HAND, translatable("tensors, derived by hand"), _SQUARES, "Manual", 1e-6, _SIZES,
            autograd=False),
    Network("autograd", _AUTOGRAD, translatable("two layers, backward()"), _SQUARES, "Manual", 1e-6, _SIZES),
    Network("function", _AUTOGRAD, translatable("a custom Function"), _SQUARES, "Manual", 1e-6, _SIZES),
    Network("nn", _MODULES, "nn.Sequential", _SQUARES, "Manual", 1e-4, _SIZES),
    Network("optim", _MODULES, "torch.optim", _SQUARES, "Adam", 1e-4, _SIZES),
    Network("module", _MODULES, translatable("a custom nn.Module"), _SQUARES, "SGD", 1e-4, _SIZES),
    Network("dynamic", _MODULES, translatable("random depth, shared"), _SQUARES, "SGD", 1e-4, (*_SIZES, *_LAYERS),
            options=(("momentum", 0.9),)),
    Network("digits", _REAL_DATA, translatable("a small ConvNet, images"), _CROSS_ENTROPY, "Adam", 3e-3, (
        Hyperparameter("batch_size", _BATCH, 64, 1, 1797, translatable("images in a mini-batch")),
        Hyperparameter("channels", translatable("Channels", "hyperparameter"), 8, 1, 512,
                       translatable("channels of the first convolution")),
    )),
    Network("attention", _REAL_DATA, translatable("one transformer block"), _CROSS_ENTROPY, "AdamW", 3e-3, (
        Hyperparameter("batch_size", _BATCH, 16, 1, 1024, translatable("pieces of text in a mini-batch")),
        Hyperparameter("context", translatable("Context", "hyperparameter"), 32, 2, 512,
                       translatable("characters that a piece is long")),
        Hyperparameter("width", translatable("Width", "hyperparameter"), 32, 4, 1024,
                       translatable("features of a character; a multiple of the heads")),
        Hyperparameter("heads", translatable("Heads", "hyperparameter"), 4, 1, 64, translatable("attention heads")),
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
    raise UnknownNameError(tr("network"), network_id, [entry.id for entry in NETWORKS])
