"""Follows a script without a window: its losses as they come, or the graph of its first iteration."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from gradviz.engine.gate.gate import AbandonedError
from gradviz.engine.scripts.main_module import Script
from gradviz.engine.scripts.script_run import ScriptRun
from gradviz.protocol.records import EvaluationsRecord, GraphRecord

IterationCallback = Callable[[int, float, EvaluationsRecord | None], bool]


def follow_losses(script: Script, on_iteration: IterationCallback) -> int:
    """Run the script and call `on_iteration` with each iteration, its loss, and how often that was evaluated if more
    than once, until the script ends or the answer is False.

    Returns how many iterations there were. Raises what the script raises.
    """
    run = ScriptRun()
    _perform(script, run, _Losses(on_iteration, script.title))
    return run.step


def first_graph(script: Script) -> GraphRecord | None:
    """Run the script to its first backward; the graph behind it. Of a script that ends before: that of its ops, if
    they made any. Raises what the script raises.
    """
    run = ScriptRun()
    listener = _Graph(run, script.title)
    _perform(script, run, listener)
    return listener.record or run.partial_graph()


def _perform(script: Script, run: ScriptRun, listener: _Losses | _Graph) -> None:
    try:
        script.perform(run, listener, mute=False)
    except AbandonedError:
        pass
    except SystemExit as exit_:
        if exit_.code not in (None, 0) and not listener.done:
            raise
    finally:
        run.losses.clear()


class _Losses:
    def __init__(self, on_iteration: IterationCallback, title: str) -> None:
        self._on_iteration = on_iteration
        self._title = title
        self._first = True
        self.done = False

    def iteration_begins(self) -> bool:
        # The first is captured, to see what the script trains: whether an optimizer is to be expected.
        self._first, first = False, self._first
        return first

    def forward_ended(self, *, final: bool) -> None:
        """Do nothing: the graph is not shown."""

    def iteration_ended(self, step: int, loss: Any, evaluations: EvaluationsRecord | None) -> None:
        if not self._on_iteration(step, float(loss), evaluations):
            self.done = True
            raise AbandonedError

    def poll(self) -> None:
        """Do nothing: there are no commands."""

    def stuck(self) -> None:
        _leave(self._title)


class _Graph:
    def __init__(self, run: ScriptRun, title: str) -> None:
        self._run = run
        self._title = title
        self.record: GraphRecord | None = None
        self.done = False

    def iteration_begins(self) -> bool:
        return True

    def forward_ended(self, *, final: bool) -> None:
        if final or self.record is None:
            self.record = self._run.graph.record if self._run.graph is not None else None
        if final:
            self._leave()

    def iteration_ended(self, step: int, loss: Any, evaluations: EvaluationsRecord | None) -> None:
        # After an iteration without a graph, the next one may have one.
        if self.record is not None:
            self._leave()

    def _leave(self) -> None:
        self.done = True
        raise AbandonedError

    def poll(self) -> None:
        """Do nothing: there are no commands."""

    def stuck(self) -> None:
        _leave(self._title)


def _leave(title: str) -> None:
    """End the process of a script that catches whatever it is ended by."""
    print(f"gradviz: {title} catches every exception, so its process is ended.", file=sys.stderr, flush=True)
    os._exit(1)
