"""The talk between a person and an engine: waits for what the engine says, and writes what a person should know."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from msgspec.structs import replace

from gradviz.client.debug_state import RESUMING, DebugState
from gradviz.client.engine_process import Death, EngineProcess, Message, Output, Said
from gradviz.errors import GradvizError
from gradviz.protocol.commands import AskTensor, Command, Inspect, Open, Pause
from gradviz.protocol.events import (
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
    Unchecked,
)
from gradviz.terminal.prompt.stop_reporter import Telling
from gradviz.terminal.text.screen import Screen

_SLOW = 1.0
"""Seconds after which a pause that was asked for needs a word."""
INTERRUPTED = 130


class Conversation:
    """One person, one engine at a time. Runs in one thread; Ctrl+C is heard while it waits."""

    def __init__(
        self, opening: Open, until: int, screen: Screen, start: Callable[[], EngineProcess] = EngineProcess
    ) -> None:
        """`until`: where `continue` ends, as an iteration; `start` makes an engine."""
        self.screen = screen
        self.opening = opening
        self.until = until
        self.status: int | None = None
        """What to end with; None while it goes on."""
        self.death = ""
        """How the engine ended, though nobody asked it to; empty while it lives."""
        self._start = start
        self._engine = start()
        self.debugger = DebugState(lambda command: self._engine.send(command))
        self._interrupts = 0
        self._refused = False
        """Whether the engine did not go on, and said why."""
        self._failure: Failed | None = None
        self._answer: Event | None = None
        self._wanted: Callable[[Event], bool] | None = None
        """What is waited for, beside the engine's standing."""
        self.telling = Telling(self.debugger, screen)
        self._told: Stopped | None = None

    # -- the engine -------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Open what was asked for, and wait for its first stop."""
        self.screen.passing([("dim", "starting torch …")])
        self._send_opening()
        self.telling.begin()
        self._told = None
        self.wait_until_it_stands()

    def _send_opening(self) -> None:
        self.debugger.send_breakpoints()
        self.debugger.open(self.opening)

    def restart(self, **changed: object) -> None:
        """From iteration 0 again, in a new engine if the one before ended."""
        self.opening = replace(self.opening, run=self.opening.run + 1, **changed)
        if self.death:
            self._replace_engine()
        self.debugger.breakpoints.reset_hits()
        self.open()

    def _replace_engine(self) -> None:
        self._engine.close()
        self._engine, self.death = self._start(), ""

    def close(self) -> None:
        """End the engine."""
        self.screen.clear_passing()
        self._engine.close()

    def resume(self, command: Command, times: int = 1) -> None:
        """Go on, and wait until it stands again, so many times or until it stands for another reason; then say where.

        Raises:
            GradvizError: it cannot go on.
        """
        self.check_alive()
        self.telling.goes_on()
        self._refused = False
        for _ in range(times):
            self.debugger.resume(command)
            self._pump(self._stands_still)
            if self.debugger.stop is None or self.debugger.stop.reason != "step" or self.status is not None:
                break
        if not self._refused:
            self._tell_if_alive()

    def check_alive(self) -> None:
        """Raises a GradvizError if the engine ended."""
        if self.death:
            raise GradvizError("The engine has ended; restart begins again.")

    def ask(self, ask: AskTensor) -> TensorAnswered:
        """A tensor, as asked.

        Raises:
            GradvizError: there is none; the sentence says why.
        """
        self.check_alive()
        number_ = self.debugger.ask(ask)
        answer = self._wait_for(lambda e: isinstance(e, TensorAnswered) and e.request == number_)
        assert isinstance(answer, TensorAnswered)
        if answer.message:
            raise GradvizError(answer.message)
        return answer

    def details(self, node: int) -> NodeDetails | None:
        """What a node saved; None if its graph is unknown."""
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
        """Tell the engine, if there is one; a new one is told when it opens."""
        if not self.death:
            self.debugger.send_breakpoints()

    def listen(self) -> None:
        """Take what has come meanwhile, without waiting."""
        while (message := self._engine.next(0)) is not None:
            self.take(message)

    def heard(self) -> Message | None:
        """The next message if there is one."""
        return self._engine.next(0)

    # -- waiting ----------------------------------------------------------------------------------------------------

    def wait_until_it_stands(self) -> None:
        """Until the engine stands, failed or died. Ctrl+C pauses it; a second one ends all."""
        self._pump(self._stands_still)
        self._tell_if_alive()

    def _tell_if_alive(self) -> None:
        if self.status is None and not self.death:
            self.telling.where()

    def _stands_still(self) -> bool:
        # A stop is told of first, its state and loss right after.
        return not self.debugger.resuming and (self.debugger.state != "stopped" or self._told is None)

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
        with interrupts_passed_to(self._hear_interrupt), without_echo():
            while not done() and not self.death and self.status is None:
                message = self._engine.next(0.25)
                if message is None and not asked and self.debugger.state is not None:
                    self.screen.passing_at_first([("dim", "running, Ctrl+C pauses")])
                if message is not None and not isinstance(message, Said):
                    self.take(message)
                if self._interrupts and not asked:
                    asked = monotonic()
                    self._pause()
                elif self._interrupts > 1:
                    self.status = INTERRUPTED
                    self.screen.write([("", "Ended.")])
                elif asked and monotonic() - asked > _SLOW and not done():
                    asked = float("inf")
                    self.screen.sentence("It stands at the end of what it is in; Ctrl+C again ends it all.", "dim")

    def _pause(self) -> None:
        if self.debugger.state is None:
            self._interrupts = 2  # nothing runs yet that could be paused
            return
        self.screen.passing([("dim", "pausing …")])
        self.debugger.send(Pause())

    def _hear_interrupt(self) -> None:
        self._interrupts += 1
        self._engine.tell(Said(None))  # whoever waits wakes up

    # -- events -----------------------------------------------------------------------------------------------------

    def take(self, message: Message) -> None:
        """One message: into what is known, and onto the screen where it should be."""
        match message:
            case Output(stream, text):
                self.screen.foreign(text, "error" if stream == "stderr" else "dim")
            case Death():
                self._die(str(message))
            case Said():
                pass
            case _ if self.debugger.apply(message):
                self._on_event(message)

    def _on_event(self, event: Event) -> None:
        match event:
            case Ready():
                self.screen.passing([("dim", f"torch {event.torch}, Python {event.python}")])
            case Opened():
                self.telling.opened(event, first=self.opening.run == 1)
            case LossBatch():
                self.telling.losses(event)
            case Stopped():
                self._told = event
            case StateChanged() if event.state != "running":
                self._told = None
                if event.message:
                    self.screen.sentence(event.message)
            case Unchecked():
                self.screen.sentence(event.message, "dim")
            case Raised():
                self.telling.raised(event)
            case RestartNeeded():
                self.screen.sentence(f"{event.reason}: another engine opens it.", "dim")
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
        self.screen.write([("error", text)])
        self.screen.write([("dim", "What is known of the graph stays. restart begins again.")])


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
