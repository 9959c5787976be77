"""The runs of a session: the set-up that each is opened with as a frozen record, its curve and its name."""

from __future__ import annotations

from functools import cached_property
from time import time
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from gradviz.errors import GradvizError
from gradviz.language import tr, translatable
from gradviz.model.growing_series import Floats
from gradviz.model.loss_curves import Scalars, times_of
from gradviz.model.metric_curves import Metrics
from gradviz.networks.catalogue import Network, network
from gradviz.protocol.commands import Command, Open, SetDevice, SetOptimizer
from gradviz.protocol.encodable import escape_text
from gradviz.protocol.events import LossBatch
from gradviz.protocol.metric_events import AnyMetricEvent, FiguresSampled
from gradviz.protocol.past_events import Branched
from gradviz.protocol.records import MarkRecord, OptimizerChoice, Value
from gradviz.targets.target_spec import TargetSpec, read_target

ITERATIONS = 500
MOST_ITERATIONS = 10**9
LARGEST_SEED = 2**32 - 1
"""NumPy takes no larger one."""
DONE = translatable("The iterations that were set are done.")
_FIXED = ("target", "hyperparameters", "seed", "python")
CHANGES = ("optimizer", "learning_rate", "device")
"""Kinds of marks that take effect with the next iteration; a run that is over is not changed by what is chosen then."""


class RunSetup(Struct, frozen=True, dict=True):
    """Everything that `Open` and `Run` carry, as the form shows it."""

    target: str
    hyperparameters: dict[str, bool | int | float | str]
    """Of a built-in network all; of a user's factory those that differ from its defaults."""
    optimizer: OptimizerChoice | None
    """None for a user's model that takes its own, which is known once it is open."""
    seed: Annotated[int, Meta(ge=0, le=LARGEST_SEED)] = 0
    iterations: Annotated[int, Meta(ge=1, le=MOST_ITERATIONS)] = ITERATIONS
    device: str = "cpu"
    python: str = ""
    """The program of the environment in which the engine runs; empty for gradviz's own."""

    @cached_property
    def spec(self) -> TargetSpec:
        """The target, parsed. Raise GradvizError where it is nothing that could be opened."""
        return read_target(self.target)

    @property
    def network(self) -> Network:
        """The catalogue's entry. Raises UnknownNameError for a user's model."""
        return network(self.target)

    @property
    def is_built_in(self) -> bool:
        """Whether the target is one of the catalogue's networks."""
        return self.spec.kind == "network"

    @property
    def file(self) -> str:
        """The Python file of the target, where that follows from its name; else empty."""
        if self.is_built_in:
            return str(self.network.file)
        return escape_text(str(self.spec.path)) if self.spec.kind == "file" else ""

    @property
    def title(self) -> str:
        """As short as it stays clear: `nn`, `gpt.py:build`."""
        return self.spec.title

    @property
    def learning_rate(self) -> Value:
        """The rate chosen, None where the optimizer's own default is used."""
        return None if self.optimizer is None else self.optimizer.options.get("lr")

    def asks_for_another_run(self, other: RunSetup) -> bool:
        """Return whether `other` differs in what only a new run can take up: network, sizes, seed or Python."""
        return any(getattr(self, name) != getattr(other, name) for name in _FIXED)


def default_setup(target: str) -> RunSetup:
    """Return the network as its file proposes it; a user's model as it is.

    Raises:
        UnknownNameError: there is no such network.
        GradvizError: the target is nothing that could be opened.
    """
    if read_target(target).kind != "network":
        return RunSetup(target, {}, None)
    entry = network(target)
    return RunSetup(
        target=target,
        hyperparameters={h.name: h.default for h in entry.hyperparameters},
        optimizer=default_optimizer(entry),
    )


def default_optimizer(entry: Network) -> OptimizerChoice:
    """Return the optimizer and options that the catalogue proposes for a network."""
    options: dict[str, Value] = {"lr": entry.learning_rate}
    options.update(entry.options)
    return OptimizerChoice(entry.optimizer, options)


def setup_of(command: Open) -> RunSetup:
    """Return the setup that a command asks for; iterations and what the target brings along are not part of it.

    Raises:
        GradvizError: the target is nothing that could be opened, or a hyperparameter nothing that it could be.
    """
    spec = read_target(command.target).absolute()
    values = command.hyperparameters
    known = network(spec.name).parse(dict(values)) if spec.kind == "network" else values
    hyperparameters = {name: value for name, value in known.items() if isinstance(value, bool | int | float | str)}
    return RunSetup(spec.text, hyperparameters, command.optimizer, command.seed, device=command.device)


def changes(before: RunSetup, after: RunSetup) -> list[Command]:
    """Return the commands that a run in progress needs to go on under another setup."""
    commands: list[Command] = []
    if after.device != before.device:
        commands.append(SetDevice(after.device))
    if after.optimizer is not None and after.optimizer != before.optimizer:
        commands.append(SetOptimizer(after.optimizer))
    return commands


def to_text(setup: RunSetup) -> str:
    """Return one line of JSON for the settings file."""
    return msgspec.json.encode(setup).decode()


def from_text(target: str, text: str) -> RunSetup:
    """Read what `to_text` wrote; what does not fit this version's network falls back to the default setup."""
    try:
        setup = msgspec.json.decode(text, type=RunSetup)
        if read_target(target).kind != "network":
            return replace(setup, target=target)
        hyperparameters = network(target).parse(dict(setup.hyperparameters))
    except (msgspec.DecodeError, GradvizError, ValueError, RecursionError):
        return default_setup(target)
    optimizer = setup.optimizer or default_optimizer(network(target))
    return replace(setup, target=target, hyperparameters=dict(hyperparameters), optimizer=optimizer)


class RunHistory:
    """Runs in the order they were opened; a run gets a curve, and the number that users see, with its first loss."""

    def __init__(self) -> None:
        self.scalars = Scalars()
        self.metrics = Metrics(self.scalars)
        self.number = 0
        """The number of the run that was opened last, as the engine is sent it; 0 before the first."""
        self._setups: dict[int, RunSetup] = {}
        self._early: list[MarkRecord] = []
        """Marks of the current run from before its first loss."""
        self._changes: list[tuple[MarkRecord, str]] = []
        """Marks of the current run that no iteration was run with yet, and the optimizer since then."""

    def begin(self, setup: RunSetup) -> int:
        """Note the next run and return its number. A run that never had a loss is forgotten."""
        if self.number and self.number not in self.scalars:
            self._setups.pop(self.number, None)
        self.number += 1
        self._early.clear()
        self._changes.clear()
        self._setups[self.number] = setup
        return self.number

    @property
    def shown_number(self) -> int:
        """What the user calls the current run; the first that has a loss is run 1."""
        return self.scalars.curve(self.number).number if self.number in self.scalars else self.scalars.following

    def setup(self, run: int) -> RunSetup | None:
        """Return the setup that the run was opened with; None for a run that never was."""
        return self._setups.get(run)

    def resume(self, run: int, losses: Floats) -> None:
        """Begin the curve of a run that goes on from a checkpoint, with the losses from before it."""
        self.scalars.begin(run, self._title(run))
        self.scalars.append(run, 0, losses)

    def append(self, batch: LossBatch) -> bool:
        """Append losses of any run known here. Return whether a curve began with them, or got a mark.

        Raises:
            ProtocolError: losses between the last known one and these are missing.
        """
        if batch.run not in self._setups:
            return False
        began = batch.run not in self.scalars and bool(batch.losses)
        if began:
            self.scalars.begin(batch.run, self._title(batch.run))
        if batch.losses:
            earliest = self.scalars.curve(batch.run).times.view[-1:]
            now, count = time(), len(batch.losses) // 8
            times = times_of(count, batch.rate, now, float(earliest[0]) if len(earliest) else 0.0)
            self.scalars.append(batch.run, batch.first, batch.losses, times)
        if began and batch.run == self.number:
            for mark in self._early:
                self.scalars.mark(batch.run, mark)
            self._early.clear()
        return self._take_effect(batch.run) or began

    def add_metrics(self, event: AnyMetricEvent) -> bool:
        """Add what was logged or sampled of any run known here. Return whether there are metrics that are new."""
        if event.run not in self._setups:
            return False
        known = len(self.metrics.names)
        if isinstance(event, FiguresSampled):
            self.metrics.add_sampled(event)
        else:
            self.metrics.add_logged(event, time())
        return len(self.metrics.names) > known

    def _take_effect(self, run: int) -> bool:
        """Set the marks of the changes that the last losses came after. Return whether there are any."""
        waiting, self._changes = self._changes, []
        for change in waiting:
            if run == self.number and run in self.scalars and change[0].step < len(self.scalars.curve(run)):
                self._set_mark(run, *change)
            else:
                self._changes.append(change)
        return len(self._changes) < len(waiting)

    def mark(self, run: int, mark: MarkRecord, optimizer: str) -> None:
        """Note what happened to a run; another optimizer is part of its name from its next iteration on."""
        if run not in self.scalars:
            if run == self.number and mark.kind == "edit":
                self._early.append(mark)
            return
        if run == self.number and mark.kind in CHANGES and mark.step >= len(self.scalars.curve(run)):
            self._changes.append((mark, optimizer))
        else:
            self._set_mark(run, mark, optimizer)

    def _set_mark(self, run: int, mark: MarkRecord, optimizer: str) -> None:
        text = tr("{optimizer} from {step}").format(optimizer=optimizer, step=mark.step)
        self.scalars.mark(run, mark, text if mark.kind == "optimizer" else None)

    def branch(self, event: Branched) -> None:
        """Begin the run of a branch with the curve of the run that it is of, up to where they part."""
        self.number = event.run
        self._early.clear()
        self._changes.clear()
        self._setups[event.run] = self._setups[event.of]
        if event.of not in self.scalars:
            return
        before = self.scalars.curve(event.of)
        title = tr("{title}, again from {step}").format(title=before.title, step=f"{event.step:,}")
        branch = self.scalars.begin(event.run, title)
        self.scalars.append(event.run, 0, before.losses[: event.step], before.times.view[: event.step])
        self.metrics.branch(event.of, event.run, event.step)
        branch.marks += [mark for mark in before.marks if mark.step < event.step]
        text = tr("goes on from run {run}").format(run=before.number)
        self.scalars.mark(event.run, MarkRecord(event.step, "branch", text))

    def correct(self, run: int, setup: RunSetup) -> None:
        """Replace the setup of a run: the engine opened it with another device or optimizer than requested."""
        self._setups[run] = setup

    def _title(self, run: int) -> str:
        setup = self._setups[run]
        words = [setup.optimizer.name] if setup.optimizer is not None else []
        if len({other.target for other in self._setups.values()}) > 1 or not words:
            words.insert(0, setup.title)
        if len({other.seed for other in self._setups.values()}) > 1:
            words.append(tr("seed {seed}").format(seed=setup.seed))
        return ", ".join(words)
