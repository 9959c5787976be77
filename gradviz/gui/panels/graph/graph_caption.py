"""The words of the caption over a graph: what it is, how much of what it holds, since when."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gradviz.gui.session.session import Session
from gradviz.model.graph.graph import Graph


def _tr(text: str) -> str:
    return QCoreApplication.translate("graph", text)


def caption(session: Session, graph: Graph) -> tuple[str, str]:
    """A title and what follows it; both empty for none."""
    if session.state.phase == "stopped":
        return "", ""  # the card says where, and room is dear
    recorded = graph.record.kind == "recorded"
    title = _tr("Recorded operations") if recorded else _tr("Autograd graph")
    if session.state.phase == "ready" and not recorded:
        return title, _tr("after the first forward, nothing is trained yet")
    kinds = [node.kind for node in graph.nodes]
    if recorded:
        forward = sum(node.kind == "op" and node.phase == "forward" for node in graph.nodes)
        backward = kinds.count("op") - forward
        if not backward and graph.record.notes:
            return title, graph.record.notes[0].partition(": ")[2].rstrip(".")
        text = _tr("{forward} forward, {backward} backward · no autograd graph: the gradients are derived by hand")
        return title, text.format(forward=f"{forward:,}", backward=f"{backward:,}")
    functions, parameters = kinds.count("function") + kinds.count("custom"), kinds.count("parameter")
    counted = ", ".join(
        (
            _tr("1 function") if functions == 1 else _tr("{0} functions").format(f"{functions:,}"),
            _tr("1 parameter") if parameters == 1 else _tr("{0} parameters").format(f"{parameters:,}"),
        )
    )
    since = session.engine.graphs.since
    how = _tr("same structure since iteration {0}") if since == 0 else _tr("this structure since iteration {0}")
    return title, f"{counted} · {how.format(f'{since:,}')}"
