"""Asks for consent to run code that was read, once for its contents."""

from __future__ import annotations

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from gradviz.client.code_consent import Code, Consents
from gradviz.client.runs import RunSetup


class ConsentQuestion(Struct, frozen=True):
    """May this code run? Asked once for the contents of a file."""

    setup: RunSetup
    code: Code
    changed: tuple[str, ...] = ()
    """Those of its files of which other contents were allowed."""
    difference: tuple[str, ...] = ()
    """What changed in them, as a unified diff."""


class ConsentRequests(QObject):
    """What the user has allowed, and the question that waits for an answer."""

    asked = Signal(object)
    """A `ConsentQuestion`: code that has not been allowed yet would run."""

    def __init__(self, given: Consents | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.given = given or Consents()
        self.question: ConsentQuestion | None = None
        """The question that waits for an answer."""

    def ask(self, setup: RunSetup, code: Code) -> bool:
        """Return whether the code of a target may be executed; ask the user if that is not known."""
        if self.given.has(code):
            self.question = None
            return True
        before, difference = self.question, tuple(self.given.difference(code))
        self.question = ConsentQuestion(setup, code, self.given.changed(code), difference)
        if before is None or before.code != code:
            self.asked.emit(self.question)
        return False

    def take(self, yes: bool, folder: str) -> ConsentQuestion | None:
        """Take up the user's answer; return the question. `folder` is trusted from now on, with all below it."""
        question, self.question = self.question, None
        if yes and question is not None:
            self.given.give(question.code)
            if folder:
                self.given.trust(folder)
        return question
