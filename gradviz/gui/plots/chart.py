"""The chart of curves: what is drawn of them, with annotations and the crosshair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QWidget

from gradviz.gui.plots import ranges
from gradviz.gui.plots.annotations import Annotations, arrange_annotations
from gradviz.gui.plots.crosshair import Crosshair, Readout, read_iteration
from gradviz.gui.plots.curve_item import CurveItem, VisibleCurve
from gradviz.gui.plots.plot_view import PlotView
from gradviz.gui.plots.ranges import Navigation
from gradviz.gui.style import qt_colors as palettes


class Chart(PlotView):
    """Draws the curves given to `show_curves`."""

    def __init__(self, parent: QWidget | None = None, navigation: Navigation | None = None) -> None:
        super().__init__(parent, navigation)
        self._items: dict[int, CurveItem] = {}
        self._shown: Sequence[VisibleCurve] = ()
        self._smoothing = 0.0
        self.annotations = Annotations()
        self._crosshair = Crosshair()
        self.add_item(self.annotations, 20)
        self.add_item(self._crosshair, 30)
        self._ready = True
        self.set_colors()

    @property
    def readout(self) -> Readout | None:
        """Return the losses at the crosshair; None without one."""
        if self._iteration is None:
            return None
        return read_iteration(self._shown, self._iteration, self._smoothing, before=self._linked)

    @property
    def description(self) -> str:
        """Return the text of the crosshair."""
        readout = self.readout
        return readout.text if readout is not None else ""

    @property
    def reach(self) -> int:
        """Return one more than the last iteration that has a loss."""
        return max((one.curve.reach for one in self._shown), default=0)

    @property
    def newest(self) -> int:
        """Return the last iteration of the current run."""
        return max((one.curve.reach for one in self._shown if one.current), default=1) - 1

    def show_curves(self, shown: Sequence[VisibleCurve], *, log: bool, smoothing: float) -> None:
        """Draw these curves as they are now; the last ones lie on top."""
        self._shown, self.log, self._smoothing = tuple(shown), log, smoothing
        wanted = {one.curve.run: z for z, one in enumerate(shown)}
        for run in [run for run in self._items if run not in wanted]:
            self.scene().removeItem(self._items.pop(run))
        for run, z in wanted.items():
            if run not in self._items:
                self._items[run] = CurveItem()
            self.add_item(self._items[run], 1 + z / len(wanted))
        self._set_pens()
        self.refresh()

    def refresh(self) -> None:
        """Draw the curves and the navigation as they are now."""
        super().refresh()
        for one in self._shown:
            smooth = one.smooth(self._smoothing)
            self._items[one.curve.run].show_series(one.curve.raw, smooth, self.frame, self.devicePixelRatioF())
        self.annotations.show_arrangement(arrange_annotations(self.frame, self._shown), self.frame)
        for item in (*self._items.values(), self.annotations, self._crosshair):
            item.setPos(self._box.pos())
        self.point_at(self._iteration)

    def point_at(self, iteration: int | None) -> None:
        """Show the crosshair at an iteration if it is visible."""
        super().point_at(iteration)
        self._crosshair.show_readout(self.readout, self.frame, self.annotations.arrangement.words)

    def set_colors(self) -> None:
        """Draw in the colors of the theme."""
        super().set_colors()
        palette = palettes.current()
        self.annotations.set_colors(palette)
        self._crosshair.set_colors(palette)
        self._set_pens()

    def _set_pens(self) -> None:
        palette = palettes.current()
        for one in self._shown:
            self._items[one.curve.run].set_pens(one.color(palette), one.pale(palette))

    def fit(self, x: ranges.Range, most: float) -> ranges.Range:
        """Return the losses that show all curves in iterations `x`."""
        start, stop = int(-(-x[0] // 1)), int(x[1] // 1) + 1
        found = [one.curve.raw.extremes(start, stop, positive=self.log) for one in self._shown]
        pairs = [pair for pair in found if pair is not None]
        extremes = (min(low for low, _ in pairs), max(high for _, high in pairs)) if pairs else None
        return ranges.fit_range(extremes, most, self.log)

    def nearest(self, iteration: int) -> int:
        """Return the iteration nearest to this one that has a loss."""
        return _nearest(iteration, (one.curve.raw.nearest(iteration) for one in self._shown))

    def beyond(self, iteration: int, ahead: int) -> int:
        """Return the next iteration that has a loss, the one before for an `ahead` of -1; this one without any."""
        return _nearest(iteration, (one.curve.raw.beyond(iteration, ahead) for one in self._shown))


def _nearest(iteration: int, known: Iterable[int | None]) -> int:
    return min((step for step in known if step is not None), key=lambda s: abs(s - iteration), default=iteration)
