"""Icons: SVG line icons in the colors of the theme, crisp at every pixel ratio."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gradviz.assets import asset
from gradviz.errors import UnknownNameError
from gradviz.gui.style import qt_colors as palettes

MEANINGS = {
    "reset": "arrow-counter-clockwise",
    "fit": "corners-out",
    "find": "magnifying-glass",
    "open": "folder-open",
    "close": "x",
    "follow": "arrow-line-right",
    "error": "warning-octagon",
    "engine": "plugs",
    "nan": "warning-octagon",
}
"""What a thing is for → the file that draws it."""


def names() -> list[str]:
    """Return every name that `icon` knows, sorted."""
    return sorted({path.stem for path in asset("icons").glob("*.svg")} | set(MEANINGS))


def svg(name: str, color: str) -> bytes:
    """Return the SVG text of an icon in one color.

    Raises:
        UnknownNameError: there is no such icon; the message lists the known ones.
    """
    return _source(name).replace("currentColor", color).encode()


def icon(name: str, size: int = 20, color: str | None = None) -> QIcon:
    """Return an icon of `size` pixels, pale where disabled.

    Without `color` it has the theme's colors, follows a change of theme and is in the accent where checked.

    Raises:
        UnknownNameError: there is no such icon.
    """
    _source(name)
    return QIcon(_SvgIconEngine(name, size, color))


def pixmap(name: str, size: int = 20, color: str | None = None, ratio: float | None = None) -> QPixmap:
    """Return one picture of `size` pixels at device pixel ratio `ratio` (the application's, if None).

    Raises:
        UnknownNameError: there is no such icon.
    """
    if ratio is None:
        app = QGuiApplication.instance()
        ratio = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
    return _rendered(name, size, color or palettes.current().text2, ratio)


@cache
def _source(name: str) -> str:
    try:
        return asset(f"icons/{MEANINGS.get(name, name)}.svg").read_text("utf-8")
    except FileNotFoundError:
        raise UnknownNameError("icon", name, names()) from None


@lru_cache(maxsize=512)
def _rendered(name: str, size: int, color: str, ratio: float) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(svg(name, color)))
    picture = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


class _SvgIconEngine(QIconEngine):
    """Renders when asked, so that a change of theme needs no new icons."""

    def __init__(self, name: str, size: int, color: str | None) -> None:
        super().__init__()
        self._name = name
        self._size = size
        self._color = color

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint the icon as Qt asks for it."""
        size = min(rect.width(), rect.height())
        picture = _rendered(self._name, size, self._shade(mode, state), painter.device().devicePixelRatio())
        corner = QPoint(rect.x() + (rect.width() - size) // 2, rect.y() + (rect.height() - size) // 2)
        painter.drawPixmap(corner, picture)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the picture at a pixel ratio of 1."""
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        # `size` is in device-independent pixels; where an older Qt means device pixels, it scales what is too large.
        # A button that its layout has not given room yet asks for less than nothing.
        """Return the picture at a pixel ratio."""
        side = max(min(size.width(), size.height()), 1)
        return _rendered(self._name, side, self._shade(mode, state), scale)

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        """Return the size that the icon takes."""
        side = min(size.width(), size.height(), self._size)
        return QSize(side, side)

    def clone(self) -> QIconEngine:
        """Return a copy."""
        return _SvgIconEngine(self._name, self._size, self._color)

    def _shade(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        colors = palettes.current()
        if mode == QIcon.Mode.Disabled:
            return colors.disabled
        if self._color is not None:
            return self._color
        if state == QIcon.State.On:
            return colors.accent
        return colors.text if mode in (QIcon.Mode.Active, QIcon.Mode.Selected) else colors.text2
