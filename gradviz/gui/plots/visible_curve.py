"""One curve as the plot shows it: name, colors, smoothed series."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor

from gradviz.appearance.palette import Palette
from gradviz.gui.style.qt_colors import color
from gradviz.language import tr
from gradviz.model.growing_series import Series
from gradviz.model.loss_curves import Curve

EARLIER_ALPHA = 0.65


@dataclass(frozen=True, slots=True)
class VisibleCurve:
    """One visible curve; `emphasised` while the pointer or the focus is on its legend entry."""

    curve: Curve
    current: bool
    emphasised: bool = False

    @property
    def name(self) -> str:
        """Return the short name, `run 2`."""
        return run_name(self.curve.run)

    def color(self, palette: Palette) -> QColor:
        """Return the color of its line and swatch."""
        if self.current:
            return color(palette.accent)
        return color(palette.text) if self.emphasised else color(palette.text3, EARLIER_ALPHA)

    def pale(self, palette: Palette) -> QColor:
        """Return the color of the raw losses beneath the smoothed curve."""
        return color(palette.accent, 0.35) if self.current else color(palette.text3, 0.25)

    def smooth(self, factor: float) -> Series | None:
        """Return the smoothed series; None for a factor of 0."""
        return self.curve.smooth(factor) if factor else None


def run_name(run: int) -> str:
    """Return `run 2`."""
    return tr("run {0}").format(run)


def full_name(curve: Curve) -> str:
    """Return `run 2 · SGD from 200`."""
    return f"{run_name(curve.run)} · {curve.title}" if curve.title else run_name(curve.run)
