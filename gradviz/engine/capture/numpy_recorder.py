"""Record what NumPy computes, by an ndarray that reports ufuncs, functions and methods, and is a plain array
otherwise."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from gradviz.engine.capture.op_recorder import Capture
from gradviz.engine.capture.ops import Op, flatten
from gradviz.engine.capture.variable_names import name_inputs
from gradviz.engine.frames.stack_frames import user_frame, user_line
from gradviz.experiment import Experiment
from gradviz.protocol.records import Phase

# Receives the calls. Without a recorder, a recorded array behaves as a plain one.
_listener: ContextVar[Capture | None] = ContextVar("gradviz_numpy_listener", default=None)

# Methods written in C that bypass NumPy's protocols.
_METHODS = (
    "argmax", "argmin", "astype", "choose", "clip", "compress", "copy", "cumprod", "cumsum", "diagonal", "dot",
    "flatten", "max", "mean", "min", "prod", "ravel", "repeat", "reshape", "round", "squeeze", "std", "sum", "swapaxes",
    "take", "trace", "transpose", "var", "__getitem__",
)  # fmt: skip
_METHODS_IN_PLACE = ("__setitem__", "fill", "sort", "put", "partition")
# A reduction gets the name by which users know it.
_REDUCTIONS = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min", "logical_and": "all"}


class RecordedArray(np.ndarray):
    """A view of an array that reports to the recorder what is computed from it. Same memory, same results."""

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        name = ufunc.__name__
        if method == "reduce":
            name = _REDUCTIONS.get(name, f"{name}.reduce")
        elif method != "__call__":
            name = f"{name}.{method}"

        def run() -> Any:
            """Compute on plain arrays."""
            if out is not None:
                kwargs["out"] = tuple(_plain(o) for o in out)
            result = getattr(ufunc, method)(*_unwrap(inputs), **_unwrap(kwargs))
            return result if out is None else out[0] if len(out) == 1 else out

        return _record_call(f"numpy.{name}", (inputs, kwargs.get("where")), run, out)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        module = getattr(func, "__module__", None) or "numpy"
        out = kwargs.get("out")
        return _record_call(
            f"{module}.{func.__name__}", (args, kwargs), lambda: func(*_unwrap(args), **_unwrap(kwargs)), out
        )

    @property
    def T(self) -> Any:  # noqa: N802
        """Record the transpose, which C code would return unrecorded."""
        return _record_call("numpy.ndarray.T", (self,), lambda: self.view(np.ndarray).T)

    def __reduce__(self) -> Any:
        # A pickled copy is not recorded.
        return self.view(np.ndarray).__reduce__()


def _method(name: str) -> Callable[..., Any]:
    def call(self: RecordedArray, *args: Any, **kwargs: Any) -> Any:
        """Record the call of a method written in C."""
        method = getattr(self.view(np.ndarray), name)
        return _record_call(
            f"numpy.ndarray.{name}", (self, args, kwargs), lambda: method(*_unwrap(args), **_unwrap(kwargs))
        )

    call.__name__ = name
    return call


def _method_in_place(name: str) -> Callable[..., Any]:
    def call(self: RecordedArray, *args: Any, **kwargs: Any) -> Any:
        """Record an operator in place."""
        method = getattr(self.view(np.ndarray), name)
        inputs = (self, args, kwargs)
        return _record_call(f"numpy.ndarray.{name}", inputs, lambda: method(*_unwrap(args), **_unwrap(kwargs)), (self,))

    call.__name__ = name
    return call


for _name in _METHODS:
    setattr(RecordedArray, _name, _method(_name))
for _name in _METHODS_IN_PLACE:
    setattr(RecordedArray, _name, _method_in_place(_name))


class HandRecording:
    """One recorded iteration of a network that computes its gradients by hand.

    From the start until `end`, the arrays of the model and the experiment are replaced by recording views of
    themselves: same memory, same results. `end` puts the arrays back, and plain ones in place of whatever was computed.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.capture = Capture(experiment.module, keep_everything=True)
        self._experiment = experiment
        self._views: dict[int, RecordedArray] = {}
        self._originals: dict[int, np.ndarray] = {}
        self._exchange(self._view_of)

    @contextmanager
    def phase(self, phase: Phase) -> Iterator[None]:
        """Context manager: record what torch and the recorded arrays compute."""
        token = _listener.set(self.capture)
        try:
            with self.capture.watching(phase):
                yield
        finally:
            _listener.reset(token)

    def end(self) -> None:
        """Put plain arrays back."""
        self._exchange(self._original_of)

    def _exchange(self, other: Callable[[Any], Any]) -> None:
        experiment = self._experiment
        attributes = getattr(experiment.model, "__dict__", {})
        for name, value in list(attributes.items()):
            if isinstance(value, np.ndarray):
                attributes[name] = other(value)
        experiment.inputs = _map(other, experiment.inputs)
        experiment.targets = _map(other, experiment.targets)

    def _view_of(self, array: np.ndarray) -> np.ndarray:
        view = self._views.get(id(array))
        if view is None:
            view = array.view(RecordedArray)
            self._views[id(array)] = view
            self._originals[id(view)] = array
        return view

    def _original_of(self, array: np.ndarray) -> np.ndarray:
        original: np.ndarray = self._originals.get(id(array), _plain(array))
        return original


def _map(function: Callable[[np.ndarray], Any], tree: Any) -> Any:
    """Return `tree` with `function` of every array in tuples, lists and dicts in place of it."""
    if isinstance(tree, np.ndarray):
        return function(tree)
    if isinstance(tree, tuple | list):
        return type(tree)(_map(function, item) for item in tree)
    if isinstance(tree, dict):
        return {key: _map(function, item) for key, item in tree.items()}
    return tree


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, RecordedArray) else value


def _unwrap(value: Any) -> Any:
    """Return plain arrays in place of recorded ones, in tuples, lists and dicts."""
    return _map(_plain, value)


def _record_call(name: str, inputs: Any, run: Callable[[], Any], out: Any = None) -> Any:
    """Return what `run` returns, recorded if a recorder is active. `out`: the arrays that it changes in place."""
    capture = _listener.get()
    if capture is None or capture.stepping:
        return run()
    # The frames between here and the caller are this file's own; the user's begin beyond them.
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    file, line = user_line(frame)
    op = Op(name, file, line, -1, capture.phase, list(flatten(inputs)))
    op.variables = name_inputs(user_frame(frame), op.inputs)
    here = capture.before(op, op.inputs, out)
    if capture.meter is not None:
        capture.meter.begin(op, None, op.inputs, {})
    try:
        result = run()
    except Exception as error:
        capture.raised(op, here, op.inputs, error)
        raise
    if capture.meter is not None:
        capture.meter.end()
    if out is None:
        result = _recorded(result)
    if capture.phase == "update":
        return result  # not part of the graph
    op.outputs = list(flatten(result if out is None else out))
    capture.ops.append(op)
    capture.measured(op, op.outputs, ())
    capture.after(op, here, op.outputs, ())
    return result


def _recorded(result: Any) -> Any:
    if isinstance(result, np.ndarray):
        return result.view(RecordedArray)
    if isinstance(result, tuple | list):
        return type(result)(_recorded(item) for item in result)
    return result
