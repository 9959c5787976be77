"""The window's engine: delivers what the threads of an engine process receive in Qt's event loop."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from gradviz.client.engine_process import EngineDeath, EngineOutput, EngineProcess, EngineStartError
from gradviz.gui.processes.event_loop_wakeup import EventLoopWakeup
from gradviz.protocol.commands import Command


class EngineClient(QObject):
    """One engine process at a time."""

    event_received = Signal(object)
    output_received = Signal(str, str)
    """`stdout` or `stderr`, and what the user's code wrote."""
    died = Signal(str, str)
    """The engine ended though nobody asked it to: what happened, and what it means; two sentences."""

    def __init__(self, parent: QObject | None = None, arguments: list[str] | None = None) -> None:
        """`arguments` of the Python that runs the engine; tests put a fake engine there."""
        super().__init__(parent)
        self._arguments = arguments
        self._engine: EngineProcess | None = None
        self._wakeup: EventLoopWakeup | None = None

    @property
    def process_id(self) -> int:
        """The id of the engine process; 0 when there is none."""
        return self._engine.id if self._engine is not None else 0

    def start(self, python: str = "") -> None:
        """Start an engine process, in another Python than ours if one is named. One that ran before is ended first."""
        self.close()
        wakeup = EventLoopWakeup(self)
        wakeup.woken.connect(self._deliver)
        self._wakeup = wakeup
        try:
            self._engine = EngineProcess(self._arguments, wakeup.wake, python=python)
        except EngineStartError as error:
            # Reported when the caller has connected to the signal.
            soon = QTimer(self, singleShot=True, interval=0)
            soon.timeout.connect(partial(self._report, EngineDeath(error.title, error.text)))
            soon.start()

    def send(self, command: Command) -> None:
        """Send now, or as soon as the engine has greeted. Without an engine it is dropped: nothing could answer."""
        if self._engine is not None:
            self._engine.send(command)

    def close(self) -> None:
        """End the engine and leave no process behind. Blocks for less than a second."""
        engine, self._engine = self._engine, None
        wakeup, self._wakeup = self._wakeup, None
        if engine is not None:
            engine.close()
        if wakeup is not None:
            wakeup.close()
            wakeup.deleteLater()

    def _deliver(self) -> None:
        engine = self._engine
        # What comes meanwhile waits until the event loop has painted.
        for _ in range(engine.waiting if engine is not None else 0):
            if engine is not self._engine or engine is None:
                return  # a slot has closed this engine
            match engine.next(0):
                case EngineOutput(stream, text):
                    self.output_received.emit(stream, text)
                case EngineDeath() as death:
                    self._report(death)
                case event:
                    self.event_received.emit(event)

    def _report(self, death: EngineDeath) -> None:
        self.close()
        kept = self.tr("The curve and the graph so far are kept.")
        self.died.emit(death.title, death.text if death.code is None else f"{death.text} {kept}")
