"""The command line: its commands and options, and the function of each command."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from gradviz.cli import runs
from gradviz.cli.checkpoints import add_checkpoint_options, check_checkpoints
from gradviz.cli.python_option import add_python_option, choose_python, run_in, take_python
from gradviz.cli.runs import add_recording_options
from gradviz.cli.streams_and_interrupts import INTERRUPTED, discard, exit_on_interrupt, prepare
from gradviz.errors import GradvizError, InvalidValueError, UnknownNameError
from gradviz.export.picture_style import SCALES
from gradviz.language import tr, translatable

if TYPE_CHECKING:
    from gradviz.targets.target_spec import TargetSpec

_SET_HELP = translatable(
    "a hyperparameter of the network (n=32) or, if the network has none of that name, an option of its optimizer"
    " (momentum=0.9, betas=0.9,0.99); can be given more than once"
)
_COMMANDS = tuple("open run debug render lesson networks devices optimizers doctor desktop runs compare".split())
_TARGET_HELP = translatable(
    "a network's id (gradviz networks lists them), FILE.py:FACTORY, package.module:FACTORY (build by default), or an"
    " exported program FILE.pt2; files are executed"
)
_TARGETS = translatable(
    "TARGET is a network's id, FILE.py:FACTORY or package.module:FACTORY (build by default), an exported program"
    " FILE.pt2, or a training script with its arguments."
)
_JSON_HELP = translatable(
    "print one JSON object a line for every iteration, with step (from 0) and loss in full precision; a loss that is"
    ' not finite is the string "NaN", "Infinity" or "-Infinity"'
)
_LR_HELP = translatable(
    "the learning rate; by default the network's own, or, with an optimizer that scales the gradient itself and is not"
    " the network's own, torch's default for it"
)


class _Parser(argparse.ArgumentParser):
    """Reports what is wrong in one sentence, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        print(tr("{prog}: {message} (see {prog} --help)").format(prog=self.prog, message=message), file=sys.stderr)
        raise SystemExit(2)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line. Return the exit status: 0 done, 1 failed, 2 cannot be done as asked, 130 interrupted."""
    prepare()
    try:
        arguments = _parse(sys.argv[1:] if argv is None else list(argv))
        status: int = arguments.act(arguments)
        sys.stdout.flush()
    except GradvizError as error:
        print(f"gradviz: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (`| head`) has all it wanted.
        discard(sys.stdout)
        return 0
    except OSError as error:
        if error.filename:
            print(
                tr("gradviz: {filename} cannot be used: {strerror}.").format(
                    filename=error.filename, strerror=error.strerror
                ),
                file=sys.stderr,
            )
            return 2
        # A list or the last losses that did not go out: the disk is full.
        print(
            tr("gradviz: Standard output cannot be written: {value}.").format(value=error.strerror or error),
            file=sys.stderr,
        )
        discard(sys.stdout)
        return 2
    return status


def _parse(words: list[str]) -> argparse.Namespace:
    """Parse the arguments. `gradviz model.py` means `gradviz open model.py`; what follows a script's name is for it.

    `run`, `debug` and `render` have options of their own, so that a script's follow `--`.
    """
    python, words = take_python(words)
    whole = tuple(words)
    if words and words[0] not in _COMMANDS and not words[0].startswith("-"):
        _check_first_word(words[0])
        words = ["open", *words]
    rest: list[str] = []
    if words[:1] == ["open"] and len(words) > 2 and not words[1].startswith("-"):
        words, rest = words[:2], words[2:]
    elif words[:1] in (["run"], ["debug"], ["render"]) and "--" in words:
        cut = words.index("--")
        words, rest = words[:cut], words[cut + 1 :]
    arguments = _parser().parse_args(words)
    arguments.words = whole
    if not words:
        arguments.python = ""  # the window, without a target
    choose_python(arguments, python)
    arguments.arguments = tuple(rest[1:] if rest[:1] == ["--"] else rest)
    if arguments.target is not None:
        from gradviz.targets.target_spec import read_target

        arguments.target = read_target(arguments.target)
    return arguments


def _check_first_word(word: str) -> None:
    """Raise UnknownNameError if a bare word is neither a command nor a network: either may be meant."""
    from gradviz.networks.catalogue import NETWORKS

    known = [*_COMMANDS, *(entry.id for entry in NETWORKS)]
    if word.isidentifier() and word not in known:
        raise UnknownNameError(tr("command or network"), word, known)


def _parser() -> argparse.ArgumentParser:
    from gradviz import __version__

    parser = _Parser(
        prog="gradviz",
        description=tr(
            "A desktop debugger for PyTorch's autograd. Without a command, the window opens, with TARGET if"
            " it is given."
        ),
        usage="gradviz [-h] [--version] [COMMAND … | TARGET [ARGUMENT …]]",
        epilog=tr(_TARGETS),
    )
    parser.add_argument("--version", action="version", version=f"gradviz {__version__}")
    parser.set_defaults(act=_open, target=None, python=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser, prog="gradviz")

    text = tr("open the window with a network; what follows a script's name is handed to the script")
    command = commands.add_parser("open", help=tr("open the window with a network"), description=text)
    command.add_argument("target", metavar="TARGET", help=tr(_TARGET_HELP))
    add_python_option(command)
    command.set_defaults(act=_open)

    _add_run(commands)
    _add_debug(commands)
    _add_render(commands)

    text = tr("print a lesson; without its number, list all")
    command = commands.add_parser("lesson", help=text, description=text)
    command.add_argument("lesson", metavar="N", nargs="?", help=tr("the number of a lesson, or the id of its network"))
    command.set_defaults(act=_lesson)

    _add_runs(commands)
    _add_compare(commands)
    _add_desktop(commands)
    for name, act, text in (
        ("networks", _networks, tr("list the built-in networks")),
        ("devices", _devices, tr("list the devices that torch can use here")),
        ("optimizers", _optimizers, tr("list the optimizers of this torch, with their options")),
        ("doctor", _doctor, tr("say what works on this machine, and the cure for what does not")),
    ):
        commands.add_parser(name, help=text, description=text).set_defaults(act=act)
    return parser


def _add_run(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "run", help=tr("train without a window"), description=tr("Train without a window or Qt.")
    )
    _add_setup(command, optional=True)
    command.add_argument("--steps", type=int, metavar="N", help=tr("iterations to train (500; a script: to its end)"))
    command.add_argument("--optimizer", metavar="NAME", help=tr("an optimizer of torch.optim, or Manual"))
    command.add_argument("--lr", metavar="X", help=tr(_LR_HELP))
    command.add_argument("--every", type=int, default=100, metavar="N", help=tr("print each N-th loss (100)"))
    command.add_argument("--json", action="store_true", help=tr(_JSON_HELP))
    add_recording_options(command)
    add_checkpoint_options(command)
    add_python_option(command)
    command.set_defaults(act=_run)


def _add_debug(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "debug",
        help=tr("step through training in this terminal, or from a script"),
        description=tr("Step through forward and backward in this terminal; with --json, from a script."),
    )
    _add_setup(command)
    command.add_argument(
        "--steps", type=int, default=500, metavar="N", help=tr("iterations that continue runs to (500)")
    )
    command.add_argument("--optimizer", metavar="NAME", help=tr("an optimizer of torch.optim, or Manual"))
    command.add_argument("--lr", metavar="X", help=tr(_LR_HELP))
    command.add_argument(
        "--json", action="store_true", help=tr("take commands and give events as JSON, one object a line")
    )
    add_recording_options(command)
    add_python_option(command)
    command.set_defaults(act=_debug)


def _add_render(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "render", help=tr("draw the graph to a file"), description=tr("Run one forward and draw its graph to a file.")
    )
    _add_setup(command)
    command.add_argument(
        "-o", "--output", required=True, metavar="FILE", help=tr("FILE.svg, .pdf, .png, .dot or .json says the format")
    )
    detail = command.add_mutually_exclusive_group()
    detail.add_argument("--depth", type=int, metavar="N", help=tr("open modules down to this depth, fold the rest"))
    detail.add_argument("--full", action="store_true", help=tr("open all modules"))
    command.add_argument("--theme", choices=("light", "dark"), default="light", help=tr("light, or dark"))
    command.add_argument("--scale", type=int, choices=SCALES, default=2, help=tr("size of a .png (2: 200 %%)"))
    command.add_argument("--title", default="", metavar="TEXT", help=tr("a line above the graph"))
    command.set_defaults(act=_render)


def _add_runs(commands: argparse._SubParsersAction[_Parser]) -> None:
    text = tr("list, show and delete recorded runs")
    command = commands.add_parser("runs", help=text, description=text)
    rows = command.add_subparsers(
        title="commands", metavar="COMMAND", dest="subcommand", required=True, prog="gradviz runs"
    )
    for row in runs.SUBCOMMANDS:
        row.add(rows.add_parser(row.name, help=tr(row.help), description=tr(row.help)))
    command.set_defaults(act=runs.act)


def _add_compare(commands: argparse._SubParsersAction[_Parser]) -> None:
    from gradviz.cli.compare import add_arguments

    text = tr("compare optimizers, learning rates and seeds, an engine each")
    command = commands.add_parser("compare", help=text, description=text)
    command.add_argument("targets", metavar="TARGET", nargs="+", help=tr(_TARGET_HELP))
    add_arguments(command)
    command.add_argument("--device", default="cpu", metavar="NAME", help="cpu, cuda:0, … (cpu)")
    command.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=tr(_SET_HELP), dest="settings")
    command.set_defaults(act=_compare)


def _add_desktop(commands: argparse._SubParsersAction[_Parser]) -> None:
    text = tr("put gradviz into the menu of a Linux desktop, with its icon and file types")
    command = commands.add_parser("desktop", help=text, description=text)
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--install", action="store_true", help=tr("write them into your data folder"))
    what.add_argument("--uninstall", action="store_true", help=tr("remove them again"))
    command.set_defaults(act=_desktop)


def _add_setup(command: argparse.ArgumentParser, *, optional: bool = False) -> None:
    command.add_argument("target", metavar="TARGET", nargs="?" if optional else None, help=tr(_TARGET_HELP))
    command.add_argument("--seed", type=int, default=0, metavar="N", help=tr("of random, numpy and torch (0)"))
    command.add_argument("--device", default="cpu", metavar="NAME", help="cpu, cuda:0, … (cpu)")
    command.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=tr(_SET_HELP), dest="settings")


def _open(arguments: argparse.Namespace) -> int:
    if arguments.target is not None:
        _check_target(arguments.target, arguments.arguments)
    from gradviz.cli.doctor import why_no_screen
    from gradviz.cli.qt_libraries import why_qt_cannot_start

    reason = why_no_screen(os.environ, sys.platform) or why_qt_cannot_start(os.environ, sys.platform)
    if reason:
        print(f"gradviz: {reason}", file=sys.stderr)
        return 1
    # Nothing is garbage before the first paint, which collects again: to look for it takes a tenth of the start.
    gc.disable()
    from gradviz.gui.start import main as open_window

    target = None if arguments.target is None else arguments.target.text
    return open_window(sys.argv[:1], target, arguments.arguments, arguments.python)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.python:
        return run_in(arguments.python, arguments.words)
    from gradviz.cli.run import is_training_script

    check_checkpoints(arguments)
    if (arguments.resume or arguments.checkpoint_every) and is_training_script(arguments):
        raise InvalidValueError(tr("A script keeps its own checkpoints; --resume is for networks and factories."))
    if arguments.steps is None and not is_training_script(arguments):
        arguments.steps = 500
    if arguments.steps is not None and arguments.steps < 0:
        raise InvalidValueError(tr("--steps must be 0 or more, not {steps}.").format(steps=arguments.steps))
    if arguments.every < 1:
        raise InvalidValueError(tr("--every must be 1 or more, not {every}.").format(every=arguments.every))
    _check_target(arguments.target, arguments.arguments)
    from gradviz.cli.run import train

    return train(arguments)


def _debug(arguments: argparse.Namespace) -> int:
    if arguments.steps < 1:
        raise InvalidValueError(tr("--steps must be 1 or more, not {steps}.").format(steps=arguments.steps))
    from gradviz.cli.debug import debug

    return debug(arguments)


def _compare(arguments: argparse.Namespace) -> int:
    from gradviz.targets.target_spec import read_target

    arguments.targets = [read_target(target) for target in arguments.targets]
    for target in arguments.targets:
        _check_target(target, ())
    from gradviz.cli.compare import compare

    return compare(arguments)


def _render(arguments: argparse.Namespace) -> int:
    if arguments.depth is not None and arguments.depth < 0:
        raise InvalidValueError(tr("--depth must be 0 or more, not {depth}.").format(depth=arguments.depth))
    _check_target(arguments.target, arguments.arguments)
    from gradviz.cli.render import render

    with exit_on_interrupt():
        return render(arguments)


def _check_target(target: TargetSpec, words: tuple[str, ...]) -> None:
    """Report a target that does not exist before torch is imported; none of the user's code is executed for it."""
    from gradviz.networks.catalogue import network
    from gradviz.targets.target_spec import check_presence

    if target.kind == "network":
        network(target.name)
    else:
        check_presence(target)
    if words and not target.runs_as_script(has_arguments=True):
        raise InvalidValueError(
            tr(
                "{title} is no training script, so it takes no {value!r}; --set gives a factory its hyperparameters."
            ).format(title=target.title, value=words[0])
        )


def _lesson(arguments: argparse.Namespace) -> int:
    from gradviz.cli.lesson import print_lesson

    return print_lesson(arguments.lesson)


def _networks(arguments: argparse.Namespace) -> int:
    from gradviz.networks.catalogue import NETWORKS

    for entry in NETWORKS:
        options = [("lr", entry.learning_rate), *entry.options]
        values = [*(f"{k}={v:g}" for k, v in options), *(f"{h.name}={h.default}" for h in entry.hyperparameters)]
        print(f"{entry.id:<10} {tr(entry.summary):<25} {entry.optimizer} {' '.join(values)}")
    return 0


def _devices(arguments: argparse.Namespace) -> int:
    with exit_on_interrupt():
        from gradviz.engine.loading.devices import devices

    for device in devices():
        print(f"{device.id:<8} {device.title}")
    return 0


def _optimizers(arguments: argparse.Namespace) -> int:
    with exit_on_interrupt():
        from gradviz.engine.optimizing.optimizer_table import all_optimizers, number_text

    print(tr("{value:<11} the update written in the network's own file: lr").format(value="Manual"))
    for record in all_optimizers():
        options = [f"{o.name}={number_text(o.default).replace(', ', ',')}" for o in record.options if o.common]
        print(f"{record.name:<11} {' '.join(options)}")
    return 0


def _desktop(arguments: argparse.Namespace) -> int:
    from gradviz.cli.desktop_entry import install, uninstall

    return install() if arguments.install else uninstall()


def _doctor(arguments: argparse.Namespace) -> int:
    from gradviz.cli.doctor import examine

    return examine(sys.stdout)
