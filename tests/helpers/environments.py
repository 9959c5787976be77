"""Virtual environments made on the spot, without pip or a network."""

from __future__ import annotations

import sys
import venv
from pathlib import Path


def make_environment(folder: Path, *, packages: bool) -> Path:
    """Make one in a folder, empty or with the packages of this Python, gradviz excepted. Return its program."""
    windows = sys.platform == "win32"
    venv.create(folder, symlinks=not windows)
    if packages:
        site = folder / "Lib" / "site-packages" if windows else next(folder.glob("lib/python*/site-packages"))
        ours = [path for path in sys.path if path.endswith("site-packages")]
        site.joinpath("ours.pth").write_text("\n".join(ours), encoding="utf-8")
    return folder / ("Scripts/python.exe" if windows else "bin/python")
