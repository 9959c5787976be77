"""Text that UTF-8 cannot encode: written out, and restored."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradviz.protocol.encodable import escape_text, plain_value, restore_text
from gradviz.targets.target_spec import file_of, read_target

any_text = st.text(st.characters())


@given(any_text)
def test_escaped_text_can_be_encoded_and_restored(text: str) -> None:
    escaped = escape_text(text)
    escaped.encode()
    assert escape_text(escaped) == escaped
    if "\\ud" not in text:
        assert restore_text(escaped) == text


@given(st.text())
def test_text_that_can_be_encoded_is_left_as_it_is(text: str) -> None:
    assert escape_text(text) == text
    if "\\ud" not in text:
        assert restore_text(text) == text


@pytest.mark.parametrize("value", [None, [1], object(), 1j, b"x"])
def test_what_is_neither_text_nor_number_is_left_as_it_is(value: object) -> None:
    assert plain_value(value) is value


@pytest.mark.skipif(os.name != "posix", reason="file names are text there")
def test_a_file_is_found_by_its_name_and_by_its_escaped_name(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"models-\xfe")
    folder.mkdir()
    raw = folder / os.fsdecode(b"gpt-\xff.py")
    raw.write_text("")
    literal = tmp_path / "literal-\\udcff.py"
    literal.write_text("")
    for path in (raw, literal):
        for text in (str(path), escape_text(str(path))):
            assert file_of(text) == path
            assert read_target(text).path == path
    assert read_target(escape_text(str(raw))).title == "gpt-\\udcff.py"
    assert file_of("nowhere-\\udcff.py") == Path("nowhere-\\udcff.py")
