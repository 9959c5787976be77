"""Makes the files that gradviz keeps for its user (settings, consents, history) readable by that user alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def private_file(path: Path) -> Path:
    """Create a file, and the folder of ours that holds it, where they are missing; let only their user read either.

    Returns the path.

    Raises:
        OSError: it cannot be created or belongs to somebody else, or something lies there that is no file.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _take_from_others(path.parent)
    if path.exists() and not path.is_file():
        raise OSError(f"{path} is no file")
    os.close(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600))
    _take_from_others(path)
    return path


def _take_from_others(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        path.chmod(mode & ~0o077)
