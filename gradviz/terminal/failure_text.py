"""A traceback as the user should read it: from their own first frame on."""

from __future__ import annotations

import re
from pathlib import Path

_OURS = Path(__file__).resolve().parent.parent
_NETWORKS = _OURS / "networks"
_FRAME = re.compile(r'^  File "(?P<file>[^"]+)", line \d+')
_MOST = 24
"""Lines; of a longer one the middle is left out."""


def users_part(text: str) -> list[str]:
    """The lines from the first frame in the user's code on, without ours; of a traceback without one, the last line."""
    found: list[str] = []
    ours = True
    for line in text.rstrip().splitlines():
        match = _FRAME.match(line)
        if match is not None:
            ours = not _is_users(match["file"]) and (not found or Path(match["file"]).is_relative_to(_OURS))
        elif not line.startswith(" ") and found:
            ours = False  # the message after the frames
        if not ours:
            found.append(line)
    return found or text.rstrip().splitlines()[-1:]


def traceback_lines(text: str) -> list[str]:
    """The user's part; plain text, so that no path is cut."""
    lines = users_part(text)
    if len(lines) > _MOST:
        lines = [*lines[: _MOST // 2], "  …", *lines[-_MOST // 2 :]]
    return lines


def _is_users(file: str) -> bool:
    path = Path(file)
    ours = path.is_relative_to(_OURS) and not path.is_relative_to(_NETWORKS)
    return not ours and "site-packages" not in path.parts and not file.startswith("<frozen")
