"""Serves the questions for causes: where a NaN or Inf comes from."""

from __future__ import annotations

from collections.abc import Callable

from gradviz.engine.blame.chain import Chain
from gradviz.engine.stepping.run_state import AnyRun
from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.protocol.commands import Blame
from gradviz.protocol.events import Blamed, Event


def blame(command: Blame, runner: AnyRun, run: int, post: Callable[[Event], None]) -> None:
    """Send the chain of what the command asks about.

    Raises:
        GradvizError: nothing there is NaN or Inf, or the values of the iteration were not held.
    """
    gate = runner.gate
    if gate is not None and not gate.history.passed and gate.current_stop is not None:
        raise GradvizError(tr("Nothing has run in this iteration yet; step on, and ask then."))
    if gate is None or gate.unrecorded or not gate.history.passed:
        raise GradvizError(
            tr(
                "The values of this iteration were not held. Set the trap on NaN and Inf, reset, and run again: it"
                " stops where the first appears."
            )
        )
    graph = runner.graph
    record = runner.partial_graph() or (graph.record if graph is not None else None)
    named = runner.tensors.named_tensors()
    module = runner.tensors.module
    own = {*runner.tensors.named_parameters(), *(name for name, _ in module.named_buffers())} if module else set()
    data = {name: value for name, value in named.items() if name not in own} if module is not None else {}
    post(Blamed(run, gate.step, Chain(gate, record, named, data).links(command.node)))
