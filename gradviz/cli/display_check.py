"""Checks whether a window can be shown here, before Qt does and aborts."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping

_REMEDY = "run gradviz on a desktop, through ssh -X, or under xvfb-run; gradviz run and gradviz render need no screen"


def why_no_screen(environment: Mapping[str, str], platform: str) -> str:
    """Return one sentence with a remedy; empty if there is a screen, or if that is not known."""
    if not platform.startswith("linux"):
        return ""
    chosen = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if chosen not in ("", "xcb"):
        return ""
    display = environment.get("DISPLAY", "")
    if environment.get("WAYLAND_DISPLAY") and chosen != "xcb":
        return ""
    if not display:
        return f"There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set): {_REMEDY}."
    if not _answers(display):
        return f"There is no screen here (DISPLAY is {display}, and nothing answers there): {_REMEDY}."
    return ""


def _answers(display: str) -> bool:
    """Whether an X server listens at a local display; True for a display elsewhere, which only Qt can judge."""
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    if local is None:
        return True
    path = f"/tmp/.X11-unix/X{local[1]}"
    # Most servers listen at the abstract name too, and some at that alone.
    for address in (path, f"\0{path}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(2.0)
            try:
                probe.connect(address)
            except OSError:
                continue
            return True
    return False
