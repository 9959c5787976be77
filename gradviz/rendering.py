"""`gradviz render`: one forward, and the drawing of its graph in a file."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from gradviz.errors import GradvizError, InvalidValueError
from gradviz.training_output import setup_of, tell_error

_FORMATS = ("svg", "pdf", "png", "dot", "json")


def render(arguments: argparse.Namespace) -> int:
    """Draw as the arguments say. Returns the exit status.

    Raises:
        GradvizError: something asked for cannot be; nothing was computed for a file that cannot be written.
    """
    path = Path(arguments.output)
    picture_format = _format_of(path)
    _check_writable(path)
    setup = setup_of(arguments)

    from gradviz.engine.runner import Runner
    from gradviz.layout.picture import draw
    from gradviz.model.graph import Graph

    with contextlib.redirect_stdout(sys.stderr):
        try:
            runner = Runner(setup)
            runner.hold()
        except GradvizError:
            raise
        except Exception as error:
            return tell_error(error)
    if runner.graph is None:
        raise GradvizError(f"{arguments.target} recorded no graph.")
    picture = draw(Graph(runner.graph.record), picture_format, depth=arguments.depth, full=arguments.full)
    try:
        path.write_bytes(picture)
    except OSError as error:
        raise GradvizError(f"{path} cannot be written: {error.strerror}.") from error
    return 0


def _format_of(path: Path) -> str:
    found = path.suffix.lower().removeprefix(".")
    if found not in _FORMATS:
        raise InvalidValueError(f"{path} must end in {', '.join(f'.{f}' for f in _FORMATS[:-1])} or .{_FORMATS[-1]}.")
    return found


def _check_writable(path: Path) -> None:
    """Raises GradvizError if `path` cannot be written; leaves what is there as it is."""
    existed = path.exists()
    try:
        with path.open("ab"):
            pass
        if not existed:
            path.unlink()
    except OSError as error:
        raise GradvizError(f"{path} cannot be written: {error.strerror}.") from error
