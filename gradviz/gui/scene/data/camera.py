"""Where the view looks: zoom and offset, and the arithmetic of fitting, zooming about a point and panning."""

from __future__ import annotations

from dataclasses import dataclass, replace

MIN_ZOOM = 0.02
MAX_ZOOM = 4.0
FIT_MAX = 1.25
"""Fit never enlarges above this."""
READABLE = 0.8
"""Below it a first look keeps `FLOOR` and shows a part instead of the whole."""
FLOOR = 0.92
STEPS = (0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0)

Rect = tuple[float, float, float, float]
"""x, y, width, height."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A scene point (x, y) is drawn at (x * zoom + dx, y * zoom + dy), in device-independent pixels of the view."""

    zoom: float = 1.0
    dx: float = 0.0
    dy: float = 0.0

    def to_view(self, x: float, y: float) -> tuple[float, float]:
        """Return where a scene point is in the view."""
        return x * self.zoom + self.dx, y * self.zoom + self.dy

    def to_scene(self, x: float, y: float) -> tuple[float, float]:
        """Return the scene point under a point of the view."""
        return (x - self.dx) / self.zoom, (y - self.dy) / self.zoom

    def seen(self, width: float, height: float) -> Rect:
        """Return the part of the scene that a view of this size shows."""
        x, y = self.to_scene(0, 0)
        return x, y, width / self.zoom, height / self.zoom

    def moved(self, dx: float, dy: float) -> Camera:
        """Return it moved by so many pixels of the view."""
        return replace(self, dx=self.dx + dx, dy=self.dy + dy)

    def zoomed(self, zoom: float, x: float, y: float) -> Camera:
        """Return it at `zoom`, within limits, while the scene point under view point (x, y) stays where it is."""
        zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
        if abs(zoom - 1) < 0.005:  # what reads 100 % is sharp
            zoom = 1.0
        scene_x, scene_y = self.to_scene(x, y)
        return Camera(zoom, x - scene_x * zoom, y - scene_y * zoom).snapped()

    def snapped(self) -> Camera:
        """Return it on whole pixels at 100 %, where text and borders profit from it."""
        if self.zoom != 1:
            return self
        return Camera(1.0, float(round(self.dx)), float(round(self.dy)))

    def between(self, other: Camera, share: float) -> Camera:
        """Return the camera at `share` of the way to `other`, for a pan that is seen."""
        a, b = 1 - share, share
        return Camera(self.zoom * a + other.zoom * b, self.dx * a + other.dx * b, self.dy * a + other.dy * b)


def step(zoom: float, direction: int) -> float:
    """Return the next of the round zooms above (`direction` 1) or below (-1)."""
    if direction > 0:
        return next((value for value in STEPS if value > zoom * 1.001), MAX_ZOOM)
    return next((value for value in reversed(STEPS) if value < zoom * 0.999), MIN_ZOOM)


def fit_camera(width: float, height: float, area: Rect) -> Camera:
    """Return a camera on the whole scene of this size, in the middle of `area`, never above `FIT_MAX`."""
    x, y, room_width, room_height = area
    zoom = min(FIT_MAX, room_width / max(width, 1), room_height / max(height, 1))
    if 1 <= zoom < 1.1:
        zoom = 1.0  # sharp beats slightly larger
    zoom = max(zoom, MIN_ZOOM)
    return Camera(zoom, x + (room_width - width * zoom) / 2, y + (room_height - height * zoom) / 2).snapped()


def center_camera(zoom: float, x: float, y: float, area: Rect) -> Camera:
    """Return a camera on scene point (x, y) in the middle of `area`."""
    left, top, width, height = area
    return Camera(zoom, left + width / 2 - x * zoom, top + height / 2 - y * zoom).snapped()
