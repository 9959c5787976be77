"""Explains the step of one parameter: the optimizer's formula with its numbers, before the step or after it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import torch

from gradviz.engine.gate.gate import Gate
from gradviz.engine.gate.step_history import HistoryEntry, step_role
from gradviz.engine.optimizing.optimizer_table import optimizer_classes
from gradviz.engine.optimizing.parameter_update import group_of, state_tensors
from gradviz.engine.optimizing.step_terms import Part, Situation, Step, double
from gradviz.engine.optimizing.update_rules import has_rule, step_of
from gradviz.engine.tensors.tensor_reader import isolated_no_grad
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.protocol.explanations import UpdateRecord, UpdateTermRecord, UpdateValueRecord

OF_STATE = {"state": -1, "state_before": 0, "state_after": 1}
"""Role → which of the two copies of what the optimizer keeps; -1 for what it keeps now."""


@dataclass(frozen=True, slots=True)
class _StepFacts:
    """All that is known of one step."""

    optimizer: str
    options: Mapping[str, Any]
    parameter: Any
    gradient: Any
    state: Mapping[str, Any]
    """Before the step."""
    state_after: Mapping[str, Any]
    after: Any = None
    """The parameter after its step; None before."""


def explain_update(
    gate: Gate | None, names: Sequence[str], parameter: Any, optimizers: Sequence[torch.optim.Optimizer]
) -> UpdateRecord:
    """Return the step of the parameter with these names.

    Raises:
        GradvizError: its step is neither known nor next.
    """
    if not optimizers and (gate is None or gate.history.optimizer is None):
        raise GradvizError(tr("This update is written by hand: its step is what comes after minus what was before."))
    facts = _facts_of_past(gate, names) or _facts_of_next(gate, names, parameter, optimizers)
    with isolated_no_grad():
        return _record(names[0], facts)


def holder_of(
    gate: Gate | None, parameter: Any, optimizers: Sequence[torch.optim.Optimizer]
) -> torch.optim.Optimizer | None:
    """Return the optimizer that updates a parameter, of several the one that is in its step; None for none."""
    stepping = gate.history.optimizer if gate is not None else None
    known = [each for each in (stepping, *optimizers) if each is not None]
    return next((each for each in known if group_of(each, parameter)), None)


def find_state(
    gate: Gate | None,
    names: Sequence[str],
    parameter: Any,
    optimizers: Sequence[torch.optim.Optimizer],
    what: str,
    key: str,
) -> Any:
    """Return what the optimizer keeps as `key` for the parameter with these names; `what` is a role of `OF_STATE`.

    Raises:
        GradvizError: it keeps no such thing, or what it kept is not available.
    """
    if what != "state" and gate is not None:
        current_stop, history = gate.current_stop, gate.history
        began = current_stop is not None and current_stop.here.point.phase == "update"
        began = began or any(passed.role == "update" for passed in history.passed)
        for passed in reversed(history.passed if began else history.update_before):
            name = next((name for name in names if name in passed.starts), None)
            if name is not None:
                there = passed.starts[name].tensors
                if key not in there:
                    raise _no_state(name, key, there)
                return history.cache.get((passed.point.index, step_role(name, key), OF_STATE[what]))
        if began and what == "state_before":
            what = "state"  # its step has not come yet
    if what != "state":
        raise GradvizError(tr("Not computed. The update has not reached this parameter yet."))
    optimizer = holder_of(gate, parameter, optimizers)
    found = state_tensors(optimizer, parameter) if optimizer is not None else {}
    if key not in found:
        raise _no_state(names[0], key, found)
    return found[key]


def _no_state(parameter: str, name: str, there: Iterable[str]) -> GradvizError:
    listed = ", ".join(there)
    if listed:
        text = tr("The optimizer keeps nothing called {name!r} for {parameter}; it keeps {listed}.")
    else:
        text = tr("The optimizer keeps nothing for {parameter} yet.")
    return GradvizError(text.format(name=name, parameter=parameter, listed=listed))


def _facts_of_past(gate: Gate | None, names: Sequence[str]) -> _StepFacts | None:
    """Return what was kept of the step, if this iteration has taken it."""
    if gate is None:
        return None
    history = gate.history
    for passed in reversed(history.passed):
        name = next((name for name in names if name in passed.starts), None)
        if name is not None:
            return _facts_at(gate, passed, name)
        if passed.role == "update" and any(name in passed.names for name in names):
            raise GradvizError(
                tr("Not kept: this step was taken without a stop in its iteration, or is over the byte budget.")
            )
    return None


def _facts_at(gate: Gate, passed: HistoryEntry, name: str) -> _StepFacts:
    cache, index, start = gate.history.cache, passed.point.index, passed.starts[name]

    def kept(role: str, when: int) -> Any:
        return cache.get((index, role, when)) if cache.has((index, role, when)) else None

    place = passed.names.index(name)
    before, gradient = kept("update", place), kept(step_role(name), 0)
    if before is None or gradient is None:
        raise GradvizError(tr("Not available: it was over the byte budget for past values."))
    states = [{key: kept(step_role(name, key), when) for key in start.tensors} for when in (0, 1)]
    return _StepFacts(start.optimizer, start.options, before, gradient, {**start.state, **states[0]}, states[1],
                      kept("update", place + 1))  # fmt: skip


def _facts_of_next(
    gate: Gate | None, names: Sequence[str], parameter: Any, optimizers: Sequence[torch.optim.Optimizer]
) -> _StepFacts:
    """Return what the step begins with that is about to come."""
    stop = gate.current_stop if gate is not None else None
    if stop is None or stop.here.point.phase != "update":
        raise GradvizError(tr("Not computed. The update has not reached this parameter yet."))
    gradient = getattr(parameter, "grad", None)
    optimizer = holder_of(gate, parameter, optimizers)
    if optimizer is None:
        raise GradvizError(tr("No optimizer has {name}, so nothing changes it.").format(name=names[0]))
    if gradient is None:
        raise GradvizError(tr("{name} has no gradient, so the optimizer leaves it as it is.").format(name=names[0]))
    return _StepFacts(
        type(optimizer).__name__,
        group_of(optimizer, parameter),
        parameter,
        gradient,
        optimizer.state.get(parameter, {}),
        dict.fromkeys(state_tensors(optimizer, parameter)),
    )


def _record(name: str, facts: _StepFacts) -> UpdateRecord:
    known = facts.optimizer in optimizer_classes() and has_rule(facts.optimizer)
    situation = Situation(facts.parameter, facts.gradient, facts.state, facts.options) if known else None
    step = step_of(facts.optimizer, situation) if situation is not None else None
    taken = double(facts.after) - double(facts.parameter) if facts.after is not None else None
    norm = taken if taken is not None else step.terms.total if step is not None else None
    rounding = None
    if taken is not None and step is not None and float(taken.norm()):
        rounding = float((step.terms.total - taken).norm() / taken.norm())
    return UpdateRecord(
        name,
        facts.optimizer,
        tuple(step.formulas) if step is not None else (),
        tuple(_with_numbers(formula, step) for formula in step.formulas) if step is not None else (),
        tuple((symbol, *pair) for symbol, pair in step.scalars.items()) if step is not None else (),
        tuple(_terms(step)) if step is not None else (),
        tuple(_values(facts, step)),
        None if norm is None else float(norm.norm()),
        taken is not None,
        rounding,
        "" if step is not None else _why_no_formula(facts.optimizer),
    )


def _why_no_formula(optimizer: str) -> str:
    if optimizer == "LBFGS":
        return tr("L-BFGS searches: it evaluates the loss several times in one step and moves along a direction that it"
                  " makes of the gradients before.")  # fmt: skip
    return tr("{optimizer} is no optimizer of torch's own, so its formula is not known here.").format(
        optimizer=optimizer
    )


def _terms(step: Step) -> list[UpdateTermRecord]:
    return [
        UpdateTermRecord(part, step.term_formulas[part], float(step.terms.parts[part].norm()))
        for part in get_args(Part)
        if part in step.terms.parts
    ]


def _values(facts: _StepFacts, step: Step | None) -> list[UpdateValueRecord]:
    """Return parameter, gradient and what the optimizer keeps, in numbers."""
    found = [
        UpdateValueRecord("w", "weight", tuple(facts.parameter.shape), _norm(facts.parameter), _norm(facts.after)),
        UpdateValueRecord("g", "gradient", tuple(facts.gradient.shape), _norm(facts.gradient)),
    ]
    symbols = {key: symbol for symbol, key in step.symbols.items()} if step is not None else {}
    for key in dict.fromkeys((*symbols.values(), *facts.state, *facts.state_after)):
        before, after = facts.state.get(key), facts.state_after.get(key)
        tensor = before if isinstance(before, torch.Tensor) else after
        if isinstance(tensor, torch.Tensor) and (tensor.dim() or key in symbols):
            found.append(UpdateValueRecord(symbols.get(key, ""), key, tuple(tensor.shape), _norm(before), _norm(after)))
    return found


def _norm(value: Any) -> float | None:
    if not isinstance(value, torch.Tensor):
        return None
    dense = value if value.layout is torch.strided else value.to_dense()
    return float(double(dense).norm())


def _with_numbers(formula: str, step: Step) -> str:
    for symbol, (_, value) in sorted(step.scalars.items(), key=lambda item: -len(item[0])):
        # A symbol is no part of a word, and `t` not the start of `t+1`.
        formula = re.sub(rf"(?<![\w\u0302]){re.escape(symbol)}(?![\w\u0302])", _plain(value), formula)
    return re.sub(r"(?<=\d) (?=\d)", " · ", formula)


def _plain(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")
