"""Theme of the application: Fusion, QPalette, style sheet, and following the system's light or dark."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from PySide6.QtCore import QEasingCurve, QObject, Qt, QTemporaryDir, QVariantAnimation, Signal
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyle

from gradviz.appearance.palette import DARK, LIGHT, Palette
from gradviz.appearance.text_styles import BODY
from gradviz.errors import UnknownNameError
from gradviz.gui.style import fonts, icons, stylesheet
from gradviz.gui.style.qt_colors import color

Choice = Literal["system", "light", "dark"]
_STILL = "still"
"""Property of the application: the user wants no animations."""


class Theme(QObject):
    """The look of the application. Widgets are notified of a change by `QEvent.PaletteChange`, others by `changed`."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._palette = DARK
        self._choice: Choice = "system"

    @property
    def palette(self) -> Palette:
        """The palette in force."""
        return self._palette

    @property
    def choice(self) -> Choice:
        """The choice of the user, which may be to follow the system."""
        return self._choice

    def apply(self, app: QApplication, choice: Choice = "system") -> None:
        """Apply the theme to the application, at the start and whenever the choice changes.

        Raises:
            UnknownNameError: no such choice.
        """
        if choice not in get_args(Choice):
            raise UnknownNameError("theme", choice, list(get_args(Choice)))
        fonts.install()
        first = app.style().objectName() != "fusion" or not app.styleSheet()
        if first:
            app.setStyle("Fusion")
            app.setFont(fonts.font(BODY))
            app.styleHints().colorSchemeChanged.connect(self._follow)
        self._choice = choice
        schemes = {
            "system": Qt.ColorScheme.Unknown,
            "light": Qt.ColorScheme.Light,
            "dark": Qt.ColorScheme.Dark,
        }
        # The platform is notified, so that title bars and native dialogs agree; sent back as colorSchemeChanged.
        app.styleHints().setColorScheme(schemes[choice])
        self._wear(app, self._wanted(app))

    def _wanted(self, app: QApplication) -> Palette:
        if self._choice == "system":
            return LIGHT if app.styleHints().colorScheme() == Qt.ColorScheme.Light else DARK
        return LIGHT if self._choice == "light" else DARK

    def _follow(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            self._wear(app, self._wanted(app))

    def _wear(self, app: QApplication, palette: Palette) -> None:
        wanted = qt_palette(palette)
        if app.styleSheet() and palette is self._palette and app.palette() == wanted:
            return
        self._palette = palette
        app.setPalette(wanted)
        app.setStyleSheet(stylesheet.build(palette, self._pictures(palette)))
        self.changed.emit()

    def _pictures(self, palette: Palette) -> dict[str, str]:
        """Write arrows and ticks as files, and return their paths by the name that the style sheet uses."""
        wanted = {
            "down": ("caret-down", palette.text2),
            "down-off": ("caret-down", palette.disabled),
            "up": ("caret-up", palette.text2),
            "up-off": ("caret-up", palette.disabled),
            "right": ("caret-right", palette.text2),
            "check": ("check-bold", palette.on_accent),
            "check-off": ("check-bold", palette.disabled),
            "check-menu": ("check", palette.accent),
            "partly": ("minus-bold", palette.on_accent),
            "close": ("x", palette.text2),
        }
        files = {}
        for name, (icon, shade) in wanted.items():
            path = Path(_folder().path()) / f"{name}-{'dark' if palette.dark else 'light'}.svg"
            path.write_bytes(icons.svg(icon, shade))
            files[name] = path.as_posix()
        return files


@lru_cache(maxsize=1)
def _folder() -> QTemporaryDir:
    """Return the folder of the pictures, since style sheets take files only. It lives as long as the process: a widget
    may look for its pictures after the theme that dressed it is gone."""
    return QTemporaryDir()


def qt_palette(palette: Palette) -> QPalette:
    """Return the same colors in Qt's roles, for what the style sheet leaves to Fusion and for `palette.current()`."""
    roles = QPalette.ColorRole
    result = QPalette()
    for role, shade in {
        roles.Window: palette.panel,
        roles.Base: palette.raised,
        roles.AlternateBase: palette.panel,
        roles.Button: palette.raised,
        roles.Text: palette.text,
        roles.WindowText: palette.text,
        roles.ButtonText: palette.text,
        roles.BrightText: palette.on_accent,
        roles.PlaceholderText: palette.text3,
        roles.Light: palette.hover,
        roles.Midlight: palette.line,
        roles.Mid: palette.line2,
        roles.Dark: palette.line2,
        roles.Shadow: palette.canvas,
        roles.Highlight: palette.accent_fill,
        roles.Accent: palette.accent_fill,
        roles.HighlightedText: palette.on_accent,
        roles.Link: palette.accent,
        roles.LinkVisited: palette.accent,
        roles.ToolTipBase: palette.raised,
        roles.ToolTipText: palette.text,
    }.items():
        result.setColor(role, color(shade))
    off = QPalette.ColorGroup.Disabled
    for role in (roles.Text, roles.WindowText, roles.ButtonText, roles.HighlightedText, roles.PlaceholderText):
        result.setColor(off, role, color(palette.disabled))
    result.setColor(off, roles.Highlight, color(palette.line2))
    return result


def allow_motion(allowed: bool) -> None:
    """Allow animations where the system does, or none."""
    app = QGuiApplication.instance()
    if app is not None:
        app.setProperty(_STILL, not allowed)


def motion_allowed() -> bool:
    """Return False when the user or the system wants no animations; Qt's style then reports a duration of zero."""
    app = QGuiApplication.instance()
    if not isinstance(app, QApplication) or app.property(_STILL):
        return False
    return app.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0


def animation(parent: QObject, milliseconds: int) -> QVariantAnimation:
    """Return an animation of a share from 0 to 1 that slows down towards its end."""
    result = QVariantAnimation(parent)
    result.setStartValue(0.0)
    result.setEndValue(1.0)
    result.setDuration(milliseconds)
    result.setEasingCurve(QEasingCurve.Type.OutCubic)
    return result
