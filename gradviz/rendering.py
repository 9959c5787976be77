"""`gradviz render`: one forward, and the drawing of its graph in a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from gradviz.asked_for import open_runner
from gradviz.errors import GradvizError, InvalidValueError
from gradviz.standard_streams import results_alone
from gradviz.training_output import tell_error

_FORMATS = ("svg", "pdf", "png", "dot", "json")


def render(arguments: argparse.Namespace) -> int:
    """Draw as the arguments say. Returns the exit status.

    Raises:
        GradvizError: something asked for cannot be; nothing was computed for a file that cannot be written.
    """
    path = Path(arguments.output)
    picture_format = _format_of(path)
    _check_writable(path)
    from gradviz.layout.picture import draw
    from gradviz.model.graph import Graph

    runner = None
    with results_alone():
        try:
            runner = open_runner(arguments)
            runner.hold()
        except GradvizError:
            raise
        except (Exception, SystemExit) as error:
            return tell_error(error, runner)
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
