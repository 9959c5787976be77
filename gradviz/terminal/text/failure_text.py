"""A traceback as text for the user: from their own first frame on, and the error in full."""

from __future__ import annotations

import re
from pathlib import Path

_OURS = Path(__file__).resolve().parents[2]
_NETWORKS = _OURS / "networks"
_FRAME = re.compile(r'^  File "(?P<file>[^"]+)", line \d+')
_MOST = 24
"""Lines; of a longer one the middle is left out."""


def users_part(text: str) -> list[str]:
    """Return the lines from the first frame in the user's code on, without ours; where there is none, the last line."""
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


def traceback_lines(text: str, said: str) -> list[str]:
    """Return the user's part of the frames, and all of `said`, the traceback's end, whose last lines may help most.

    Plain text, so that nothing is cut. Empty where it is one line without frames, which the headline has shown.
    """
    frames = users_part(text.removesuffix(said)) if said and text.endswith(said) else users_part(text)
    message = said.rstrip("\n").splitlines() if said and text.endswith(said) else []
    if not any(map(_FRAME.match, frames)):
        return message if len(message) > 1 else []
    if len(frames) > _MOST:
        frames = [*frames[: _MOST // 2], "  …", *frames[-_MOST // 2 :]]
    return [*frames, *message]


def _is_users(file: str) -> bool:
    path = Path(file)
    ours = path.is_relative_to(_OURS) and not path.is_relative_to(_NETWORKS)
    return not ours and "site-packages" not in path.parts and not file.startswith("<frozen")
