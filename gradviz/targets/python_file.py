"""One Python file, read and parsed once: whether it trains by itself, makes a factory, or acts when it is run;
and which files it imports from its own folder.

Nothing is executed: everything is decided from the text.
"""

from __future__ import annotations

import ast
import io
import sysconfig
import token
import tokenize
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib.machinery import all_suffixes
from pathlib import Path
from types import CodeType

from gradviz.files import read_regular
from gradviz.language import tr

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


DEFAULT_FACTORY = "build"
_TRAINING = frozenset({"fit", "train"})
"""Names of the functions with which libraries train."""


class PythonFile:
    """The syntax tree of a Python file, and what follows from it."""

    def __init__(self, path: Path, largest: int | None = None) -> None:
        """Read and parse the file. It, and each file that it imports, is read only up to `largest` bytes.

        Raises:
            OSError: the file cannot be read, or is larger than `largest`.
            SyntaxError: it is not Python.
        """
        self.path = path
        self._largest = largest
        self.tree = parse(read_regular(path, largest), path)

    @cached_property
    def trains(self) -> bool:
        """Whether it is a training script.

        It is one if it makes nothing called `build`, and calls `backward()` itself or gradviz.watch. A file that does
        something when it is run is a script, too, if it calls `torch.autograd.grad`, if a file beside it that it
        imports calls `backward()`, if it makes a `Trainer` of whatever library, or if it defines nothing that could be
        opened and calls a library's `fit()` or `train()`.
        """
        tree = self.tree
        if self.makes_factory:
            return False
        if _calls_backward(tree) or any(_is_call_of(call, "gradviz", "watch") for call in _calls(tree)):
            return True
        if not self.acts_when_run:
            return False
        if any(_is_call_of(call, "autograd", "grad") for call in _calls(tree)):
            return True
        by_library = _defines_nothing(tree) and not _TRAINING.isdisjoint(_called_names(tree))
        by_trainer = any(name.endswith("Trainer") for name in _called_names(tree))
        return by_library or by_trainer or any(map(_calls_backward, self._imported()))

    @cached_property
    def makes_factory(self) -> bool:
        """Whether it binds the name `build` outside of functions and classes."""
        return DEFAULT_FACTORY in _names_at_top(self.tree)

    @property
    def acts_when_run(self) -> bool:
        """Whether it does something when it is run, besides defining what others import."""
        body = self.tree.body
        if any(isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) for node in body):
            return True
        blocks = (node for node in body if isinstance(node, ast.If | ast.For | ast.While | ast.With))
        return any(not isinstance(node, ast.If) or any(map(_is_own_name, ast.walk(node.test))) for node in blocks)

    def _imported(self) -> Iterator[ast.Module]:
        """Yield the trees of the files in the same folder, or below it, that it imports, and that those import."""

        def read(file: Path) -> bytes:
            try:
                return read_regular(file, self._largest)
            except OSError:
                return b""

        for file in find_imported_files((self.path,), (self.path.parent,), read):
            found = read_python(file, self._largest) if file != self.path and file.suffix == ".py" else None
            if found is not None:
                yield found.tree


def read_python(path: Path, largest: int | None = None) -> PythonFile | None:
    """Read and parse a file; return None where it cannot be read or is not Python."""
    try:
        return PythonFile(path, largest)
    except (OSError, SyntaxError):
        return None


def parse(source: bytes, path: Path) -> ast.Module:
    """Parse the text of a Python file.

    Raises:
        SyntaxError: it is not Python, holds null bytes, or is nested more deeply than Python's parser can go.
    """
    with _depth_as_syntax(path):
        return ast.parse(source, str(path))


def compile_text(source: bytes | ast.Module, path: Path) -> CodeType:
    """Compile the text of a Python file, or what `parse` made of it.

    Raises:
        SyntaxError: see `parse`.
    """
    with _depth_as_syntax(path):
        return compile(source, str(path), "exec", dont_inherit=True)


@contextmanager
def _depth_as_syntax(path: Path) -> Iterator[None]:
    """Raise a `SyntaxError` for every error with which Python's parser gives up."""
    try:
        yield
    except ValueError as error:
        raise SyntaxError(str(error), (str(path), None, None, None)) from None
    except (RecursionError, MemoryError):
        text = tr("it is too deeply nested for Python's parser")
        raise SyntaxError(text, (str(path), None, None, None)) from None


def _calls(tree: ast.Module) -> Iterator[ast.Attribute]:
    """Yield the attributes that are called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func


def _called_names(tree: ast.Module) -> Iterator[str]:
    """Yield the names of what is called, of a dotted name the last."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def _calls_backward(tree: ast.Module) -> bool:
    return any(call.attr == "backward" for call in _calls(tree))


def _is_call_of(call: ast.Attribute, owner: str, name: str) -> bool:
    """Return whether the call is `owner.name(…)`, or `….owner.name(…)`."""
    last = call.value.attr if isinstance(call.value, ast.Attribute) else getattr(call.value, "id", "")
    return call.attr == name and last == owner


def _is_own_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "__name__"


def _defines_nothing(tree: ast.Module) -> bool:
    """Return whether it defines nothing that could be opened; a `main` is no factory."""
    defined = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef))
    return all(node.name == "main" for node in defined)


def _names_at_top(tree: ast.Module) -> set[str]:
    """Return the names that the file binds outside of functions and classes, also under `if` and `try`."""
    found: set[str] = set()
    stack: list[ast.AST] = list(tree.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        stack.extend(ast.iter_child_nodes(node))
    return found
