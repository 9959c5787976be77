"""An engine process whose runs are recorded, for a client that takes its messages itself."""

from __future__ import annotations

from msgspec.structs import replace

from gradviz.client.engine_process import EngineProcess, Message
from gradviz.protocol.commands import Command
from gradviz.protocol.past_events import CheckpointMade
from gradviz.runs.client_recorder import ClientRecorder


class RecordedEngine(EngineProcess):
    """The recorder outlives it: several engines can follow each other."""

    def __init__(self, recorder: ClientRecorder, python: str = "") -> None:
        """Start the process, in another Python than ours if one is named. Raises what `EngineProcess` raises."""
        self._recorder = recorder
        super().__init__(python=python)

    def send(self, command: Command) -> None:
        """Record what is sent, and send it."""
        self._recorder.sent(command)
        super().send(command)

    def next(self, seconds: float | None = None) -> Message | None:
        """Return the next message as `EngineProcess` does, once it is recorded."""
        message = super().next(seconds)
        if message is not None:
            self._recorder.take(message)
        if isinstance(message, CheckpointMade):
            recording = self._recorder.recording(message.run)
            message = replace(message, data=b"", kept_in=recording.id if recording is not None else "")
        return message
