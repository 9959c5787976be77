"""Records what `gradviz run` trains in this process, without a client: its losses, as they are known."""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from gradviz import watch_api
from gradviz.cli.runs import let_go, recording_folder
from gradviz.cli.streams_and_interrupts import report
from gradviz.client.runs import DONE
from gradviz.language import tr

if TYPE_CHECKING:
    from gradviz.client.runs import RunSetup
    from gradviz.engine.training.runner import Runner
    from gradviz.protocol.records import GraphRecord, OptimizerChoice
    from gradviz.runs.recording import Recording
    from gradviz.runs.run_records import RunEnd


class Record:
    """Records a run while it is entered, unless the arguments ask for none; then removes old ones. Called with each
    iteration and its loss."""

    def __init__(self, arguments: argparse.Namespace, setup: RunSetup) -> None:
        """Raise InvalidValueError where the environment has a limit that is no number."""
        self._folder = recording_folder(arguments)
        self._step = -1
        self.recording = None if self._folder is None else _recording(self._folder, arguments, setup)
        """None if nothing is recorded, or no more."""

    def __enter__(self) -> Record:
        watch_api.log_to(self.log)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        watch_api.log_to(None)
        if error is None:
            self.end("finished")
            let_go(self._folder)
        elif isinstance(error, KeyboardInterrupt | BrokenPipeError):
            self.end("ended")
        else:
            self.end("failed", f"{type(error).__name__}: {error}")

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

    def describe(self, optimizer: OptimizerChoice, device: str, graph: GraphRecord | None) -> None:
        """Record what is known with the first iteration."""
        if self.recording is None:
            return
        from msgspec.structs import replace

        if (setup := self.recording.facts.setup) is not None:
            self.recording.set_facts(device=device, setup=replace(setup, device=device, optimizer=optimizer))
        if graph is not None:
            self.recording.add_graph(0, graph)

    def end(self, state: RunEnd, text: str = "") -> None:
        """Write what is left. Does nothing the second time."""
        recording, self.recording = self.recording, None
        if recording is not None:
            if state != "ended":
                recording.add_event(self._step + 1, "error" if state == "failed" else "end", text or tr(DONE))
            recording.close(state)


def _recording(folder: Path, arguments: argparse.Namespace, setup: RunSetup) -> Recording:
    import torch

    from gradviz import __version__
    from gradviz.runs.recording import Recording, new_id
    from gradviz.runs.run_records import RunFacts

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
    return Recording(folder, facts, report)


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
