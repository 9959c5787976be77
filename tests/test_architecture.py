"""The house: who may import whom, no circles, no torch beside Qt, and a short tail of files, classes and functions."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "gradviz"
SOURCES = sorted(PACKAGE.rglob("*.py"))
TORCH_COMPAT = PACKAGE / "engine" / "torch_compat.py"
PRIVATE = r"torch(\.\w+)*\._[A-Za-z]"
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

# Per package: what it may import of ours and of others, beside the standard library and itself. The first entry whose
# name is the module's, or a parent of it, counts. Every module may import `EVERYWHERE`.
EVERYWHERE = {"gradviz.language"}
HOUSE: dict[str, set[str]] = {
    "gradviz.assets": set(),
    "gradviz.language": {"gradviz.assets"},
    "gradviz.errors": set(),
    "gradviz.files": set(),
    "gradviz.pytree": {"torch"},
    "gradviz.watch_api": {"torch"},  # for its annotations
    "gradviz.experiment_arguments": {"gradviz.errors"},
    "gradviz.experiment": {"gradviz.experiment_arguments", "gradviz.errors", "gradviz.pytree", "torch", "numpy"},
    "gradviz.networks.catalogue": {"gradviz.errors"},
    "gradviz.networks": {"gradviz.experiment", "gradviz.errors", "gradviz.assets", "torch", "numpy"},
    "gradviz.protocol": {"gradviz.errors", "msgspec"},
    "gradviz.targets": {"gradviz.files", "gradviz.protocol", "gradviz.errors"},
    "gradviz.model": {"gradviz.protocol", "gradviz.errors", "numpy", "msgspec"},
    "gradviz.layout": {
        *("gradviz.model", "gradviz.protocol", "gradviz.errors", "gradviz.assets"),
        *("graphviz", "pygraphviz", "numpy", "msgspec"),
    },
    "gradviz.appearance": {"gradviz.layout", "gradviz.protocol", "gradviz.errors"},
    "gradviz.export": {
        *(
            "gradviz.appearance",
            "gradviz.layout",
            "gradviz.model",
            "gradviz.protocol",
            "gradviz.errors",
            "gradviz.assets",
        ),
        *("graphviz", "pygraphviz", "numpy", "msgspec"),
    },
    "gradviz.layout_process": {
        *("gradviz.export", "gradviz.layout", "gradviz.model", "gradviz.protocol", "gradviz.errors"),
        *("numpy", "msgspec"),
    },
    "gradviz.client": {
        *("gradviz.model", "gradviz.targets", "gradviz.protocol", "gradviz.files", "gradviz.errors"),
        *("gradviz.networks.catalogue", "platformdirs", "msgspec"),
    },
    "gradviz.race": {
        *("gradviz.client", "gradviz.runs", "gradviz.targets", "gradviz.protocol", "gradviz.errors", "msgspec"),
    },
    "gradviz.runs.exchange": {
        "gradviz.errors",
        "gradviz.runs",
        "gradviz.model",
        "gradviz.files",
        "numpy",
        "pyarrow",
        "tensorboardX",
        "google",
    },
    "gradviz.runs": {
        *("gradviz.client", "gradviz.model", "gradviz.targets", "gradviz.protocol", "gradviz.files", "gradviz.errors"),
        *("gradviz", "platformdirs", "msgspec", "numpy"),  # of gradviz itself, the version alone
    },
    "gradviz.engine": {
        *("gradviz.targets", "gradviz.protocol", "gradviz.files", "gradviz.errors", "gradviz.assets"),
        *("gradviz.networks", "gradviz.experiment", "gradviz.pytree", "gradviz.watch_api"),
        *("torch", "safetensors", "numpy", "msgspec"),
    },
    "gradviz.terminal": {
        *("gradviz.client", "gradviz.export", "gradviz.layout", "gradviz.model", "gradviz.targets", "gradviz.protocol"),
        *("gradviz.runs", "gradviz.files", "gradviz.errors", "gradviz.assets"),
        *("prompt_toolkit", "pygments", "platformdirs", "msgspec", "numpy"),
    },
    "gradviz.lessons": {
        *("gradviz.client", "gradviz.model", "gradviz.protocol", "gradviz.errors", "gradviz.networks.catalogue"),
    },
    "gradviz.gui": {
        *(
            "gradviz.appearance",
            "gradviz.client",
            "gradviz.export",
            "gradviz.layout",
            "gradviz.layout_process",
            "gradviz.lessons",
            "gradviz.model",
            "gradviz.race",
            "gradviz.runs",
        ),
        *("gradviz.targets", "gradviz.protocol", "gradviz.files", "gradviz.errors", "gradviz.assets"),
        *("gradviz.networks.catalogue", "gradviz"),  # the version alone
        *("PySide6", "pyqtgraph", "pygments", "platformdirs", "numpy", "msgspec"),
    },
}
MOST_FILES = 20
"""So many files a folder holds at most, beside its `__init__`."""
FORBIDDEN_NAMES = {"utils", "util", "misc", "common", "base", "helpers", "manager"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """Every module that `path` imports, wherever the import stands; `from package import module` names the module."""
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])
            source = source if node.level else (node.module or "")
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                yield inner if is_ours(inner) else source


def folder_of(path: Path) -> str:
    """The folder of a module as a dotted name; of a module at the top, or directly in `engine`, its own name."""
    alone = path.parent in (PACKAGE, PACKAGE / "engine")
    return module_name(path) if alone else ".".join(path.parent.relative_to(ROOT).parts)


def is_ours(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return name.split(".")[0] == "gradviz" and (path.is_dir() or path.with_suffix(".py").is_file())


def belongs(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def rule_for(name: str) -> tuple[str, set[str]] | None:
    for package, allowed in HOUSE.items():
        if belongs(name, package):
            return package, allowed
    return None


def test_imports_follow_the_table() -> None:
    wrong = []
    for path in SOURCES:
        rule = rule_for(module_name(path))
        if rule is None:
            continue  # cli, __init__ and their like may import anything, inside the function that needs it
        package, allowed = rule
        wrong += [
            f"{module_name(path)} may not import {name}"
            for name in imported(path)
            if name.split(".")[0] not in sys.stdlib_module_names
            and not belongs(name, package)
            and not any(name == a if a == "gradviz" else belongs(name, a) for a in allowed | EVERYWHERE)
        ]
    assert not wrong


def test_pyqtgraph_is_imported_in_plots_alone() -> None:
    users = {module_name(path) for path in SOURCES if any(belongs(name, "pyqtgraph") for name in imported(path))}
    assert all(belongs(user, "gradviz.gui.plots") for user in users), users


def private_names_of_torch(path: Path) -> Iterator[str]:
    """Yield what `path` imports from, reads of or names as `torch._…`, and private attributes that only torch has."""
    own = set(re.findall(r"\b_[A-Za-z]\w*", TORCH_COMPAT.read_text()))
    tree = ast.parse(path.read_text())
    docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, DOCUMENTED)}
    for name in imported(path):
        if re.match(PRIVATE, name):
            yield name
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and belongs(node.module or "", "torch"):
            yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name.startswith("_"))
        elif isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.endswith("__"):
            of = ast.unparse(node.value)
            if belongs(of, "torch") or (node.attr in own and of not in ("self", "cls", "super()")):
                yield f"{of}.{node.attr}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docstrings:
            yield from [repr(node.value)] if re.match(PRIVATE, node.value) or node.value in own else []


def test_private_names_of_torch_are_in_torch_compat_alone() -> None:
    sources = [path for path in SOURCES if "gui" not in path.parts and path != TORCH_COMPAT]
    found = {module_name(path): names for path in sources if (names := sorted(set(private_names_of_torch(path))))}
    # An experiment needs torch's pytrees without the engine, and imports torch when it first needs them.
    assert found == {"gradviz.pytree": ["torch.utils._pytree"]}


def test_top_level_modules_import_qt_and_torch_only_inside_functions() -> None:
    for path in sorted(PACKAGE.glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            heavy = [n for n in names if n.split(".")[0] in {"torch", "PySide6", "pyqtgraph"}]
            assert not heavy, f"{path.name} imports {heavy} at its top"


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The nodes of `graph` that lie on a circle, or only lead to and from one; empty where there is none."""
    while leaves := {name for name, targets in graph.items() if not targets}:
        graph = {name: targets - leaves for name, targets in graph.items() if name not in leaves}
    return sorted(graph)


def test_no_module_is_part_of_a_circle() -> None:
    modules = {module_name(path): path for path in SOURCES}
    # A package's own __init__ holds no code that its modules need, save the version.
    assert not circle(
        {
            name: {i for i in imported(path) if i in modules and i != name and i != "gradviz"}
            for name, path in modules.items()
            if name != "gradviz"
        }
    )


def test_no_folder_is_part_of_a_circle() -> None:
    """Arrows between folders run one way. The modules at the top count one by one."""
    folders = {module_name(path): folder_of(path) for path in SOURCES}
    graph: dict[str, set[str]] = {folder: set() for folder in folders.values()}
    for path in SOURCES:
        here = folder_of(path)
        graph[here] |= {folders[name] for name in imported(path) if name in folders} - {here, "gradviz"}
    assert not circle(graph)


def test_a_folder_holds_few_files() -> None:
    count = Counter(path.parent.relative_to(ROOT) for path in SOURCES if path.name != "__init__.py")
    assert not {str(folder): files for folder, files in count.items() if files > MOST_FILES}


@pytest.mark.parametrize(
    ("entry", "forbidden"),
    [
        ("gradviz", {"torch", "PySide6", "numpy"}),
        ("gradviz.cli.main", {"torch", "PySide6", "pyqtgraph"}),
        ("gradviz.gui.app", {"torch", "pyqtgraph"}),
        ("gradviz.gui.start", {"torch", "pyqtgraph", "numpy"}),
        ("gradviz.engine.serving.server", {"PySide6", "pyqtgraph", "gradviz.model", "gradviz.layout"}),
        ("gradviz.layout.layout", {"torch", "PySide6"}),
        ("gradviz.networks.catalogue", {"torch", "PySide6", "numpy"}),
        ("gradviz.runs.library", {"torch", "PySide6"}),
    ],
)
def test_importing_an_entry_leaves_the_other_world_out(entry: str, forbidden: set[str]) -> None:
    code = f"import {entry}, sys; print(*sorted(set(sys.modules) & {forbidden!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == []


def classes() -> dict[str, list[tuple[Path, ast.ClassDef]]]:
    """Every class of ours at the top of a module, by its name."""
    found: dict[str, list[tuple[Path, ast.ClassDef]]] = {}
    for path in SOURCES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append((path, node))
    return found


def test_a_class_name_means_one_thing() -> None:
    lessons = PACKAGE / "networks"  # each lesson is read alone, and names its parts as the mathematics does
    paths = {
        name: [module_name(path) for path, _ in each if path.parent != lessons] for name, each in classes().items()
    }
    assert not {name: modules for name, modules in paths.items() if len(modules) > 1}


def test_our_own_bases_are_few_and_short() -> None:
    """A class inherits from at most two of ours in a row, and at most 400 lines of them, its own included."""
    ours = {name: each[0][1] for name, each in classes().items()}

    def tower(node: ast.ClassDef) -> list[ast.ClassDef]:
        bases = [ours[base.id] for base in node.bases if isinstance(base, ast.Name) and base.id in ours]
        return [node, *max(map(tower, bases), key=len, default=[])]

    wrong = {}
    for name, node in ours.items():
        floors = tower(node)
        lines = sum((each.end_lineno or 0) - each.lineno + 1 for each in floors)
        if len(floors) > 3 or (len(floors) > 1 and lines > 400):
            wrong[name] = (len(floors) - 1, lines)
    assert not wrong


def test_the_tail_is_short() -> None:
    wrong = []
    for path in SOURCES:
        text = path.read_text()
        if len(text.splitlines()) > 400:
            wrong.append(f"{module_name(path)}: a file above 400 lines should be two")
        for node in ast.walk(ast.parse(text)):
            most = 60 if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else 250
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                assert node.end_lineno is not None
                if node.end_lineno - node.lineno >= most:
                    wrong.append(f"{module_name(path)}: {node.name} is longer than {most} lines")
    assert not wrong


def test_a_file_opens_with_the_sentence_that_says_its_job() -> None:
    assert not [path for path in SOURCES if path.stem in FORBIDDEN_NAMES]
    assert not [path for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text()))]
