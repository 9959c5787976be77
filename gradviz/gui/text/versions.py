"""The versions of engine, window and system in words."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from PySide6.QtCore import qVersion

from gradviz.language import tr

if TYPE_CHECKING:
    from gradviz.protocol.events import Ready


def versions(ready: Ready | None) -> str:
    """Return the versions of engine, window and system, a line each. `ready` is the engine's greeting."""
    engine = tr("Engine: torch {0}, Python {1}").format(ready.torch, ready.python) if ready else tr("Engine: not ready")
    window = tr("Window: Qt {0}, Python {1}").format(qVersion(), platform.python_version())
    return f"{engine}\n{window}\n{platform.platform()}"
