"""How large the interface is, and whether it moves: what the user chose, applied and remembered."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gradviz.gui.session.settings import Settings
from gradviz.gui.style import theme, zoom


class AppearanceController(QObject):
    """Changes the size of everything in steps, for a projector or small eyes."""

    reported = Signal(str)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        theme.allow_motion(settings.get("window/motion"))

    @property
    def percent(self) -> int:
        """The size of the interface; 100 as the system asks for it."""
        return int(self._settings.get("window/zoom"))

    def larger(self) -> None:
        """Take the next larger size."""
        self.set_percent(min((size for size in zoom.PERCENTS if size > self.percent), default=self.percent))

    def smaller(self) -> None:
        """Take the next smaller size."""
        self.set_percent(max((size for size in zoom.PERCENTS if size < self.percent), default=self.percent))

    def set_percent(self, percent: int) -> None:
        """Show everything at this size, and remember it."""
        before = self.percent
        if percent == before:
            return
        self._settings.set("window/zoom", percent)
        if zoom.enlarge(percent, before):
            self.reported.emit(self.tr("Interface at {percent} %").format(percent=percent))
        else:
            self.reported.emit(self.tr("The size changes when gradviz starts the next time."))

    def reason_not_larger(self) -> str:
        """Return that nothing larger is offered; empty if there is."""
        return "" if self.percent < zoom.PERCENTS[-1] else self.tr("This is the largest size.")

    def reason_not_smaller(self) -> str:
        """Return that nothing smaller is offered; empty if there is."""
        return "" if self.percent > zoom.PERCENTS[0] else self.tr("This is the smallest size.")

    @property
    def moves(self) -> bool:
        """Whether nodes, folds and the view may move, where the system allows it."""
        return bool(self._settings.get("window/motion"))

    def toggle_motion(self) -> None:
        """Allow animations, or none."""
        self._settings.set("window/motion", not self.moves)
        theme.allow_motion(self.moves)
