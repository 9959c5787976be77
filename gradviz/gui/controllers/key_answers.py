"""Answers keys whose action is disabled now: shows why, and while a network is being opened keeps the last one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence

from gradviz.gui.actions.actions import ActionRow, Actions
from gradviz.gui.session.session import Session
from gradviz.gui.widgets.mnemonics import plain
from gradviz.language import tr
from gradviz.protocol.commands import StepIn


class KeyAnswers(QObject):
    """Qt leaves the keys of a disabled action to the window, which hands them on to `press`."""

    def __init__(self, session: Session, actions: Actions, show: Callable[[str], None], parent: QObject) -> None:
        """`show` shows a sentence."""
        super().__init__(parent)
        self._session, self._actions, self._show = session, actions, show
        self._kept: tuple[str, QAction] | None = None
        """The target of the setup, and what is done once it is open."""
        session.state.phase_changed.connect(self._do_kept)
        actions.waiting.connect(self._answer)

    def press(self, event: QKeyEvent) -> bool:
        """Answer a key; return whether it belongs to a disabled action."""
        key = QKeySequence(event.keyCombination())
        for row, action in self._actions:
            if not action.isEnabled() and key in action.shortcuts():
                self._answer(row, action)
                return True
        return False

    def _answer(self, row: ActionRow, action: QAction) -> None:
        name, state = plain(action.text()).rstrip("…"), self._session.state
        if row.menu.startswith("Run") and state.phase in ("starting", "opening"):
            early = row.id == "step_in" and self._stops_first()
            self._kept = None if early else (state.setup.target, action)
            self._show(tr("{action} is done as soon as {name} is open.").format(action=name, name=state.title))
        elif row.needs is not None:
            self._show(f"{name}: {row.needs()}")

    def _stops_first(self) -> bool:
        """Have the script that is being opened stop at the first op of its forward; return whether it is one. Any other
        target runs its first forward again when it is open."""
        session, setup = self._session, self._session.state.setup
        script = setup.spec.runs_as_script(bool(session.opening.script_arguments.get(setup.target)))
        if script and session.state.phase == "starting":
            session.opening.reset(stop_first=True)
        elif script:
            session.engine.send(StepIn(first=True))
        return script

    def _do_kept(self) -> None:
        state = self._session.state
        if self._kept is None or state.phase in ("starting", "opening"):
            return
        (target, action), self._kept = self._kept, None
        if state.phase == "ready" and state.setup.target == target:
            self._actions.update()
            action.trigger()
