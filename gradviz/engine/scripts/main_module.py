"""Run a file as Python runs a script, and restore everything that a script finds or changes in the process;
and what runs one without a client."""

from __future__ import annotations

import logging
import os
import random
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gradviz import watch_api as watching
from gradviz.engine.gate.gate import AbandonedError
from gradviz.engine.loading.allowed_code import ALLOWED
from gradviz.engine.loading.process_state import TorchSettings
from gradviz.engine.scripts.iteration_detector import IterationDetector, ScriptListener
from gradviz.engine.scripts.script_run import ScriptRun
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.protocol.records import EvaluationsRecord, GraphRecord
from gradviz.targets.python_file import compile_text
from gradviz.targets.target_spec import TargetSpec


class Script:
    """A training script, read and not yet run."""

    def __init__(self, target: TargetSpec, arguments: Sequence[str] = ()) -> None:
        """Read the file; the script finds its path, as it was written, in `sys.argv`.

        Raises:
            GradvizError: the file cannot be read, or is no Python.
        """
        self.path = target.path.absolute()
        self.title = target.path.name
        self._argv = [target.name, *arguments]
        self._code = read_script(self.path)

    def perform(
        self,
        run: ScriptRun,
        listener: ScriptListener,
        *,
        mute: bool,
        start: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        """Run the script to its end. `mute`: nothing can be read from standard input. `start` begins with the random
        states, given what seeds them.

        Raises what the script raises.
        """
        detector = IterationDetector(run, listener)
        watching.listen(detector.watch)
        try:
            run_as_main(self._code, self.path, self._argv, detector.followed(), mute=mute, start=start)
        finally:
            watching.listen(None)
            run.end()


def read_script(path: Path) -> types.CodeType:
    """Return the compiled file.

    Raises:
        GradvizError: it cannot be read, or is no Python.
    """
    try:
        return compile_text(ALLOWED.read(path), path)
    except OSError as error:
        raise GradvizError(
            tr("{path} cannot be read: {strerror}.").format(path=path, strerror=error.strerror)
        ) from error
    except SyntaxError as error:
        raise GradvizError(
            tr("{name} is no valid Python: line {line}: {reason}.").format(
                name=path.name, line=error.lineno or 1, reason=error.msg
            )
        ) from error
    except ValueError as error:
        raise GradvizError(tr("{name} is no valid Python: {error}.").format(name=path.name, error=error)) from error


def run_as_main(
    code: types.CodeType,
    path: Path,
    argv: list[str],
    followed: AbstractContextManager[None],
    *,
    mute: bool,
    start: Callable[[Callable[[], None]], None] | None = None,
) -> None:
    """Run `code` as `python ARGV…` would, within `followed`. `mute`: standard input has ended already. `start` as in
    `Script.perform`."""
    module = types.ModuleType("__main__")
    module.__dict__.update(__file__=str(path), __cached__=None, __spec__=None)
    settings = TorchSettings.remember()
    try:
        with _as_main(module, argv, str(path.parent), mute=mute), _own_modules(path):
            if start is None:
                _start_generators()
            else:
                start(_start_generators)
            with followed:
                exec(code, module.__dict__)
    finally:
        settings.restore()


def _start_generators() -> None:
    """Seed the generators at random, as in a fresh process."""
    random.seed()
    np.random.seed()
    torch.seed()


@contextmanager
def _as_main(module: types.ModuleType, argv: list[str], folder: str, *, mute: bool) -> Iterator[None]:
    kept: tuple[Any, ...] = sys.modules["__main__"], sys.argv, sys.path[:], sys.stdin
    logger = logging.getLogger()
    level, handlers = logger.level, logger.handlers[:]
    sys.modules["__main__"], sys.argv = module, argv
    sys.path.insert(0, folder)
    with warnings.catch_warnings(), open(os.devnull) as nothing:  # noqa: PTH123 - a stream, no path of anybody's
        if mute:
            sys.stdin = nothing
        try:
            yield
        finally:
            sys.modules["__main__"], sys.argv, sys.path[:], sys.stdin = kept
            logger.handlers[:] = handlers
            logger.setLevel(level)


@contextmanager
def _own_modules(path: Path) -> Iterator[None]:
    """Modules beside the script are read anew when it runs again: the user edits them meanwhile."""
    before = set(sys.modules)
    try:
        yield
    finally:
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None)
            if file is not None and Path(file).is_relative_to(path.parent) and "site-packages" not in file:
                del sys.modules[name]


IterationCallback = Callable[[int, float, EvaluationsRecord | None], bool]


def follow_losses(script: Script, on_iteration: IterationCallback, run: ScriptRun | None = None) -> int:
    """Run the script and call `on_iteration` with each iteration, its loss, and how often that was evaluated if more
    than once, until the script ends or the answer is False. `run`, if given, is what is known of the script then.

    Returns how many iterations there were. Raises what the script raises.
    """
    run = run or ScriptRun()
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

    def step_begins(self, optimizer: torch.optim.Optimizer) -> None:
        """Do nothing."""

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

    def step_begins(self, optimizer: torch.optim.Optimizer) -> None:
        """Do nothing."""

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
    text = tr("{title} catches every exception, so its process is ended.").format(title=title)
    print(f"gradviz: {text}", file=sys.stderr, flush=True)
    os._exit(1)
