"""`gradviz debug --json` in a process of its own, driven as a script would drive it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

Event = dict[str, Any]


class JsonDebugger:
    """`ask` writes a command and returns the event that answers it; all that came is in `seen`."""

    def __init__(self, target: str, *options: str, cwd: str | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gradviz", "debug", target, "--json", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            text=True,
        )
        self.seen: list[Event] = []
        self._asked = 0

    def __enter__(self) -> JsonDebugger:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.process.returncode is None:
            self.close()

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def next(self) -> Event:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the debugger ended"
        event: Event = json.loads(line)
        self.seen.append(event)
        return event

    def until(self, *kinds: str) -> Event:
        while True:
            event = self.next()
            if event["event"] in kinds:
                return event

    def ask(self, command: str, **fields: Any) -> Event:
        self._asked += 1
        self.tell(json.dumps({"command": command, "id": self._asked, **fields}))
        while True:
            event = self.next()
            if event.get("id") == self._asked:
                return event

    def all(self, kind: str) -> list[Event]:
        return [event for event in self.seen if event["event"] == kind]

    def close(self) -> tuple[list[Event], str, int]:
        """End the input; the events that still came, standard error, and the exit status."""
        if self.process.stdin is not None and not self.process.stdin.closed:
            self.process.stdin.close()
            self.process.stdin = None
        out, err = self.process.communicate(timeout=60)
        rest = [json.loads(line) for line in out.splitlines()]
        self.seen += rest
        return rest, err, self.process.returncode


def talk(target: str, lines: Sequence[str], *options: str) -> list[Event]:
    """All lines at once, as from a file; every event of the conversation."""
    with JsonDebugger(target, *options) as debugger:
        for line in lines:
            debugger.tell(line)
        _, err, status = debugger.close()
        assert (err, status) == ("", 0)
        return debugger.seen
