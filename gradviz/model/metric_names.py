"""What users read for the names of metrics, and what has to be sampled for one."""

from __future__ import annotations

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


def figure_of(metric: str) -> str:
    """Return which of `FIGURES` a metric is of; empty for one of the user's own."""
    figure = metric.partition("/")[0]
    return figure if figure in FIGURES else ""


def kind_of(metric: str) -> FigureKind | None:
    """Return what the engine has to sample for a metric; None if it is none of those that it samples."""
    figure = figure_of(metric)
    return _KINDS.get(figure, "activations") if figure else None


def metric_title(metric: str) -> str:
    """Return what users read for the name of a metric: `Gradient norm · fc1`; one of their own as they named it."""
    figure, within = figure_of(metric), metric.partition("/")[2]
    if not figure:
        return metric
    return f"{tr(FIGURES[figure])} · {within}" if within else tr(FIGURES[figure])
