"""Runs the entries of a race, each in an engine of its own, as many at once as the processor has cores."""

from __future__ import annotations

import math
import os
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Literal

from gradviz.client.debug_state import losses_of
from gradviz.client.engine_process import EngineDeath, EngineProcess, EngineStartError, Message
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.protocol.commands import Command, Run
from gradviz.protocol.events import (
    ConsentNeeded,
    Failed,
    LossBatch,
    Raised,
    Ready,
    RestartNeeded,
    StateChanged,
    Stopped,
)
from gradviz.race.entries import Entry
from gradviz.runs.client_recorder import ClientRecorder

LaneState = Literal["waiting", "opening", "running", "finished", "failed", "cancelled"]
_LOOK = 0.2
"""Seconds after which a race that is being closed is noticed."""
_SHARE = 0.02
"""Of a race, after which the time that is left can be estimated."""


class Lane:
    """One run of a race: written by one thread, and read by any."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.state: LaneState = "waiting"
        self.losses: list[float] = []
        self.seconds: list[float] = []
        """When there was each loss, from the start of training on."""
        self.lows: list[int] = []
        """Places of the losses that are lower than all before them."""
        self.error = ""
        """Why it failed: a sentence."""
        self.run = ""
        """The id of its recorded run; empty if it is not recorded."""

    @property
    def is_over(self) -> bool:
        """Whether it has ended, one way or the other."""
        return self.state in ("finished", "failed", "cancelled")

    def add(self, batch: LossBatch, seconds: float) -> None:
        """Append losses that came `seconds` after training began. Within a batch, iterations are taken to be as long as
        each other."""
        losses = losses_of(batch)
        before = self.seconds[-1] if self.seconds else 0.0
        ages = (age / max(batch.rate, 1e-9) for age in range(len(losses) - 1, -1, -1))
        self.extend(losses, [max(seconds - age, before) for age in ages])

    def extend(self, losses: Sequence[float], seconds: Sequence[float]) -> None:
        """Append losses with their times."""
        # In this order, so that a thread that reads a loss finds its time, and one that reads a low its loss.
        first, lowest = len(self.losses), math.inf if self.best is None else self.best
        self.seconds.extend(seconds)
        self.losses.extend(losses)
        for place, loss in enumerate(losses, first):
            if loss < lowest and math.isfinite(loss):
                self.lows.append(place)
                lowest = loss

    @property
    def best(self) -> float | None:
        """The lowest finite loss; None where there is none."""
        return self.losses[self.lows[-1]] if self.lows else None

    def first_below(self, threshold: float) -> int | None:
        """Return the place of the first loss that is not above a threshold; None where there is none."""
        found = bisect_left(self.lows, -threshold, key=lambda place: -self.losses[place])
        return self.lows[found] if found < len(self.lows) else None


class Race:
    """The lanes of a race, and the threads that run them. `notify` is called in one of these when a lane changed."""

    def __init__(
        self,
        entries: Sequence[Entry],
        iterations: int,
        folder: Path | None,
        *,
        at_once: int = 0,
        notify: Callable[[Lane], object] = bool,
        say: Callable[[str], object] = print,
        arguments: Sequence[str] | None = None,
    ) -> None:
        """Take part with `entries`, for `iterations` each, recorded in `folder` unless it is None.

        `at_once`: how many run at the same time; as many as there are cores by default. `say` takes a sentence if a run
        cannot be recorded. `arguments` of an engine's Python; tests put a fake engine there.
        """
        cores = core_count()
        self.lanes = [Lane(entry) for entry in entries]
        self.iterations = iterations
        self.at_once = min(at_once or cores, len(self.lanes)) or 1
        self.threads = max(cores // self.at_once, 1)
        """Threads that each engine computes with: more would wait for each other, and none has more than another."""
        self.notify = notify
        self.engines: dict[int, EngineProcess] = {}
        """Those that run now, by the number of their entry."""
        self._folder, self._say, self._arguments = folder, say, arguments
        self._waiting: SimpleQueue[Lane] = SimpleQueue()
        self._closing = threading.Event()
        self._workers: list[threading.Thread] = []
        self._began = 0.0

    @property
    def is_over(self) -> bool:
        """Whether every lane has ended."""
        return all(lane.is_over for lane in self.lanes)

    @property
    def seconds_left(self) -> float | None:
        """About how long it will go on, by how long it has; None while there is little to go by."""
        shares = [1.0 if lane.is_over else len(lane.losses) / self.iterations for lane in self.lanes]
        done = sum(shares) / len(shares)
        return (time.monotonic() - self._began) * (1 - done) / done if done > _SHARE else None

    def start(self) -> None:
        """Begin."""
        self._began = time.monotonic()
        for lane in self.lanes:
            self._waiting.put(lane)
        for _ in range(self.at_once):
            worker = threading.Thread(target=self._work, name="gradviz-race", daemon=True)
            self._workers.append(worker)
            worker.start()

    def close(self) -> None:
        """End every engine, and leave no process behind. Lanes that were not over are cancelled then."""
        self._closing.set()
        for worker in self._workers:
            worker.join()
        for lane in self.lanes:
            if not lane.is_over:
                self._enter(lane, "cancelled")

    def _work(self) -> None:
        while not self._closing.is_set():
            try:
                lane = self._waiting.get_nowait()
            except Empty:
                return
            try:
                self._run(lane)
            except EngineStartError as error:
                self._fail(lane, str(error))
            except BaseException as error:
                # What waits for the race must come to its end.
                self._fail(lane, tr("gradviz has a bug here: {0}").format(f"{type(error).__name__}: {error}"))
                raise

    def _run(self, lane: Lane) -> None:
        engine = EngineProcess(self._arguments, environment={"OMP_NUM_THREADS": str(self.threads)})
        self.engines[lane.entry.number] = engine
        recorder = ClientRecorder(self._folder, "race", self._say, name=lane.entry.title, color=lane.entry.color)

        def send(command: Command) -> None:
            recorder.sent(command)
            engine.send(command)

        self._enter(lane, "opening")
        began = 0.0
        try:
            while not lane.is_over and not self._closing.is_set():
                if (message := engine.next(_LOOK)) is None:
                    continue
                recorder.take(message)
                match message:
                    case Ready():
                        send(lane.entry.open)
                        lane.run = recorder.current.id if recorder.current is not None else ""
                    case StateChanged(state="ready"):
                        began = time.monotonic()
                        self._enter(lane, "running")
                        send(Run(self.iterations))
                    case LossBatch():
                        lane.add(message, time.monotonic() - began)
                        self.notify(lane)
                    case Stopped(reason=reason) if reason != "exception":  # by its code; nobody looks here
                        send(Run(self.iterations))
                    case StateChanged(state="finished"):
                        self._enter(lane, "finished")
                    case _ if sentence := _failure(message):
                        self._fail(lane, sentence)
        finally:
            recorder.close()
            engine.close()
            del self.engines[lane.entry.number]

    def _enter(self, lane: Lane, state: LaneState) -> None:
        lane.state = state
        self.notify(lane)

    def _fail(self, lane: Lane, sentence: str) -> None:
        lane.error = sentence
        self._enter(lane, "failed")


def core_count() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check(race: Race) -> None:
    """Raise GradvizError if no lane has come to an end with a loss."""
    if not any(lane.losses for lane in race.lanes):
        reasons = list(dict.fromkeys(lane.error for lane in race.lanes if lane.error))
        raise GradvizError(reasons[0] if reasons else tr("No run of the race had a loss."))


def _failure(message: Message) -> str:
    """Return why a message ends a run; empty if it does not."""
    match message:
        case EngineDeath():
            return str(message)
        case Failed() | Raised():
            return message.message
        case RestartNeeded():
            return message.reason
        case ConsentNeeded(path=path):
            text = tr("It imports {name}, which you have not allowed as it is; open it in the window first.")
            return text.format(name=Path(path).name)
        case StateChanged(state="failed"):
            return message.message or tr("The run failed.")
    return ""
