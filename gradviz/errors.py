"""The errors that cross a package border; each message is one sentence with the way out."""

from __future__ import annotations

from gradviz.language import listed, tr


class GradvizError(Exception):
    """Something the user asked for cannot be done; `str(error)` is the sentence to show."""


class UnknownNameError(GradvizError):
    """A name that is not in its table; the message lists the known names. `what` it names is in the user's language."""

    def __init__(self, what: str, name: str, known: list[str]) -> None:
        text = tr("There is no {what} called {name!r}; there is {known}.")
        super().__init__(text.format(what=what, name=name, known=listed(known) or tr("none")))
        self.what = what
        self.name = name
        self.known = known


class InvalidValueError(GradvizError):
    """A value outside its range or of the wrong type, for a hyperparameter, an option, a size."""


class LayoutError(GradvizError):
    """Graphviz could not place a graph in its time budget, or at all."""


class ProtocolError(GradvizError):
    """The two processes do not speak the same protocol, or a frame is not what it claims to be."""


class VersionError(ProtocolError):
    """The engine speaks another version of the protocol."""

    def __init__(self, engine: int, own: int) -> None:
        text = tr("The engine speaks protocol {engine}, this program {own}; reinstall gradviz.")
        super().__init__(text.format(engine=engine, own=own))
        self.engine = engine
