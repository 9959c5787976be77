"""Finds the files of `resources/`, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def asset(name: str) -> Path:
    """Return the path of `resources/<name>`.

    Raises:
        FileNotFoundError: no such file was shipped; the installation is incomplete.
    """
    # A wheel carries resources/ inside the package, a checkout beside it.
    for root in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        path = root / name
        if path.exists():
            return path
    raise FileNotFoundError(f"resources/{name} is missing; reinstall gradviz")


def manual() -> Path:
    """Return the path of the README; the pages that it leads to are in `docs` beside it.

    Raises:
        FileNotFoundError: it was not shipped; the installation is incomplete.
    """
    for root in (_PACKAGE / "resources" / "manual", _PACKAGE.parent):
        if (path := root / "README.md").exists():
            return path
    raise FileNotFoundError("README.md is missing; reinstall gradviz")
