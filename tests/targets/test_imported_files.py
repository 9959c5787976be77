"""The files beside a Python file that it imports are found by its text, as many as Python would find."""

from __future__ import annotations

import importlib
import runpy
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradviz.targets.python_file import _imported_names, find_imported_files
from gradviz.targets.target_spec import read_target


def found(main: Path, *others: Path) -> set[str]:
    roots = read_target(str(main)).import_roots()
    files = set(find_imported_files((main, *others), roots, Path.read_bytes))
    return {str(file.relative_to(roots[-1])) for file in files - {main, *others}}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a, b.c as d; from e import f", ["a", "b.c", "e", "e.f"]),
        ("from . import g\nfrom ..h.i import (j, # x\n  k as kk,\n)", [".", ".g", "..h.i", "..h.i.j", "..h.i.k"]),
        ("if x: import m\nimport \\\n n\nfrom.p import r", ["m", "n", ".p", ".p.r"]),
        ("from ... import o\nfrom x import *", ["...", "...o", "x"]),
        ("yield from q\nraise E from err\nx = 'import no'  # import no", []),
        ("import a\nx = (\nimport b", ["a"]),
        ("import ä\nimport a\0b", ["ä"]),
        ("", []),
    ],
)
def test_names_are_read_from_the_text(text: str, names: list[str]) -> None:
    assert _imported_names(text.encode())[: len(names) or None] == names


@given(st.binary(max_size=200))
def test_a_text_of_any_bytes_is_read(content: bytes) -> None:
    assert isinstance(_imported_names(content), list)


def test_packages_and_what_they_import_are_found(tmp_path: Path) -> None:
    write(tmp_path, {
        "main.py": "import pkg.sub.leaf\nfrom other import thing\nimport json, torch",
        "pkg/__init__.py": "", "pkg/sub/__init__.py": "from . import hidden", "pkg/sub/leaf.py": "from ..util import x",
        "pkg/sub/hidden.py": "", "pkg/util.py": "", "pkg/unused.py": "", "other/thing.py": "import deep", "deep.py": "",
        "unused.py": "",
    })  # fmt: skip
    assert found(tmp_path / "main.py") == {
        "pkg/__init__.py", "pkg/sub/__init__.py", "pkg/sub/leaf.py", "pkg/sub/hidden.py", "pkg/util.py",
        "other/thing.py", "deep.py",
    }  # fmt: skip


def test_a_file_of_a_package_brings_the_packages_that_it_lies_in(tmp_path: Path) -> None:
    write(tmp_path, {
        "lib/__init__.py": "import outer", "lib/nets/__init__.py": "", "lib/nets/gpt.py": "from .parts import x",
        "lib/nets/parts.py": "from .. import base", "lib/base.py": "", "outer.py": "",
    })  # fmt: skip
    assert found(tmp_path / "lib" / "nets" / "gpt.py") == {
        "lib/__init__.py", "lib/nets/__init__.py", "lib/nets/parts.py", "lib/base.py", "outer.py",
    }  # fmt: skip


def test_what_is_met_is_followed_too(tmp_path: Path) -> None:
    write(tmp_path, {"main.py": "", "plugins/one.py": "import common", "common.py": ""})
    assert found(tmp_path / "main.py") == set()
    assert found(tmp_path / "main.py", tmp_path / "plugins" / "one.py") == {"common.py"}


NAMES = ("gv_a", "gv_b", "gv_c")
PAIRS = [(x, y) for x in NAMES for y in NAMES]
absolute = [
    text for x, y in PAIRS for text in (f"import {x}", f"import {x}.{y}", f"from {x} import {y}", f"if 1: import {x}")
]
relative = [text for x, y in PAIRS for text in (f"from . import {x}", f"from .{x} import {y}", f"from .. import {x}")]
places = st.sampled_from([f"{x}.py" for x in NAMES] + [f"{x}/{y}.py" for x in NAMES for y in (*NAMES, "__init__")])
scripts = st.lists(st.sampled_from(absolute), max_size=4).map("\n".join)
texts = st.lists(st.sampled_from(absolute + relative), max_size=3).map("\n".join)


@settings(deadline=None, max_examples=150)
@given(main=scripts, files=st.dictionaries(places, texts, max_size=8))
def test_no_less_is_found_than_python_imports(main: str, files: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        write(folder, {**files, "main.py": main})
        found = set(find_imported_files([folder / "main.py"], [folder], Path.read_bytes))
        assert imported_by_python(folder / "main.py") <= found


def imported_by_python(path: Path) -> set[Path]:
    """What Python imports from the folder of a script, up to the first import that fails."""
    before = set(sys.modules)
    sys.path.insert(0, str(path.parent))
    importlib.invalidate_caches()
    try:
        with suppress(ImportError):
            runpy.run_path(str(path))
        new = {name: sys.modules.pop(name) for name in set(sys.modules) - before}
    finally:
        sys.path.remove(str(path.parent))
    files = {getattr(module, "__file__", None) for module in new.values()}
    return {Path(file) for file in files if file and Path(file).is_relative_to(path.parent)}
