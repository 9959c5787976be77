"""The one QObject that speaks for the models: wishes leave as commands, facts enter as events and leave as signals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from gradviz.errors import ProtocolError
from gradviz.gui.graph_shelf import GraphShelf, same_node
from gradviz.gui.run_book import RunBook
from gradviz.gui.setup import Setup, changes, default_setup
from gradviz.model.graph import Graph
from gradviz.model.scalars import Scalars
from gradviz.protocol.commands import Inspect, Open, Pause, Run, RunOne
from gradviz.protocol.events import (
    ConfigurationChanged,
    Event,
    Failed,
    GraphChanged,
    LossBatch,
    NodeDetails,
    Opened,
    Raised,
    Ready,
    StateChanged,
)
from gradviz.protocol.records import NodeRecord, OptimizerChoice, Value

Phase = Literal["starting", "opening", "ready", "running", "paused", "finished", "failed", "dead"]
"""starting: the engine imports torch · opening: the network is being made · dead: there is no engine
· the others as in `protocol.events.State`."""


class SessionSignals(QObject):
    """What a session tells: wishes as commands, facts as past participles."""

    command_issued = Signal(object)
    engine_requested = Signal()
    """A new engine process is wanted."""
    phase_changed = Signal()
    setup_changed = Signal()
    """The wishes for this or the next run; the form shows them."""
    network_opened = Signal()
    configuration_changed = Signal()
    state_changed = Signal()
    """Phase, iteration, loss or rate."""
    graph_changed = Signal()
    runs_changed = Signal()
    """A curve or a mark came or went."""
    scalars_appended = Signal()
    details_arrived = Signal()
    selection_changed = Signal()
    failed = Signal(str)
    raised = Signal(object)
    died = Signal(str, str)


class Session(SessionSignals):
    """What is known of engine, run and graph. Views read it and listen; only events change it."""

    def __init__(self, setup_of: Callable[[str], Setup] = default_setup, parent: QObject | None = None) -> None:
        """`setup_of` gives the setup to open a network with: what was used last, or the network's own."""
        super().__init__(parent)
        self._setup_of = setup_of
        self.phase: Phase = "starting"
        self.setup = setup_of("autograd")
        self.ready: Ready | None = None
        self.opened: Opened | None = None
        self.device = ""
        self.optimizer: OptimizerChoice | None = None
        self.step, self.until, self.rate = 0, self.setup.iterations, 0.0
        self.loss: float | None = None
        self.selected: int | None = None
        self.details: NodeDetails | None = None
        self.problem: Raised | None = None
        self.runs = RunBook()
        self.graph_target = ""
        """The network that `graph` is of."""
        self._shelf = GraphShelf()

    @property
    def scalars(self) -> Scalars:
        """The curves of all runs."""
        return self.runs.scalars

    @property
    def graph(self) -> Graph | None:
        """The graph last told of; it outlives its run and its engine until the next is told of."""
        return self._shelf.current

    @property
    def structure_since(self) -> int:
        """The iteration since which the graph has had this structure."""
        return self._shelf.since

    @property
    def selected_node(self) -> NodeRecord | None:
        """The selected node of the graph that is drawn."""
        return None if self.graph is None or self.selected is None else self.graph.node(self.selected)

    @property
    def waits_for_reset(self) -> bool:
        """True if the form asks for sizes or a seed that the run does not have."""
        used = self.runs.setup(self.runs.number)
        return (
            self.phase in ("running", "paused", "finished")
            and used is not None
            and used.asks_for_another_run(self.setup)
        )

    def open(self, target: str) -> None:
        """Open a network with the setup it was last used with.

        Raises:
            UnknownNameError: there is no such network.
        """
        self._wish(self._setup_of(target))
        self._open()

    def reset(self) -> None:
        """End this run and begin the next from iteration 0 under the setup as it stands now."""
        self._open()

    def run(self) -> None:
        """Train to the end of the iterations asked for, or as many again if that end was reached."""
        if self.phase not in ("ready", "paused", "finished"):
            return
        wanted = self.setup.iterations
        self.until = wanted if wanted > self.step else self.step + wanted
        self.command_issued.emit(Run(self.until))
        self.state_changed.emit()

    def run_one(self) -> None:
        """Finish one iteration, and hold."""
        if self.phase in ("ready", "paused", "finished"):
            self.until = max(self.until, self.step + 1)
            self.command_issued.emit(RunOne())

    def pause(self) -> None:
        """Hold at the end of the iteration."""
        if self.phase == "running":
            self.command_issued.emit(Pause())

    def configure(self, setup: Setup) -> None:
        """Take up what can be taken up now; sizes and seed wait for a reset unless nothing has been trained yet."""
        if setup == (before := self.setup):
            return
        self._wish(setup)
        if self.phase in ("starting", "dead"):
            return
        if self.phase in ("opening", "failed") or (self.phase == "ready" and before.asks_for_another_run(setup)):
            self._open()
            return
        for command in changes(before, setup):
            self.command_issued.emit(command)
        if setup.iterations != before.iterations and setup.iterations > self.step:
            self.until = setup.iterations
            if self.phase == "running":
                self.command_issued.emit(Run(self.until))
            self.state_changed.emit()

    def select(self, node_id: int | None) -> None:
        """Choose the node that inspector and source show; None for none."""
        if node_id == self.selected or (node_id is not None and (self.graph is None or node_id not in self.graph)):
            return
        self.selected = node_id
        self.details = None
        self.selection_changed.emit()
        self._ask_for_details()

    def restart_engine(self) -> None:
        """Ask for a new engine; the network is opened again when it is ready."""
        self._enter("starting")
        self.engine_requested.emit()

    def apply(self, event: Event) -> None:
        """Take in one event of the engine. Events of a run that is over change its curve alone."""
        match event:
            case Ready():
                self._on_ready(event)
            case Opened() if event.run == self.runs.number:
                self._on_opened(event)
            case LossBatch():
                self._on_losses(event)
            case StateChanged() if event.run == self.runs.number:
                self.step, self.loss = event.step, self.loss if event.loss is None else event.loss
                self._enter("failed" if event.state == "failed" else event.state)
            case GraphChanged() if event.run == self.runs.number:
                self._on_graph(event)
            case ConfigurationChanged() if event.run == self.runs.number:
                self._on_configuration(event)
            case NodeDetails():
                if self.graph and event.signature == self.graph.signature and event.node == self.selected:
                    self.details = _known(self.details, event)
                    self.details_arrived.emit()
            case Failed():
                self._on_failed(event)
            case Raised() if event.run == self.runs.number:
                self.problem = event
                self._enter("failed")
                self.raised.emit(event)

    def engine_died(self, title: str, text: str) -> None:
        """The engine is gone. Curve and graph stay as they are."""
        self._enter("dead")
        self.died.emit(title, text)

    def _wish(self, setup: Setup) -> None:
        self.setup = setup
        self.setup_changed.emit()

    def _open(self) -> None:
        if self.phase in ("starting", "dead"):
            return  # opened when an engine is ready
        setup = self.setup
        run = self.runs.begin(setup)
        self.step, self.loss, self.rate, self.until, self.problem = 0, None, 0.0, setup.iterations, None
        self._enter("opening")
        sizes: dict[str, Value] = dict(setup.hyperparameters)
        self.command_issued.emit(Open(run, setup.target, sizes, setup.seed, setup.device, setup.optimizer))

    def _enter(self, phase: Phase) -> None:
        changed = phase != self.phase
        self.phase = phase
        if phase != "running":
            self.rate = 0.0
        if changed:
            self.phase_changed.emit()
            if phase in ("ready", "running") and (self.details is None or self.details.state == "freed"):
                self._ask_for_details()  # between a forward and its backward, what a node saved lives
        self.state_changed.emit()

    def _on_ready(self, event: Ready) -> None:
        self.ready = event
        if self.setup.device not in {device.id for device in event.devices}:
            self.failed.emit(self.tr("This machine has no %s now; cpu is used.") % self.setup.device)
            self._wish(replace(self.setup, device="cpu"))
        self.phase = "opening"
        self._open()

    def _on_opened(self, event: Opened) -> None:
        self.opened, self.device, self.optimizer = event, event.device, event.optimizer
        self._adopt()
        self.runs.correct(event.run, self.setup)
        self.network_opened.emit()

    def _on_losses(self, event: LossBatch) -> None:
        try:
            began = self.runs.append(event)
        except ProtocolError as error:
            self.failed.emit(str(error))
            return
        if began:
            self.runs_changed.emit()
        self.scalars_appended.emit()
        losses = np.frombuffer(event.losses, dtype="<f8")
        if event.run == self.runs.number and len(losses):
            self.step = max(self.step, event.first + len(losses)) if self.phase == "running" else self.step
            self.loss, self.rate = float(losses[-1]), event.rate
            self.state_changed.emit()

    def _on_graph(self, event: GraphChanged) -> None:
        before = self.graph
        try:
            graph = self._shelf.take(event)
            self.graph_target = self.setup.target
        except ProtocolError as error:
            self.failed.emit(str(error))
            return
        kept = same_node(before, graph, self.selected)
        lost = kept != self.selected
        if lost:
            self.selected, self.details = kept, None
        self.graph_changed.emit()
        if lost:
            self.selection_changed.emit()
        elif kept is not None and before is not graph:
            self._ask_for_details()

    def _ask_for_details(self) -> None:
        node = self.selected_node
        if node is not None and self.graph is not None and node.kind in ("function", "custom") and self.phase != "dead":
            self.command_issued.emit(Inspect(self.graph.signature, node.id))

    def _on_configuration(self, event: ConfigurationChanged) -> None:
        self.device, self.optimizer = event.device, event.optimizer
        self._adopt()
        if event.mark is not None:
            self.runs.mark(event.run, event.mark, event.optimizer.name)
            self.runs_changed.emit()
        self.configuration_changed.emit()

    def _on_failed(self, event: Failed) -> None:
        if event.command in ("SetDevice", "SetOptimizer"):
            self._adopt()
        if event.command == "Open":
            if self.opened is not None:  # the run before goes on in the engine, but nobody looks at it any more
                self.command_issued.emit(Pause())
            self._enter("failed")
        self.failed.emit(event.message)

    def _adopt(self) -> None:
        """Wish for the device and optimizer that the engine says are in force."""
        if self.optimizer is not None:
            facts = replace(self.setup, device=self.device, optimizer=self.optimizer)
            if facts != self.setup:
                self._wish(facts)


def _known(before: NodeDetails | None, now: NodeDetails) -> NodeDetails:
    """`now`; where the tensors are freed, with the sizes that were known of them while they lived."""
    if now.state != "freed" or before is None or (before.signature, before.node) != (now.signature, now.node):
        return now
    return NodeDetails(now.signature, now.node, "freed", before.saved)
