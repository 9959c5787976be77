"""Finds the files beside a Python file that it imports, directly or through others, by their text. Executes nothing."""

from __future__ import annotations

import io
import sysconfig
import token
import tokenize
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from importlib.machinery import all_suffixes
from pathlib import Path

MOST = 2000
"""So many files are followed; a folder with more of them is not a model's."""
_SUFFIXES = tuple(all_suffixes())
_INSTALLED = tuple(
    {Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)


def is_installed(file: Path) -> bool:
    """Return whether a file belongs to this Python, or to a package that was installed into it."""
    found = file.resolve()
    return any(found.is_relative_to(folder) for folder in _INSTALLED)


def find_imported_files(files: Iterable[Path], roots: Sequence[Path], read: Callable[[Path], bytes]) -> Iterator[Path]:
    """Yield `files`, and the files under `roots` that they import, directly or through others, each once. What is
    installed is left out.

    `read` gives the text of a file, as much of it as is to be looked into. An import by a name that is put together
    while the code runs is not found.
    """
    waiting = list(files)
    seen = set(waiting)
    while waiting and len(seen) <= MOST:
        importer = waiting.pop()
        yield importer
        if importer.suffix != ".py":
            continue
        for name in _packages_around(importer, roots) + _imported_names(read(importer)):
            new = [file for file in _files_of(name, importer, roots) if file not in seen and not is_installed(file)]
            seen.update(new)
            waiting += new


def _packages_around(importer: Path, roots: Sequence[Path]) -> list[str]:
    """Return the relative names of the packages that a file lies in, which are imported before it."""
    inside = (importer.parent.relative_to(root).parts for root in roots if importer.is_relative_to(root))
    return ["." * (level + 1) for level in range(max(map(len, inside), default=0))]


def _files_of(name: str, importer: Path, roots: Sequence[Path]) -> Iterator[Path]:
    """Yield the files that are run when a name is imported: those of its packages, and its own."""
    bare = name.lstrip(".")
    if level := len(name) - len(bare):
        bases: Sequence[Path] = (importer.parents[level - 1],) if level <= len(importer.parents) else ()
        yield from (base / "__init__.py" for base in bases if (base / "__init__.py").is_file())
    else:
        bases = roots
    for base in bases:
        place = base
        for part in bare.split(".") if bare else ():
            place = place / part
            yield from (file for suffix in _SUFFIXES if (file := place.with_name(part + suffix)).is_file())
            yield from (file for suffix in _SUFFIXES if (file := place / f"__init__{suffix}").is_file())


def _imported_names(source: bytes) -> list[str]:
    """Return the dotted names that a text imports, relative ones with their dots; where it stops being Python, those
    before."""
    found: list[str] = []
    with suppress(tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        words = _words(source)
        for word in words:
            if word == "import":
                found += _names(words)
            elif word == "from":
                found += _names_from(words)
    return found


def _words(source: bytes) -> Iterator[str]:
    """Yield names and operators, without comments, strings, and line breaks within brackets."""
    for kind, text, *_ in tokenize.tokenize(io.BytesIO(source).readline):
        if kind in (token.NAME, token.OP):
            yield text
        elif kind == token.NEWLINE:
            yield "\n"


def _names(words: Iterator[str]) -> list[str]:
    """Return what follows `import`: dotted names, each perhaps with `as` and another name."""
    found = [""]
    is_alias = False
    for word in words:
        if word == ",":
            found.append("")
            is_alias = False
        elif word == "as":
            is_alias = True
        elif word == "." or word.isidentifier():
            found[-1] += "" if is_alias else word
        elif word not in "()":
            break
    return [name for name in found if name]


def _names_from(words: Iterator[str]) -> list[str]:
    """Return what follows `from`: the package, and that with each imported name, which may be a module."""
    package = ""
    for word in words:
        if word == "import":
            inner = package if package.endswith(".") else f"{package}."
            return [package, *(inner + name for name in _names(words))]
        if not (set(word) == {"."} or word.isidentifier()):
            break
        package += word
    return []
