"""What users read for the names of metrics, and what has to be sampled for one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gradviz.language import tr, translatable
from gradviz.protocol.commands import FigureKind
from gradviz.protocol.metric_events import GRADIENT_NORM, RATE, UPDATE_RATIO

FIGURES = {
    RATE: translatable("Learning rate"),
    GRADIENT_NORM: translatable("Gradient norm"),
    UPDATE_RATIO: translatable("Update / weight"),
    "activation_mean": translatable("Activation mean"),
    "activation_std": translatable("Activation deviation"),
    "activation_zeros": translatable("Share of zeros"),
}
"""Name → what users read."""
_KINDS: dict[str, FigureKind] = {RATE: "learning_rate", GRADIENT_NORM: "grad_norm", UPDATE_RATIO: "update_ratio"}


LAYERS = "layers:"
"""Before a figure: a map of it, modules by iterations."""


def figure_of(metric: str) -> str:
    """Return which of `FIGURES` a metric, or a map, is of; empty for one of the user's own."""
    figure = metric.removeprefix(LAYERS).partition("/")[0]
    return figure if figure in FIGURES else ""


def kind_of(metric: str) -> FigureKind | None:
    """Return what the engine has to sample for a metric; None if it is none of those that it samples."""
    figure = figure_of(metric)
    return _KINDS.get(figure, "activations") if figure else None


def metric_title(metric: str) -> str:
    """Return what users read for the name of a metric: `Gradient norm · fc1`; one of their own as they named it."""
    figure, within = figure_of(metric), tr("layers × time") if metric.startswith(LAYERS) else metric.partition("/")[2]
    if not figure:
        return metric
    return f"{tr(FIGURES[figure])} · {within}" if within else tr(FIGURES[figure])


def choices(
    parameters: Sequence[str], modules: Sequence[str], known: Iterable[str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what can be drawn beside the loss: heading → metrics, and what users read of each below it.

    `parameters` and `modules` of the network that is open; `known`: every metric that a run has.
    """
    everything = translatable("All together")
    groups = {tr("Layers × time"): [(f"{LAYERS}{figure}", tr(FIGURES[figure])) for figure in FIGURES if figure != RATE]}
    within = {f: parameters if f in _KINDS else () for f in FIGURES}
    own: list[tuple[str, str]] = []
    found: dict[str, dict[str, None]] = {figure: {} for figure in FIGURES}
    for figure in FIGURES:
        if figure in _KINDS:
            found[figure][figure] = None
        if figure != RATE:
            found[figure] |= dict.fromkeys(f"{figure}/{path}" for path in (*modules, *within[figure]))
    for name in known:
        if figure := figure_of(name):
            found[figure][name] = None
        else:
            own.append((name, name))
    for figure, names in found.items():
        whole = tr(FIGURES[RATE]) if figure == RATE else tr(everything)
        groups[tr(FIGURES[figure])] = [(name, name.partition("/")[2] or whole) for name in names]
    if own:
        groups[tr("Logged by the code")] = own
    return list(groups.items())
