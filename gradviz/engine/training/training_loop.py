"""Train a run that gradviz drives, an iteration at a time, as the policy decides;
and send its losses four times a second, every one of them."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from time import perf_counter
from typing import Any, Protocol

import torch

from gradviz.engine.gate.gate import AbandonedError
from gradviz.engine.gate.step_request import Position
from gradviz.engine.loading.allowed_code import UnallowedError
from gradviz.engine.loading.error_explanation import RAISED
from gradviz.engine.proofs.lost_gradient_proof import cannot_start
from gradviz.engine.stepping.raising_call import stop_at_loss, stop_of
from gradviz.engine.stepping.run_state import AnyRun
from gradviz.engine.stepping.step_controller import CommandServer, StepController
from gradviz.engine.tensors.saved_tensors import Inspections, is_freed
from gradviz.engine.training.checkpoints import Checkpoints
from gradviz.engine.training.figure_sampler import FigureSampler
from gradviz.engine.training.iteration_policy import IterationPolicy
from gradviz.engine.training.past import Past
from gradviz.engine.training.runner import Runner
from gradviz.engine.training.search import Search
from gradviz.engine.training.trap_watch import TrapWatch
from gradviz.protocol.commands import StepIn
from gradviz.protocol.events import Event, LossBatch
from gradviz.protocol.records import EvaluationsRecord

# Nobody reads a number faster. Each batch wakes the client, which paints, and wants a processor that torch uses: where
# torch has a thread on each, all of them wait meanwhile.
PERIOD = 0.25
# The rate is an average over about this many seconds.
_MEMORY = 0.5


class LossBatcher:
    """Batches the losses of one run for the client.

    Numbers are copied from a GPU a batch at a time: each copy waits for the device.
    """

    def __init__(
        self, run: int, post: Callable[[Event], None], record: Callable[[int, array[float]], object] | None = None
    ) -> None:
        """`record` takes the losses that are sent: the number of the first, and the losses."""
        self.run = run
        self._post = post
        self._record = record
        self._lock = Lock()
        self._waiting: list[Any] = []
        self._evaluations: list[EvaluationsRecord] = []
        self._first = 0
        self._sent_at = perf_counter()
        self._rate = 0.0
        self.last: float | None = None

    def resume(self) -> None:
        """Start the clock of the rate: time spent waiting is not training."""
        self._sent_at = perf_counter()

    def add(self, step: int, loss: Any, evaluations: EvaluationsRecord | None = None) -> None:
        """Add the loss of iteration `step`, a number or a tensor."""
        value = loss if _is_elsewhere(loss) else float(loss)
        with self._lock:
            if evaluations is not None:
                self._evaluations.append(evaluations)
            if not self._waiting:
                self._first = step
            self._waiting.append(value)

    @property
    def due_at(self) -> float:
        """When the batch is to be sent."""
        return self._sent_at + PERIOD

    def send_if_due(self, now: float) -> None:
        """Send the batch if the last one is long enough ago."""
        if now >= self.due_at:
            self.send()

    def send(self) -> None:
        """Send the batch."""
        with self._lock:
            self._send()

    def send_numbers(self) -> None:
        """Send the batch from another thread, unless a device would have to be waited for."""
        with self._lock:
            if all(isinstance(loss, float) for loss in self._waiting):
                self._send()

    def _send(self) -> None:
        if not self._waiting:
            return
        losses = _numbers(self._waiting)
        self._waiting = []
        if self._record is not None:
            self._record(self._first, losses)
        now = perf_counter()
        self._measure(len(losses), now - self._sent_at)
        self._sent_at = now
        self.last = losses[-1]
        evaluations, self._evaluations = tuple(self._evaluations), []
        self._post(LossBatch(self.run, self._first, _little_endian(losses), self._rate, evaluations))

    def _measure(self, count: int, seconds: float) -> None:
        rate = count / max(seconds, 1e-9)
        weight = min(1.0, seconds / _MEMORY)
        self._rate = rate if self._rate == 0.0 else self._rate + weight * (rate - self._rate)


def _is_elsewhere(loss: Any) -> bool:
    return isinstance(loss, torch.Tensor) and loss.device.type != "cpu"


def _numbers(losses: list[Any]) -> array[float]:
    """Return losses as float64; tensors on a device are copied in one piece."""
    if all(isinstance(loss, torch.Tensor) for loss in losses):
        losses = torch.stack([loss.reshape(()) for loss in losses]).cpu().double().tolist()
    return array("d", (float(loss) for loss in losses))


def _little_endian(numbers: array[float]) -> bytes:
    """Return numbers as the protocol has them, whatever this machine is."""
    if _BIG_ENDIAN:
        numbers = array("d", numbers)
        numbers.byteswap()
    return numbers.tobytes()


_BIG_ENDIAN = array("H", [1]).tobytes()[0] == 0


class RunServer(CommandServer, Protocol):
    """The server, as the loop of a network and the session of a script need it."""

    def show_graph(self, runner: AnyRun) -> None:
        """Send the graph of the run, if the client has another one."""

    def branch_at(self, runner: Runner, step: int, message: str) -> None:
        """Let the run be another one from iteration `step` on, if that ran before."""

    def report_pause(self, runner: AnyRun) -> None:
        """Send all that is known of a run that was paused."""

    def report_raised(self, error: BaseException) -> None:
        """End the run, whose code raised `error`, and send what it was."""


@dataclass(frozen=True, slots=True)
class RunServices:
    """What the server keeps for the current run."""

    stepping: StepController
    losses: LossBatcher
    policy: IterationPolicy
    inspections: Inspections
    past: Past
    search: Search
    checkpoints: Checkpoints
    figures: FigureSampler


class TrainingLoop:
    """Runs the iterations of a network and reports what they showed."""

    def __init__(self, server: RunServer, services: RunServices) -> None:
        self._server = server
        self._services = services
        self._traps = TrapWatch(services.stepping, server.show_graph)

    def iterate(self, runner: Runner) -> None:
        """Run one iteration, or the rest of the one that was begun; of a free run as many as there is time for until
        something has to be looked at, sent or served."""
        services, iterations = self._services, 1
        try:
            if services.past.arrives(runner):
                if not services.search.arrive(runner):
                    services.stepping.want(StepIn())
            elif services.past.is_on_the_way(runner.step):
                self._repeat(runner)
                return
            inexact = self._traps.passes_gate(runner)
            manner = services.policy.begin(runner, always_step=inexact, every_node=inexact)
            if inexact and runner.gate is not None:
                runner.gate.inexact = True
            self._traps.attend(runner, free=manner == "free")
            self._traps.ask_held(runner)
            sampled = services.figures.begin(runner, manner)
            if manner not in ("free", "resumed"):
                self._capture_iteration(runner)
            elif self._traps.armed or sampled:
                self._iterate_watched(runner)
            else:
                iterations = self._iterate_freely(runner)
            services.policy.end(runner, iterations)
            services.checkpoints.keep_if_due(services.losses.run, runner, services.losses.send)
        except AbandonedError:
            services.figures.drop()
            runner.fail()
            return
        except RAISED as error:
            # One of the four doors: the network's own code raised.
            if not isinstance(error, (UnallowedError, KeyboardInterrupt)):
                self._stop_where_it_raised(runner, error)
            self._server.report_raised(error)
            return
        if runner.state == "running":
            services.losses.send_if_due(perf_counter())
        else:
            self._server.report_pause(runner)

    def _iterate_freely(self, runner: Runner) -> int:
        """Run an iteration, and of a free run all until something is due or a command comes, with next to nothing
        between them: where one takes a fraction of a millisecond, what is asked about each shows. Returns how many."""
        services, commands, count = self._services, self._server.commands, 0
        until = min(services.policy.free_until, services.losses.due_at)
        last = min(services.figures.next_step, services.checkpoints.next_step(runner.step))
        while True:
            self._add_loss(runner, runner.step, runner.iterate())
            count += 1
            over = runner.state != "running" or runner.step >= last or services.stepping.wants(runner.step)
            if over or commands.waiting or perf_counter() >= until:
                return count

    def _capture_iteration(self, runner: Runner) -> None:
        """Run one whole iteration under capture, and show its graph."""
        if not runner.holds_forward:
            runner.forward(captured=runner.gate is None or self._services.inspections.waiting)
        if runner.experiment.has_autograd:
            # Between forward and backward the saved tensors live, and the graph is whole.
            self._services.inspections.answer(runner.graph, runner.names)
            self._server.show_graph(runner)
        else:
            runner.backward()  # after which a graph that is recorded is whole
            self._server.show_graph(runner)
        self._iterate_watched(runner)
        self._server.show_graph(runner)

    def _iterate_watched(self, runner: Runner) -> None:
        """Run what is left of an iteration, sample it if it is one of those, and ask the traps about it."""
        traps, step, figures = self._traps, runner.step, self._services.figures
        runner.differentiate()
        figures.gradients_ready(runner)
        again = traps.armed and traps.check_gradients(runner)
        traps.before_update(runner)
        runner.update()
        figures.end(runner)
        if traps.check_update(runner) or again:
            self._services.policy.note_replay()
        self._add_loss(runner, step, runner.finish())

    def _add_loss(self, runner: Runner, step: int, loss: Any) -> None:
        """Report a loss. In the past, it is to be what it was: if not, the run is another one from here on."""
        past = self._services.past
        if past.is_known(step):
            different = past.why_different(runner, step, loss)
            if not different:
                self._services.losses.last = past.losses[step]
                past.report(step + 1)
                return
            self._server.branch_at(runner, step, different)
        self._services.losses.add(step, loss)

    def _repeat(self, runner: Runner) -> None:
        """Run an iteration on the way back to a later one, freely; where it is not what it was, pause behind it."""
        past, step = self._services.past, runner.step
        runner.begin_measuring(None)
        loss = runner.iterate()
        if different := past.why_different(runner, step, loss):
            runner.pause()
            self._server.branch_at(runner, step, different)
            self._services.losses.add(step, loss)
            self._server.report_pause(runner)
        else:
            past.report(runner.step)

    def _stop_where_it_raised(self, runner: Runner, error: BaseException) -> None:
        """Run a free iteration that raised, of which nothing was kept, again through the gate, which stops there. Where
        it does not raise again, stop with what the error's frames still hold."""
        if runner.phase == "update":
            return
        if runner.gate is None or runner.gate.passed_over:
            self._run_again(runner, error)
        gate = runner.gate
        if gate is not None and not gate.stopped_at_error and cannot_start(error):
            with suppress(RAISED):  # given up at this stop
                stop_at_loss(runner, gate, error)

    def _run_again(self, runner: Runner, error: BaseException) -> None:
        """Run a free iteration that raised again through the gate."""
        phase = runner.phase
        if is_freed(error):
            # Backward came to what the network kept of a forward that was not recorded: it keeps one that is.
            self._services.stepping.close_gate(runner)
            with suppress(RAISED):
                runner.forward(captured=True, again=True)
                runner.backward()
        gate = self._services.stepping.open_gate(runner, every_node=True)
        # What it raised the first time is reported; the second time served only to stop.
        with suppress(RAISED):
            runner.forward(again=True)
            self._server.show_graph(runner)
            runner.backward()
        runner.enter(phase)
        if not gate.stopped_at_error:
            self._stop_with_the_frames(runner, error)

    def _stop_with_the_frames(self, runner: Runner, error: BaseException) -> None:
        """Stop at a call that raised and does not raise again, if the error's frames still have what it was given."""
        module = runner.experiment.module
        paths = {id(each): path for path, each in module.named_modules()} if module is not None else {}
        point, values = stop_of(error, 0, "forward", paths)
        if runner.phase != "forward" or not values:
            return
        gate = self._services.stepping.open_gate(runner, every_node=True)
        gate.unrecorded = True
        gate.starts["forward"] = 0
        gate.raised(Position(runner.step, point, ()), "input", values, error)
