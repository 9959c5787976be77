"""Records the runs of one engine by what its client sends and receives, whichever client that is."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from gradviz import __version__
from gradviz.client.engine_process import EngineDeath, EngineOutput, InputLine, Message
from gradviz.client.runs import CHANGES, DONE, setup_of
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.model.loss_curves import times_of
from gradviz.model.metric_curves import table_of
from gradviz.protocol.commands import Command, Open, Run
from gradviz.protocol.events import (
    ConfigurationChanged,
    Edited,
    Event,
    GraphChanged,
    LossBatch,
    Opened,
    Raised,
    Ready,
    StateChanged,
    Stopped,
    Trapped,
    WeightsLoaded,
)
from gradviz.protocol.metric_events import FiguresSampled, MetricsLogged
from gradviz.protocol.past_events import Branched, CheckpointMade
from gradviz.protocol.records import GraphRecord
from gradviz.runs.recording import Recording, new_id
from gradviz.runs.run_records import LOSS, Origin, Points, RunEnd, RunFacts

_GRAPHS = 128
"""Graphs that the engine may refer to by their signature alone; it remembers fewer."""


class Resumption(NamedTuple):
    """A recorded run that goes on from one of its checkpoints, as a run of its own whose curve is whole."""

    run: str
    """Its id."""
    step: int
    """The first iteration that runs again."""
    points: Points
    """Its losses before that."""


class _RecordedRun:
    """One run of the engine, from its opening on."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.step = 0
        """The next iteration."""
        self.last_time = 0.0
        self.graph: GraphRecord | None = None
        self.before: Resumption | None = None
        """The run that it goes on from, until its first loss: a run that is only opened leaves no file."""
        self.parts: list[bytes] = []
        """What there is of a checkpoint that comes in several events."""
        self.changes: list[ConfigurationChanged] = []
        """Changes that no iteration was run with yet: a run that is over is not changed by what is chosen then."""

    def add_losses(self, batch: LossBatch) -> None:
        known = max(self.step - batch.first, 0)  # iterations that were run again
        losses, first = np.frombuffer(batch.losses, "<f8")[known:], batch.first + known
        if not len(losses):
            return
        if self.before is not None:
            self.recording.add_points(LOSS, *self.before.points)
            self.before = None
        now = time.time()
        times = times_of(len(losses), batch.rate, now, self.last_time or self.recording.facts.began)
        steps = np.arange(first, first + len(losses))
        self.recording.add_points(LOSS, steps, times, losses)
        self.step, self.last_time = first + len(losses), now
        for each in batch.evaluations:
            self.recording.add_point("evaluations", each.step, each.count)
            self.recording.add_point("last_evaluation", each.step, each.last)
        for change in [each for each in self.changes if each.mark is not None and each.mark.step < self.step]:
            self.changes.remove(change)
            self.add_change(change)

    def add_figures(self, event: FiguresSampled) -> None:
        steps, times, rows = table_of(event)
        for name, values in zip(event.names, rows.T, strict=True):
            self.recording.add_points(name, steps, times, values)

    def add_checkpoint(self, event: CheckpointMade) -> None:
        self.parts.append(event.data)
        if not event.more:
            self.recording.add_checkpoint(event.step, event.kind, b"".join(self.parts))
            self.parts.clear()

    def add_change(self, change: ConfigurationChanged) -> None:
        if (mark := change.mark) is not None:
            data = {"optimizer": change.optimizer, "device": change.device}
            self.recording.add_event(mark.step, mark.kind, mark.text, data)

    def configure(self, change: ConfigurationChanged) -> None:
        facts, setup = self.recording.facts, self.recording.facts.setup
        if change.mark is None and setup is not None:
            setup = replace(setup, device=change.device, optimizer=change.optimizer)
            if (change.device, setup) != (facts.device, facts.setup):
                self.recording.set_facts(device=change.device, setup=setup)
        elif change.mark is not None and change.mark.kind in CHANGES and change.mark.step >= self.step:
            self.changes.append(change)
        else:
            self.add_change(change)

    def enter(self, event: StateChanged) -> None:
        known = self.recording.facts.state
        if event.state == "finished" and known != "finished":
            self.recording.set_facts(state="finished")
            self.recording.add_event(event.step, "end", event.message or tr(DONE))
        elif event.state == "running" and known != "running":
            self.recording.set_facts(state="running")


class ClientRecorder:
    """Records one run after the other. Without a folder it records nothing."""

    def __init__(
        self,
        folder: Path | None,
        origin: Origin,
        say: Callable[[str], object] = print,
        *,
        name: str = "",
        color: str = "",
    ) -> None:
        """Record in `folder`. `say` takes a sentence if a run cannot be recorded, in another thread; `name` and `color`
        are those of the first run."""
        self.folder = folder
        self._origin, self._say, self._name, self._color = origin, say, name, color
        self._ready: Ready | None = None
        self._runs: dict[int, _RecordedRun] = {}
        self._ending: list[Recording] = []
        """Runs that are over, and may not be one file yet."""
        self._newest = 0
        self._graphs: OrderedDict[str, GraphRecord] = OrderedDict()
        self.resumption: Resumption | None = None
        """What the run goes on from that is opened next with a checkpoint."""

    @property
    def current(self) -> Recording | None:
        """The run that was opened last; None before the first."""
        run = self._runs.get(self._newest)
        return run.recording if run is not None else None

    def recording(self, run: int) -> Recording | None:
        """Return the recording of a run by the client's number; None if it is over, or none is known."""
        return self._runs[run].recording if run in self._runs else None

    def sent(self, command: Command) -> None:
        """Take in what the client sends to the engine, in its order."""
        if isinstance(command, Open):
            self._open(command)
        elif isinstance(command, Run) and command.until is not None and (recording := self.current) is not None:
            setup = recording.facts.setup
            if setup is not None and setup.iterations != command.until and not recording.has_points:
                recording.set_facts(setup=replace(setup, iterations=command.until))

    def take(self, message: Message) -> None:
        """Take in what the client receives, in its order."""
        match message:
            case EngineDeath():
                self.died(str(message))
            case EngineOutput() | InputLine():
                pass
            case Ready():
                self._ready = message
            case GraphChanged():
                self._take_graph(message)
            case Branched():
                self._branch(message)
            case _:
                run = self._runs.get(getattr(message, "run", self._newest))
                if run is not None:
                    self._take_event(message, run)

    def died(self, sentence: str) -> None:
        """Note that the engine has ended, though nobody asked it to."""
        for run in self._runs.values():
            run.recording.add_event(run.step, "death", sentence)
        for number in list(self._runs):
            self._end(number, "died")

    def close(self, seconds: float = 5.0) -> None:
        """End all runs; wait for the disk as long as `seconds`."""
        for number in list(self._runs):
            self._end(number)
        deadline = time.monotonic() + seconds
        for recording in self._ending:
            recording.wait(max(0.0, deadline - time.monotonic()))
        self._ending.clear()

    def _end(self, run: int, state: RunEnd | None = None) -> None:
        recording = self._runs.pop(run).recording
        recording.close(state, seconds=0)
        self._ending.append(recording)

    def _open(self, command: Open) -> None:
        if self.folder is None:
            return
        before = self.current
        try:
            setup = setup_of(command)
            title, source = setup.title, setup.file
        except GradvizError:
            return  # which the engine answers as well
        again = command.again_to is not None and before is not None
        resumed = self.resumption if command.checkpoint else None
        parent, parent_step = (before.id, command.again_to) if again and before is not None else ("", None)
        if resumed is not None:
            parent, parent_step = resumed.run, resumed.step
        facts = RunFacts(
            id=new_id(),
            began=time.time(),
            origin=self._origin,
            title=title,
            setup=setup,
            arguments=command.arguments,
            device=command.device,
            python=self._ready.python if self._ready is not None else "",
            torch=self._ready.torch if self._ready is not None else "",
            gradviz=__version__,
            source=source,
            parent=parent,
            parent_step=parent_step,
            name=self._name,
            color=self._color,
        )
        self._name, self._color, self._newest = "", "", command.run
        run = self._runs[command.run] = _RecordedRun(Recording(self.folder, facts, self._say))
        if resumed is not None:
            run.before, run.step = resumed, resumed.step

    def _branch(self, event: Branched) -> None:
        """Begin the run of a branch: it has the losses from where they part."""
        if (parent := self._runs.get(event.of)) is None or self.folder is None:
            return
        of = parent.recording
        facts = replace(of.facts, id=new_id(), began=time.time(), state="running", ended=None, parent=of.id,
                        parent_step=event.step, name="", tags=(), note="", color="")  # fmt: skip
        run = _RecordedRun(Recording(self.folder, facts, self._say, branch_of=of))
        run.step = event.step
        text = event.message or tr("It goes on from {id} with a change.").format(id=of.id)
        run.recording.add_event(event.step, "branch", text)
        if parent.graph is not None:
            run.graph = parent.graph
            run.recording.add_graph(event.step, parent.graph)
        self._runs[event.run], self._newest = run, event.run
        self._end(event.of)

    def _take_graph(self, event: GraphChanged) -> None:
        if event.graph is not None:
            self._graphs[event.signature] = event.graph
        record = self._graphs.get(event.signature)
        if record is not None:
            self._graphs.move_to_end(event.signature)
            while len(self._graphs) > _GRAPHS:
                self._graphs.popitem(last=False)
            if (run := self._runs.get(event.run)) is not None:
                run.graph = record
                run.recording.add_graph(event.step, record)

    def _take_event(self, event: Event, run: _RecordedRun) -> None:
        add = run.recording.add_event
        match event:
            case Opened():
                self._on_opened(event, run)
            case LossBatch():
                run.add_losses(event)
            case MetricsLogged():
                steps, values = np.frombuffer(event.steps, "<i8"), np.frombuffer(event.values, "<f8")
                run.recording.add_points(event.name, steps, np.full(len(steps), time.time()), values)
            case FiguresSampled():
                run.add_figures(event)
            case ConfigurationChanged():
                run.configure(event)
            case StateChanged():
                run.enter(event)
            case Edited(mark=mark):
                add(mark.step, mark.kind, mark.text, {"undone": event.undone})
            case WeightsLoaded(path=path):
                add(run.step, "weights", Path(path).name, {"loaded": event.loaded})
            case CheckpointMade():
                run.add_checkpoint(event)
            case Trapped() | Stopped(reason="breakpoint") if event.message:
                add(event.step, "trap", event.message)
            case Raised(step=step, message=message):
                add(step, "error", message)
                run.recording.set_facts(state="failed")

    def _on_opened(self, event: Opened, run: _RecordedRun) -> None:
        """Take up what the engine has made of the request. What came of the runs before has all been received."""
        recording = run.recording
        setup = recording.facts.setup
        assert setup is not None
        facts = {
            "title": setup.title if event.kind == "network" else event.title,
            "device": event.device,
            "setup": replace(setup, device=event.device, optimizer=event.optimizer),
            "source": event.source.file if event.source is not None else recording.facts.source,
        }
        recording.set_facts(**facts)
        for number in [number for number in self._runs if number != event.run]:
            self._end(number)
