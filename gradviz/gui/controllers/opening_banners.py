"""Banners about the open model: why it could not be opened, that its file has changed, notes about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from gradviz.client.runs import default_setup
from gradviz.errors import GradvizError
from gradviz.gui.panels.graph.graph_panel import GraphPanel
from gradviz.gui.session.session import Session
from gradviz.gui.widgets.banner import Banner
from gradviz.language import join_sentences
from gradviz.targets.target_spec import read_target

_Button = tuple[str, Callable[[], None], bool]


class OpeningBanners(QObject):
    """Shows a refusal in the banner of errors; a change of the file and notes in a banner above it."""

    target_requested = Signal(str)

    def __init__(self, session: Session, graph: GraphPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._errors = session, graph.banner
        self.banner = Banner()
        """A change of the file, or notes."""
        graph.add_banner(self.banner)
        self._shows = ""
        self._dismissed: set[tuple[str, tuple[str, ...]]] = set()
        """Notes that the user dismissed, by target."""
        self.banner.dismissed.connect(self._on_dismissed)
        session.opening.declined.connect(self.show_declined)
        session.opening.refused.connect(lambda sentence: self.show_refused(session.state.setup.target, sentence))
        session.state.phase_changed.connect(self._on_phase)
        session.state.network_opened.connect(self._show_notes)
        session.state.setup_changed.connect(self._leave)
        self._target = session.state.setup.target

    def show_refused(self, target: str, sentence: str) -> None:
        """Show why a target is not open, with buttons for the previous one and for another try."""
        session = self._session
        buttons: list[_Button] = []
        here = target == session.state.setup.target and session.state.phase == "failed"
        if here and session.opening.previous and session.opening.previous != target:
            name = _title(session.opening.previous)
            buttons.append(
                (self.tr("Open {0}").format(name), partial(self.target_requested.emit, session.opening.previous), False)
            )
        own = default_setup(target) if here else session.state.setup
        if here and session.state.setup != own and not session.opening.is_held:
            buttons.append((self.tr("Use its defaults"), partial(session.configure, own), False))
        if here and not session.state.setup.is_built_in:
            buttons.append((self.tr("Reopen"), session.opening.reopen, True))
        name = _title(target)
        title = self.tr("{0} cannot be opened") if name else self.tr("This cannot be opened")
        if here and session.opening.is_held:
            title = self.tr("{0} is not open")
        self._errors.show_message("error", "warning-circle-fill", title.format(name), sentence, buttons)

    def show_changed(self) -> None:
        """Show that the file has other contents than those that were opened, unless an error offers to reopen it."""
        if self._session.state.phase == "failed" and self._errors.title:
            return
        name = self._session.state.title.partition(":")[0]
        title = self.tr("{0} has changed").format(name)
        text = self.tr("What is shown is of its code as it was; Reopen runs it as it is now.")
        self._shows = "change"
        self.banner.show_message(
            "note", "reset", title, text, [(self.tr("Reopen"), self._session.opening.reopen, True)]
        )

    def show_declined(self, target: str) -> None:
        """Show that a network is open in place of what the user did not want to run."""
        self._shows = "declined"
        title = self.tr("{name} was not opened").format(name=_title(target))
        text = self.tr("Its code did not run; {name} is open instead.").format(name=self._session.state.title)
        again = (self.tr("Open it…"), partial(self.target_requested.emit, target), False)
        self.banner.show_message("note", "info", title, text, [again])

    def forget_changed(self) -> None:
        """Hide the message that the file has changed."""
        if self._shows == "change":
            self._hide()
            self._show_notes()

    def _show_notes(self) -> None:
        opened = self._session.engine.opened
        if opened is None or opened.target != self._session.state.setup.target or self._shows == "declined":
            return
        if not opened.notes or (opened.target, opened.notes) in self._dismissed:
            self._hide()
            return
        self._shows = "notes"
        head, *rest = opened.notes
        self.banner.show_message("note", "info", "", join_sentences((head, *rest)), [])

    def _on_phase(self) -> None:
        if self._session.state.phase == "opening":
            self._errors.dismiss()
            if self._shows != "declined":
                self._hide()
        elif self._session.state.phase == "failed" and self._shows == "change":
            self._hide()

    def _leave(self) -> None:
        if self._target != self._session.state.setup.target:
            self._target = self._session.state.setup.target
            self._hide()

    def _hide(self) -> None:
        self._shows = ""
        self.banner.dismiss()

    def _on_dismissed(self) -> None:
        opened = self._session.engine.opened
        if self._shows == "notes" and opened is not None:
            self._dismissed.add((opened.target, opened.notes))
        self._shows = ""


def _title(target: str) -> str:
    try:
        return read_target(target).title if target else ""
    except GradvizError:
        return target
