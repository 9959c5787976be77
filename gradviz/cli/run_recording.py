"""Records what `gradviz run` trains in this process, without a client: its losses, as they are known."""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gradviz import watch_api
from gradviz.cli.runs import let_go, recording_folder
from gradviz.cli.streams_and_interrupts import report

if TYPE_CHECKING:
    from gradviz.client.runs import RunSetup
    from gradviz.engine.training.runner import Runner
    from gradviz.runs.recording import Recording
    from gradviz.runs.run_records import RunEnd


class Record:
    """Called with each iteration and its loss."""

    def __init__(self, recording: Recording | None) -> None:
        self.recording = recording
        self._step = -1

    def __call__(self, step: int, loss: float) -> None:
        """Record the loss of an iteration."""
        if self.recording is not None:
            self.recording.add_point("loss", step, loss)
            self._step = step

    def log(self, metrics: Mapping[str, Any], step: int | None) -> None:
        """Record what the user's code logs; by default in the iteration that is under way."""
        from gradviz.engine.training.metric_log import number_in

        for name, value in metrics.items():
            number = number_in(value)
            if self.recording is not None and number is not None:
                self.recording.add_point(name, self._step + 1 if step is None else int(step), number)

    def end(self, state: RunEnd, text: str = "") -> None:
        """Write what is left. Does nothing the second time."""
        recording, self.recording = self.recording, None
        if recording is not None:
            if text:
                recording.add_event(self._step + 1, "end" if state == "finished" else "error", text)
            recording.close(state)


@contextmanager
def recorded(arguments: argparse.Namespace, setup: RunSetup) -> Iterator[Record]:
    """Record a run while this lasts, unless the arguments ask for none; then remove old ones.

    Raises what is raised in it.
    """
    import torch

    from gradviz import __version__
    from gradviz.runs.recording import Recording, new_id
    from gradviz.runs.run_records import RunFacts

    folder = recording_folder(arguments)
    record = Record(None)
    if folder is not None:
        facts = RunFacts(
            id=new_id(),
            began=time.time(),
            origin="run",
            title=setup.title,
            setup=setup,
            arguments=arguments.arguments,
            device=setup.device,
            python=platform.python_version(),
            torch=str(torch.__version__),
            gradviz=__version__,
            source=setup.file,
            name=arguments.name,
        )
        record = Record(Recording(folder, facts, report))
    watch_api.log_to(record.log)
    try:
        yield record
    except (KeyboardInterrupt, BrokenPipeError):
        record.end("ended")
        raise
    except BaseException as error:
        record.end("failed", f"{type(error).__name__}: {error}")
        raise
    finally:
        watch_api.log_to(None)
    record.end("finished")
    let_go(folder)


def setup_of_runner(arguments: argparse.Namespace, runner: Runner) -> RunSetup:
    """Return what was made of the arguments."""
    from msgspec.structs import replace

    from gradviz.client.runs import setup_of
    from gradviz.protocol.commands import Open

    command = Open(
        1, arguments.target.text, dict(runner.setup.hyperparameters), arguments.seed, str(runner.device), runner.choice
    )
    return replace(setup_of(command), iterations=max(arguments.steps, 1))


def setup_of_script(arguments: argparse.Namespace) -> RunSetup:
    """Return what is known of a script: itself."""
    from gradviz.client.runs import default_setup

    return default_setup(arguments.target.absolute().text)
