"""Events that answer a client's questions about one node or parameter."""

from __future__ import annotations

from gradviz.protocol.events import Event
from gradviz.protocol.explanations import CheckRecord, HolderRecord, UpdateRecord


class UpdateExplained(Event, frozen=True):
    """What `ExplainUpdate` asked for; `message` states why there is none."""

    request: int
    message: str = ""
    update: UpdateRecord | None = None


class DerivativeChecked(Event, frozen=True):
    """What `CheckDerivative` asked for; `message` states why there is none."""

    node: int
    message: str = ""
    check: CheckRecord | None = None


class HoldersListed(Event, frozen=True):
    """What updates each parameter."""

    run: int
    holders: tuple[HolderRecord, ...] = ()


AnyAnswer = UpdateExplained | DerivativeChecked | HoldersListed
