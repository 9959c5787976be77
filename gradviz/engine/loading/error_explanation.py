"""Turn an error in the user's code into one sentence with a hint."""

from __future__ import annotations

import inspect
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from gradviz.engine.capture.overwritten_tensors import CHANGED
from gradviz.engine.frames.stack_frames import owner_of
from gradviz.engine.loading.devices import devices_of_data, devices_of_model
from gradviz.errors import GradvizError
from gradviz.experiment import Experiment
from gradviz.language import tr
from gradviz.pytree import call_arguments, leaves
from gradviz.targets.python_file import DEFAULT_FACTORY

RAISED = BaseException
"""What the user's code can raise that must not end the engine: also what is no `Exception`. Our own AbandonedError is
caught before it."""
_LONGEST = 300
"""Letters of a third party's message that still make a sentence."""
# Parts of torch's own messages.
_OUTPUT = re.compile(r"\[([\d, ]*)\]\](?:, which is output \d+ of ([\w:]+))?")
_FORWARD = re.compile(r'Module \[(\w+)\] is missing the required "forward" function')
_TYPES = re.compile(r"same dtype|expected scalar type|Input type .* and (weight|bias) type")


@contextmanager
def explain_load_errors(title: str) -> Iterator[None]:
    """Context manager around reading, executing and calling code of `title`: errors with a known remedy become a
    sentence.

    Raises:
        GradvizError: no Python, a module that is missing, or `sys.exit`. All else comes through as it was raised.
    """
    try:
        yield
    except SyntaxError as error:
        place = f"{Path(error.filename or title).name}, line {error.lineno or 1},"
        raise GradvizError(
            tr("{place} is no Python: {msg}; correct it and open it again.").format(place=place, msg=error.msg)
        ) from error
    except UnicodeDecodeError as error:
        if _passed_the_user(error):
            raise
        raise GradvizError(
            tr("{title} is no text in UTF-8; save it as such and open it again.").format(title=title)
        ) from error
    except ImportError as error:
        sentence = _missing_module(error, title)
        if not sentence:
            raise
        raise GradvizError(sentence) from error
    except OSError as error:
        if _passed_the_user(error):
            raise
        raise GradvizError(
            tr("{title} cannot be read: {value}.").format(title=title, value=error.strerror or error)
        ) from error
    except SystemExit as error:
        raise GradvizError(_exit_sentence(error, title)) from error


def _passed_the_user(error: BaseException) -> bool:
    """Return whether the user's code raised it: an error on what it opens is not about the file."""
    return any(owner_of(frame.f_code.co_filename) == "user" for frame, _ in traceback.walk_tb(error.__traceback__))


def place_of(error: BaseException) -> tuple[str, int]:
    """Return file and line of the innermost frame of the user's that the error passed; `("", 0)` if there is none."""
    found = ("", 0)
    for frame, line in traceback.walk_tb(error.__traceback__):
        if owner_of(frame.f_code.co_filename) == "user":
            found = (frame.f_code.co_filename, line)
    return found


def full_message(error: BaseException) -> str:
    """Return an error's message, all lines of it, as a traceback ends with it."""
    return "".join(traceback.format_exception_only(error))


def error_line(error: BaseException) -> str:
    """Return `ValueError: no more`, on one line, cut where it is too long to be read."""
    lines = full_message(error).strip().splitlines()
    said = lines[0] if lines else type(error).__name__
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"


def sentence_of(error: BaseException, phase: str, experiment: Experiment | None) -> str:
    """Return the sentence on `error`, which the user's code raised in `phase`."""
    if isinstance(error, GradvizError):
        return str(error)
    if isinstance(error, SystemExit):
        return _exit_sentence(error, f"The {phase}")
    said = error_line(error)
    if phase == "build":
        file, line = place_of(error)
        where = f" ({Path(file).name}:{line})" if file else ""
        first = _first_cause(error)
        behind = "" if first is error else f", because of {error_line(first)}"
        return f"{said}{where}{behind}: the network was not built; correct it and open it again."
    return explain(error, experiment) or said


def _first_cause(error: BaseException) -> BaseException:
    """Return what the error was raised `from`, and that in turn: libraries that import lazily hide the reason there."""
    seen = {error}
    while error.__cause__ is not None and error.__cause__ not in seen:
        error = error.__cause__
        seen.add(error)
    return error


def explain(error: BaseException, experiment: Experiment | None) -> str:
    """Return a sentence with a hint on what is wrong with inputs, loss or model, where it is known; empty for all
    else."""
    if isinstance(error, RuntimeError) and "does not require grad and does not have a grad_fn" in text_of(error):
        return (
            "Backward cannot start: nothing that leads to the loss wants a gradient; the list of what gradient reaches"
            " says why for each parameter."
        )
    if isinstance(error, TypeError) and experiment is not None and experiment.inputs is not None:
        refused = _why_not_called(experiment) or _why_no_loss(experiment, error)
        if refused:
            return refused
    if isinstance(error, RuntimeError | NotImplementedError | ValueError) and "device" in text_of(error).lower():
        return _devices_differ(experiment) if experiment is not None else ""
    hint = hint_of(error, experiment)
    file, line = place_of(error)
    return f"{hint.removesuffix('.')} ({Path(file).name}:{line})." if hint and file else hint


def _why_not_called(experiment: Experiment) -> str:
    model = experiment.module.forward if experiment.module is not None else experiment.model
    positional, keywords = call_arguments(experiment.inputs)
    try:
        signature = inspect.signature(model)
    except (TypeError, ValueError):
        return ""  # a builtin without a signature
    try:
        signature.bind(*positional, **keywords)
    except TypeError as error:
        name = type(experiment.model).__name__ if experiment.module is not None else _name_of(experiment.model)
        takes = ", ".join(str(parameter).partition(":")[0] for parameter in signature.parameters.values())
        gives = ", ".join([*(["1 value"] if len(positional) == 1 else []), *map(str, keywords)])
        gives = f"{len(positional)} values" if len(positional) > 1 else gives or "nothing"
        return (
            f"{name}({takes}) was called with {gives}: {error}; as inputs give a tuple for its positional"
            " arguments, or a dict for its keywords."
        )
    return ""


def _why_no_loss(experiment: Experiment, error: TypeError) -> str:
    """Return a sentence on a loss that takes another number of arguments than the output, or output and targets."""
    loss, given = experiment.loss, ["the output"] + (["the targets"] if experiment.targets is not None else [])
    function = getattr(loss, "forward", loss)
    if function is None or (place_of(error)[0] and "positional argument" not in text_of(error)):
        return ""
    try:
        signature = inspect.signature(function)
        signature.bind(*given)
    except ValueError:
        return ""  # a builtin without a signature
    except TypeError as refused:
        takes = ", ".join(str(parameter).partition(":")[0] for parameter in signature.parameters.values())
        hint = "let it take both" if len(given) > 1 else "give targets=… to gradviz.Experiment, or let it take one"
        return f"The loss({takes}) was called with {' and '.join(given)}: {refused}; {hint}."
    return ""


def _devices_differ(experiment: Experiment) -> str:
    of_model = devices_of_model(experiment)
    of_data = devices_of_data(experiment)
    if not of_model or not of_data or of_model == of_data:
        return ""
    return (
        f"The model is on {_and(of_model)} and its inputs are on {_and(of_data)}; make both on the cpu in"
        f" {DEFAULT_FACTORY}(), and choose the device in gradviz, which moves them together."
    )


def _missing_module(error: ImportError, title: str) -> str:
    """Return which module is missing, or hidden by a file of its name; empty where an import failed for another
    reason."""
    cause: BaseException | None = error
    while cause is not None and not (isinstance(cause, ModuleNotFoundError) and cause.name):
        cause = cause.__cause__ or cause.__context__
    file, line = place_of(error)
    where = f" ({Path(file).name}:{line})" if file else ""
    name = (cause.name if isinstance(cause, ModuleNotFoundError) else error.name) or ""
    top = name.partition(".")[0]
    hidden = "is not a package" in str(error) if cause is not None else error.path is not None and error.path == file
    if hidden:
        return f"{title} imports {name}{where}, but a file called {top}.py is found first; rename that file."
    if cause is None:
        return ""
    return (
        f"{title} imports {name}{where}, which this Python does not have; install it with"
        f" {sys.executable} -m pip install {top}, or start gradviz where the module lies."
    )


def _exit_sentence(error: SystemExit, what: str) -> str:
    code = "" if error.code is None else error.code
    file, line = place_of(error)
    where = f" ({Path(file).name}:{line})" if file else ""
    return (
        f"{what} called sys.exit({code!r}){where}, as a program does at its end; put what belongs to the program"
        ' under if __name__ == "__main__": and open it again.'
    ).replace("('')", "()")


def _name_of(function: Any) -> str:
    return getattr(function, "__name__", type(function).__name__)


def _and(names: set[str]) -> str:
    return " and ".join(sorted(names))


def hint_of(error: BaseException, experiment: Experiment | None) -> str:
    """Return one sentence on `error`, which an iteration raised; empty where no hint is known."""
    said = text_of(error)
    if isinstance(error, NotImplementedError) and (found := _FORWARD.search(said)):
        return f"{found[1]} has no method forward(self, …), which is what a module does when it is called; write one."
    if isinstance(error, TypeError) and "ndarray" in said:
        return _array(experiment) if experiment is not None else ""
    if not isinstance(error, RuntimeError):
        return ""
    if CHANGED in said:
        return _in_place_hint(said)
    if "backward through the graph a second time" in said:
        return (
            "Backward came to a part of the graph whose backward has run: a tensor was kept from the iteration before"
            " (keep it .detach()ed), or backward() runs twice in one iteration (the first with retain_graph=True)."
        )
    if "leaf Variable that requires grad" in said and "in-place" in said:
        return (
            "A parameter, or a view of one, is changed in place where autograd records; change it under"
            " torch.no_grad(), or make a new tensor of it."
        )
    return _types(experiment) if experiment is not None and _TYPES.search(said) else ""


def text_of(error: BaseException) -> str:
    """Return an error's message; empty where it raises instead."""
    try:
        return str(error)
    except Exception:
        return ""


def _in_place_hint(said: str) -> str:
    found = _OUTPUT.search(said)
    name = (found[2] or "").rpartition("::")[2] if found else ""
    shape = f" of shape {found[1].replace(', ', ' × ')}" if found and found[1] else ""
    # A tensor changed through a view is an output of that change ever since.
    what = f"An output of {name}{shape}" if name and name != "CopySlices" else f"A tensor{shape}"
    return (
        f"{what} was changed in place although its backward still needs it; use what makes a new tensor"
        " (x = x + 1 for x += 1, relu for relu_), or .clone() it before the change."
    )


def _types(experiment: Experiment) -> str:
    """Return a hint where the inputs are of another type than all the parameters."""
    of_model = _dtypes(experiment.named_parameters().values())
    of_data = _dtypes(leaf for _, leaf in leaves("", experiment.inputs))
    if len(of_model) != 1 or not of_data or of_model & of_data:
        return ""
    kind = next(iter(of_model))
    return (
        f"The model's parameters are {kind} and its inputs {' and '.join(sorted(of_data))}; make the inputs"
        f" .to(torch.{kind})."
    )


def _dtypes(values: Iterable[Any]) -> set[str]:
    return {str(value.dtype).removeprefix("torch.") for value in values if isinstance(value, torch.Tensor)}


def _array(experiment: Experiment) -> str:
    if not any(type(leaf).__name__ == "ndarray" for _, leaf in leaves("", experiment.inputs)):
        return ""
    return "The inputs hold a NumPy array, which torch's modules do not take; give torch.from_numpy(…) of it."
