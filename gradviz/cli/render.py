"""`gradviz render`: one forward, and the drawing of its graph in a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gradviz.cli.run import graph_of_script, is_training_script, report_error, run_user_script
from gradviz.cli.runner_construction import open_runner
from gradviz.cli.streams_and_interrupts import reserve_stdout
from gradviz.errors import GradvizError, InvalidValueError
from gradviz.files import check_replaceable, write_regular
from gradviz.language import tr

if TYPE_CHECKING:
    from gradviz.protocol.records import GraphRecord

_FORMATS = ("svg", "pdf", "png", "dot", "json")


def render(arguments: argparse.Namespace) -> int:
    """Draw as the arguments say. Return the exit status.

    Raises:
        GradvizError: something asked for cannot be; nothing was computed for a file that cannot be written.
    """
    path = Path(arguments.output)
    picture_format = _format_of(path)
    _check_writable(path)
    from gradviz.engine.serving.process_guard import guarded, report_leaving

    if is_training_script(arguments):
        found: list[GraphRecord] = []
        with reserve_stdout(), guarded(report_leaving):
            status = run_user_script(lambda: found.append(graph_of_script(arguments)))
        if found:
            _draw(found[0], path, picture_format, arguments)
        return status
    runner = None
    with reserve_stdout(), guarded(report_leaving):
        try:
            runner = open_runner(arguments)
            runner.hold()
        except (GradvizError, KeyboardInterrupt):
            raise
        except BaseException as error:
            # The user's code may raise what is no Exception.
            return report_error(error, runner, arguments.target.text)
    if runner.graph is None:
        raise GradvizError(tr("{text} recorded no graph.").format(text=arguments.target.text))
    _draw(runner.graph.record, path, picture_format, arguments)
    return 0


def _draw(record: GraphRecord, path: Path, picture_format: str, arguments: argparse.Namespace) -> None:
    from gradviz.export.picture_style import PictureStyle
    from gradviz.export.render import draw
    from gradviz.model.graph.graph import Graph
    from gradviz.protocol.framing import as_received

    style = PictureStyle(arguments.theme, arguments.scale, arguments.title)
    picture = draw(Graph(as_received(record)), picture_format, depth=arguments.depth, full=arguments.full, style=style)
    try:
        write_regular(path, picture)
    except OSError as error:
        raise GradvizError(
            tr("{path} cannot be written: {strerror}.").format(path=path, strerror=error.strerror)
        ) from error


def _format_of(path: Path) -> str:
    found = path.suffix.lower().removeprefix(".")
    if found not in _FORMATS:
        raise InvalidValueError(
            tr("{path} must end in {join} or .{formats}.").format(
                path=path, join=", ".join(f".{f}" for f in _FORMATS[:-1]), formats=_FORMATS[-1]
            )
        )
    return found


def _check_writable(path: Path) -> None:
    """Raise GradvizError if `path` cannot be written; leave what is there as it is."""
    existed = path.exists()
    try:
        check_replaceable(path)
        with path.open("ab"):
            pass
        if not existed:
            path.unlink()
    except OSError as error:
        raise GradvizError(
            tr("{path} cannot be written: {strerror}.").format(path=path, strerror=error.strerror)
        ) from error
