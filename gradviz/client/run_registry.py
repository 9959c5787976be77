"""The runs of a session: the setup each was opened with, its curve and the name of the curve."""

from __future__ import annotations

from gradviz.client.run_setup import RunSetup
from gradviz.model.loss.loss_curves import Scalars
from gradviz.protocol.events import LossBatch
from gradviz.protocol.records import MarkRecord


class RunHistory:
    """Numbers runs from 1 in the order they were opened; a run gets a curve with its first loss."""

    def __init__(self) -> None:
        self.scalars = Scalars()
        self.number = 0
        """The number of the run that was opened last; 0 before the first."""
        self._setups: dict[int, RunSetup] = {}
        self._early: list[MarkRecord] = []
        """Marks of the current run from before its first loss."""

    def begin(self, setup: RunSetup) -> int:
        """Note the next run and give its number. A run that never had a loss gives its number back."""
        if self.number and self.number not in self.scalars:
            self._setups.pop(self.number, None)
        self.number += 1
        self._early.clear()
        self._setups[self.number] = setup
        return self.number

    def setup(self, run: int) -> RunSetup | None:
        """Return the setup that the run was opened with; None for a run that never was."""
        return self._setups.get(run)

    def append(self, batch: LossBatch) -> bool:
        """Append losses of any run known here. Return whether a curve began with them.

        Raises:
            ProtocolError: losses between the last known one and these are missing.
        """
        if batch.run not in self._setups:
            return False
        began = batch.run not in self.scalars and bool(batch.losses)
        if began:
            self.scalars.begin(batch.run, self._title(batch.run))
        if batch.losses:
            self.scalars.append(batch.run, batch.first, batch.losses)
        if began and batch.run == self.number:
            for mark in self._early:
                self.scalars.mark(batch.run, mark)
            self._early.clear()
        return began

    def mark(self, run: int, mark: MarkRecord, optimizer: str) -> None:
        """Note what happened to a run; another optimizer is part of its name from then on."""
        if run not in self.scalars:
            if run == self.number and mark.kind == "edit":
                self._early.append(mark)
            return
        title = f"{optimizer} from {mark.step}" if mark.kind == "optimizer" else None
        self.scalars.mark(run, mark, title)

    def correct(self, run: int, setup: RunSetup) -> None:
        """Replace the setup of a run: the engine opened it with another device or optimizer than requested."""
        self._setups[run] = setup

    def _title(self, run: int) -> str:
        setup = self._setups[run]
        words = [setup.optimizer.name] if setup.optimizer is not None else []
        if len({other.target for other in self._setups.values()}) > 1 or not words:
            words.insert(0, setup.title)
        if len({other.seed for other in self._setups.values()}) > 1:
            words.append(f"seed {setup.seed}")
        return ", ".join(words)
