"""Updates the parameters: by the network's own hand or by an optimizer, either of which can change during a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any, Literal

import torch

from gradviz.engine.optimizing.optimizer_table import (
    LEARNING_RATE,
    MANUAL,
    OWN,
    OptimizerTable,
    build_optimizer,
    number_text,
    option_records,
)
from gradviz.experiment import Experiment
from gradviz.language import tr
from gradviz.protocol.records import OptimizerChoice, Value


@dataclass(frozen=True, slots=True)
class Change:
    """What a change of the optimizer was, for the mark on the plot."""

    kind: Literal["optimizer", "learning_rate"]
    text: str


class Updater:
    """The third phase. Holds the optimizer, if there is one, and its state."""

    def __init__(self, experiment: Experiment, table: OptimizerTable, choice: OptimizerChoice) -> None:
        """Build the optimizer. Raises what `OptimizerTable.normal` raises."""
        self._experiment = experiment
        self._table = table
        self.choice = table.normal(choice)
        # Asked once: to read a signature in every iteration would cost a tenth of a small one.
        self._searches = False
        self.optimizer = self._build()

    def update(self, evaluate: Callable[[bool], Any]) -> None:
        """Change the parameters once.

        `evaluate(first)` gives the loss with its gradients in place; with `first`, those that are there already. An
        optimizer that searches (LBFGS) calls it again.
        """
        if self.optimizer is None:
            if self._experiment.has_manual_update:
                self._experiment.manual_update(self._learning_rate())
        elif self._searches:
            first = True

            def closure() -> Any:
                nonlocal first
                now, first = first, False
                return evaluate(now)

            self.optimizer.step(closure)
        else:
            self.optimizer.step()

    def change(self, choice: OptimizerChoice) -> Change | None:
        """Another optimizer starts fresh; the same one keeps its state and takes the options. None: it is the same.

        Raises what `OptimizerTable.normal` raises; then nothing has changed.
        """
        before, after = self.choice, self._table.normal(choice)
        if before == after:
            return None
        self.choice = after
        if before.name != after.name:
            self.optimizer = self._build()
            return Change("optimizer", f"{before.name} → {_described(after)}")
        if self.optimizer is not None:
            _set_options(self.optimizer, self._all_options(after), after)
        return _change_of_options(before, after, self._all_options(before), self._all_options(after))

    @property
    def manner(self) -> tuple[OptimizerChoice, torch.optim.Optimizer | None, bool]:
        """How it updates now. Assigning what it was before goes back to that, with the optimizer of then."""
        return self.choice, self.optimizer, self._searches

    @manner.setter
    def manner(self, manner: tuple[OptimizerChoice, torch.optim.Optimizer | None, bool]) -> None:
        self.choice, self.optimizer, self._searches = manner

    def follow_device(self) -> None:
        """Move the optimizer's state to where the parameters are now."""
        if self.optimizer is not None:
            # Loading is where torch itself knows which state belongs on the device (`step` mostly stays behind).
            self.optimizer.load_state_dict(self.optimizer.state_dict())

    def _build(self) -> torch.optim.Optimizer | None:
        if self.choice.name == MANUAL:
            return None
        if self.choice.name == OWN:
            optimizer: torch.optim.Optimizer = self._experiment.optimizer(self._table.parameters)  # type: ignore[operator,misc]
        else:
            optimizer = build_optimizer(self.choice, self._table.parameters)
        self._searches = _needs_closure(type(optimizer))
        return optimizer

    def _learning_rate(self) -> float:
        return float(self.choice.options[LEARNING_RATE])  # type: ignore[arg-type]

    def _all_options(self, choice: OptimizerChoice) -> dict[str, Value]:
        if choice.name in (MANUAL, OWN):
            return dict(choice.options)
        return {o.name: choice.options.get(o.name, o.default) for o in option_records(choice.name)}


def state_tensors(optimizer: torch.optim.Optimizer, parameter: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return the tensors that an optimizer keeps for a parameter, by name."""
    state = optimizer.state.get(parameter, {})  # asked by brackets, it would make one
    return {key: value for key, value in state.items() if isinstance(value, torch.Tensor)}


def group_of(optimizer: torch.optim.Optimizer, parameter: torch.Tensor) -> dict[str, Any]:
    """Return the group of an optimizer that has a parameter; empty if none has."""
    groups: list[dict[str, Any]] = getattr(optimizer, "param_groups", [])
    return next((group for group in groups if any(p is parameter for p in group["params"])), {})


def _needs_closure(optimizer: type[torch.optim.Optimizer]) -> bool:
    closure = signature(optimizer.step).parameters.get("closure")
    return closure is not None and closure.default is Parameter.empty


def _set_options(optimizer: torch.optim.Optimizer, options: dict[str, Value], choice: OptimizerChoice) -> None:
    """Edit the groups in place, and give the state what the new options look for in it (amsgrad's maximum, …)."""
    fresh = build_optimizer(choice, [p for group in optimizer.param_groups for p in group["params"]])
    for group, new in zip(optimizer.param_groups, [fresh.param_groups[0]] * len(optimizer.param_groups), strict=True):
        group.update({key: value for key, value in new.items() if key != "params" and key in options})
    if not optimizer.state:
        return
    for parameter, state in optimizer.state.items():
        for key, value in _state_like(optimizer, parameter, choice).items():
            # A momentum that starts now has seen nothing yet.
            if key not in state:
                state[key] = torch.zeros_like(value) if isinstance(value, torch.Tensor) else value
    optimizer.load_state_dict(optimizer.state_dict())  # `step` belongs on the device for some implementations


def _state_like(optimizer: torch.optim.Optimizer, parameter: torch.Tensor, choice: OptimizerChoice) -> dict[str, Any]:
    """Return the state that such an optimizer keeps for such a parameter after one step."""
    if _needs_closure(type(optimizer)):
        return {}
    twin = torch.zeros_like(parameter, requires_grad=True)
    twin.grad = torch.zeros_like(parameter)
    probe = build_optimizer(choice, [twin])
    probe.step()
    return {key: value for key, value in probe.state[twin].items() if value is not None}


def _described(choice: OptimizerChoice) -> str:
    """`SGD, momentum 0.9`."""
    options = [f"{_option_text(k)} {number_text(v)}" for k, v in choice.options.items() if k != LEARNING_RATE]
    return ", ".join([choice.name, *options])


def _change_of_options(
    before: OptimizerChoice, after: OptimizerChoice, old: dict[str, Value], new: dict[str, Value]
) -> Change:
    changed = [key for key in new if new[key] != old.get(key)]
    text = ", ".join(f"{_option_text(k)} {number_text(old.get(k))} → {number_text(new[k])}" for k in changed)
    if changed == [LEARNING_RATE]:
        return Change("learning_rate", text)
    return Change("optimizer", f"{after.name}: {text}")


def _option_text(option: str) -> str:
    return tr("learning rate") if option == LEARNING_RATE else option.replace("_", " ")
