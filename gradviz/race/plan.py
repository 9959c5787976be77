"""What a race is asked for in a form: the texts that are remembered, read into entries; and how long it will take."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from gradviz.client.runs import LARGEST_SEED
from gradviz.errors import InvalidValueError
from gradviz.language import tr
from gradviz.race.entries import Entry, read_rate
from gradviz.race.race import core_count
from gradviz.runs.run_records import RunSummary

_START = 4.0
"""Seconds that an engine takes to import torch and make a small network."""


class Plan(Struct, frozen=True):
    """The fields of the form, as they were filled in."""

    targets: tuple[str, ...] = ()
    optimizers: tuple[tuple[str, str], ...] = (("SGD", ""), ("SGD", "momentum=0.9"), ("Adam", ""))
    """Names with their options: `momentum=0.9 nesterov=true`."""
    rates: str = ""
    seeds: str = "0 1 2"
    iterations: str = "500"
    threshold: str = ""
    at_once: str = ""


class RaceRequest(Struct, frozen=True):
    """A race that can be begun."""

    entries: tuple[Entry, ...]
    iterations: int
    at_once: int
    threshold: float | None = None
    """The loss to reach; None for one that all come down to."""


def from_text(text: str) -> Plan:
    """Read what `to_text` wrote; a plan with the defaults where it cannot be read."""
    try:
        return msgspec.json.decode(text, type=Plan)
    except msgspec.DecodeError:
        return Plan()


def to_text(plan: Plan) -> str:
    """Return one line of JSON for the settings file."""
    return msgspec.json.encode(plan).decode()


def read_rates(text: str) -> list[str]:
    """Return the learning rates of a field, with blanks or commas between; none for an empty one.

    Raises:
        InvalidValueError: one of them is no positive number.
    """
    return [read_rate(word) for word in _words(text)]


def read_seeds(text: str) -> list[int]:
    """Return the seeds of a field.

    Raises:
        InvalidValueError: there is none, or one is no whole number, or out of range.
    """
    words = _words(text)
    if not words or not all(word.isdecimal() and int(word) <= LARGEST_SEED for word in words):
        text = tr("Seeds are whole numbers from 0 to {largest} with blanks between, such as 0 1 2.")
        raise InvalidValueError(text.format(largest=LARGEST_SEED))
    return [int(word) for word in words]


def read_threshold(text: str) -> float | None:
    """Return the loss to reach; None for an empty field.

    Raises:
        InvalidValueError: it is no finite number.
    """
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InvalidValueError(tr("The threshold is a loss, such as 0.05, or nothing for one that all come down to."))
    return value


def read_options(text: str) -> dict[str, str]:
    """Return the options of an optimizer by their names.

    Raises:
        InvalidValueError: they are not written as NAME=VALUE.
    """
    pairs = [word.partition("=") for word in text.split()]
    if not all(key and value for key, _, value in pairs):
        raise InvalidValueError(
            tr("Options are written NAME=VALUE with blanks between, such as momentum=0.9 nesterov=true.")
        )
    return {key: value for key, _, value in pairs}


def usual_at_once() -> int:
    """Return how many engines run at once beside a window: it has a core for itself where there are several."""
    return max(core_count() - 1, 1)


def duration(request: RaceRequest, rate: float | None) -> float | None:
    """Return about how many seconds a race will take, where `rate` iterations a second are known of one run."""
    if not rate:
        return None
    rounds = math.ceil(len(request.entries) / request.at_once)
    return rounds * (_START + request.iterations / rate)


def known_rate(runs: Iterable[RunSummary], titles: Sequence[str]) -> float | None:
    """Return iterations a second of the slowest of these networks, each by its quickest run of the last ones."""
    quickest: dict[str, float] = {}
    for run in runs:
        seconds = (run.ended or 0.0) - run.began
        if run.title in titles and run.iterations > 1 and seconds > 0:
            quickest[run.title] = max(quickest.get(run.title, 0.0), run.iterations / seconds)
    return min(quickest.values()) if all(title in quickest for title in titles) and quickest else None


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[,;\s]+", text) if word]
