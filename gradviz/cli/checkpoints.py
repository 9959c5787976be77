"""`gradviz run --checkpoint-every` and `--resume`: states of a run in its file, and a run that goes on from one."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradviz.errors import GradvizError, InvalidValueError
from gradviz.language import tr
from gradviz.protocol.past_events import INTERVAL

if TYPE_CHECKING:
    from gradviz.engine.training.runner import Runner
    from gradviz.runs.recording import Recording
    from gradviz.runs.run_records import Points


@dataclass(frozen=True, slots=True)
class Resumed:
    """The run that is resumed, up to its last checkpoint."""

    id: str
    step: int
    data: bytes
    points: Points


def add_checkpoint_options(parser: argparse.ArgumentParser) -> None:
    """Add `--resume` and `--checkpoint-every`."""
    parser.add_argument("--resume", metavar="ID", help=tr("go on from the last checkpoint of a recorded run"))
    parser.add_argument(
        "--checkpoint-every", type=int, metavar="N", help=tr("keep a checkpoint in the recorded run each N iterations")
    )


def check_checkpoints(arguments: argparse.Namespace) -> None:
    """Read the run that is resumed into `arguments`: what it was opened with, and `resumed`.

    Raises:
        GradvizError: there is no such run, or it has no checkpoint, or the options contradict it.
    """
    every = arguments.checkpoint_every
    if every is not None and (every < 1 or arguments.no_record):
        raise InvalidValueError(
            tr("--checkpoint-every must be 1 or more, and needs a run that is recorded, without --no-record.")
        )
    arguments.resumed = None
    if arguments.resume is not None:
        _read(arguments)
    elif arguments.target is None:
        raise InvalidValueError(tr("Name a TARGET to train, or a run to go on with: --resume ID."))


def _read(arguments: argparse.Namespace) -> None:
    from gradviz.runs.library import RunLibrary, runs_folder
    from gradviz.targets.target_spec import read_target

    if arguments.optimizer or arguments.lr or arguments.settings:
        raise InvalidValueError(tr("A run that is resumed goes on as it was; leave out --optimizer, --lr and --set."))
    library = RunLibrary(runs_folder())
    run = library.find(arguments.resume)
    with library.open(run) as reader:
        rows, setup = reader.checkpoints, run.setup
        if not rows or setup is None:
            text = tr("Run {run} has no checkpoint to go on from; --checkpoint-every N keeps them.")
            raise GradvizError(text.format(run=run.name or run.id))
        row = rows[-1]
        arguments.resumed = Resumed(run.id, row.step, reader.checkpoint(row.number), reader.points())
    target = read_target(setup.target)
    if arguments.target is not None and arguments.target.absolute() != target:
        raise InvalidValueError(tr("That run trained {title}; leave out the target.").format(title=setup.title))
    arguments.target, arguments.seed = target, setup.seed
    arguments.settings = [f"{name}={value}" for name, value in setup.hyperparameters.items()]
    arguments.steps = setup.iterations if arguments.steps is None else arguments.steps
    if arguments.steps <= row.step:
        text = tr("Its checkpoint is of iteration {step} already; ask for more with --steps.")
        raise InvalidValueError(text.format(step=row.step))


def resume(runner: Runner, resumed: Resumed) -> None:
    """Make a run that has just been built what it was at the checkpoint.

    Raises:
        GradvizError: the network is another one by now.
    """
    from gradviz.engine.training.checkpoints import resume_from

    if left := resume_from(runner, resumed.data):
        text = tr("gradviz: What the model keeps in {names} is in no checkpoint.")
        print(text.format(names=", ".join(left)), file=sys.stderr)


def record_before(recording: Recording | None, resumed: Resumed) -> None:
    """Record what the run was before it was resumed: it is a run of its own, whose curve is whole."""
    if recording is None:
        return
    known = resumed.points.steps < resumed.step
    recording.set_facts(parent=resumed.id, parent_step=resumed.step)
    recording.add_points(
        "loss", resumed.points.steps[known], resumed.points.times[known], resumed.points.values[known]
    )  # fmt: skip


def keep(recording: Recording | None, runner: Runner, every: int | None) -> None:
    """Keep a checkpoint of a run between two iterations, if this is the time for one."""
    if recording is not None and every is not None and runner.step % every == 0:
        from gradviz.engine.training.checkpoints import checkpoint_of

        recording.add_checkpoint(runner.step, INTERVAL, checkpoint_of(runner))
