"""What follows from a file's text, however little of it Python's parser can read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradviz.errors import GradvizError
from gradviz.targets.candidates import LARGEST, list_candidates, read_candidates
from gradviz.targets.python_file import compile_text, parse, read_python

DEEP = {
    "parentheses": lambda n: "(" * n + "1" + ")" * n,
    "unclosed": lambda n: "(" * n,
    "lists": lambda n: "x = " + "[" * n + "]" * n,
    "sums": lambda n: "x = " + " + ".join(["1"] * n),
    "signs": lambda n: "x = " + "-" * n + "1",
    "attributes": lambda n: "x = a" + ".b" * n,
    "calls": lambda n: "x = a" + "()" * n,
    "branches": lambda n: "if x:\n  y\n" + "elif x:\n  y\n" * n,
    "lambdas": lambda n: "x = " + "lambda: " * n + "1",
    "conditions": lambda n: "if __name__ == " + " + ".join(["'__main__'"] * n) + ":\n    pass",
}
TRAINS = "\nloss.backward()\n"


def trains(path: Path) -> bool:
    file = read_python(path)
    return file is not None and file.trains


@pytest.mark.parametrize("kind", DEEP)
def test_what_is_nested_too_deeply_is_neither_script_nor_factory_and_raises_one_kind_of_error(
    kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "deep.py"
    path.write_text(DEEP[kind](12_000) + TRAINS)
    assert read_python(path) is None
    assert list_candidates(path) == ()
    for read in (
        lambda: parse(path.read_bytes(), path),
        lambda: compile_text(path.read_bytes(), path),
        lambda: read_candidates(path),
    ):
        with pytest.raises(SyntaxError):
            read()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(kind=st.sampled_from(sorted(DEEP)), depth=st.integers(0, 3000))
def test_at_any_depth_a_text_is_parsed_or_refused(kind: str, depth: int, tmp_path: Path) -> None:
    path = tmp_path / "deep.py"
    path.write_text(DEEP[kind](depth) + TRAINS)
    try:
        parse(path.read_bytes(), path)
    except SyntaxError:
        assert read_python(path) is None
    else:
        assert trains(path) and list_candidates(path)[0].kind == "script"


def test_a_null_byte_is_a_syntax_error_in_every_python(tmp_path: Path) -> None:
    path = tmp_path / "null.py"
    path.write_bytes(b"x = 1\0\n")
    with pytest.raises(SyntaxError):
        compile_text(path.read_bytes(), path)


def test_only_files_of_a_size_that_is_parsed_in_no_time_are_looked_into(tmp_path: Path) -> None:
    path, helper = tmp_path / "model.py", tmp_path / "helper.py"
    factory = "def build():\n    return 1, 2\n"
    path.write_text(factory + "#" * (LARGEST - len(factory)))
    assert [one.name for one in list_candidates(path)] == ["build"]
    path.write_text(factory + "#" * LARGEST)
    assert list_candidates(path) == ()
    # Nor what it imports; the engine, which may take its time, looks into that too.
    path.write_text("import helper\nhelper.run()\n")
    helper.write_text("def run():\n    loss.backward()\n")
    assert trains(path) and [one.kind for one in list_candidates(path)] == ["script"]
    helper.write_text("def run():\n    loss.backward()\n" + "#" * LARGEST)
    assert trains(path) and list_candidates(path) == ()


def test_the_engine_reports_that_a_file_is_too_deep(tmp_path: Path) -> None:
    from gradviz.engine.scripts.main_module import read_script

    path = tmp_path / "deep.py"
    path.write_text(DEEP["signs"](12_000))
    with pytest.raises(GradvizError, match="too deeply nested"):
        read_script(path)
