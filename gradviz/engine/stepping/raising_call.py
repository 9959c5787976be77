"""Where an error was raised that cannot be brought about again: its frames still have what the last call was given."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from types import FrameType
from typing import Any

import torch
from torch import nn

from gradviz.engine.capture.named_tensors import LOSS
from gradviz.engine.frames.stack_frames import owner_of, variables_of
from gradviz.engine.gate.gate import Gate
from gradviz.engine.gate.step_request import Position
from gradviz.engine.loading.error_explanation import place_of
from gradviz.engine.stepping.run_state import AnyRun
from gradviz.protocol.records import Phase, PointRecord


def stop_of(error: BaseException, index: int, phase: Phase, paths: dict[int, str]) -> tuple[PointRecord, list[Any]]:
    """Return the point that raised, and the tensors that its function was given; `paths` has the modules by their ids.

    An operation that the user's own line calls has no frame: of it, the line alone is known.
    """
    file, line = place_of(error)
    op, module, given = "", "", []
    for frame in _behind_the_user(error):
        values = _arguments(frame)
        owner = values[0] if values else None
        if isinstance(owner, nn.Module):
            module = paths.get(id(owner), module)
            op, given = f"torch.nn.{type(owner).__name__}", values[1:]
        elif not op and not frame.f_code.co_name.startswith("_"):
            op, given = frame.f_code.co_name, values
    tensors = [value for value in given if isinstance(value, torch.Tensor)]
    return PointRecord(index, phase, op=op, module=module, file=file, line=line), tensors


def _behind_the_user(error: BaseException) -> Iterator[FrameType]:
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    users = [i for i, frame in enumerate(frames) if owner_of(frame.f_code.co_filename) == "user"]
    yield from frames[users[-1] + 1 :] if users else []


def _arguments(frame: FrameType) -> list[Any]:
    """Return what a function was called with, of which a wrapper of a module's call has nothing by name."""
    variables = variables_of(frame)
    names = frame.f_code.co_varnames[: frame.f_code.co_argcount]
    starred = variables.get("args", ())
    return [*(variables[name] for name in names if name in variables), *(starred if isinstance(starred, tuple) else ())]


def stop_at_loss(run: AnyRun, gate: Gate, error: BaseException) -> None:
    """Stop at the loss of a run, from which backward cannot start."""
    point = PointRecord(gate.next_index(), "backward", run.names.id_of_name(LOSS, "loss"), grad_fn=LOSS)
    gate.begin_phase("backward", 0)
    gate.raised(Position(run.step, point, ()), "", [], error)
