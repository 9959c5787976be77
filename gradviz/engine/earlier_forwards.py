"""Keeps of forwards that are over what a later backward can still come to: what living tensors lead to."""

from __future__ import annotations

from gradviz.engine.autograd import reachable
from gradviz.engine.capture import Capture
from gradviz.engine.flow import Value, makers_of


def forget_dead(capture: Capture, *, whole: bool) -> None:
    """Keep only what a later backward can need: the nodes that a living tensor leads to and what made them; and, unless
    each forward was recorded as a `whole`, for one forward more the other ops that living tensors depend on."""
    made_by = capture.births.made_by
    nodes = {node for node in reachable(list(capture.flow.living_nodes())) if node in made_by}
    makers = {op for node in nodes if (op := made_by[node]) is not None}
    makers |= {op.within for op in makers if op.within is not None}
    own, ops = set(capture.ops), set(makers)
    stack = [*makers, *(() if whole else capture.flow.living_makers())]
    while stack:
        op = stack.pop()
        if op in own or op in makers:
            own.discard(op)
            ops.add(op)
            stack += [maker for maker in makers_of(op, made_by) if maker in own]
    capture.earlier = [op for op in (*capture.earlier, *capture.ops) if op in ops]
    capture.ops = []
    capture.writes = [write for write in capture.writes if write.op in ops]
    capture.births.keep(nodes)
    capture.flow.keep(nodes, ops)
    for op in ops:
        for value in op.inputs:
            if isinstance(value, Value):
                value.cut(nodes, ops)
    remembered = {*ops, *capture.origins.keep(ops)}
    moved = capture.modules.keep(op.call for op in remembered)
    for op in remembered:
        op.call = moved[op.call]
