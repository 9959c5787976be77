"""`gradviz runs edit`: name, tags, note and color of a recorded run."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any

from gradviz.errors import InvalidValueError
from gradviz.language import tr

if TYPE_CHECKING:
    from gradviz.runs.library import RunLibrary


def add_edit(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `edit`."""
    parser.add_argument("id", metavar="ID", help=tr("the run's id, its first or last letters, or its name"))
    parser.add_argument("--name", help=tr("what to call it; '' for no name"))
    parser.add_argument("--tag", action="append", default=[], help=tr("add a tag; can be given again"))
    parser.add_argument("--untag", action="append", default=[], metavar="TAG", help=tr("remove a tag"))
    parser.add_argument("--note", help=tr("what to remember of it; '' for no note"))
    parser.add_argument("--color", help=tr("of its curve: #rrggbb, or blue, green, …; '' for the plot's own"))


def edit(library: RunLibrary, arguments: argparse.Namespace) -> None:
    """Change what the user has noted of a run, and print that as it is now."""
    fields: dict[str, Any] = {"name": arguments.name, "note": arguments.note, "color": _color(arguments.color)}
    fields = {name: value for name, value in fields.items() if value is not None}
    if not fields and not arguments.tag and not arguments.untag:
        raise InvalidValueError(tr("Say what to change: --name, --tag, --untag, --note or --color."))
    run = library.find(arguments.id)
    if arguments.tag or arguments.untag:
        fields["tags"] = [tag for tag in (*run.tags, *arguments.tag) if tag not in arguments.untag]
    run = library.edit(run, **fields)
    noted = {"id": run.id, "name": run.name, "tags": ", ".join(run.tags), "note": run.note, "color": run.color}
    for name, value in noted.items():
        if value:
            print(f"{name:<14} {value}")


def _color(text: str | None) -> str | None:
    """Return a color as `#rrggbb`; raise InvalidValueError for what is none."""
    from gradviz.runs.run_records import COLORS

    if text is None or re.fullmatch("(#[0-9a-fA-F]{6})?", text):
        return text
    known = {name.casefold(): code for name, code in COLORS}
    known.update({tr(name).casefold(): code for name, code in COLORS})
    if text.casefold() in known:
        return known[text.casefold()]
    names = ", ".join(name.casefold() for name, _ in COLORS)
    raise InvalidValueError(
        tr("{text!r} is no color; write #rrggbb, or one of {names}.").format(text=text, names=names)
    )
