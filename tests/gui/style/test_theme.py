"""The palette keeps its contrast, the theme dresses the application, icons come through one door."""

from __future__ import annotations

from dataclasses import fields

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFontInfo, QIcon
from PySide6.QtWidgets import QApplication, QLabel

from gradviz.appearance.palette import DARK, LIGHT, Palette, contrast
from gradviz.errors import UnknownNameError
from gradviz.gui.style import fonts, icons, stylesheet
from gradviz.gui.style import qt_colors as palette
from gradviz.gui.style.theme import Theme, qt_palette

BOTH = pytest.mark.parametrize("colors", [DARK, LIGHT], ids=["dark", "light"])


@pytest.fixture
def theme(qapp: QApplication):
    theme = Theme()
    yield theme
    qapp.setStyleSheet("")


def grounds(colors: Palette) -> list[str]:
    return [colors.canvas, colors.window, colors.panel, colors.raised, colors.node, *colors.cluster]


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@BOTH
def test_words_can_be_read_on_every_surface(colors: Palette) -> None:
    for ground in grounds(colors):
        for name in ("text", "text2", "text3"):
            # To one decimal, as the look states them: text3 on the inner cluster in light is 4.49.
            assert round(contrast(getattr(colors, name), ground), 1) >= 4.5, (name, ground)


@BOTH
def test_words_of_meaning_can_be_read_on_panel_and_canvas(colors: Palette) -> None:
    for ground in (colors.panel, colors.canvas):
        for shade in (colors.accent, colors.error, colors.warning):
            assert contrast(shade, ground) >= 4.5
        for phase in ("forward", "backward", "update"):
            assert contrast(colors.phase(phase).text, ground) >= 4.5


@BOTH
def test_signs_without_words_reach_three_to_one(colors: Palette) -> None:
    for ground in (colors.panel, colors.canvas):
        assert contrast(colors.edge, ground) >= 3
        assert contrast(colors.breakpoint, ground) >= 3
        for phase in ("forward", "backward", "update"):
            assert contrast(colors.phase(phase).fill, ground) >= 2.95  # 3.0 to one decimal


@BOTH
def test_words_on_fills_can_be_read(colors: Palette) -> None:
    assert contrast(colors.on_accent, colors.accent_fill) >= 4.5
    assert contrast("#FFFFFF", colors.error_fill) >= 4.5
    assert contrast(colors.inverse_text, colors.inverse) >= 7
    assert contrast(colors.error, colors.error_tint) >= 4.5
    assert contrast(colors.warning, colors.warning_tint) >= 4.5
    assert contrast(colors.accent, colors.row_tint) >= 4.5


def test_the_measured_ratios_of_the_look_hold() -> None:
    assert contrast(DARK.text, DARK.panel) == pytest.approx(14.0, abs=0.05)
    assert contrast(DARK.text3, DARK.canvas) == pytest.approx(6.6, abs=0.05)
    assert contrast(LIGHT.text3, LIGHT.canvas) == pytest.approx(5.1, abs=0.05)
    assert contrast(LIGHT.accent, LIGHT.panel) == pytest.approx(8.6, abs=0.05)


def test_scales_rise_evenly_towards_the_far_end() -> None:
    for colors in (DARK, LIGHT):
        away = [contrast(shade, colors.canvas) for shade in colors.sequential]
        assert away == sorted(away)


def test_phase_of_another_name_raises() -> None:
    with pytest.raises(KeyError):
        DARK.phase("sideways")


@pytest.mark.parametrize(("choice", "colors"), [("dark", DARK), ("light", LIGHT)])
def test_a_chosen_theme_is_worn_and_known_to_painters(theme: Theme, qapp: QApplication, choice, colors) -> None:
    theme.apply(qapp, choice)
    assert theme.palette is colors
    assert theme.choice == choice
    assert palette.current() is colors
    assert qapp.palette() == qt_palette(colors)
    assert colors.accent_fill in qapp.styleSheet()


def test_switching_emits_once_and_again_emits_nothing(theme: Theme, qapp: QApplication, qtbot) -> None:
    theme.apply(qapp, "dark")
    with qtbot.waitSignal(theme.changed):
        theme.apply(qapp, "light")
    with qtbot.assertNotEmitted(theme.changed):
        theme.apply(qapp, "light")


def test_unknown_theme_lists_the_known(theme: Theme, qapp: QApplication) -> None:
    with pytest.raises(UnknownNameError, match="system, light and dark"):
        theme.apply(qapp, "sepia")  # type: ignore[arg-type]


@BOTH
def test_the_style_sheet_leaves_no_placeholder(colors: Palette, theme: Theme) -> None:
    sheet = stylesheet.build(colors, theme._pictures(colors))
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")


def test_the_style_sheet_misses_a_picture_loudly() -> None:
    with pytest.raises(KeyError):
        stylesheet.build(DARK, {})


def test_labels_take_their_role(theme: Theme, qapp: QApplication, qtbot) -> None:
    theme.apply(qapp, "dark")
    label = QLabel("x")
    label.setProperty("role", "headline")
    qtbot.addWidget(label)
    label.ensurePolished()
    assert label.font().pixelSize() == 20


def test_every_icon_is_drawn_in_one_color(qapp: QApplication) -> None:
    for name in icons.names():
        text = icons.svg(name, "#123456").decode()
        assert "currentColor" not in text
        assert "#123456" in text
        image = icons.pixmap(name, 20, "#123456", 1.0).toImage()
        inked = sum(image.pixelColor(x, y).alpha() > 0 for x in range(20) for y in range(20))
        assert inked > 5, name


def test_unknown_icon_raises_and_lists_the_known() -> None:
    with pytest.raises(UnknownNameError, match="play"):
        icons.icon("no-such-icon")
    with pytest.raises(UnknownNameError):
        icons.pixmap("no-such-icon")


def test_icons_wear_the_theme_of_the_moment(theme: Theme, qapp: QApplication) -> None:
    icon = icons.icon("play-fill", 16)

    def shade(mode=QIcon.Mode.Normal, state=QIcon.State.Off) -> str:
        return icon.pixmap(QSize(16, 16), 1.0, mode, state).toImage().pixelColor(6, 8).name().upper()

    theme.apply(qapp, "dark")
    assert shade() == DARK.text2
    assert shade(QIcon.Mode.Disabled) == DARK.disabled
    assert shade(state=QIcon.State.On) == DARK.accent
    theme.apply(qapp, "light")
    assert shade() == LIGHT.text2


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_icons_are_as_sharp_as_the_screen(qapp: QApplication, ratio: float) -> None:
    picture = icons.pixmap("cube", 20, "#000000", ratio)
    assert picture.width() == 20 * ratio
    assert picture.devicePixelRatio() == ratio
    assert icons.icon("cube").pixmap(QSize(20, 20), ratio).width() == 20 * ratio


def test_the_shipped_fonts_are_found(qapp: QApplication) -> None:
    fonts.install()
    assert QFontInfo(fonts.ui(13)).family() == "Inter"
    assert QFontInfo(fonts.mono(11)).family() == "JetBrains Mono"
    assert fonts.ui(13, 600).weight() == 600


def test_a_palette_has_valid_colors_only() -> None:
    for colors in (DARK, LIGHT):
        for field in fields(colors):
            value = getattr(colors, field.name)
            if isinstance(value, str):
                assert palette.color(value).isValid()
