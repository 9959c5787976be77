"""`gradviz debug`: the target and the options of the command line, handed to a debugger without a window."""

from __future__ import annotations

import argparse
import codecs
import json
import os
import sys
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from gradviz.cli.streams_and_interrupts import check_input, discard
from gradviz.errors import GradvizError
from gradviz.language import tr, use_language
from gradviz.networks.catalogue import network
from gradviz.targets.target_spec import check_presence

if TYPE_CHECKING:
    from gradviz.protocol.commands import Open


def debug(arguments: argparse.Namespace) -> int:
    """Debug as the arguments say. Return the exit status.

    Raises:
        GradvizError: something asked for cannot be.
    """
    if arguments.json:  # for programs, in the engine's process too
        use_language("en")
    if arguments.target.kind != "network":
        check_presence(arguments.target)
    opening = open_command(arguments)
    check_input()
    from gradviz import __version__
    from gradviz.cli.runs import let_go, recording_folder
    from gradviz.cli.streams_and_interrupts import report
    from gradviz.runs.client_recorder import ClientRecorder
    from gradviz.runs.recorded_engine import RecordedEngine

    recorder = ClientRecorder(recording_folder(arguments), "debug", report, name=arguments.name)
    start = partial(RecordedEngine, recorder, arguments.python)
    try:
        if arguments.json:
            from gradviz.terminal.json_server import serve_lines

            return serve_lines(opening, arguments.steps, __version__, _lines(), _write, start)
        from gradviz.terminal.prompt.prompt import prompt

        return prompt(opening, arguments.steps, start)
    finally:
        recorder.close()
        let_go(recorder.folder)


def open_command(arguments: argparse.Namespace) -> Open:
    """Return the command that opens the target and stops before its first op.

    The engine checks what only torch knows: optimizers and their options.
    """
    from gradviz.cli.runner_construction import split_settings
    from gradviz.protocol.commands import Open
    from gradviz.protocol.records import OptimizerChoice

    target = arguments.target
    entry = network(target.name) if target.kind == "network" else None
    known = None if entry is None else [h.name for h in entry.hyperparameters]
    hyperparameters, options = split_settings(arguments.settings, known)
    if entry is not None:
        entry.parse(dict(hyperparameters))
    if arguments.lr is not None:
        options["lr"] = arguments.lr
    name = arguments.optimizer or (entry.optimizer if entry is not None else "")
    if options and not name:
        raise GradvizError(tr("Say which optimizer the options are for, with --optimizer."))
    choice = OptimizerChoice(name, options) if name and (options or arguments.optimizer) else None
    return Open(
        1,
        target.text,
        hyperparameters,
        arguments.seed,
        arguments.device,
        choice,
        tuple(getattr(arguments, "arguments", ())),
        stop_first=True,
    )


def _lines() -> Iterator[str]:
    """Yield standard input's lines, read below Python's buffer, whose lock a reading thread would hold at exit."""
    rest = b""
    while chunk := os.read(0, 1 << 16):
        *lines, rest = (rest + chunk).split(b"\n")
        # Bytes that are no UTF-8 make a line that is no JSON, and are answered as such.
        yield from (line.decode("utf-8", "replace") for line in lines)
    if rest:
        yield rest.decode("utf-8", "replace")


def _write(event: dict[str, Any]) -> None:
    # Where the output is not UTF-8, JSON's own escapes are understood all the same.
    is_utf8 = codecs.lookup(sys.stdout.encoding or "ascii").name == "utf-8"
    line = json.dumps(event, ensure_ascii=not is_utf8, allow_nan=False)
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        discard(sys.stdout)
        raise
