"""The conditions of actions: each returns why an action is disabled now, as a sentence; empty if it is enabled. And
what Run and Pause are called now."""

from __future__ import annotations

from gradviz.gui.session.session import Session
from gradviz.language import tr


class Conditions:
    """The conditions that the state of a session decides."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def use_engine(self) -> str:
        """Return why no engine answers."""
        phase = self._session.state.phase
        if phase == "starting":
            return tr("The engine is still importing torch.")
        return tr("The engine ended; restart it first.") if phase == "dead" else ""

    def start(self) -> str:
        """Return why nothing can run on; a script that has ended can run again."""
        state = self._session.state
        return "" if state.phase in ("finished", "failed") and self._session.engine.ending else self.run()

    def run(self) -> str:
        """Return why the engine takes neither a run nor a step."""
        session = self._session
        if reason := self.use_engine():
            return reason
        if session.state.phase in ("finished", "failed") and session.engine.ending:
            return tr("The script has ended; reset it to run it from the start.")
        return {
            "opening": tr("The network is being made."),
            "running": tr("It is running; pause it first."),
            "failed": tr("The run ended with an error; reset it."),
        }.get(session.state.phase, "")

    def go_back(self) -> str:
        """Return why there is no iteration to go back to."""
        return self.use_engine() or self._session.steps.why_not_back()

    def pause(self) -> str:
        """Return why there is nothing to pause."""
        if self._session.state.phase != "running":
            return tr("Nothing is running.")
        return tr("It pauses at the end of what it is in.") if self._session.engine.pausing else ""

    def use_graph(self) -> str:
        """Return that there is no graph, or that another one is shown."""
        if self._session.reopened.shown is not None:
            return tr("A recorded graph is shown; go back to the live one first.")
        return "" if self._session.engine.graph is not None else tr("There is no graph yet.")

    def fold(self) -> str:
        """Return why there is nothing to fold."""
        graph = self._session.engine.graph
        if reason := self.use_graph():
            return reason
        return "" if graph is not None and graph.clusters else tr("This network has no modules.")

    def use_node(self) -> str:
        """Return that no node is selected."""
        return "" if self._session.selection.node_id is not None else tr("No node is selected.")

    def export_loss(self) -> str:
        """Return that there is no loss."""
        return "" if len(self._session.state.scalars) else tr("There is no loss yet; press Run.")

    def step_back(self) -> str:
        """Return why there is no earlier point to show."""
        if self._session.state.phase == "running":
            return tr("It is running; pause it first.")
        timeline = self._session.engine.timeline
        if timeline is None or not timeline.passed:
            return tr("No iteration has been stepped yet; step into one first.")
        return "" if timeline.cursor > 0 else tr("This is the first point of the iteration.")

    def return_to_now(self) -> str:
        """Return that the present is shown already."""
        return "" if self._session.engine.looks_back else tr("What is shown is the present.")

    def stop_at_node(self) -> str:
        """Return why the run cannot stop at the selected node."""
        if reason := self.use_node():
            return reason
        graph, node = self._session.engine.graph, self._session.selection.node
        if graph is None or node is None or not graph.phases_of(node):
            return tr("Nothing runs at this node: it is data, or a leaf without gradient.")
        return ""

    def run_to(self) -> str:
        """Return why the engine cannot run to the selected node."""
        return self.run() or self.stop_at_node()

    def ask_for_cause(self) -> str:
        """Return why there are no values that a cause could be found in."""
        if reason := self.use_engine():
            return reason
        if self._session.state.phase == "running":
            return tr("It is running; pause it first.")
        causes = self._session.causes
        if causes.values_held or causes.first_bad_loss() is not None:
            return ""
        return tr("No values of an iteration are held; step into one, or stop in one.")

    def ask_for_cause_of_node(self) -> str:
        """Return why the values of the selected node cannot be asked about."""
        if reason := self.use_node() or self.ask_for_cause():
            return reason
        return "" if self._session.causes.values_held else tr("No values of this iteration are held; step into one.")

    def check_derivative(self) -> str:
        """Return why the derivative of the selected node cannot be checked."""
        return self._session.causes.why_not_checked(self._session.selection.node)

    def ask_for_spike(self) -> str:
        """Return why nothing is known of what moved."""
        if reason := self.use_engine():
            return reason
        return tr("It is running; pause it first.") if self._session.state.phase == "running" else ""

    def stop_at_module(self) -> str:
        """Return why the run cannot stop at the module of the selected node."""
        if reason := self.use_node():
            return reason
        node = self._session.selection.node
        return "" if node is not None and node.cluster != -1 else tr("The selected node is in no module.")


def name_of_run(session: Session) -> tuple[str, str]:
    """Return what Run is called now, and what it does."""
    phase = session.state.phase
    if phase in ("finished", "failed") and session.engine.ending:
        return tr("Run again"), tr("Run the script from its start")
    if phase == "finished":
        text = tr("Train {count} more iterations. Reset begins again.")
        return tr("Continue"), text.format(count=f"{session.state.next_end - session.engine.step:,}")
    name = tr("Continue") if phase in ("stopped", "paused") else tr("Run")
    return name, tr("Train to the end, or to a breakpoint")


def name_of_pause(session: Session) -> tuple[str, str]:
    """Return what Pause is called now, and what it does."""
    return tr("Pausing…") if session.engine.pausing else tr("Pause"), tr("Hold as soon as can be")
