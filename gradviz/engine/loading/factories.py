"""Call what a target names, with checked hyperparameters, and make an experiment of what it returns."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from gradviz.errors import GradvizError, InvalidValueError, UnknownNameError
from gradviz.experiment import Experiment
from gradviz.language import join_sentences, listed, tr, translatable
from gradviz.protocol.encodable import plain_value
from gradviz.protocol.records import HyperparameterRecord, SourceRecord, Value
from gradviz.targets.python_file import DEFAULT_FACTORY, read_python

# Methods by which a model may offer inputs: ours, Lightning's, and that of transformers.
_OWN_INPUTS = ("example_inputs", "example_input_array", "dummy_inputs")
_TRUTHS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Factory:
    """Makes an experiment: a function, a module's class, or an object that was made already."""

    title: str
    """`gpt.py:build`."""
    made_by: Any
    file: str

    @property
    def source(self) -> SourceRecord:
        """Return where it is written."""
        try:
            code = inspect.unwrap(self.made_by)
            file, line = inspect.getsourcefile(code), inspect.getsourcelines(code)[1]
        except (TypeError, OSError):
            return SourceRecord(self.file)
        return SourceRecord(str(Path(file).absolute()) if file else self.file, max(line, 1))

    @property
    def _expression(self) -> str:
        """Return the expression that gives the model, as in the file."""
        name = self.title.rpartition(":")[2]
        return f"{name}()" if _can_be_called(self.made_by) and name != DEFAULT_FACTORY else name

    @property
    def hyperparameters(self) -> tuple[HyperparameterRecord, ...]:
        """Return the keywords with a default that can be typed: truth values, numbers and texts."""
        return tuple(
            HyperparameterRecord(p.name, plain)
            for p in _parameters(self.made_by)
            if p.kind is not p.POSITIONAL_ONLY and _can_be_typed(plain := _plain_default(p))
        )

    def parse(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Return `values`, or their texts, as the types of the defaults.

        Raises:
            UnknownNameError: the factory has no such keyword with a default.
            InvalidValueError: a value of another type than its default.
        """
        known = {record.name: record.default for record in self.hyperparameters}
        for name in values:
            if name not in known:
                what = tr("hyperparameter of {target}").format(target=self.title)
                raise UnknownNameError(what, name, list(known))
        return {name: _parse(name, known[name], value) for name, value in values.items()}

    def call(self, values: Mapping[str, Any]) -> tuple[Experiment, tuple[str, ...]]:
        """Return the experiment, and sentences on what was decided for the user.

        Raises:
            GradvizError: it cannot be called so, or returns nothing that could be opened. What its code raises comes
                through.
        """
        if not _can_be_called(self.made_by):
            return self._experiment(self.made_by)
        needed = [p.name for p in _parameters(self.made_by) if p.default is p.empty and p.kind not in _VARIADIC]
        if needed:
            raise GradvizError(
                tr(
                    "{title} needs {needed}; give it a default, such as {first}=32, which can be changed"
                    " with --set {first}=…."
                ).format(title=self.title, needed=listed(needed), first=needed[0])
            )
        return self._experiment(self.made_by(**values))

    def _experiment(self, result: Any) -> tuple[Experiment, tuple[str, ...]]:
        if isinstance(result, Experiment):
            return result, _notes(result)
        if isinstance(result, nn.Module):
            return self._from_module(result)
        if isinstance(result, tuple) and len(result) in (2, 3):
            experiment = self._from_tuple(*result)
            return experiment, _notes(experiment)
        raise GradvizError(self._nonsense(result))

    def _from_module(self, module: nn.Module) -> tuple[Experiment, tuple[str, ...]]:
        for name in _OWN_INPUTS:
            inputs = _own_inputs(module, name)
            if inputs is not None:
                experiment = Experiment(module, inputs)
                note = tr("The inputs are the model's own {name}.").format(name=name)
                return experiment, (note, *_notes(experiment))
        raise GradvizError(
            tr(
                "{title} gives a model without inputs to call it with; write a factory that returns both, such as:"
                " {code}"
            ).format(title=self.title, code=sketch_of_factory(module, self._expression))
        )

    def _from_tuple(self, model: Any, inputs: Any, loss: Any = None) -> Experiment:
        if isinstance(model, type):
            raise GradvizError(
                tr("{title} returned the class {name}; return an instance of it.").format(
                    title=self.title, name=model.__name__
                )
            )
        if not callable(model):
            if callable(inputs):
                text = tr("{title} returned {what} where the model belongs; the model comes first, then its inputs.")
            else:
                text = tr("{title} returned {what} where the model belongs; return (model, inputs).")
            raise GradvizError(text.format(title=self.title, what=_a(model)))
        if loss is not None and not callable(loss):
            raise GradvizError(
                tr(
                    "{title} returned {loss} as its third value, which is the loss, a function of the output;"
                    " for targets return gradviz.Experiment(model, inputs, targets=…, loss=…)."
                ).format(title=self.title, loss=_a(loss))
            )
        return Experiment(model, inputs, loss=loss)

    def _nonsense(self, result: Any) -> str:
        what = tr("{count} values").format(count=len(result)) if isinstance(result, tuple) else _a(result)
        if inspect.iscoroutine(result):
            result.close()
            what = tr("a coroutine: it is async")
        if result is None:
            what = tr("None (perhaps its return is missing)")
        text = tr(
            "{title} returned {what}; return (model, inputs), (model, inputs, loss) or"
            " gradviz.Experiment(model, inputs, …)."
        )
        return text.format(title=self.title, what=what)


_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
NO_LOSS = translatable(
    "No loss was given: the sum, over every floating-point tensor in the output, of the mean of its square serves."
)


def find_factory(module: ModuleType, attribute: str, title: str) -> Factory:
    """Return what `attribute` names in an imported module; without it, `build`, else the only module class that can be
    made.

    Raises:
        GradvizError: there is none; the message names what there is.
    """
    file = getattr(module, "__file__", None) or ""
    if attribute:
        found: Any = module
        for name in attribute.split("."):
            if not hasattr(found, name):
                raise GradvizError(
                    tr("{title} has nothing called {attribute!r}; {remedy}.").format(
                        title=title, attribute=attribute, remedy=_what_there_is(module)
                    )
                )
            found = getattr(found, name)
        return Factory(f"{title}:{attribute}", found, file)
    if hasattr(module, DEFAULT_FACTORY):
        return Factory(f"{title}:{DEFAULT_FACTORY}", getattr(module, DEFAULT_FACTORY), file)
    classes = [value for value in _own(module).values() if _is_module_class(value) and not _needs_arguments(value)]
    if len(classes) == 1:
        return Factory(f"{title}:{classes[0].__name__}", classes[0], file)
    python = read_python(Path(file))
    acts = python is not None and python.acts_when_run
    if acts:
        text = tr(
            "{title} has no function called {factory}; {remedy}; if it trains by itself, let it call"
            " gradviz.watch(model)."
        )
    else:
        text = tr("{title} has no function called {factory}; {remedy}.")
    raise GradvizError(text.format(title=title, factory=DEFAULT_FACTORY, remedy=_what_there_is(module)))


def _what_there_is(module: ModuleType) -> str:
    """Return what else could be named, and where nothing could, what to write."""
    own = _own(module)
    names = [n for n, v in own.items() if inspect.isfunction(v)]
    names += [n for n, v in own.items() if isinstance(v, nn.Module | Experiment) or _is_module_class(v)]
    names = [name for name in names if not name.startswith("_")]
    stem = Path(getattr(module, "__file__", None) or module.__name__).name
    if names:
        text = tr("it has {names}: name one, such as {file}:{first}")
        return text.format(names=listed(names[:8]), file=stem, first=names[0])
    return tr("write one: {code}").format(code=sketch_of_factory())


def _own(module: ModuleType) -> dict[str, Any]:
    """Yield what the module itself defines, in its order, without its imports."""
    return {
        name: value
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__ or isinstance(value, nn.Module | Experiment)
    }


def _is_module_class(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, nn.Module)


def _needs_arguments(value: Any) -> bool:
    return any(p.default is p.empty and p.kind not in _VARIADIC for p in _parameters(value))


def _can_be_called(value: Any) -> bool:
    """Return whether it makes something, rather than being the model, the experiment or the pair itself."""
    return callable(value) and not isinstance(value, nn.Module | Experiment)


def _parameters(value: Any) -> list[inspect.Parameter]:
    if not _can_be_called(value):
        return []
    try:
        return list(inspect.signature(value).parameters.values())
    except (TypeError, ValueError):
        return []  # builtins without a signature


def _parse(name: str, default: Any, value: Value) -> Any:
    """Return `value` as the type of `default`. Raises InvalidValueError."""
    text = str(value).strip()
    try:
        if isinstance(default, bool):
            return _TRUTHS[text.lower()]
        if isinstance(default, int):
            return int(text)
        return float(text) if isinstance(default, float) else str(value)
    except (KeyError, ValueError):
        if isinstance(default, bool):
            text = tr("{name} must be true or false, not {value!r}.")
        elif isinstance(default, int):
            text = tr("{name} must be a whole number, not {value!r}.")
        else:
            text = tr("{name} must be a number, not {value!r}.")
        raise InvalidValueError(text.format(name=name, value=value)) from None


def _plain_default(parameter: inspect.Parameter) -> Any:
    """Return the default of a parameter, a number of NumPy's as Python's; an enumeration's member is left as it is."""
    return parameter.default if isinstance(parameter.default, Enum) else plain_value(parameter.default)


def _can_be_typed(value: Any) -> bool:
    """Return whether a plain value is of a type that can be read from a text."""
    if type(value) is int:
        try:
            str(value)
        except ValueError:
            return False  # more digits than Python reads
    return type(value) in (bool, int, float, str)


def _own_inputs(module: nn.Module, name: str) -> Any:
    """Return the inputs that the model offers, if it offers any that can be made."""
    # Not getattr alone: a module's attribute error would hide what its property raised.
    if not hasattr(type(module), name) and name not in vars(module):
        return None
    inputs = getattr(module, name)
    if callable(inputs) and not isinstance(inputs, torch.Tensor | Mapping):
        inputs = inputs()
    if inputs is None or not isinstance(inputs, Mapping):
        return inputs
    try:
        inspect.signature(module.forward).bind(**inputs)
    except (TypeError, ValueError):
        return None  # of a base class, for models of another kind
    return dict(inputs)


def _notes(experiment: Experiment) -> tuple[str, ...]:
    if isinstance(experiment.loss, nn.Module) and any(p.requires_grad for p in experiment.loss.parameters()):
        return (
            tr("The loss has parameters of its own; they are updated only where the optimizer's function adds them."),
        )
    if experiment.loss is not None or not experiment.has_autograd:
        return ()
    sentences = [tr(NO_LOSS)]
    if isinstance(experiment.inputs, Mapping) and "labels" in experiment.inputs:
        sentences.append(
            tr("The inputs have labels; if the model makes its own loss of them, give loss=lambda output: output.loss.")
        )
    if experiment.targets is not None:
        sentences.append(tr("The targets are not used: give loss=… a function of the output and of them."))
    return (join_sentences(sentences),)


def _a(value: Any) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    return (tr("an {name}") if name[0] in "aeiouAEIOU" else tr("a {name}")).format(name=name)


def sketch_of_factory(module: nn.Module | None = None, model: str = "") -> str:
    """Return `def build(): return Net(), torch.randn(8, 16)`, for a model's first layer; a pattern without a model.

    `model` is the expression that gives it, if there is one other than a function called `build`.
    """
    if module is None:
        return "def build(): return MyModel(), torch.randn(8, 16)"
    if model in ("", "build"):
        model = f"{type(module).__name__}(…)"
    return f"def build(): return {model}, {_inputs_for(module)}"


def _inputs_for(module: nn.Module) -> str:
    """Return the call that makes inputs for the first layer that shows what it takes."""
    for layer in module.modules():
        if isinstance(layer, nn.Embedding):
            return f"torch.randint({layer.num_embeddings}, (8, 16))"
        if isinstance(layer, nn.Conv1d | nn.Conv2d | nn.Conv3d):
            sides = ", ".join(["32"] * (layer.weight.ndim - 2))
            return f"torch.randn(8, {layer.in_channels}, {sides})"
        if isinstance(layer, nn.Linear):
            return f"torch.randn(8, {layer.in_features})"
        if isinstance(layer, nn.RNNBase):
            return f"torch.randn(16, 8, {layer.input_size})"
    return "torch.randn(8, 16)"
