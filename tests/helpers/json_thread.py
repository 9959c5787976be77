"""`gradviz debug --json` over an engine in a thread of this process: quick enough to ask hundreds of questions."""

from __future__ import annotations

import json
from typing import Any

from gradviz.client.debug_state import DebugState
from gradviz.client.engine_process import InputLine
from gradviz.protocol.commands import Open
from gradviz.terminal.json_server import JsonServer
from tests.helpers.engine_thread import EngineThread
from tests.helpers.json_debugger import Event


class JsonThread:
    """`ask` gives a command and returns the event that answers it; all that came is in `seen`."""

    def __init__(self, target: str, steps: int = 100, **options: Any) -> None:
        self.engine = EngineThread()
        self.seen: list[Event] = []
        opening = Open(1, target, stop_first=True, **options)
        self._talk = JsonServer(DebugState(self.engine.tell), opening, steps, "test", self.seen.append)
        self._asked = 0

    def __enter__(self) -> JsonThread:
        self.engine.__enter__()
        self._talk.take(self.engine.seen[-1])
        while not self.all("stopped", "failed"):
            self._talk.take(self.engine.next())
        return self

    def __exit__(self, *exception: object) -> None:
        self.engine.__exit__(*exception)

    @property
    def stop(self) -> Event:
        """The last stop."""
        return self.all("stopped")[-1]

    def ask(self, command: str, **fields: Any) -> Event:
        self._asked += 1
        self._talk.take(InputLine(json.dumps({"command": command, "id": self._asked, **fields})))
        while (answer := self._answer()) is None:
            self._talk.take(self.engine.next())
        json.dumps(answer, allow_nan=False)
        return answer

    def all(self, *kinds: str) -> list[Event]:
        return [event for event in self.seen if event["event"] in kinds]

    def _answer(self) -> Event | None:
        return next((event for event in reversed(self.seen) if event.get("id") == self._asked), None)
