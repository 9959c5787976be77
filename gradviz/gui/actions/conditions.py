"""Why an action cannot be done just now, as a sentence; empty if it can."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from gradviz.errors import UnknownNameError
from gradviz.gui.session.session import Session


def reason_against(session: Session, condition: str) -> str:
    """The sentence for a condition of the table of actions that does not hold; empty if it holds.

    Raises:
        UnknownNameError: there is no such condition.
    """
    try:
        check = _CONDITIONS[condition]
    except KeyError:
        raise UnknownNameError("condition", condition, list(_CONDITIONS)) from None
    return check(session)


def _tr(text: str) -> str:
    return QCoreApplication.translate("conditions", text)


def _engine(session: Session) -> str:
    if session.phase == "starting":
        return _tr("The engine is still importing torch.")
    return _tr("The engine ended; restart it first.") if session.phase == "dead" else ""


def _can_run(session: Session) -> str:
    if reason := _engine(session):
        return reason
    if session.phase in ("finished", "failed") and session.ending:
        return _tr("The script has ended; reset it to run it from the start.")
    return {
        "opening": _tr("The network is being made."),
        "running": _tr("It is running; pause it first."),
        "failed": _tr("The run ended with an error; reset it."),
    }.get(session.phase, "")


def _running(session: Session) -> str:
    return "" if session.phase == "running" else _tr("Nothing is running.")


def _graph(session: Session) -> str:
    return "" if session.graph is not None else _tr("There is no graph yet.")


def _clusters(session: Session) -> str:
    if session.graph is None:
        return _graph(session)
    return "" if session.graph.clusters else _tr("This network has no modules.")


def _node(session: Session) -> str:
    return "" if session.selected is not None else _tr("No node is selected.")


def _losses(session: Session) -> str:
    return "" if len(session.scalars) else _tr("There is no loss yet; press Run.")


def _can_step(session: Session) -> str:
    return _can_run(session)


def _past(session: Session) -> str:
    if session.phase == "running":
        return _tr("It is running; pause it first.")
    timeline = session.timeline
    if timeline is None or not timeline.passed:
        return _tr("No iteration has been stepped yet; step into one first.")
    return "" if timeline.cursor > 0 else _tr("This is the first point of the iteration.")


def _looks_back(session: Session) -> str:
    return "" if session.looks_back else _tr("What is shown is the present.")


def _step_node(session: Session) -> str:
    if reason := _node(session):
        return reason
    graph, node = session.graph, session.selected_node
    if graph is None or node is None or not graph.phases_of(node):
        return _tr("Nothing runs at this node: it is data, or a leaf without gradient.")
    return ""


def _run_to(session: Session) -> str:
    return _can_step(session) or _step_node(session)


def _module(session: Session) -> str:
    if reason := _node(session):
        return reason
    node = session.selected_node
    return "" if node is not None and node.cluster != -1 else _tr("The selected node is in no module.")


_CONDITIONS: dict[str, Callable[[Session], str]] = {
    "engine": _engine,
    "can_run": _can_run,
    "running": _running,
    "graph": _graph,
    "clusters": _clusters,
    "node": _node,
    "losses": _losses,
    "can_step": _can_step,
    "past": _past,
    "looks_back": _looks_back,
    "step_node": _step_node,
    "run_to": _run_to,
    "module": _module,
}
