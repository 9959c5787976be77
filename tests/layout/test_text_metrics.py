"""Widths of texts without Qt."""

from __future__ import annotations

from gradviz.layout.geometry.text_metrics import width


def test_an_empty_text_has_no_width():
    assert width("", "title", 13) == 0


def test_a_wider_letter_and_a_larger_size_are_wider():
    assert width("m", "title", 13) > width("i", "title", 13)
    assert width("mm", "text", 22) == 2 * width("mm", "text", 11)


def test_the_semibold_face_is_wider_than_the_regular_one():
    assert width("middle_linear", "title", 13) > width("middle_linear", "text", 13)


def test_every_character_of_the_mono_face_is_as_wide():
    assert width("iiii", "mono", 11) == width("×…mW", "mono", 11)


def test_characters_without_an_advance_get_a_plausible_one():
    assert 6 < width("ф", "title", 13) < 13


def test_chinese_characters_are_as_wide_as_they_are_high():
    for face in ("title", "text", "mono"):
        assert width("梯度", face, 13) == 26
