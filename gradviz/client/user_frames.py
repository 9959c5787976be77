"""The user's part of a traceback: without the frames of gradviz, from the user's first one on."""

from __future__ import annotations

import re
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from traceback import FrameSummary

_OURS = Path(__file__).resolve().parents[1]
_NETWORKS = _OURS / "networks"
_PYTHON = sysconfig.get_paths()["stdlib"]
FRAME = re.compile(r'^  File "(?P<file>[^"]+)", line (?P<line>\d+)')
"""The first line of a frame."""


def users_part(text: str) -> list[str]:
    """Return the lines from the first frame in the user's code on, without ours; where there is none, the last line."""
    found: list[str] = []
    ours = True
    for line in text.rstrip().splitlines():
        match = FRAME.match(line)
        if match is not None:
            ours = not _is_users(match["file"]) and (not found or Path(match["file"]).is_relative_to(_OURS))
        elif not line.startswith(" ") and found:
            ours = False  # the message after the frames
        if not ours:
            found.append(line)
    return found or text.rstrip().splitlines()[-1:]


def trim_traceback(text: str, said: str) -> str:
    """Return a traceback from the user's first frame on, with all of `said`, its end; as it is where it has no frames
    of the user's."""
    ends_so = bool(said) and text.endswith(said)
    frames = users_part(text.removesuffix(said)) if ends_so else users_part(text)
    if not any(map(FRAME.match, frames)):
        return text.rstrip()
    return "\n".join([*frames, *([said.rstrip()] if ends_so else [])])


def innermost_line(frames: Sequence[FrameSummary]) -> tuple[str, int]:
    """Return file and line of the user's last one of `frames`; `("", 0)` if there is none."""
    places = ((frame.filename, frame.lineno or 0) for frame in reversed(frames))
    return next((place for place in places if _is_users(place[0]) and not place[0].startswith(_PYTHON)), ("", 0))


def _is_users(file: str) -> bool:
    path = Path(file)
    ours = path.is_relative_to(_OURS) and not path.is_relative_to(_NETWORKS)
    return not ours and "site-packages" not in path.parts and not file.startswith("<frozen")
