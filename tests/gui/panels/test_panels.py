"""The smaller parts: source, console, values as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradviz.errors import InvalidValueError
from gradviz.gui.actions.actions import Actions
from gradviz.gui.panels.console import Console
from gradviz.gui.panels.source.source_view import SourceView
from gradviz.gui.session.settings import Settings
from gradviz.gui.text.option_values import option_title, read_value, read_whole, value_text
from gradviz.gui.widgets.banner import Banner
from gradviz.model.number_text import size_text
from gradviz.protocol.records import OptionRecord


def test_a_word_that_is_longer_than_a_line_does_not_widen_the_window(qtbot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    text = f"FileNotFoundError: {'no_such_folder_' * 40}"
    banner.show_message("error", "warning-octagon-fill", "Failed", text, [])
    assert banner.text == text
    assert banner.minimumSizeHint().width() < 600


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-6, "1e-6"), (1e-4, "1e-4"), (2.5e-4, "2.5e-4"), (0.003, "0.003"), (0.9, "0.9"), (0.0, "0"), (None, ""),
     ([0.9, 0.999], "0.9, 0.999"), (5, "5")],
)  # fmt: skip
def test_values_are_written_as_on_paper(value, text: str) -> None:
    assert value_text(value) == text


@pytest.mark.parametrize(
    ("option", "typed", "value"),
    [
        (OptionRecord("momentum", "float", 0.0), "0.9", 0.9),
        (OptionRecord("betas", "floats", [0.9, 0.999]), "(0.8, 0.9)", [0.8, 0.9]),
        (OptionRecord("history_size", "int", 100), "7", 7),
        (OptionRecord("max_eval", "int", None, optional=True), "", None),
    ],
)
def test_values_are_read_by_the_options_type(option: OptionRecord, typed: str, value) -> None:
    assert read_value(option, typed) == value


@pytest.mark.parametrize(
    ("option", "typed", "sentence"),
    [
        (OptionRecord("lr", "float", 1e-3), "0", "more than 0"),
        (OptionRecord("lr", "float", 1e-3), "nan", "must be a number"),
        (OptionRecord("betas", "floats", [0.9, 0.999]), "0.9", "must be 2 numbers"),
        (OptionRecord("history_size", "int", 100), "7.5", "whole number"),
        (OptionRecord("momentum", "float", 0.0), "", "needs a value"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(option: OptionRecord, typed: str, sentence: str) -> None:
    with pytest.raises(InvalidValueError, match=sentence):
        read_value(option, typed)


def test_whole_numbers_keep_to_their_range() -> None:
    assert read_whole("Seed", " 1,000 ", 0, 2000) == 1000
    with pytest.raises(InvalidValueError, match="between 0 and 2,000"):
        read_whole("Seed", "-1", 0, 2000)


def test_options_have_titles() -> None:
    assert option_title("weight_decay") == "Weight decay"
    assert option_title("something_new") == "Something new"


@pytest.mark.parametrize(("size", "text"), [(0, "0 B"), (640, "640 B"), (25_600, "25.0 KiB"), (3 << 20, "3.00 MiB")])
def test_sizes_are_written_with_binary_units(size: int, text: str) -> None:
    assert size_text(size) == text


def test_the_console_shows_what_was_printed_and_forgets_it(qtbot) -> None:
    console = Console()
    qtbot.addWidget(console)
    console.write("stdout", "one\n")
    console.write("stderr", "two\n")
    assert console.text == "one\ntwo\n"
    console.clear()
    assert console.text == ""


def test_a_flood_of_output_keeps_its_end(qtbot) -> None:
    console = Console()
    qtbot.addWidget(console)
    for number in range(1000):
        console.write("stdout", f"{number} " + "x" * 1000 + "\n")
    assert "999 " in console.text and "\n0 x" not in console.text


def test_a_missing_file_is_said(qtbot, tmp_path: Path) -> None:
    view = SourceView()
    qtbot.addWidget(view)
    view.show_file(str(tmp_path / "gone.py"), 3)
    assert "gone.py" in view._empty.accessibleDescription()


def test_settings_of_another_type_fall_back_to_the_default(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "s.ini")
    settings.set("window/derivative", False)
    settings.save()
    again = Settings(tmp_path / "s.ini")
    assert again.get("window/derivative") is False and again.get("window/geometry").isEmpty()


def test_unknown_names_are_refused_with_the_known_ones(qapp, tmp_path: Path) -> None:
    for refused in (
        lambda: Actions(())["fly"],
        lambda: Settings(tmp_path / "s.ini").get("window/colour"),
    ):
        with pytest.raises(Exception, match="There is no"):
            refused()
