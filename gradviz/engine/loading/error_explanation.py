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
from gradviz.language import listed, tr, translatable
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
_PHASES = {
    "build": translatable("The build"),
    "forward": translatable("The forward"),
    "backward": translatable("The backward"),
    "update": translatable("The update"),
}
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
        file = Path(error.filename or title).name
        text = tr("{file}, line {line}, is no Python: {reason}; correct it and open it again.")
        raise GradvizError(text.format(file=file, line=error.lineno or 1, reason=error.msg)) from error
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
            tr("{title} cannot be read: {error}.").format(title=title, error=error.strerror or error)
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


def syntax_place(error: BaseException) -> tuple[str, int]:
    """Return file and line of the syntax error that caused an error; `("", 0)` if none did."""
    cause = error.__cause__
    return (cause.filename or "", cause.lineno or 0) if isinstance(cause, SyntaxError) else ("", 0)


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
        return _exit_sentence(error, tr(_PHASES.get(phase, phase)))
    said = error_line(error)
    if isinstance(error, KeyboardInterrupt):
        return explain(error, experiment)
    if phase == "build":
        file, line = place_of(error)
        said += f" ({Path(file).name}:{line})" if file else ""
        if (first := _first_cause(error)) is not error:
            text = tr("{error}, because of {cause}: the network was not built; correct it and open it again.")
            return text.format(error=said, cause=error_line(first))
        return tr("{error}: the network was not built; correct it and open it again.").format(error=said)
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
    if isinstance(error, KeyboardInterrupt):
        file, line = place_of(error)
        return tr("Interrupted in line {line} of {name}.").format(line=line, name=Path(file).name)
    if isinstance(error, RuntimeError) and "does not require grad and does not have a grad_fn" in text_of(error):
        return tr(
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
    if not hint or not file:
        return hint
    return tr("{sentence} ({place}).").format(sentence=hint.rstrip(".。"), place=f"{Path(file).name}:{line}")


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
        gives = ", ".join([*([tr("1 value")] if len(positional) == 1 else []), *map(str, keywords)]) or tr("nothing")
        if len(positional) > 1:
            gives = tr("{count} values").format(count=len(positional))
        text = tr(
            "{name}({takes}) was called with {gives}: {error}; as inputs give a tuple for its positional"
            " arguments, or a dict for its keywords."
        )
        return text.format(name=name, takes=takes, gives=gives, error=error)
    return ""


def _why_no_loss(experiment: Experiment, error: TypeError) -> str:
    """Return a sentence on a loss that takes another number of arguments than the output, or output and targets."""
    given = 1 if experiment.targets is None else 2
    function = getattr(experiment.loss, "forward", experiment.loss)
    if function is None or (place_of(error)[0] and "positional argument" not in text_of(error)):
        return ""
    try:
        signature = inspect.signature(function)
        signature.bind(*range(given))
    except ValueError:
        return ""  # a builtin without a signature
    except TypeError as refused:
        takes = ", ".join(str(parameter).partition(":")[0] for parameter in signature.parameters.values())
        if given > 1:
            text = tr("The loss({takes}) was called with the output and the targets: {error}; let it take both.")
        else:
            text = tr(
                "The loss({takes}) was called with the output: {error}; give targets=… to gradviz.Experiment,"
                " or let it take one."
            )
        return text.format(takes=takes, error=refused)
    return ""


def _devices_differ(experiment: Experiment) -> str:
    of_model = devices_of_model(experiment)
    of_data = devices_of_data(experiment)
    if not of_model or not of_data or of_model == of_data:
        return ""
    text = tr(
        "The model is on {of_model} and its inputs are on {of_data}; make both on the cpu in {factory}(), and choose"
        " the device in gradviz, which moves them together."
    )
    return text.format(of_model=listed(sorted(of_model)), of_data=listed(sorted(of_data)), factory=DEFAULT_FACTORY)


def _missing_module(error: ImportError, title: str) -> str:
    """Return which module is missing, or hidden by a file of its name; empty where an import failed for another
    reason."""
    cause: BaseException | None = error
    while cause is not None and not (isinstance(cause, ModuleNotFoundError) and cause.name):
        cause = cause.__cause__ or cause.__context__
    file, line = place_of(error)
    name = (cause.name if isinstance(cause, ModuleNotFoundError) else error.name) or ""
    module = f"{name} ({Path(file).name}:{line})" if file else name
    top = name.partition(".")[0]
    hidden = "is not a package" in str(error) if cause is not None else error.path is not None and error.path == file
    if hidden:
        text = tr("{title} imports {module}, but a file called {top}.py is found first; rename that file.")
        return text.format(title=title, module=module, top=top)
    if cause is None:
        return ""
    if above := _folder_with(top, file):
        text = tr("{title} imports {module}, which is in {folder}; start gradviz with PYTHONPATH={folder}.")
        return text.format(title=title, module=module, folder=above)
    text = tr(
        "{title} imports {module}, which this Python does not have; install it with {python} -m pip install {top},"
        " or start gradviz where the module lies."
    )
    return text.format(title=title, module=module, python=sys.executable, top=top)


def _folder_with(module: str, file: str) -> str:
    """Return the folder above a file that has a module; empty if none has."""
    for folder in Path(file).absolute().parents if file else ():
        if Path(folder, module, "__init__.py").is_file() or Path(folder, f"{module}.py").is_file():
            return str(folder)
    return ""


def _exit_sentence(error: SystemExit, what: str) -> str:
    code = "" if error.code in (None, "") else repr(error.code)
    file, line = place_of(error)
    text = tr(
        "{what} called {call}, as a program does at its end; put what belongs to the program"
        ' under if __name__ == "__main__": and open it again.'
    )
    return text.format(what=what, call=f"sys.exit({code})" + (f" ({Path(file).name}:{line})" if file else ""))


def _name_of(function: Any) -> str:
    return getattr(function, "__name__", type(function).__name__)


def hint_of(error: BaseException, experiment: Experiment | None) -> str:
    """Return one sentence on `error`, which an iteration raised; empty where no hint is known."""
    said = text_of(error)
    if isinstance(error, NotImplementedError) and (found := _FORWARD.search(said)):
        text = tr("{name} has no method forward(self, …), which is what a module does when it is called; write one.")
        return text.format(name=found[1])
    if isinstance(error, TypeError) and "ndarray" in said:
        return _array(experiment) if experiment is not None else ""
    if not isinstance(error, RuntimeError):
        return ""
    if CHANGED in said:
        return _in_place_hint(said)
    if "backward through the graph a second time" in said:
        return tr(
            "Backward came to a part of the graph whose backward has run: a tensor was kept from the iteration before"
            " (keep it .detach()ed), or backward() runs twice in one iteration (the first with retain_graph=True)."
        )
    if "leaf Variable that requires grad" in said and "in-place" in said:
        return tr(
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
    shape = found[1].replace(", ", " × ") if found else ""
    # A tensor changed through a view is an output of that change ever since.
    if name and name != "CopySlices":
        what = tr("An output of {name} of shape {shape}") if shape else tr("An output of {name}")
    else:
        what = tr("A tensor of shape {shape}") if shape else tr("A tensor")
    text = tr(
        "{tensor} was changed in place although its backward still needs it; use what makes a new tensor"
        " (x = x + 1 for x += 1, relu for relu_), or .clone() it before the change."
    )
    return text.format(tensor=what.format(name=name, shape=shape))


def _types(experiment: Experiment) -> str:
    """Return a hint where the inputs are of another type than all the parameters."""
    of_model = _dtypes(experiment.named_parameters().values())
    of_data = _dtypes(leaf for _, leaf in leaves("", experiment.inputs))
    if len(of_model) != 1 or not of_data or of_model & of_data:
        return ""
    kind = next(iter(of_model))
    text = tr("The model's parameters are {kind} and its inputs {of_data}; make the inputs .to(torch.{kind}).")
    return text.format(kind=kind, of_data=listed(sorted(of_data)))


def _dtypes(values: Iterable[Any]) -> set[str]:
    return {str(value.dtype).removeprefix("torch.") for value in values if isinstance(value, torch.Tensor)}


def _array(experiment: Experiment) -> str:
    if not any(type(leaf).__name__ == "ndarray" for _, leaf in leaves("", experiment.inputs)):
        return ""
    return tr("The inputs hold a NumPy array, which torch's modules do not take; give torch.from_numpy(…) of it.")
