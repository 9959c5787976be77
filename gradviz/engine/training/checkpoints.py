"""States of a run as bytes for a file, made when asked for and each N iterations; and runs that go on from one."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from math import inf

from gradviz.engine.replay.kept_states import KeptState, KeptStates
from gradviz.engine.replay.state_bytes import put_state, state_from_bytes, state_to_bytes
from gradviz.engine.training.runner import Runner
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.protocol.events import Event, Unchecked
from gradviz.protocol.past_events import ASKED, INTERVAL, CheckpointMade
from gradviz.protocol.records import OptimizerChoice

_NO_LIMIT = 2**62
_PART = 64 * 2**20
"""Bytes of a checkpoint in one message."""
_NOT_WRITABLE = (GradvizError, RuntimeError, TypeError, ValueError, MemoryError)
"""What a model's own objects can raise while they are made bytes."""


class Checkpoints:
    """Makes the checkpoints of one client's runs, and sends them."""

    def __init__(self, post: Callable[[Event], None]) -> None:
        self._post = post
        self.every = 0
        """A checkpoint is made each so many iterations; 0 for none."""
        self._last = 0, 0
        """Run and iteration of the last one."""

    def keep(self, run: int, runner: Runner) -> None:
        """Send the state of the run now.

        Raises:
            GradvizError: nothing has run yet, or the state cannot be had here.
        """
        if runner.step == 0:
            raise GradvizError(tr("Nothing has been trained yet: the run begins from its seed anyway; run it first."))
        try:
            self._send(run, runner, ASKED)
        except _NOT_WRITABLE as error:
            raise GradvizError(_why_not(error)) from error

    def next_step(self, step: int) -> float:
        """Return before which iteration after `step` a checkpoint is due."""
        return (step // self.every + 1) * self.every if self.every else inf

    def keep_if_due(self, run: int, runner: Runner, send_losses: Callable[[], object]) -> None:
        """Send the state of a run between two iterations, if this is the time. Losses are sent before."""
        if not self.every or runner.step % self.every or (run, runner.step) <= self._last:
            return
        send_losses()
        try:
            self._send(run, runner, INTERVAL)
        except _NOT_WRITABLE as error:
            self.every = 0
            self._post(Unchecked(run, _why_not(error)))

    def _send(self, run: int, runner: Runner, kind: str) -> None:
        data = checkpoint_of(runner)
        self._last = run, runner.step
        for start in range(0, len(data), _PART):
            part, more = data[start : start + _PART], start + _PART < len(data)
            self._post(CheckpointMade(run, runner.step, kind, len(data), part, more))


def _why_not(error: BaseException) -> str:
    if isinstance(error, GradvizError):
        return str(error)
    text = tr("No checkpoint can be made of this run ({reason}); save its weights in a script, by torch.save.")
    return text.format(reason=str(error).split("\n")[0] or type(error).__name__)


def checkpoint_of(run: Runner) -> bytes:
    """Return the state of a run as bytes, for a file: between two iterations the present one, within an iteration that
    from which it began.

    Raises:
        GradvizError: the state at the start of this iteration is not there any more.
    """
    if run.holds_forward or run.state == "stopped":
        _refuse_where_changed(run)
    manner = run.device, run.updater.manner
    # Of its own: those that the run keeps learn from each look at the model what iterations change.
    states = KeptStates(run.experiment, run.generators)
    state = states.take(run.step, run.updater.optimizer, run.data, manner, limit=_NO_LIMIT)
    assert state is not None  # without a limit there is always room
    if run.holds_forward or run.state == "stopped":
        _make_as_it_began(run, state)
    choice = {"name": run.choice.name, "options": run.choice.options}
    return state_to_bytes(state, {"target": run.target.id, "device": run.device, "choice": choice})


def _refuse_where_changed(run: Runner) -> None:
    """Raise GradvizError if what the iteration began with has been changed by now."""
    noted = run.start.noted == run.step and not run.start.refusal
    added = run.phase == "backward" and run.carries_gradients
    if not noted or added or run.phase == "update":
        raise GradvizError(
            tr("This iteration is changing the state already; finish it, and keep the checkpoint behind it.")
        )


def _make_as_it_began(run: Runner, state: KeptState) -> None:
    """Make a state that was taken within an iteration the one from before it: the weights are the same until the
    update."""
    run.start.correct(state.values)
    if run.phase == "backward":  # it began without any
        state.values.places = [place for place in state.values.places if place.key != "grad"]
    if run.experiment.has_batches:
        state.data, state.random = run.data.before
    else:
        state.random = copy(run.start.random)


def resume_from(run: Runner, data: bytes) -> list[str]:
    """Make a run that has just been built what it was when `checkpoint_of` gave these bytes. Returns names of what the
    model keeps that no file can hold.

    Raises:
        GradvizError: it is no checkpoint, or one of another network.
    """
    saved = state_from_bytes(data)
    choice = saved.header["choice"]
    run.updater.change(OptimizerChoice(choice["name"], choice["options"]))
    put_state(saved, run.experiment, run.updater.optimizer, run.data)
    run.go_to(saved.step)
    return saved.left_out
