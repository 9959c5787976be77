"""`gradviz runs export` and `gradviz runs import`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gradviz.cli.streams_and_interrupts import report
from gradviz.language import tr

if TYPE_CHECKING:
    from gradviz.runs.library import RunLibrary


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `export`."""
    parser.add_argument("id", metavar="ID", help=tr("the run's id, its first or last letters, or its name"))
    text = tr("FILE.csv, FILE.parquet, or a folder for TensorBoard, which gets a folder for the run")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help=text, type=Path)


def add_import(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `import`."""
    text = tr("FILE.csv, FILE.parquet, an event file of TensorBoard, or a folder of such")
    parser.add_argument("paths", metavar="FILE", nargs="+", help=text, type=Path)


def export(library: RunLibrary, arguments: argparse.Namespace) -> None:
    """Write a run for another program."""
    from gradviz.runs.exchange.formats import export_run

    with library.open(arguments.id) as reader:
        print(export_run(reader, arguments.output))


def bring_in(library: RunLibrary, arguments: argparse.Namespace) -> None:
    """Record the runs of files of other programs, and print their ids."""
    from gradviz.runs.exchange.formats import import_runs

    for path in arguments.paths:
        for number in import_runs(path, library.folder, report):
            run = library.find(number)
            points = tr("{count:,} points").format(count=run.iterations)
            print(f"{number}  {run.title}  {points}")
