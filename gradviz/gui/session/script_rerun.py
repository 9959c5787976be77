"""Runs a script again that has ended: opens it, and lets it go on when it is open."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from gradviz.gui.session.session_state import SessionState


class ScriptRerun(QObject):
    """Remembers that the script is to run on as soon as it is open."""

    def __init__(
        self, state: SessionState, reset: Callable[[], None], run: Callable[[], None], parent: QObject
    ) -> None:
        """`reset` opens the script from its start, `run` lets it go on."""
        super().__init__(parent)
        self._state, self._reset, self._run = state, reset, run
        self._target = ""
        state.phase_changed.connect(self._go_on)

    def begin(self) -> None:
        """Open the script again, and run it."""
        self._target = self._state.setup.target
        self._reset()

    def _go_on(self) -> None:
        if self._target and self._state.phase not in ("starting", "opening"):
            target, self._target = self._target, ""
            if self._state.phase == "ready" and self._state.setup.target == target:
                self._run()
