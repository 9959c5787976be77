"""Standard output and error where they are closed, full, or no longer read."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO


def open_missing() -> None:
    """A shell can close a stream (`>&-`); what is written there goes nowhere then."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 (open to the end)


def discard(stream: TextIO) -> None:
    """Let what is left in the buffer go nowhere: Python would complain when it flushes `stream` at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
