"""Prompt commands that change or write something: `set`, `optimizer`, `device`, `save`, and those of breakpoints."""

from __future__ import annotations

import re

from gradviz.errors import GradvizError, InvalidValueError
from gradviz.files import write_regular
from gradviz.language import tr
from gradviz.model.explanation.past_text import checkpoint_text
from gradviz.model.stepping.breakpoint_kinds import detail_of, title_of
from gradviz.protocol.commands import Edit, KeepCheckpoint, RunOne, SaveTensor, SetDevice, SetOptimizer, StepIn
from gradviz.protocol.events import ConfigurationChanged, Edited, TensorSaved
from gradviz.protocol.past_events import CheckpointMade
from gradviz.protocol.records import OptimizerChoice, OptionRecord, Value
from gradviz.targets.target_spec import expand_path
from gradviz.terminal.prompt.inspect_commands import resolve_name, tensor_command
from gradviz.terminal.prompt.repl import Conversation
from gradviz.terminal.text.breakpoint_text import breakpoint_lines, hits, read_breakpoint, read_ids
from gradviz.terminal.text.line_writer import table
from gradviz.terminal.text.name_grammar import graph_of, read_name
from gradviz.terminal.text.name_grammar import title_of as tensor_title

_FORMATS = ("svg", "pdf", "png", "dot", "json")


def change(talk: Conversation, text: str) -> None:
    """Change a parameter or the incoming gradient: `NAME = EXPRESSION`."""
    name, equals, expression = text.partition("=")
    if not equals or not name.strip() or not expression.strip():
        raise InvalidValueError(tr("Write set NAME = EXPRESSION, such as set grad = g.clamp(-1, 1)."))
    if talk.debugger.looks_back:
        raise GradvizError(tr("The past cannot be changed; forth goes to the present."))
    wanted = read_name(name, talk.debugger)
    if wanted.choice.what not in ("parameter", "grad_output"):
        raise GradvizError(tr("A parameter can be changed, and the gradient that comes into the node at the stop."))
    element = _element(wanted.slice) if wanted.slice else None
    what = "parameter" if wanted.choice.what == "parameter" else "grad_output"
    choice = wanted.choice
    edit = Edit(wanted.node, what, expression.strip(), choice.index, element, choice.name)  # type: ignore[arg-type]
    done = talk.request(edit, Edited)
    assert isinstance(done, Edited)
    talk.screen.write([("accent", tr("changed  ")), ("", done.mark.text)])


def optimizer(talk: Conversation, text: str) -> None:
    """Show the optimizer, or choose another one: `Adam lr=0.001`."""
    current = talk.debugger.optimizer
    opened = talk.debugger.opened
    if opened is None or current is None:
        raise GradvizError(tr("Nothing is open yet."))
    if not text:
        _show_optimizer(talk, current)
        return
    first, *rest = text.split()
    name, pairs = (current.name, [first, *rest]) if "=" in first else (first, rest)
    record = next((o for o in opened.optimizers if o.name.lower() == name.lower()), None)
    if record is None:
        some = ", ".join(o.name for o in opened.optimizers if not o.reason)
        raise InvalidValueError(tr("There is no optimizer {name!r}; there is {some}.").format(name=name, some=some))
    options = dict(current.options) if record.name == current.name else {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        option = next((o for o in record.options if o.name == key), None)
        if not equals or option is None:
            known = ", ".join(o.name for o in record.options if o.common)
            raise InvalidValueError(
                tr("{pair!r} is no option of {name}; write KEY=VALUE with one of {known}.").format(
                    pair=pair, name=record.name, known=known
                )
            )
        options[key] = _value(option, value)
    _choose(talk, OptimizerChoice(record.name, options))


def learning_rate(talk: Conversation, text: str) -> None:
    """Show or set the learning rate."""
    current, opened = talk.debugger.optimizer, talk.debugger.opened
    if current is None or opened is None:
        raise GradvizError(tr("Nothing is open yet."))
    record = next((o for o in opened.optimizers if o.name == current.name), None)
    option = next((o for o in record.options if o.name == "lr"), None) if record is not None else None
    if option is None:
        raise GradvizError(opened.locked or tr("{name} has no learning rate.").format(name=current.name))
    if not text:
        talk.screen.write([("dim", "lr "), ("", str(current.options.get("lr", option.default)))])
        return
    _choose(talk, OptimizerChoice(current.name, {**current.options, "lr": _value(option, text)}))


def device(talk: Conversation, text: str) -> None:
    """Show the devices, or move to one; inside an iteration, that is finished first."""
    debugger = talk.debugger
    opened = debugger.opened
    if opened is None:
        raise GradvizError(tr("Nothing is open yet."))
    if not text:
        rows = [["▶" if d.id == debugger.device else " ", d.id, d.title, d.reason] for d in opened.devices]
        talk.screen.write(*table(rows, ["bold", "bold", "", "dim"], indent=0))
        return
    if opened.locked:
        raise GradvizError(opened.locked)
    found = next((d for d in opened.devices if d.id == text), None)
    if found is None:
        raise InvalidValueError(
            tr("There is no device {text!r} here; there is {join}.").format(
                text=text, join=", ".join(d.id for d in opened.devices)
            )
        )
    if found.reason:
        raise GradvizError(tr("{id}: {reason}.").format(id=found.id, reason=found.reason))
    if found.id == debugger.device:
        raise GradvizError(tr("It is on {id} already.").format(id=found.id))
    inside = debugger.state == "stopped"
    if inside:
        talk.resume(RunOne())
        if debugger.state != "paused":
            raise GradvizError(tr("The iteration was not finished, so the device is the same."))
    talk.request(SetDevice(text), ConfigurationChanged)
    talk.screen.write([("accent", tr("device ")), ("", debugger.device)])
    if inside:
        talk.resume(StepIn())


def save(talk: Conversation, text: str) -> None:
    """Write a whole tensor to a file: `NAME FILE.npy`."""
    name, _, file = text.rpartition(" ")
    if not name.strip() or not file.endswith(".npy"):
        raise InvalidValueError(tr("Write save NAME FILE.npy, such as save grad g.npy."))
    wanted = resolve_name(talk, read_name(name, talk.debugger))
    ask = tensor_command(talk, wanted)
    path = expand_path(file).absolute()
    talk.request(SaveTensor(ask.node, ask.what, str(path), ask.index, ask.name, ask.point), TensorSaved)
    talk.screen.write(
        [
            ("accent", tr("saved  ")),
            ("", tr("{graph} to {file}").format(graph=tensor_title(talk.debugger.graph, wanted), file=file)),
        ]
    )


def checkpoint(talk: Conversation, text: str) -> None:
    """Keep the state of the run in its recording, to go on from there another time."""
    made = talk.request(KeepCheckpoint(), CheckpointMade)
    assert isinstance(made, CheckpointMade)
    if not made.kept_in:
        raise GradvizError(checkpoint_text(made))
    talk.screen.sentence(checkpoint_text(made))


def export(talk: Conversation, text: str) -> None:
    """Draw the graph to a file: `FILE.svg`."""
    keep_end = text.rpartition(".")[2].lower()
    if keep_end not in _FORMATS or "." not in text:
        raise InvalidValueError(
            tr("Write export FILE with the ending {join}.").format(join=", ".join(f".{f}" for f in _FORMATS))
        )
    from gradviz.export.render import draw

    picture = draw(graph_of(talk.debugger), keep_end)
    try:
        write_regular(expand_path(text), picture)
    except OSError as error:
        raise GradvizError(
            tr("{text} cannot be written: {strerror}.").format(text=text, strerror=error.strerror)
        ) from None
    talk.screen.write([("accent", tr("drawn  ")), ("", text)])


def add_breakpoint(talk: Conversation, text: str) -> None:
    """Add a breakpoint; without text, list them."""
    if not text:
        talk.screen.write(*breakpoint_lines(talk.debugger.breakpoints))
        return
    known = talk.debugger.breakpoints
    number = known.add(read_breakpoint(text, talk.debugger))
    talk.send_breakpoints()
    record = known[number].record
    talk.screen.write(
        [
            ("accent", tr("breakpoint {number}").format(number=number)),
            ("", f"  {title_of(record)}"),
            ("dim", f"  {detail_of(record)}"),
        ]
    )


def delete(talk: Conversation, text: str) -> None:
    """Delete breakpoints by number; without numbers, all of them."""
    known = talk.debugger.breakpoints
    ids = read_ids(text, known) if text else [item.record.id for item in known]
    for number in dict.fromkeys(ids):
        known.remove(number)
    talk.send_breakpoints()
    talk.screen.write([("dim", f"{len(set(ids))} deleted, {len(known)} left")])


def disable(talk: Conversation, text: str) -> None:
    """Disable breakpoints by number."""
    _switch(talk, text, on=False)


def enable(talk: Conversation, text: str) -> None:
    """Enable breakpoints by number."""
    _switch(talk, text, on=True)


def _switch(talk: Conversation, text: str, *, on: bool) -> None:
    if not text:
        raise InvalidValueError(tr("Say which, by number; breakpoints lists them."))
    known = talk.debugger.breakpoints
    for number in read_ids(text, known):
        known.enable(number, on)
        record = known[number].record
        state = tr("on") if on else tr("off")
        talk.screen.write(
            [
                ("accent", tr("breakpoint {number}").format(number=number)),
                ("", f"  {title_of(record)}"),
                ("dim", f"  {state}  {hits(known[number].hits)}"),
            ]
        )
    talk.send_breakpoints()


def _show_optimizer(talk: Conversation, current: OptimizerChoice) -> None:
    opened = talk.debugger.opened
    assert opened is not None  # there is an optimizer
    record = next((o for o in opened.optimizers if o.name == current.name), None)
    talk.screen.write([("bold", current.name)])
    rows = [[o.name, str(current.options.get(o.name, o.default))] for o in record.options if o.common] if record else []
    talk.screen.write(*table(rows, ["dim", ""]))
    others = [o.name for o in opened.optimizers if not o.reason and o.name != current.name]
    if others:
        talk.screen.sentence("Others: " + ", ".join(others), "dim")


def _choose(talk: Conversation, choice: OptimizerChoice) -> None:
    talk.request(SetOptimizer(choice), ConfigurationChanged)
    now = talk.debugger.optimizer
    assert now is not None  # its event has just arrived
    options = " ".join(f"{key}={value}" for key, value in now.options.items())
    talk.screen.write([("accent", tr("optimizer  ")), ("", f"{now.name} {options}".rstrip())])


def _value(option: OptionRecord, text: str) -> Value:
    if option.optional and text.lower() == "none":
        return None
    try:
        match option.kind:
            case "float":
                return float(text)
            case "int":
                return int(text)
            case "floats":
                return [float(part) for part in text.strip("()[]").split(",")]
            case "bool":
                return {"true": True, "false": False, "1": True, "0": False}[text.lower()]
    except (ValueError, KeyError):
        raise InvalidValueError(
            tr("{text!r} does not fit {name}; its default is {default}.").format(
                text=text, name=option.name, default=option.default
            )
        ) from None
    return text


def _element(text: str) -> tuple[int, ...]:
    if not re.fullmatch(r"\s*-?[0-9]{1,18}\s*(,\s*-?[0-9]{1,18}\s*)*", text):
        raise InvalidValueError(
            tr("[{text}] is no element; write its index as [0, 3], or change the whole with g.").format(text=text)
        )
    return tuple(int(part) for part in text.split(","))
