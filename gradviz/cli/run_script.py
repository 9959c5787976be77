"""`gradviz run` and `gradviz render` of a training script, which runs in this process as it is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from gradviz.errors import GradvizError, InvalidValueError

if TYPE_CHECKING:
    from gradviz.engine.scripts.headless import Told
    from gradviz.protocol.records import GraphRecord

NOTHING = "{} never called backward(), so there is no iteration to show."


def is_training_script(arguments: argparse.Namespace) -> bool:
    """Whether the target is a script that trains by itself. Nothing is executed."""
    return bool(arguments.target.runs_as_script(has_arguments=bool(arguments.arguments)))


def follow_script(arguments: argparse.Namespace, told: Told) -> None:
    """Run the script to its end, or until `told`, which is given each iteration and its loss, answers False.

    Raises:
        GradvizError: an option that is the script's own affair, or the script never trained.
    """
    _refuse_options(arguments)
    from gradviz.engine.scripts.headless import follow_losses
    from gradviz.engine.scripts.script_launcher import Script

    script = Script(arguments.target, arguments.arguments)
    if not follow_losses(script, told):
        raise GradvizError(NOTHING.format(script.title))


def graph_of_script(arguments: argparse.Namespace) -> GraphRecord:
    """The graph of the script's first iteration, at whose backward the script is ended.

    Raises:
        GradvizError: an option that is the script's own affair, or the script made no graph.
    """
    _refuse_options(arguments)
    from gradviz.engine.scripts.headless import first_graph
    from gradviz.engine.scripts.script_launcher import Script

    script = Script(arguments.target, arguments.arguments)
    record = first_graph(script)
    if record is None:
        raise GradvizError(NOTHING.format(script.title))
    return record


def _refuse_options(arguments: argparse.Namespace) -> None:
    """Raises InvalidValueError: a script sets its seed, device and optimizer itself."""
    given = {
        "--set": bool(arguments.settings),
        "--seed": arguments.seed != 0,
        "--device": arguments.device != "cpu",
        "--optimizer": getattr(arguments, "optimizer", None) is not None,
        "--lr": getattr(arguments, "lr", None) is not None,
    }
    for option, is_given in given.items():
        if is_given:
            raise InvalidValueError(
                f"{arguments.target.title} is a training script, which sets this itself; leave out"
                f" {option}, and put the script's own arguments behind --."
            )
