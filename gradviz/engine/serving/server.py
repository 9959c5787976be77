"""Serves commands with one run at a time: the thread that owns the tensors both trains and answers."""

from __future__ import annotations

import platform
import threading
from collections.abc import Callable
from contextlib import suppress

import torch

from gradviz import watch_api
from gradviz.engine.frames.tracebacks import traceback_text
from gradviz.engine.gate.gate import AbandonedError
from gradviz.engine.loading.allowed_code import ALLOWED, UnallowedError
from gradviz.engine.loading.devices import devices
from gradviz.engine.loading.error_explanation import RAISED, full_message, place_of, sentence_of, syntax_place
from gradviz.engine.loading.process_state import Generators, ProcessState
from gradviz.engine.loading.target import TargetSetup
from gradviz.engine.scripts.main_module import Script
from gradviz.engine.scripts.script_repeat import ScriptRepeat, repeat_of
from gradviz.engine.scripts.script_run import ScriptRun
from gradviz.engine.scripts.script_session import ScriptSession
from gradviz.engine.serving.cause_commands import blame, explain_spike
from gradviz.engine.serving.run_changes import RUN_CHANGES, note_change, opened_event, take_up
from gradviz.engine.serving.tensor_commands import TENSOR_COMMANDS, TensorCommands, list_weights
from gradviz.engine.stepping.command_queue import Commands, Peer
from gradviz.engine.stepping.run_state import AnyRun
from gradviz.engine.stepping.step_controller import StepController
from gradviz.engine.tensors.saved_tensors import Inspections
from gradviz.engine.torch_compat import import_compiler
from gradviz.engine.training.checkpoints import Checkpoints
from gradviz.engine.training.figure_sampler import FigureSampler
from gradviz.engine.training.iteration_policy import IterationPolicy
from gradviz.engine.training.measure_scheduler import MeasureScheduler
from gradviz.engine.training.metric_log import MetricLog
from gradviz.engine.training.past import Past
from gradviz.engine.training.runner import Runner, begin_again
from gradviz.engine.training.search import Search
from gradviz.engine.training.training_loop import LossBatcher, RunServices, TrainingLoop
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.protocol.commands import (
    STEP_COMMANDS,
    AskGraph,
    Blame,
    Command,
    ExplainSpike,
    Inspect,
    Interrupt,
    ListWeights,
    Open,
    Pause,
    Run,
    RunOne,
    SetBreakpoints,
    SetBudget,
    SetMeasures,
    Shutdown,
    StepCommand,
    StepIn,
)
from gradviz.protocol.events import (
    Busy,
    ConsentNeeded,
    Event,
    Failed,
    GraphAnswered,
    GraphChanged,
    Raised,
    Ready,
    RestartNeeded,
    StateChanged,
)
from gradviz.targets.target_spec import read_target

# Seconds without a command, after which preparations disturb no user.
_IDLE = 3.0


class Server:
    """Turns commands into calls of the runner, and what the runner does into events."""

    def __init__(self, peer: Peer) -> None:
        self.commands = Commands(peer)
        self.run = 0
        self._figures = FigureSampler(peer.post, lambda: self.run)
        self._metrics = MetricLog(self._figures.post, self._iteration)
        self.post: Callable[[Event], None] = self._metrics.post
        watch_api.log_to(self._metrics.add)
        self.opens = 0  # the number of the run whose network is being made
        self._runner: AnyRun | None = None
        self._inspections = Inspections(peer.post)
        self._signature = ""  # of the graph that the client was last sent in this run
        self._prepares = True
        self._repeat: ScriptRepeat | None = None
        self._process = ProcessState()
        self._stepping = StepController(self)
        self._measuring = MeasureScheduler(self.post)
        self._tensors = TensorCommands(self.current_run, self.post, lambda: self.run, lambda: note_change(self))
        self._checkpoints = Checkpoints(self.post)
        self._create_services(0)

    def _iteration(self) -> tuple[int, int]:
        return self.run, self._runner.step if self._runner is not None else 0

    def serve(self) -> None:
        """Serve commands until `Shutdown`."""
        self.post(Ready(str(torch.__version__), platform.python_version(), devices()))
        while True:
            runner = self._runner
            if isinstance(runner, Runner) and runner.state == "running" and not self.commands.waiting:
                self._training.iterate(runner)
                continue
            command = self.commands.next(_IDLE if self._prepares else None)
            if command is None:
                self._prepares = False
                threading.Thread(target=_import_compiler, name="preparing", daemon=True).start()
                continue
            if isinstance(command, Shutdown):
                return
            self.serve_command(command)

    def serve_command(self, command: Command) -> None:
        """Carry out `command`, or send why not."""
        try:
            _HANDLERS[type(command)](self, command)
        except GradvizError as error:
            # The door for commands that cannot be done.
            self.post(Failed(type(command).__name__, str(error), *syntax_place(error)))
        except AbandonedError:
            self.current_run().fail()
        except RAISED as error:
            # The door for the network's own code.
            self.report_raised(error)

    # -- commands --------------------------------------------------------------------------------------------------

    def _open(self, command: Open) -> None:
        self._process.enter()
        if reason := self._process.why_unfit():
            self.post(RestartNeeded(command.run, reason))
            return
        self.opens, self._stepping.opening = command.run, command
        try:
            self._build(command)
        finally:
            self.opens = 0

    def _build(self, command: Open) -> None:
        target = read_target(command.target)
        ALLOWED.allow(target, command.allowed)
        if target.kind != "network":
            self._process.remember()
        # Arguments after a file's name make it a script, even one that makes a factory.
        is_whole_file = target.kind == "file" and not target.attribute
        if is_whole_file and (command.arguments or target.runs_as_script(has_arguments=False)):
            _run_script(self, Script(target, command.arguments), command)
            return
        setup = TargetSetup(target, command.hyperparameters, command.seed, command.device, command.optimizer)
        before = Generators.remember()
        try:
            runner = Runner(setup)
        except GradvizError:
            before.restore()  # the run that stays must not notice
            raise
        except RAISED:
            self._begin_run(command.run, None)
            raise
        self._begin_run(command.run, runner)
        take_up(self, runner, command)
        self.opens = 0
        self.post(opened_event(command.run, runner))
        if command.stop_first:
            self._step(StepIn())
            return
        try:
            self.hold(runner)
        except GradvizError as error:
            # It was built, and is open: that it cannot be trained is what its code did.
            self.report_raised(error)

    def _begin_run(self, run: int, runner: AnyRun | None) -> None:
        self._losses.send()
        self._figures.begin_run(0)
        self.run = run
        self._runner = runner
        self._create_services(run)
        self._share_budget()
        self._signature = ""
        self._stepping.forget()
        self._measuring.forget()

    def _set_budget(self, command: SetBudget) -> None:
        self._stepping.set_budget(command)
        self._share_budget()

    def _share_budget(self) -> None:
        """Let states of iterations take as much as values of one."""
        if isinstance(self._runner, Runner):
            self._runner.states.limit = self._stepping.budget

    def _create_services(self, run: int) -> None:
        """Create what is kept for one run alone."""
        past = Past(run, self.post)
        self._losses = LossBatcher(run, self.post, past.record)
        self._policy = IterationPolicy(run, self._stepping, self._measuring, self._inspections)
        self.services = RunServices(
            self._stepping, self._losses, self._policy, self._inspections, past,
            Search(past, self._stepping, self.post), self._checkpoints, self._figures,
        )  # fmt: skip
        self._training = TrainingLoop(self, self.services)

    def hold(self, runner: Runner) -> None:
        """Run the forward of iteration 0 and pause behind it."""
        self._policy.begin_held(runner)
        runner.hold()
        self.show_graph(runner)
        self._policy.forward_held(runner)
        self.report_state(runner)

    def _start(self, command: Run) -> None:
        runner = self.current_run()
        runner.begin(command.until)
        self._stepping.go(attentive=command.attentive)
        self._losses.resume()
        self.services.past.cancel()
        self.report_state(runner)

    def _run_one(self, command: RunOne) -> None:
        runner = self.current_run()
        runner.begin(None)
        self._stepping.go()
        self._stepping.one_iteration = True
        self._losses.resume()
        self.services.past.cancel()
        self.report_state(runner)
        if isinstance(runner, Runner):
            # At once: what is asked for next is meant for after it.
            self._training.iterate(runner)

    def _step(self, command: StepCommand) -> None:
        runner = self.current_run()
        if runner.state == "ready" and isinstance(command, StepIn) and command.first and isinstance(runner, Runner):
            begin_again(runner)
        runner.begin(None)
        self._stepping.want(command)
        self._losses.resume()
        self.services.past.cancel()
        self.report_state(runner)

    def _pause(self, command: Pause) -> None:
        self.current_run().pause()
        self.report_pause(self.current_run())

    def current_run(self) -> AnyRun:
        """Return the run; raise GradvizError if nothing is open."""
        if self._runner is None:
            raise GradvizError(tr("Nothing is open; open a network first."))
        return self._runner

    def report_pause(self, runner: AnyRun) -> None:
        """Send all that is known of a run that was paused."""
        self._losses.send()
        self._inspections.give_up()
        if isinstance(runner, Runner):
            self.services.search.end(runner)
        self.report_state(runner)

    # -- reports -----------------------------------------------------------------------------------------------------

    def show_graph(self, runner: AnyRun) -> None:
        """Send the graph of the run, if the client has another one."""
        graph = runner.graph
        if graph is None:
            return
        self._inspections.remember(graph)
        if graph.record.signature != self._signature:
            self._signature = graph.record.signature
            # The sender leaves the graph out if the window has it.
            self.post(GraphChanged(self.run, runner.graph_step, self._signature, graph.record))

    def send_losses(self) -> None:
        """Send the losses of the iterations before, which come before a stop in the next."""
        self._losses.send()

    def show_partial(self, runner: AnyRun) -> None:
        """Send the graph so far, at a stop in the middle of a forward that does not follow the graph before."""
        graph = runner.partial_graph()
        if graph is not None and graph.signature != self._signature:
            self._signature = graph.signature
            self.post(GraphChanged(self.run, runner.step, graph.signature, graph))

    def report_state(self, runner: AnyRun) -> None:
        """Send the state of the run."""
        loss = runner.loss if runner.loss is not None else self._losses.last
        self.post(StateChanged(self.run, runner.state, runner.step, loss))

    def branch_at(self, runner: Runner, step: int, message: str) -> None:
        """Let the run be another one from iteration `step` on, if that ran before: it is no longer repeated."""
        past = self.services.past
        if past.is_known(step):
            self._losses.send()
            self._figures.begin_run(step)
            self.run = past.part(runner, step, message)
            self._losses.run = self._policy.run_number = self.run

    def report_raised(self, error: BaseException) -> None:
        """End the run, whose code raised `error`, and send what it was."""
        self._losses.send()
        self._figures.drop()
        step, phase = (runner.step, runner.phase) if (runner := self._runner) else (0, "build")
        if isinstance(error, UnallowedError):
            self.post(ConsentNeeded(self.run, str(error.path)))
        else:
            file, line = place_of(error)
            text = traceback_text(error)
            of = runner.experiment if runner else None
            message = self._stepping.errors.sentence_of(error) or sentence_of(error, phase, of)
            self.post(Raised(self.run, step, phase, message, text, file, line, full_message(error)))
        if runner is not None:
            self.show_partial(runner)
            runner.fail()
        self._inspections.give_up()
        self.post(StateChanged(self.run, "failed", step, self._losses.last))


def _run_script(server: Server, script: Script, command: Open) -> None:
    server.opens, run = 0, ScriptRun()
    server._begin_run(command.run, run)
    server._repeat = repeat_of(command, server._repeat, server._stepping)
    ScriptSession(server, server.services, script, run, command, server._repeat).perform()


def _inspect(server: Server, command: Inspect) -> None:
    runner = server._runner
    if runner is not None and command.node < 0:
        server._tensors.inspect_parameter(command)
        return
    if runner is None:
        server._inspections.ask(command, None, None, running=False)
        return
    gate = runner.gate
    current_stop = gate.current_stop if gate is not None and command.signature == server._signature else None
    in_forward = gate is not None and current_stop is not None and current_stop.here.point.phase == "forward"
    made = gate.made if gate is not None and in_forward and runner.tensors.has_autograd else None
    server._inspections.ask(command, runner.graph, runner.names, running=runner.state == "running", made=made)


def _answer_graph(server: Server, command: AskGraph) -> None:
    server.show_partial(server.current_run())
    server.post(GraphAnswered(server.run))


def busy_event(server: Server, seconds: float) -> Busy:
    """Return what is under way, for another thread that noticed that it takes long."""
    server._losses.send_numbers()
    runner = server._runner
    if runner is None or server.opens:
        return Busy(server.opens or server.run, 0, "build", seconds)
    gate = runner.gate
    ops = gate.next_index() if gate is not None and gate.step == runner.step else None
    return Busy(server.run, runner.step, runner.phase, seconds, ops=ops)


def _import_compiler() -> None:
    """Import torch's compiler, which the first optimizer that is made does, for a second, before that is wanted."""
    with suppress(OSError):  # the network's code went to a folder that is gone; it is imported again when it is needed
        import_compiler()


_HANDLERS: dict[type[Command], Callable[..., None]] = {
    Open: Server._open,
    Run: Server._start,
    RunOne: Server._run_one,
    Pause: Server._pause,
    Interrupt: Server._pause,
    **RUN_CHANGES,
    Inspect: _inspect,
    AskGraph: _answer_graph,
    **dict.fromkeys(STEP_COMMANDS, Server._step),
    SetBreakpoints: lambda server, command: server.services.search.set_breakpoints(command),
    SetBudget: Server._set_budget,
    SetMeasures: lambda server, command: server._measuring.set(command, server.run, server._runner, server._signature),
    **dict.fromkeys(TENSOR_COMMANDS, lambda server, command: server._tensors.serve(command)),
    Blame: lambda server, command: blame(
        command, server.current_run(), server.run, server.post, server._stepping.errors.proof
    ),
    ExplainSpike: lambda server, command: explain_spike(command, server.current_run(), server.run, server.post),
    ListWeights: lambda server, command: list_weights(command, server.post),
}
