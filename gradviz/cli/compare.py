"""`gradviz compare`: a race of optimizers, learning rates and seeds, and its table."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from typing import TYPE_CHECKING, Any

from gradviz.cli.debug import open_command
from gradviz.cli.runs import let_go, recording_folder
from gradviz.cli.streams_and_interrupts import report
from gradviz.errors import GradvizError, InvalidValueError
from gradviz.language import tr, use_language
from gradviz.targets.target_spec import read_target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from gradviz.protocol.commands import Open
    from gradviz.protocol.records import OptimizerChoice
    from gradviz.race.entries import Entry
    from gradviz.race.race import Lane, Race
    from gradviz.race.results import ConfigurationResult
    from gradviz.targets.target_spec import TargetSpec

_LOOK = 0.1
"""Seconds between two looks at the race."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments beside targets."""
    text = tr("optimizers, with options as SGD:momentum=0.9 (the network's own)")
    command.add_argument("--optimizer", nargs="+", default=[], metavar="NAME", help=text)
    command.add_argument("--lr", nargs="+", default=[], metavar="X", help=tr("learning rates (the optimizer's own)"))
    command.add_argument("--seed", nargs="+", type=int, default=[0], metavar="N", help=tr("seeds (0)"))
    command.add_argument("--steps", type=int, default=500, metavar="N", help=tr("iterations of each run (500)"))
    command.add_argument("--threshold", type=float, metavar="X", help=tr("loss to reach (one that all come down to)"))
    command.add_argument("--at-once", type=int, default=0, metavar="N", help=tr("runs at the same time (one a core)"))
    command.add_argument("--json", action="store_true", help=tr("print JSON, one object a line"))
    command.add_argument("--no-record", action="store_true", help=tr("do not record the runs"))


def compare(arguments: argparse.Namespace) -> int:
    """Run the race and print its table. Return the exit status: 1 if one of the runs failed.

    Raises:
        GradvizError: it cannot be run as asked.
    """
    if arguments.json:
        use_language("en")
    from gradviz.race.race import Race, check

    if arguments.steps < 1:
        raise InvalidValueError(tr("--steps must be 1 or more, not {steps}.").format(steps=arguments.steps))
    if arguments.at_once < 0:
        raise InvalidValueError(tr("--at-once must be 1 or more, not {count}.").format(count=arguments.at_once))
    if arguments.threshold is not None and not math.isfinite(arguments.threshold):
        raise InvalidValueError(
            tr("--threshold must be a finite number, not {value}.").format(value=arguments.threshold)
        )
    folder = recording_folder(arguments)
    race = Race(_entries(arguments), arguments.steps, folder, at_once=arguments.at_once, say=report)
    race.start()
    try:
        with _bar(race) as lanes:
            for lane in lanes:
                if arguments.json:
                    print(json.dumps(_run_record(lane)), flush=True)
    finally:
        race.close()
    check(race)
    for lane in race.lanes:
        if lane.error:
            report(f"{lane.entry.title}: {lane.error}")
    _print_table(race, arguments)
    let_go(folder)
    return int(any(lane.state == "failed" for lane in race.lanes))


def _entries(arguments: argparse.Namespace) -> list[Entry]:
    from msgspec.structs import replace

    from gradviz.client.runs import LARGEST_SEED
    from gradviz.race.entries import grid, parse_optimizer

    for seed in arguments.seed:
        if not 0 <= seed <= LARGEST_SEED:
            raise InvalidValueError(
                tr("--seed must be from 0 to {largest}, not {seed}.").format(largest=LARGEST_SEED, seed=seed)
            )
    optimizers = [parse_optimizer(text) for text in arguments.optimizer]
    openings = [_opening(target, arguments) for target in arguments.targets]
    if arguments.lr and not optimizers:
        openings = [replace(opening, optimizer=opening.optimizer or _own_optimizer(opening)) for opening in openings]
    return grid(openings, optimizers, arguments.lr, arguments.seed)


def _opening(target: TargetSpec, arguments: argparse.Namespace) -> Open:
    from msgspec.structs import replace

    if target.runs_as_script(has_arguments=False):
        text = tr("{title} is a training script, which sets optimizer and seed itself; compare a factory.")
        raise GradvizError(text.format(title=target.title))
    single = argparse.Namespace(**{**vars(arguments), "target": target, "optimizer": None, "lr": None, "seed": 0})
    return replace(open_command(single), stop_first=False)


def _own_optimizer(opening: Open) -> OptimizerChoice:
    from gradviz.client.runs import default_optimizer
    from gradviz.networks.catalogue import network

    target = read_target(opening.target)
    if target.kind != "network":
        raise GradvizError(tr("Name the optimizer that the learning rates are for, with --optimizer."))
    return default_optimizer(network(target.name))


def _bar(race: Race) -> AbstractContextManager[Iterator[Lane]]:
    """Return what yields each lane that ends, with a progress bar on a terminal."""
    from contextlib import contextmanager

    @contextmanager
    def shown() -> Iterator[Iterator[Lane]]:
        from tqdm import tqdm

        total = race.iterations * len(race.lanes)
        with tqdm(total=total, unit="it", leave=False, disable=not sys.stderr.isatty()) as progress:
            yield _endings(race, progress)

    return shown()


def _endings(race: Race, progress: Any) -> Iterator[Lane]:
    waiting = list(race.lanes)
    while waiting:
        for lane in [lane for lane in waiting if lane.is_over]:
            waiting.remove(lane)
            yield lane
        progress.update(sum(len(lane.losses) for lane in race.lanes) - progress.n)
        if waiting:
            time.sleep(_LOOK)


def _run_record(lane: Lane) -> dict[str, Any]:
    choice = lane.entry.open.optimizer
    return {
        "event": "run",
        "configuration": lane.entry.configuration,
        "optimizer": None if choice is None else choice.name,
        "options": {} if choice is None else choice.options,
        "seed": lane.entry.open.seed,
        "state": lane.state,
        "iterations": len(lane.losses),
        "seconds": lane.seconds[-1] if lane.seconds else None,
        "best": lane.best,
        "final": _json(lane.losses[-1] if lane.losses else None),
        "id": lane.run,
        "error": lane.error,
    }


def _print_table(race: Race, arguments: argparse.Namespace) -> None:
    from gradviz.race.results import results

    threshold, rows = results(race.lanes, arguments.threshold)
    if arguments.json:
        for row in rows:
            print(json.dumps({"event": "configuration", "threshold": _json(threshold), **_row_record(row)}))
        return
    from gradviz.race.result_text import table_text

    print(table_text(rows, threshold, race.threads))


def _row_record(row: ConfigurationResult) -> dict[str, Any]:
    spreads = {"best": row.best, "final": row.final, "iterations": row.iterations, "seconds": row.seconds}
    return {
        "configuration": row.configuration,
        "seeds": list(row.seeds),
        "reached": row.reached,
        **{name: None if each is None else each._asdict() for name, each in spreads.items()},
        "errors": list(row.errors),
    }


def _json(value: float | None) -> float | str | None:
    """Return NaN and the infinities, which JSON does not know, as strings."""
    if value is None or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
