"""The session of the prompt: drives an engine, waits for its events, and writes what the user should know."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from msgspec.structs import replace

from gradviz.client.debug_state import RESUMING, DebugState
from gradviz.client.engine_process import EngineDeath, EngineOutput, EngineProcess, InputLine, Message
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.model.explanation.past_text import repeated_text
from gradviz.model.watch_list import WatchedTensor
from gradviz.protocol.commands import AskTensor, Command, Inspect, Interrupt, Open
from gradviz.protocol.events import (
    Busy,
    Event,
    Failed,
    LossBatch,
    NodeDetails,
    Opened,
    Raised,
    Ready,
    RestartNeeded,
    StateChanged,
    Stopped,
    TensorAnswered,
    Trapped,
    Unchecked,
)
from gradviz.protocol.past_events import Branched, FirstFound, Repeated
from gradviz.terminal.prompt.prompt_reporter import StopReporter
from gradviz.terminal.text.line_writer import Screen
from gradviz.terminal.text.stop_text import notice_text

_SLOW = 1.0
"""Seconds after which a pause that was asked for is explained."""
_FRESH = {"again_to": None, "stop_first": True}
INTERRUPTED = 130


class Conversation:
    """One user, one engine at a time. Runs in one thread; Ctrl+C is handled while it waits."""

    def __init__(
        self, opening: Open, until: int, screen: Screen, start: Callable[[], EngineProcess] = EngineProcess
    ) -> None:
        """`until`: where `continue` ends, as an iteration; `start` makes an engine."""
        self.screen = screen
        self.opening = opening
        self.until = until
        self.status: int | None = None
        """The exit status; None while it runs."""
        self.death = ""
        """How the engine ended, though nobody asked it to; empty while it is alive."""
        self._start = start
        self._engine = start()
        self.debugger = DebugState(lambda command: self._engine.send(command))
        self._interrupts = 0
        self._refused = False
        """Whether the engine refused the last step command."""
        self._failure: Failed | None = None
        self._answer: Event | None = None
        self._wanted: Callable[[Event], bool] | None = None
        """The event that is waited for, besides a stop."""
        self.reporter = StopReporter(self.debugger, screen)
        self.watched: list[WatchedTensor] = []
        self._pending_stop: Stopped | None = None
        """A stop whose `StateChanged` has not arrived yet."""

    # -- the engine -------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the target, and wait for its first stop."""
        self.screen.write_temporary([("dim", tr("starting torch …"))])
        self._send_opening()
        self.reporter.begin()
        self._pending_stop = None
        self.wait_until_paused()

    def _send_opening(self) -> None:
        self.debugger.send_breakpoints()
        self.debugger.open(self.opening)

    def restart(self, **changed: object) -> None:
        """Begin again from iteration 0, in a new engine if the one before ended."""
        self.opening = replace(self.opening, **{**_FRESH, "run": self.debugger.run + 1, **changed})
        if self.death:
            self._replace_engine()
        self.debugger.breakpoints.reset_hits()
        self.open()

    def _replace_engine(self) -> None:
        self._engine.close()
        self._engine, self.death = self._start(), ""

    def close(self) -> None:
        """End the engine."""
        self.screen.clear_temporary()
        self._engine.close()

    def resume(self, command: Command, times: int = 1) -> None:
        """Send a step command and wait for its stop, `times` times or until another reason stops it; report the stop.

        Raises:
            GradvizError: the engine cannot be resumed.
        """
        self.check_alive()
        self.reporter.mark_reported()
        self._refused = False
        for _ in range(times):
            self.debugger.resume(command)
            self._pump(self._is_paused)
            if self.debugger.stop is None or self.debugger.stop.reason != "step" or self.status is not None:
                break
        if not self._refused:
            self._report_if_alive()

    def check_alive(self) -> None:
        """Raise a GradvizError if the engine ended."""
        if self.death:
            raise GradvizError(tr("The engine has ended; restart begins again."))

    def ask(self, ask: AskTensor) -> TensorAnswered:
        """Ask for a tensor, and wait for it.

        Raises:
            GradvizError: there is none; the message states why.
        """
        self.check_alive()
        number_ = self.debugger.ask(ask)
        answer = self._wait_for(lambda e: isinstance(e, TensorAnswered) and e.request == number_)
        assert isinstance(answer, TensorAnswered)
        if answer.message:
            raise GradvizError(answer.message)
        return answer

    def details(self, node: int) -> NodeDetails | None:
        """Return what a node saved; None if its graph is unknown."""
        graph = self.debugger.graph
        if graph is None or self.death:
            return None
        known = self.debugger.details.get(node)
        if known is not None and known.state == "held":
            return known
        return self.request(Inspect(graph.signature, node), NodeDetails)  # type: ignore[return-value]

    def request(self, command: Command, answer: type[Event]) -> Event:
        """Send a command, and wait for its answer.

        Raises:
            GradvizError: it could not be done.
        """
        self.check_alive()
        self.debugger.send(command)
        return self._wait_for(lambda event: isinstance(event, answer))

    def send_breakpoints(self) -> None:
        """Send the breakpoints to the engine, if there is one; a new one gets them when it opens."""
        if not self.death:
            self.debugger.send_breakpoints()

    def listen(self) -> None:
        """Take in the messages that have arrived, without waiting."""
        while (message := self._engine.next(0)) is not None:
            self.take(message)

    def next_message(self) -> Message | None:
        """Return the next message, if there is one."""
        return self._engine.next(0)

    def wait_until_paused(self) -> None:
        """Wait until the engine is paused, failed or died. Ctrl+C pauses, again interrupts, again ends everything."""
        self._pump(self._is_paused)
        self._report_if_alive()

    def _report_if_alive(self) -> None:
        if self.status is None and not self.death:
            self.reporter.report_stop()

    def _is_paused(self) -> bool:
        # A stop arrives first, its state and loss right after.
        return not self.debugger.resuming and (self.debugger.state != "stopped" or self._pending_stop is None)

    def _wait_for(self, wanted: Callable[[Event], bool]) -> Event:
        self._answer, self._failure = None, None
        self._wanted = wanted
        try:
            self._pump(lambda: self._answer is not None or self._failure is not None)
        finally:
            self._wanted = None
        if self._answer is not None:
            return self._answer
        raise GradvizError(self._failure.message if self._failure is not None else self.death or "Interrupted.")

    def _pump(self, done: Callable[[], bool]) -> None:
        self._interrupts = 0
        asked = 0.0
        with interrupts_passed_to(self._count_interrupt), without_echo():
            while not done() and not self.death and self.status is None:
                message = self._engine.next(0.25)
                if message is None and not asked and self.debugger.state is not None:
                    self.screen.write_first_temporary([("dim", tr("running, Ctrl+C pauses"))])
                if message is not None and not isinstance(message, InputLine):
                    self.take(message)
                if self._interrupts and not asked:
                    asked = monotonic()
                    self._pause()
                elif self._interrupts > 2:
                    self.status = INTERRUPTED
                    self.screen.write([("", tr("Ended."))])
                elif asked and monotonic() - asked > _SLOW and not done():
                    asked = float("inf")
                    self.screen.sentence(_when_it_pauses(self.debugger.busy), "dim")

    def _pause(self) -> None:
        if self.debugger.state is None:
            self._interrupts = 3  # nothing runs yet that could be paused
            return
        self.screen.write_temporary([("dim", tr("pausing …"))])
        self.debugger.pause()

    def _count_interrupt(self) -> None:
        self._interrupts += 1
        if self._interrupts == 2:
            self.debugger.send(Interrupt())
        self._engine.put(InputLine(None))  # wakes the thread that waits

    # -- events -----------------------------------------------------------------------------------------------------

    def take(self, message: Message) -> None:
        """Take in one message, and write what the user should see of it."""
        match message:
            case EngineOutput(stream, text):
                self.screen.write_output(text, "error" if stream == "stderr" else "dim")
            case EngineDeath():
                self._die(str(message))
            case InputLine():
                pass
            case _ if self.debugger.apply(message):
                self._on_event(message)

    def _on_event(self, event: Event) -> None:
        match event:
            case Ready():
                self.screen.write_temporary(
                    [("dim", tr("torch {torch}, Python {python}").format(torch=event.torch, python=event.python))]
                )
            case Busy() | Repeated():
                self.screen.write_temporary([("dim", _what_it_is_in(event))])
            case Opened():
                self.reporter.report_opened(event, first=self.opening.run == 1)
            case LossBatch():
                self.reporter.report_losses(event)
            case Stopped():
                self._pending_stop = event
            case StateChanged() if event.state != "running":
                self._pending_stop = None
                if event.message:
                    self.screen.sentence(event.message)
            case Trapped() | Unchecked() | Branched() | FirstFound():
                self.screen.sentence(notice_text(event), "dim")
            case Raised():
                self.reporter.report_error(event)
            case RestartNeeded():
                self.screen.sentence(tr("{reason}: another engine opens it.").format(reason=event.reason), "dim")
                self._replace_engine()
                self._send_opening()
            case Failed():
                self._fail(event)
        if self._wanted is not None and self._wanted(event):
            self._answer = event

    def _fail(self, event: Failed) -> None:
        if event.command == "Open":
            self.screen.sentence(event.message, "error")
            self.status = 2
        elif event.command in {command.__name__ for command in RESUMING}:
            self._refused = True
            self.screen.sentence(event.message, "error")
        elif self._wanted is not None:
            self._failure = event
        else:
            self.screen.sentence(event.message, "error")

    def _die(self, text: str) -> None:
        self.screen.flush()
        self.death = text
        self.debugger.end()
        self.screen.sentence(text, "error")
        self.screen.write([("dim", tr("What is known of the graph stays. restart begins again."))])


def _what_it_is_in(busy: Busy | Repeated) -> str:
    """Return what takes so long, and where it is."""
    if isinstance(busy, Repeated):
        return repeated_text(busy)
    place = f", {Path(busy.file).name}:{busy.line}  {busy.text}" if busy.file else ""
    what = tr("iteration {step}").format(step=busy.step) if busy.phase != "build" else tr("the network is being made")
    return tr("{what}; Ctrl+C pauses").format(what=f"{what}, {busy.seconds:.0f} s{place}")


def _when_it_pauses(busy: Busy | None) -> str:
    place = f" ({Path(busy.file).name}:{busy.line})" if busy is not None and busy.file else ""
    sentence = tr("It pauses at the end of what it is in{place}; Ctrl+C again interrupts it, and then ends it.")
    return sentence.format(place=place)


@contextmanager
def without_echo() -> Iterator[None]:
    """Turn the terminal's echo off while the engine runs, and back on as it was; what is typed is read later."""
    if not sys.stdin.isatty() or sys.platform == "win32":
        yield
        return
    import termios

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    quiet = list(before)
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(descriptor, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)


@contextmanager
def interrupts_passed_to(handle: Callable[[], None]) -> Iterator[None]:
    """Call `handle` at Ctrl+C, which raises nothing while this lasts."""
    before = signal.signal(signal.SIGINT, lambda _signal, _frame: handle())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
