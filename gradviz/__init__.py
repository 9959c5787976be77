"""gradviz: a desktop debugger for PyTorch's autograd. Importing it loads neither Qt nor torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Experiment", "__version__", "dot", "log", "watch"]

if TYPE_CHECKING:
    from gradviz.dot_api import dot
    from gradviz.experiment import Experiment
    from gradviz.watch_api import log, watch


def __getattr__(name: str) -> Any:
    if name == "Experiment":
        from gradviz.experiment import Experiment

        return Experiment
    if name == "dot":
        from gradviz.dot_api import dot

        return dot
    if name in ("log", "watch"):
        from gradviz import watch_api

        return getattr(watch_api, name)
    raise AttributeError(f"module 'gradviz' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
