"""`gradviz run`: trains in this process, prints losses, and keeps standard output for them alone."""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import shutil
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from gradviz.errors import GradvizError, InvalidValueError, UnknownNameError
from gradviz.interruption import ending_at_once
from gradviz.networks.catalogue import network
from gradviz.standard_streams import discard

if TYPE_CHECKING:
    from gradviz.engine.opening import Setup
    from gradviz.engine.runner import Runner
    from gradviz.protocol.records import Value


def train(arguments: argparse.Namespace) -> int:
    """Train as the arguments say. Returns the exit status.

    Raises:
        GradvizError: something asked for cannot be.
    """
    with ending_at_once():
        setup = setup_of(arguments)
        from gradviz.engine.runner import Runner

    out = sys.stdout
    # What the network prints goes to stderr: standard output is for losses.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            with ending_at_once():
                runner = Runner(setup)
            _print_losses(runner, arguments, out)
        except (GradvizError, BrokenPipeError):
            raise
        except Exception as error:
            return tell_error(error)
    return 0


def tell_error(error: Exception) -> int:
    """The door for the network's own code: prints the traceback, returns the exit status.

    Raises:
        GradvizError: there was not enough memory, which nobody looks for in a traceback.
    """
    # torch's own classes of it: one for GPUs, and none for the CPU.
    torchs = type(error).__name__ == "OutOfMemoryError" or "DefaultCPUAllocator" in str(error)
    if isinstance(error, MemoryError) or torchs:
        raise GradvizError(
            "There is not enough memory for a network of this size; make it smaller with --set."
        ) from error
    traceback.print_exception(error)
    return 1


def _print_losses(runner: Runner, arguments: argparse.Namespace, out: TextIO) -> None:
    write = _line_of_json if arguments.json else _line_of_text
    every = 1 if arguments.json else arguments.every
    with _bar(arguments.steps, sys.stderr) as (bar, say):
        for step, loss in enumerate(bar(runner.losses(arguments.steps))):
            if (step + 1) % every == 0:
                say(write(step, loss), out)


def _line_of_text(step: int, loss: float) -> str:
    return f"{step} {loss:.9g}"


def _line_of_json(step: int, loss: float) -> str:
    """JSON knows no NaN and no infinity: those are written as strings."""
    value: float | str = loss
    if math.isnan(loss):
        value = "NaN"
    elif math.isinf(loss):
        value = "Infinity" if loss > 0 else "-Infinity"
    return json.dumps({"step": step, "loss": value})


Bar = Callable[[Iterable[float]], Iterable[float]]
Say = Callable[[str, TextIO], None]


@contextlib.contextmanager
def _bar(steps: int, terminal: TextIO) -> Iterator[tuple[Bar, Say]]:
    """A progress bar for a person who watches; nothing where stderr goes to a file."""
    if not terminal.isatty():
        yield (lambda losses: losses), _write
        return
    from tqdm import tqdm

    # tqdm by itself would show nothing on a terminal that does not tell its size.
    columns, rows = shutil.get_terminal_size()
    with tqdm(total=steps, file=terminal, unit="it", leave=False, ncols=columns, nrows=rows) as progress:

        def advance(losses: Iterable[float]) -> Iterable[float]:
            for loss in losses:
                progress.update()
                yield loss

        def say(line: str, out: TextIO) -> None:
            # On the same terminal, the line takes the bar's place and the bar moves down.
            progress.clear()
            _write(line, out)
            progress.refresh()

        yield advance, say


def _write(line: str, out: TextIO) -> None:
    """At once, so that a reader of the pipe sees each loss when it is known, and whole, so that Ctrl+C cuts none.

    Raises:
        GradvizError: the disk is full.
        BrokenPipeError: nobody reads any more.
    """
    try:
        out.write(f"{line}\n")
        out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        discard(out)
        raise GradvizError(f"Standard output cannot be written: {error.strerror}.") from error


def setup_of(arguments: argparse.Namespace) -> Setup:
    """What the arguments describe.

    A `--set` means a hyperparameter if the network has one of that name, else an option of the optimizer.

    Raises:
        UnknownNameError: neither has it; the message lists both.
        InvalidValueError: a setting that is not KEY=VALUE, or a value that cannot be.
    """
    entry = network(arguments.target)
    hyperparameters: dict[str, Value] = {}
    options: dict[str, Value] = {}
    known = {h.name for h in entry.hyperparameters}
    for setting in arguments.settings:
        key, equals, value = setting.partition("=")
        if not equals or not key:
            raise InvalidValueError(f"--set takes KEY=VALUE, not {setting!r}.")
        name = key if key in known else key.lower()
        if name in known:
            hyperparameters[name] = value
        else:
            options[key] = value
    entry.parse(dict(hyperparameters))
    wanted = getattr(arguments, "optimizer", None)
    learning_rate = getattr(arguments, "lr", None)
    if learning_rate is not None:
        options["lr"] = learning_rate
    name = _optimizer_name(wanted or entry.optimizer)
    _check_options(entry.id, sorted(known), name, options)
    return _setup(arguments, hyperparameters, name, options)


def _setup(
    arguments: argparse.Namespace, hyperparameters: dict[str, Value], optimizer: str, options: dict[str, Value]
) -> Setup:
    from gradviz.engine.opening import Setup
    from gradviz.protocol.records import OptimizerChoice

    choice = OptimizerChoice(optimizer, options)
    return Setup(arguments.target, hyperparameters, arguments.seed, arguments.device, choice)


def _optimizer_name(name: str) -> str:
    """The optimizer's name in torch's spelling; `adam` is Adam."""
    from gradviz.engine.optimizer_options import MANUAL, optimizer_classes

    known = [MANUAL, *optimizer_classes()]
    for candidate in known:
        if candidate.lower() == name.lower():
            return candidate
    raise UnknownNameError("optimizer", name, known)


def _check_options(target: str, hyperparameters: list[str], optimizer: str, options: dict[str, Value]) -> None:
    from gradviz.engine.optimizer_options import MANUAL, option_records

    known = ["lr"] if optimizer == MANUAL else [option.name for option in option_records(optimizer)]
    for key in options:
        if key not in known:
            raise UnknownNameError(f"hyperparameter of {target} or option of {optimizer}", key, hyperparameters + known)
