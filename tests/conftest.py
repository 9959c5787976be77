"""Every test: no screen, settings and recorded runs of its own, one thread for torch."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before Qt or torch is imported by any test.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["GRADVIZ_LANGUAGE"] = "en"
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")


def pytest_configure(config: pytest.Config) -> None:
    # The offscreen platform has no window manager to tell; it says so each time a window with limits is shown.
    config.addinivalue_line("qt_log_ignore", "This plugin does not support propagateSizeHints")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what starts processes of its own in nearly every test."""
    folders = [Path(__file__).parent / name for name in ("end2end", "docs")]
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in folders):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test reads or writes the settings, or the recorded runs, of the person who runs it."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("GRADVIZ_RUNS", str(tmp_path / "recorded"))
    monkeypatch.delenv("COLUMNS", raising=False)  # pytest-xdist sets it, and text would break elsewhere
    yield


@pytest.fixture(autouse=True)
def no_window_of_an_earlier_test() -> None:
    """Qt deletes a closed window when it comes to it; until then it would look for files of a theme that is gone."""
    if (qt := sys.modules.get("PySide6.QtCore")) is not None and (app := qt.QCoreApplication.instance()) is not None:
        app.sendPostedEvents(None, qt.QEvent.Type.DeferredDelete.value)
