"""Fonts for Graphviz's renderers: those that gradviz ships need not be installed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from gradviz.assets import asset

_FILES = ("Inter-Regular.otf", "Inter-SemiBold.otf", "JetBrainsMono-Regular.ttf")


@contextmanager
def own_fonts() -> Iterator[None]:
    """Let fontconfig see our fonts alone while this lasts, so that a picture is the same on every machine.

    Do nothing where the user chooses fonts by `FONTCONFIG_FILE`.
    """
    if "FONTCONFIG_FILE" in os.environ:
        yield
        return
    os.environ["FONTCONFIG_FILE"] = str(Path(_folder().name) / "fonts.conf")
    try:
        with _without_warnings():
            yield
    finally:
        del os.environ["FONTCONFIG_FILE"]


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder with copies of the fonts for this process: fontconfig leaves marks beside fonts."""
    folder = tempfile.TemporaryDirectory(prefix="gradviz-fonts-", ignore_cleanup_errors=True)
    for name in _FILES:
        shutil.copy(asset("fonts") / name, folder.name)
    table = f"<fontconfig><dir>{folder.name}</dir><cachedir>{folder.name}</cachedir></fontconfig>"
    (Path(folder.name) / "fonts.conf").write_text(f"<?xml version='1.0'?>{table}", encoding="utf-8")
    return folder


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Hold back fontconfig's warnings about the system's tables, which are none of ours; let all else through."""
    try:
        saved = os.dup(2)
    except OSError:  # there is no standard error
        yield
        return
    with tempfile.TemporaryFile() as captured:
        os.dup2(captured.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            captured.seek(0)
            rest = b"".join(line for line in captured if not line.startswith(b"Fontconfig warning"))
            if rest:
                os.write(2, rest)
