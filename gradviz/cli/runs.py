"""`gradviz runs`: lists, shows, edits, deletes and lets go recorded runs; and where `run` and `debug` record theirs."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import localtime, strftime
from typing import TYPE_CHECKING, Any

from gradviz.cli.runs_edit import add_edit, edit
from gradviz.cli.runs_exchange import add_export, add_import, bring_in, export
from gradviz.cli.streams_and_interrupts import report
from gradviz.errors import InvalidValueError
from gradviz.language import tr, translatable
from gradviz.terminal.json_numbers import json_number

if TYPE_CHECKING:
    from gradviz.runs.library import RunLibrary
    from gradviz.runs.run_records import RunSummary

_ID = translatable("the run's id, its first or last letters, or its name")
_LIMITS = {"days": "GRADVIZ_RUNS_DAYS", "megabytes": "GRADVIZ_RUNS_MEGABYTES"}


@dataclass(frozen=True, slots=True)
class RunsCommand:
    """One subcommand of `gradviz runs`."""

    name: str
    help: str
    """Translated where it is shown."""
    add: Callable[[argparse.ArgumentParser], object]
    """Adds its arguments."""
    act: Callable[[RunLibrary, argparse.Namespace], None]


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=tr("print JSON, one object a line"))


def _add_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help=tr(_ID))


def _add_show(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    _add_json(parser)


def _add_prune(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=float, metavar="N", help=tr("remove runs that ended so many days ago (90)"))
    text = tr("remove the oldest runs while all are larger (2048)")
    parser.add_argument("--megabytes", type=float, metavar="N", help=text)


def _list(library: RunLibrary, arguments: argparse.Namespace) -> None:
    runs = library.runs()
    for sentence in library.problems.values():
        report(sentence)
    if arguments.json:
        for run in runs:
            print(json.dumps(_values_of(run)))
        return
    rows = [_row_of(run) for run in runs]
    if not rows:
        print(tr("No runs are recorded in {folder}.").format(folder=library.folder))
        return
    heads = tuple(tr(head) for head in _HEADS)
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def _show(library: RunLibrary, arguments: argparse.Namespace) -> None:
    import msgspec

    run = library.find(arguments.id)
    with library.open(run) as reader:
        events, metrics = reader.events, reader.metrics
    if arguments.json:
        more = {
            "setup": msgspec.to_builtins(run.setup),
            "points": metrics,
            "events": [{**msgspec.to_builtins(event), "data": json.loads(event.data)} for event in events],
        }
        print(json.dumps(_json_values({**_values_of(run), **more}), allow_nan=False))
        return
    for name, value in _values_of(run).items():
        if value not in ("", None, [], False):
            print(f"{name:<14} {', '.join(value) if isinstance(value, list) else value}")
    for metric, count in metrics.items():
        print(f"{metric:<14} {tr('{count:,} points').format(count=count)}")
    for event in events:
        print(f"{event.step:>8}  {event.kind:<14} {event.text}")


def _delete(library: RunLibrary, arguments: argparse.Namespace) -> None:
    run = library.find(arguments.id)
    library.delete(run)
    print(tr("{id} was deleted; gradviz runs restore {id} brings it back for some days.").format(id=run.id))


def _restore(library: RunLibrary, arguments: argparse.Namespace) -> None:
    library.restore(arguments.id)
    print(tr("{id} was restored.").format(id=arguments.id))


def _prune(library: RunLibrary, arguments: argparse.Namespace) -> None:
    given = {"days": arguments.days, "megabytes": arguments.megabytes}
    limits = {name: value for name, value in given.items() if value is not None}
    print(str(library.prune(**{**_limits(), **limits})) or tr("There is nothing to remove."))


SUBCOMMANDS: tuple[RunsCommand, ...] = (
    RunsCommand("list", translatable("list the recorded runs, the newest first"), _add_json, _list),
    RunsCommand("show", translatable("show what is known of a run"), _add_show, _show),
    RunsCommand("edit", translatable("name, tag, note or color a run"), add_edit, edit),
    RunsCommand("delete", translatable("delete a run; it can be restored for some days"), _add_id, _delete),
    RunsCommand("restore", translatable("bring a deleted run back"), _add_id, _restore),
    RunsCommand("export", translatable("write a run for another program"), add_export, export),
    RunsCommand("import", translatable("record runs of files of other programs"), add_import, bring_in),
    RunsCommand("prune", translatable("remove old runs without tag, note and checkpoint"), _add_prune, _prune),
)
"""One more is a row here, and a function of the library in a file beside this one."""
_HEADS = (
    "id",
    translatable("began"),
    translatable("network"),
    translatable("optimizer"),
    "lr",
    translatable("seed"),
    translatable("iterations"),
    translatable("last"),
    translatable("best"),
    translatable("state"),
    translatable("name"),
)


def act(arguments: argparse.Namespace) -> int:
    """Do a subcommand. Return the exit status.

    Raises:
        GradvizError: it cannot be done; one sentence.
    """
    from gradviz.runs.library import RunLibrary, runs_folder

    row = next(row for row in SUBCOMMANDS if row.name == arguments.subcommand)
    row.act(RunLibrary(runs_folder()), arguments)
    return 0


def add_recording_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of what records: `--name` and `--no-record`."""
    parser.add_argument("--name", default="", metavar="NAME", help=tr("the name of the recorded run"))
    parser.add_argument("--no-record", action="store_true", help=tr("do not record the run"))


def recording_folder(arguments: argparse.Namespace) -> Path | None:
    """Return where the run is to be recorded; None if it is not.

    Raises:
        InvalidValueError: a limit in the environment is no number.
    """
    from gradviz.runs.library import runs_folder

    if arguments.no_record:
        return None
    _limits()
    return runs_folder()


def let_go(folder: Path | None) -> None:
    """Remove old runs from the folder in which a run was recorded, and say so."""
    from gradviz.errors import GradvizError
    from gradviz.runs.library import RunLibrary

    if folder is None:
        return
    try:
        report(str(RunLibrary(folder).prune(**_limits())))
    except GradvizError as error:
        report(str(error))


def _limits() -> dict[str, float]:
    """Return the limits of the environment."""
    found = {}
    for name, variable in _LIMITS.items():
        if text := os.environ.get(variable):
            try:
                found[name] = float(text)
            except ValueError:
                text = tr("{variable} must be a number, not {text!r}.").format(variable=variable, text=text)
                raise InvalidValueError(text) from None
    return found


def _row_of(run: RunSummary) -> tuple[str, ...]:
    setup = run.setup
    rate = setup.learning_rate if setup is not None else None
    return (
        run.id,
        strftime("%Y-%m-%d %H:%M", localtime(run.began)),
        run.title,
        run.optimizer,
        "" if rate is None else f"{rate:g}" if isinstance(rate, float) else str(rate),
        "" if setup is None else str(setup.seed),
        str(run.iterations),
        "" if run.last is None else f"{run.last:.6g}",
        "" if run.best is None else f"{run.best:.6g}",
        run.state,
        " ".join((run.name, *(f"#{tag}" for tag in run.tags))).strip(),
    )


def _values_of(run: RunSummary) -> dict[str, Any]:
    """Return what JSON has of a run."""
    import msgspec

    values = msgspec.to_builtins(run)
    setup = values.pop("setup")
    values["target"] = setup["target"] if setup else ""
    values["optimizer"] = run.optimizer
    values["learning_rate"] = run.setup.learning_rate if run.setup is not None else None
    values["seed"] = setup["seed"] if setup else None
    ordered = {"id": values.pop("id"), "name": values.pop("name"), **values}
    return {name: _json_values(value) for name, value in ordered.items()}


def _json_values(value: Any) -> Any:
    """Return a value with what JSON has no number for as text."""
    if isinstance(value, float):
        return json_number(value)
    if isinstance(value, dict):
        return {name: _json_values(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_json_values(each) for each in value]
    return value
