"""How a process of our own is started: without what happens to lie in the folder where the person is."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


def isolated() -> list[str]:
    """Options for Python before `-m` or `-c`, which look for modules in the current folder first.

    A file there that is called like something torch imports (`cuda.py`, `random.py`) would run in its place, and
    without the person's consent. A folder that gradviz itself runs from without being installed is left in.
    """
    try:
        return [] if Path.cwd().resolve() == _ROOT else ["-P"]
    except OSError:
        return ["-P"]  # the folder was removed
