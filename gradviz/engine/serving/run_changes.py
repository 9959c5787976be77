"""The run that is open: what the client is sent of it; changes of its device, its optimizer, its weights, what is
sampled; the way back to an earlier iteration; and what it was, kept and taken up again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from gradviz.engine.capture.named_tensors import parameter_records
from gradviz.engine.loading.devices import devices_for
from gradviz.engine.scripts.script_run import LOCKED
from gradviz.engine.serving.tensor_commands import load_weights
from gradviz.engine.training.checkpoints import resume_from
from gradviz.engine.training.runner import Runner
from gradviz.engine.training.training_loop import RunServer, RunServices
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.protocol.commands import (
    BackTo,
    Command,
    FindFirst,
    KeepCheckpoint,
    LoadWeights,
    Open,
    SetCheckpoints,
    SetDevice,
    SetFigures,
    SetOptimizer,
)
from gradviz.protocol.events import ConfigurationChanged, Opened, Unchecked
from gradviz.protocol.records import MarkRecord


class ChangedServer(RunServer, Protocol):
    """The server, as these commands need it."""

    services: RunServices

    def hold(self, runner: Runner) -> None:
        """Run the forward of iteration 0 and pause behind it."""


def opened_event(run: int, runner: Runner) -> Opened:
    """Return what the client is sent of a run that was built."""
    target = runner.target
    return Opened(
        run, target.id, target.title, runner.device, runner.choice, devices_for(target.cpu_only), runner.table.records,
        parameter_records(runner.experiment), target.source, target.kind, target.notes, target.hyperparameters,
    )  # fmt: skip


def back_to(server: ChangedServer, command: BackTo) -> None:
    """Go back to an iteration of the past, and stop before its first op."""
    runner = driven_by_us(server, tr("A script goes back by running from its start again."))
    server.services.losses.send()
    server.services.past.begin(runner, command.step, command.branch)
    server.services.losses.last = server.services.past.losses[command.step - 1] if command.step else None
    runner.begin(None)
    server.services.stepping.lead()
    server.report_state(runner)


def keep_checkpoint(server: ChangedServer, _command: KeepCheckpoint) -> None:
    """Send the state of the run."""
    text = tr("A script keeps its state itself: torch.save(model.state_dict(), …) writes it.")
    runner = driven_by_us(server, text)
    server.send_losses()
    server.services.checkpoints.keep(server.run, runner)


def set_checkpoints(server: ChangedServer, command: SetCheckpoints) -> None:
    """Send the state of the run each so many iterations."""
    server.services.checkpoints.every = max(0, command.every)


def take_up(server: ChangedServer, runner: Runner, command: Open) -> None:
    """Let a run that has just been built go on from the state that the command names, if it names one.

    Raises:
        GradvizError: the file cannot be read, or is of another network.
    """
    if not command.checkpoint:
        return
    try:
        data = Path(command.checkpoint).read_bytes()
    except OSError as error:
        text = tr("The checkpoint cannot be read: {reason}; resume the run again.")
        raise GradvizError(text.format(reason=error.strerror)) from error
    left_out = resume_from(runner, data)
    server.services.past.begin_at(runner.step)
    if left_out:
        text = tr("What the model keeps in {names} is in no checkpoint: losses may differ.")
        server.post(Unchecked(server.run, text.format(names=", ".join(left_out))))


def find_first(server: ChangedServer, command: FindFirst) -> None:
    """Go back to the first iteration that meets a condition."""
    runner = driven_by_us(
        server, tr("A script is searched while it runs: break on this condition, reset it, and run it; it stops there.")
    )
    server.services.losses.send()
    server.services.search.begin(runner, command)
    runner.begin(None)
    server.services.stepping.lead()
    server.report_state(runner)


def set_device(server: ChangedServer, command: SetDevice) -> None:
    """Go on on another device."""
    runner = driven_by_us(server, tr(LOCKED))
    if runner.state == "stopped":
        raise GradvizError(tr("Finish this iteration before the device changes: its tensors are in use."))
    before, ready = runner.device, runner.state == "ready"
    if not runner.set_device(command.device):
        _configured(server, runner, None)
        if ready:
            server.hold(runner)
        return
    moved = runner.device != before
    if moved:
        note_change(server)
    _configured(server, runner, MarkRecord(runner.step, "device", f"{before} → {runner.device}") if moved else None)


def set_optimizer(server: ChangedServer, command: SetOptimizer) -> None:
    """Update in another way from the next update on."""
    runner = driven_by_us(server, tr(LOCKED))
    change = runner.set_optimizer(command.optimizer)
    if change is not None:
        note_change(server, optimizer=True)
    marked = change is not None and runner.step > 0
    _configured(server, runner, MarkRecord(runner.step, change.kind, change.text) if marked and change else None)


def put_weights(server: ChangedServer, command: LoadWeights) -> None:
    """Put the tensors of a file into the model."""
    runner = driven_by_us(server, tr("The script loads its weights itself."))
    if load_weights(command, runner, server.run, server.post):
        server.hold(runner)
    else:
        note_change(server)


def note_change(server: ChangedServer, *, optimizer: bool = False) -> None:
    """Note that the user changed the run here, which nothing repeats. In the past, a branch begins with that."""
    runner = server.current_run()
    if not isinstance(runner, Runner):
        return
    if optimizer and runner.phase != "update":
        runner.states.renew(runner.step, runner.updater.optimizer, (runner.device, runner.updater.manner))
    runner.states.keep_next()
    server.branch_at(runner, runner.step, "")


def driven_by_us(server: ChangedServer, otherwise: str) -> Runner:
    """Return the runner; refuse a script, which drives itself, with `otherwise`."""
    runner = server.current_run()
    if not isinstance(runner, Runner):
        raise GradvizError(otherwise)
    return runner


def _configured(server: ChangedServer, runner: Runner, mark: MarkRecord | None) -> None:
    server.send_losses()
    server.post(ConfigurationChanged(server.run, runner.device, runner.choice, mark))


RUN_CHANGES: dict[type[Command], Callable[..., None]] = {
    SetDevice: set_device,
    SetOptimizer: set_optimizer,
    LoadWeights: put_weights,
    BackTo: back_to,
    FindFirst: find_first,
    KeepCheckpoint: keep_checkpoint,
    SetCheckpoints: set_checkpoints,
    SetFigures: lambda server, command: server.services.figures.set(command),
}
