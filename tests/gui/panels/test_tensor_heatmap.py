"""The heat map: colours centred on zero, whole pixels, what is not finite, and what a cell says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradviz.appearance.palette import DARK, LIGHT
from gradviz.gui.panels.tensors.tensor_heatmap import TensorPicture
from gradviz.gui.style.theme import Theme
from gradviz.gui.widgets import diverging_colors as diverging
from gradviz.gui.widgets.diverging_colors import cell_image, image_size
from tests.helpers.answers import answered
from tests.helpers.dressed import dressed

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The offscreen platform says so of every window that has a least size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Iterator[Theme]:
    with dressed(qapp) as worn:
        yield worn


@pytest.fixture
def picture(qtbot: QtBot, qapp: QApplication) -> Iterator[TensorPicture]:
    widget = TensorPicture()
    widget.resize(200, 128)
    qtbot.addWidget(widget)
    widget.show()
    yield widget


def color_of(image: QImage, x: int, y: int) -> str:
    return QColor(image.pixel(x, y)).name().upper()


@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_zero_has_the_tone_of_the_panel_and_the_limits_the_ends_of_the_map(palette) -> None:
    cells = np.array([[-2.0, 0.0, 2.0, 99.0]], np.float32)
    image = cell_image(cells, 2.0, 4, 1, palette)
    assert image.format() == QImage.Format.Format_Indexed8
    ends = palette.diverging
    assert [color_of(image, x, 0) for x in range(4)] == [ends[0], ends[3], ends[-1], ends[-1]]


def test_the_smallest_value_does_not_look_like_zero() -> None:
    places = diverging.color_indices(np.array([1e-9, 0.0, -1e-9]), 1.0)
    assert places.tolist() == [diverging.ZERO + 1, diverging.ZERO, diverging.ZERO - 1]


def test_nan_and_inf_are_hatched_in_the_error_colour() -> None:
    cells = np.array([[np.nan, 1.0], [np.inf, -np.inf]], np.float32)
    image = cell_image(cells, 1.0, 40, 40, DARK)
    shades = {color_of(image, x, y) for x in range(20) for y in range(40)}
    assert shades == {DARK.error, DARK.text}
    assert color_of(image, 30, 10) == DARK.diverging[-1]


def test_cells_are_equal_squares_where_they_fit() -> None:
    assert image_size((64, 100), (200, 128)) == (200, 128)
    assert image_size((28, 28), (200, 128)) == (112, 112)


def test_a_vector_is_a_strip_that_can_be_seen() -> None:
    width, height = image_size((1, 100), (200, 128))
    assert (width, height) == (200, 24)


def test_a_picture_never_leaves_its_box() -> None:
    for shape in [(1000, 100), (100, 1000), (1, 1), (3, 1), (1, 5000), (64, 172)]:
        width, height = image_size(shape, (200, 128))
        assert 1 <= width <= 200
        assert 1 <= height <= 128


def test_more_cells_than_pixels_are_averaged_and_keep_their_nan() -> None:
    cells = np.zeros((1, 400), np.float32)
    cells[0, 1::2] = 1.0
    cells[0, 399] = np.nan
    image = cell_image(cells, 1.0, 200, 1, DARK)
    assert color_of(image, 0, 0) == diverging.diverging_color(DARK, 0.5).upper()
    assert color_of(image, 199, 0) == DARK.error


def test_a_cell_says_where_it_stands_and_what_it_holds(picture: TensorPicture) -> None:
    picture.set_answer(answered(torch.arange(6400.0).reshape(64, 100)))
    assert picture.cell_at(QPoint(5, 3)) == (1, 2)
    assert picture.cell_text(1, 2) == "row 1, column 2: 102.00"


def test_a_cell_that_stands_for_many_says_which_and_their_mean(picture: TensorPicture) -> None:
    picture.set_answer(answered(torch.ones(400, 100), picture=200))
    assert picture.cell_text(1, 0) == "rows 2–3, column 0: mean 1.0000"


def test_a_cell_of_a_slice_names_the_element_of_the_whole(picture: TensorPicture) -> None:
    picture.set_answer(answered(torch.arange(24.0).reshape(2, 3, 4), slice="1, :, 2:"))
    assert picture.cell_text(2, 1) == "[1, 2, 3]: 23.000"


def test_arrow_keys_walk_over_the_cells_and_stop_at_the_edge(picture: TensorPicture, qtbot: QtBot) -> None:
    picture.set_answer(answered(torch.eye(2)))
    said: list[str] = []
    picture.cell_described.connect(said.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down):
        qtbot.keyClick(picture, key)
    assert said == [
        "row 0, column 0: 1.0000",
        "row 0, column 1: 0",
        "row 1, column 1: 1.0000",
        "row 1, column 1: 1.0000",
    ]
    assert "row 1, column 1" in picture.accessibleDescription()


def test_enter_and_double_click_open_it(picture: TensorPicture, qtbot: QtBot) -> None:
    picture.set_answer(answered(torch.eye(2)))
    with qtbot.waitSignal(picture.activated):
        qtbot.keyClick(picture, Qt.Key.Key_Return)
    with qtbot.waitSignal(picture.activated):
        qtbot.mouseDClick(picture, Qt.MouseButton.LeftButton)


def test_a_message_stands_in_place_of_cells(picture: TensorPicture) -> None:
    picture.set_answer(answered(torch.eye(2)))
    picture.set_message("freed by backward")
    assert picture.cell_at(QPoint(100, 64)) is None
    assert picture.accessibleDescription() == "freed by backward"


def test_a_message_with_a_long_name_is_broken_within_it(picture: TensorPicture) -> None:
    picture.resize(150, 110)
    picture.set_message("torch.nn.functional.scaled_dot_product_attention")
    image = picture.grab().toImage()
    inked = [len({image.pixel(x, y) for x in range(14, 136)}) > 1 for y in range(8, image.height() - 8)]
    lines = sum(not before and after for before, after in pairwise(inked))
    assert lines == 3


def test_a_tensor_without_elements_says_that_there_is_nothing_to_draw(picture: TensorPicture) -> None:
    picture.set_answer(answered(torch.empty(0, 3)))
    assert picture.message == "no values to draw"


@pytest.mark.parametrize("choice", ["dark", "light"])
@pytest.mark.parametrize(
    "value",
    [torch.zeros(3, 3), torch.full((2, 2), torch.nan), torch.tensor(3.0), torch.randn(2, 3, 4), torch.randn(1000, 1)],
    ids=["zero", "nan", "scalar", "three dimensions", "column"],
)
def test_every_kind_of_tensor_is_drawn_in_both_themes(picture, qapp, theme, choice, value) -> None:
    picture.set_answer(answered(value))
    theme.apply(qapp, choice)
    assert not picture.grab().isNull()


def test_all_zero_shows_an_edge_and_a_zero(picture: TensorPicture) -> None:
    picture.set_answer(answered(torch.zeros(64, 100)))
    drawn = picture.grab().toImage()
    shades = {drawn.pixel(x, y) for x in range(80, 120) for y in range(50, 80)}
    assert len(shades) > 1
