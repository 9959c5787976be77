"""`gradviz run`: trains in this process, prints losses, and keeps standard output for them alone."""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from gradviz.cli.checkpoints import keep, record_before, resume
from gradviz.cli.run_recording import Record, setup_of_runner, setup_of_script
from gradviz.cli.runner_construction import open_runner
from gradviz.cli.streams_and_interrupts import discard, exit_on_interrupt, exit_on_second_interrupt, reserve_stdout
from gradviz.errors import GradvizError, InvalidValueError
from gradviz.language import tr, translatable, use_language
from gradviz.terminal.json_numbers import json_number

if TYPE_CHECKING:
    from gradviz.engine.scripts.main_module import IterationCallback
    from gradviz.engine.scripts.script_run import ScriptRun
    from gradviz.engine.training.runner import Runner
    from gradviz.protocol.records import EvaluationsRecord, GraphRecord

_NEVER_TRAINED = translatable("{title} never called backward(), so there is no iteration to show.")


def train(arguments: argparse.Namespace) -> int:
    """Train as the arguments say. Return the exit status.

    Raises:
        GradvizError: something asked for cannot be.
    """
    if arguments.json:
        use_language("en")
    with exit_on_interrupt():
        import gradviz.engine.training.runner  # noqa: F401 (what fails here is not due to the user's code)

    if is_training_script(arguments):
        return _train_script(arguments)
    from gradviz.engine.serving.process_guard import guarded, report_leaving

    runner: Runner | None = None
    with reserve_stdout() as out, guarded(report_leaving):
        try:
            with exit_on_interrupt():
                runner = open_runner(arguments)
                if arguments.resumed is not None:
                    resume(runner, arguments.resumed)
            with exit_on_second_interrupt(), Record(arguments, setup_of_runner(arguments, runner)) as record:
                _print_losses(runner, arguments, out, record)
        except (GradvizError, BrokenPipeError, KeyboardInterrupt):
            raise
        except BaseException as error:
            # The user's code may raise what is no Exception.
            return report_error(error, runner, arguments.target.text)
    return 0


def _train_script(arguments: argparse.Namespace) -> int:
    """Train a script. Return its own exit status, if it ends itself; 1 if it raises."""
    if arguments.steps == 0:
        return 0
    from gradviz.engine.scripts.script_run import ScriptRun
    from gradviz.engine.serving.process_guard import guarded, report_leaving

    run = ScriptRun()
    trained = False

    def leaving(place: str, status: int) -> int:
        # Its own end, as in plain Python, unless it comes before there was anything to print.
        record.end("ended")
        return status if trained else report_leaving(place, status)

    def follow() -> None:
        with record:
            follow_script(arguments, on_iteration, run)

    record = Record(arguments, setup_of_script(arguments))
    with reserve_stdout() as out:
        write = _line_of_json if arguments.json else _line_of_text
        every = 1 if arguments.json else arguments.every

        def on_iteration(step: int, loss: float, evaluations: EvaluationsRecord | None) -> bool:
            nonlocal trained
            trained = True
            record(step, loss)
            if step == 0:
                record.describe(run.choice, run.device, run.graph.record if run.graph is not None else None)
            if (step + 1) % every == 0:
                _write(write(step, loss, evaluations), out)
            goes_on: bool = step + 1 != arguments.steps
            return goes_on

        with exit_on_second_interrupt(), guarded(leaving):
            return run_user_script(follow)


def run_user_script(follow: Callable[[], object]) -> int:
    """Run a script's own code, and print the traceback of what it raises. Return the exit status."""
    from gradviz.engine.frames.tracebacks import traceback_text

    try:
        follow()
    except (GradvizError, BrokenPipeError, KeyboardInterrupt):
        raise
    except SystemExit as error:
        if isinstance(error.code, int):
            return error.code
        print(error.code, file=sys.stderr)
        return 1
    except BaseException as error:
        print(traceback_text(error), file=sys.stderr, end="")
        return 1
    return 0


def report_error(error: BaseException, runner: Runner | None, target: str) -> int:
    """Report what the network's own code raised, with the traceback from there on. Return the exit status.

    Raises:
        GradvizError: the remedy is known, and no traceback is needed: too little memory, wrong inputs.
    """
    from gradviz.engine.frames.tracebacks import traceback_text
    from gradviz.engine.loading.error_explanation import explain, sentence_of, text_of

    # torch's own classes of it: one for GPUs, and none for the CPU.
    torchs = type(error).__name__ == "OutOfMemoryError" or "DefaultCPUAllocator" in text_of(error)
    if isinstance(error, MemoryError) or torchs:
        raise GradvizError(
            tr("There is not enough memory for {target}; make it smaller with --set.").format(target=target)
        ) from error
    remedy = explain(error, runner.experiment) if runner is not None else ""
    if remedy or isinstance(error, SystemExit):
        raise GradvizError(remedy or sentence_of(error, runner.phase if runner else "build", None)) from error
    print(traceback_text(error), file=sys.stderr, end="")
    if runner is None:
        print(f"gradviz: {sentence_of(error, 'build', None)}", file=sys.stderr)
    return 1


def _print_losses(runner: Runner, arguments: argparse.Namespace, out: TextIO, record: Record) -> None:
    write = _line_of_json if arguments.json else _line_of_text
    every = 1 if arguments.json else arguments.every
    first, steps = runner.step, arguments.steps - runner.step
    if arguments.resumed is not None:
        record_before(record.recording, arguments.resumed)
    if record.recording is not None and steps:
        runner.forward(captured=True)  # of the first iteration, to have its graph
    with _bar(steps, sys.stderr) as (bar, say):
        for step, loss in enumerate(bar(runner.losses(steps)), start=first):
            record(step, loss)
            keep(record.recording, runner, arguments.checkpoint_every)
            if step == first and runner.graph is not None:
                record.describe(runner.choice, str(runner.device), runner.graph.record)
            if (step + 1) % every == 0:
                say(write(step, loss), out)


def _line_of_text(step: int, loss: float, evaluations: EvaluationsRecord | None = None) -> str:
    if evaluations is None:
        return f"{step} {loss:.9g}"
    return tr("{step} {loss:.9g} ({count} evaluations, the last {last:.9g})").format(
        step=step, loss=loss, count=evaluations.count, last=evaluations.last
    )


def _line_of_json(step: int, loss: float, evaluations: EvaluationsRecord | None = None) -> str:
    line: dict[str, Any] = {"step": step, "loss": json_number(loss)}
    if evaluations is not None:
        line |= {"evaluations": evaluations.count, "last_loss": json_number(evaluations.last)}
    return json.dumps(line)


Bar = Callable[[Iterable[float]], Iterable[float]]
Say = Callable[[str, TextIO], None]


@contextlib.contextmanager
def _bar(steps: int, terminal: TextIO) -> Iterator[tuple[Bar, Say]]:
    """Show a progress bar on a terminal; nothing where stderr goes to a file."""
    if not terminal.isatty():
        yield (lambda losses: losses), _write
        return
    from tqdm import tqdm

    # tqdm by itself would show nothing on a terminal whose size is not known.
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
    """Write a line at once, so that a reader of the pipe sees each loss when it is known, and whole even at Ctrl+C.

    Raises:
        GradvizError: the disk is full.
        BrokenPipeError: nobody reads any more.
    """
    try:
        out.write(f"{line}\n")
        out.flush()
    except BrokenPipeError:
        discard(out)
        raise
    except OSError as error:
        discard(out)
        raise GradvizError(
            tr("Standard output cannot be written: {strerror}.").format(strerror=error.strerror)
        ) from error


def is_training_script(arguments: argparse.Namespace) -> bool:
    """Return whether the target is a script that trains by itself. Nothing is executed."""
    return bool(arguments.target.runs_as_script(has_arguments=bool(arguments.arguments)))


def follow_script(arguments: argparse.Namespace, on_iteration: IterationCallback, run: ScriptRun) -> None:
    """Run the script to its end, or until `on_iteration`, which gets each iteration and its loss, returns False. `run`
    is what is known of it then.

    Raises:
        GradvizError: an option that is the script's own affair, or the script never trained.
    """
    _refuse_options(arguments)
    from gradviz.engine.scripts.main_module import Script, follow_losses

    script = Script(arguments.target, arguments.arguments)
    if not follow_losses(script, on_iteration, run):
        raise GradvizError(tr(_NEVER_TRAINED).format(title=script.title))


def graph_of_script(arguments: argparse.Namespace) -> GraphRecord:
    """Return the graph of the script's first iteration, at whose backward the script is ended.

    Raises:
        GradvizError: an option that is the script's own affair, or the script made no graph.
    """
    _refuse_options(arguments)
    from gradviz.engine.scripts.main_module import Script, first_graph

    script = Script(arguments.target, arguments.arguments)
    record = first_graph(script)
    if record is None:
        raise GradvizError(tr(_NEVER_TRAINED).format(title=script.title))
    return record


def _refuse_options(arguments: argparse.Namespace) -> None:
    """Raise InvalidValueError for an option that a script sets itself: seed, device, optimizer."""
    given = {
        "--set": bool(arguments.settings),
        "--seed": arguments.seed != 0,
        "--device": arguments.device != "cpu",
        "--optimizer": getattr(arguments, "optimizer", None) is not None,
        "--lr": getattr(arguments, "lr", None) is not None,
    }
    for option, is_given in given.items():
        if is_given:
            raise InvalidValueError(
                tr(
                    "{title} is a training script, which sets this itself; leave out"
                    " {option}, and put the script's own arguments behind --."
                ).format(title=arguments.target.title, option=option)
            )
