"""What takes part in a race: a grid of optimizers, learning rates and seeds over one target or several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

from msgspec import Struct
from msgspec.structs import replace

from gradviz.errors import GradvizError, InvalidValueError
from gradviz.language import tr
from gradviz.protocol.commands import Open
from gradviz.protocol.records import OptimizerChoice, Value
from gradviz.runs.run_colors import color_of
from gradviz.targets.target_spec import read_target

MOST = 256
"""Entries of one race."""


class Entry(Struct, frozen=True):
    """One run of a race."""

    number: int
    """From 0, in the order of the grid."""
    configuration: str
    """What differs between configurations, seeds apart; equal for all seeds of one: `SGD momentum=0.9 lr=0.001`."""
    open: Open
    """Opens it, with its seed."""
    color: str = ""
    """Of its configuration, `#rrggbb`."""

    @property
    def title(self) -> str:
        """The configuration and its seed."""
        return tr("{configuration}, seed {seed}").format(configuration=self.configuration, seed=self.open.seed)


def parse_optimizer(text: str) -> OptimizerChoice:
    """Read `SGD` or `SGD:momentum=0.9:nesterov=true`.

    Raises:
        InvalidValueError: it is neither.
    """
    name, *parts = text.split(":")
    pairs = [part.partition("=") for part in parts]
    if not name or not all(key and value for key, _, value in pairs):
        raise InvalidValueError(
            tr("{text!r} is no optimizer; write NAME or NAME:OPTION=VALUE, such as SGD:momentum=0.9.").format(text=text)
        )
    options: dict[str, Value] = {key: value for key, _, value in pairs}
    return OptimizerChoice(name, options)


def read_rate(text: str) -> str:
    """Return the text of a learning rate as it was typed.

    Raises:
        InvalidValueError: it is no positive number.
    """
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not (math.isfinite(rate) and rate > 0):
        raise InvalidValueError(tr("The learning rate must be a positive number, not {value}.").format(value=text))
    return text


def grid(
    openings: Sequence[Open], optimizers: Sequence[OptimizerChoice | None], rates: Sequence[str], seeds: Sequence[int]
) -> list[Entry]:
    """Return an entry for each combination, seeds in the innermost place so that a configuration's come together.

    `optimizers` and `rates` may be empty, for those of the opening; equal combinations come once. An optimizer that
    was given a rate of its own, `SGD:lr=0.1`, keeps it.

    Raises:
        InvalidValueError: a rate is no positive number.
        GradvizError: there are too many.
    """
    found: dict[tuple[str, str], Open] = {}
    rates = [read_rate(rate) for rate in rates]
    for opening, optimizer, rate in product(openings, optimizers or [None], rates or [""]):
        choice = optimizer or opening.optimizer
        if choice is not None and rate and not (optimizer is not None and "lr" in optimizer.options):
            choice = replace(choice, options={**choice.options, "lr": rate})
        title = read_target(opening.target).title if len(openings) > 1 else ""
        label = " ".join(part for part in (title, _label(choice)) if part) or read_target(opening.target).title
        found.setdefault((opening.target, label), replace(opening, optimizer=choice))
    if len(found) * len(seeds) > MOST:
        text = tr("{count} runs are too many for one race; choose at most {most}.")
        raise GradvizError(text.format(count=len(found) * len(seeds), most=MOST))
    every = [
        Entry(0, label, replace(opening, seed=seed), color_of(place))
        for place, ((_, label), opening) in enumerate(found.items())
        for seed in dict.fromkeys(seeds)
    ]
    return [replace(entry, number=number) for number, entry in enumerate(every)]


def _label(choice: OptimizerChoice | None) -> str:
    if choice is None:
        return ""
    return " ".join([choice.name, *(f"{name}={value}" for name, value in choice.options.items())])
