"""Prompt commands that inspect and change nothing: `where`, `graph`, `print`, `rule` and their like."""

from __future__ import annotations

from dataclasses import replace

from gradviz.client.debug_state import REACH_WAITS
from gradviz.errors import GradvizError, InvalidValueError
from gradviz.language import tr
from gradviz.model.derivative.gradient_terms import terms as terms_of
from gradviz.model.explanation.reach_errors import error_for, meaning_of
from gradviz.model.slices import plane
from gradviz.model.tables.reach_table import reach_table
from gradviz.model.tables.update_reach import matching, update_problems
from gradviz.model.tensor_choices import OF_STATE, OF_UPDATE, TensorChoice, ask_for, tensor_choices
from gradviz.protocol.answers import DerivativeChecked, HoldersListed, UpdateExplained
from gradviz.protocol.commands import AskTensor, Blame, CheckDerivative, ExplainSpike, ExplainUpdate, ListHolders
from gradviz.protocol.events import Blamed, SpikeExplained
from gradviz.terminal.prompt.repl import Conversation
from gradviz.terminal.text.breakpoint_text import breakpoint_lines
from gradviz.terminal.text.cause_text import chain_lines, spike_lines
from gradviz.terminal.text.check_lines import check_lines
from gradviz.terminal.text.graph_text import graph_lines, reach_lines, rule_lines, sum_lines, update_problem_lines
from gradviz.terminal.text.line_writer import Line, shape_text, table
from gradviz.terminal.text.name_grammar import Wanted, graph_of, node_label, read_name, read_node, read_whole, title_of
from gradviz.terminal.text.stop_text import SHOWN, timeline_lines, where_lines
from gradviz.terminal.text.tensor_text import corner, tensor_lines
from gradviz.terminal.text.update_lines import update_lines

_WORDS = {"output": "output", "input": "input", "grad_output": "grad_output", "grad_input": "grad_input"}


def where(talk: Conversation, text: str) -> None:
    """Show the modules and the code around the current stop."""
    point = talk.debugger.point
    if point is None:
        over = talk.debugger.state == "failed" or talk.death
        raise GradvizError(
            tr("The run is over; restart begins again.")
            if over
            else tr("It is paused between two iterations; step goes on.")
        )
    screen = talk.screen
    screen.write(*where_lines(point, talk.debugger.graph, screen.width, colored=screen.colored))


def graph(talk: Conversation, text: str) -> None:
    """Draw a node and its neighbors."""
    known = graph_of(talk.debugger)
    node = _node_or_last(talk, text)
    talk.screen.write(*graph_lines(known, node, talk.debugger.timeline, talk.screen.width))


def timeline(talk: Conversation, text: str) -> None:
    """List what ran in this iteration: the last `N` points, or `all`."""
    known = talk.debugger.timeline
    if known is None:
        raise GradvizError(tr("No iteration has been stepped yet; step into one first."))
    shown = SHOWN if not text else len(known.passed) if text == "all" else read_whole(text)
    if shown is None:
        raise InvalidValueError(tr("Write how many points to show: timeline 20, or timeline all."))
    stop = talk.debugger.stop
    raised = stop is not None and stop.reason == "exception"
    talk.screen.write(*timeline_lines(known, talk.debugger.graph, shown, talk.screen.width, raised=raised))


def rule(talk: Conversation, text: str) -> None:
    """Show the derivative of a node."""
    talk.screen.write(*rule_lines(graph_of(talk.debugger), _node_or_last(talk, text), talk.screen.width))


def terms(talk: Conversation, text: str) -> None:
    """Show the sum that a shared gradient is, term by term."""
    known, node, past = graph_of(talk.debugger), _node_or_last(talk, text), talk.debugger.timeline
    if past is None:
        raise GradvizError(tr("No iteration has been stepped yet; step into one first."))
    if known.record.kind == "recorded":
        raise GradvizError(tr("This network is derived by hand: its gradients are added up by ops of its own."))
    found = terms_of(known, past, node)
    if len(found.terms) < 2:
        raise GradvizError(
            tr("{node_label} is used once, so its gradient is no sum.").format(node_label=node_label(known.node(node)))
        )
    talk.screen.write(*sum_lines(known, found, most=40))


def check(talk: Conversation, text: str) -> None:
    """Compare the analytic derivative of a node with the numeric one."""
    answer = talk.request(CheckDerivative(_node_or_last(talk, text)), DerivativeChecked)
    assert isinstance(answer, DerivativeChecked)
    if answer.check is None:
        raise GradvizError(answer.message)
    talk.screen.write(*check_lines(answer.check, talk.screen.width))


def update(talk: Conversation, text: str) -> None:
    """Show the optimizer's step of a parameter: its formula with the numbers, its terms, and what is kept for it."""
    node = read_node(text, talk.debugger) if text else None
    answer = talk.request(ExplainUpdate(0, node), UpdateExplained)
    assert isinstance(answer, UpdateExplained)
    if answer.update is None:
        raise GradvizError(answer.message)
    talk.screen.write(*update_lines(answer.update, talk.screen.width))


def reach(talk: Conversation, text: str) -> None:
    """Show which parameters the gradient reaches and what updates them; with a text, those that it means."""
    if talk.debugger.reach_waits:
        raise GradvizError(tr(REACH_WAITS))
    known, answer = graph_of(talk.debugger), talk.request(ListHolders(), HoldersListed)
    assert isinstance(answer, HoldersListed)
    problems = update_problems(answer.holders, known.record.reach)
    records, some = matching(reach_table(known), problems, text)
    if error := error_for(text):
        talk.screen.sentence(meaning_of(error))
    talk.screen.write(*reach_lines(known.record, talk.screen.width, records if text else None))
    talk.screen.write(*update_problem_lines([p for p in problems if p.names in some], talk.screen.width))


def blame(talk: Conversation, text: str) -> None:
    """Show where a NaN or Inf comes from: that of a node, or where one was noticed."""
    debugger = talk.debugger
    node = read_node(text, debugger) if text else None
    found = talk.request(Blame(node), Blamed)
    assert isinstance(found, Blamed)
    talk.screen.write(*chain_lines(found, debugger.graph, talk.screen.width))


def spike(talk: Conversation, text: str) -> None:
    """Show which modules moved more than they used to; `rows`: and each row of the batch alone."""
    if text not in ("", "rows"):
        raise InvalidValueError(tr("Write spike, or spike rows for the rows of the batch."))
    found = talk.request(ExplainSpike(bool(text)), SpikeExplained)
    assert isinstance(found, SpikeExplained)
    talk.screen.write(*spike_lines(found, talk.screen.width))


def breakpoints(talk: Conversation, text: str) -> None:
    """List the breakpoints."""
    talk.screen.write(*breakpoint_lines(talk.debugger.breakpoints))


def show(talk: Conversation, text: str) -> None:
    """Show a tensor; without a name, list the tensors of the node at the stop."""
    if not text:
        talk.screen.write(*_list_tensors(talk))
        return
    wanted = _check_tensor(talk, resolve_name(talk, read_name(text, talk.debugger)))
    answer = talk.ask(_values_command(talk, wanted, wanted.slice))
    if answer.shape is not None and len(answer.shape) > 2 and not wanted.slice:
        # Of many dimensions, a corner is of the first of each that is not shown.
        answer = talk.ask(_values_command(talk, wanted, corner(answer.shape)))
    if wanted.slice and answer.shape is not None:
        plane(wanted.slice, answer.shape)
    talk.screen.write(
        *tensor_lines(title_of(talk.debugger.graph, wanted), answer, talk.screen.width, sliced=bool(wanted.slice))
    )


def resolve_name(talk: Conversation, wanted: Wanted) -> Wanted:
    """Return `wanted`, read as a name where `x[0]` is the name of a tensor (data in a tuple), not a slice of `x`."""
    if wanted.node is not None or not wanted.choice.name or not wanted.slice:
        return wanted
    whole = replace(wanted, choice=replace(wanted.choice, name=f"{wanted.choice.name}[{wanted.slice}]"), slice="")
    try:
        talk.ask(tensor_command(talk, whole))
    except GradvizError:
        return wanted
    return whole


def tensor_command(talk: Conversation, wanted: Wanted) -> AskTensor:
    """Return the command that asks for a tensor, in the present or at the point of the past that is looked at.

    Raises:
        GradvizError: it was not computed yet there.
    """
    if wanted.node is None:
        choice = wanted.choice
        return AskTensor(0, None, choice.what, choice.index, choice.name, wanted.point)
    ask = ask_for(talk.debugger.timeline, wanted.node, wanted.choice)
    if ask is None:
        raise GradvizError(tr("It was not computed yet at the point that you look at."))
    return ask


def _values_command(talk: Conversation, wanted: Wanted, part: str) -> AskTensor:
    ask = tensor_command(talk, wanted)
    return AskTensor(0, ask.node, ask.what, ask.index, ask.name, ask.point, part, values=True)


def _check_tensor(talk: Conversation, wanted: Wanted) -> Wanted:
    """Return `wanted` if the node has such a tensor; the engine is asked for what it saved."""
    if wanted.node is None:
        return wanted
    known, choice = graph_of(talk.debugger), wanted.choice
    details = talk.details(wanted.node) if choice.what in ("saved", *OF_STATE) else None
    there = tensor_choices(known, wanted.node, details.saved if details is not None else ())
    same = [c for c in there if (c.what, c.index, c.name) == (choice.what, choice.index, choice.name)]
    arrives = choice.what == "grad_output" and known.node(wanted.node).kind == "parameter"
    if same or arrives or choice.what in ("parameter_grad", *OF_UPDATE, *OF_STATE):
        return wanted
    name = node_label(known.node(wanted.node))
    of_kind = [c for c in there if c.what == choice.what]
    if choice.what == "saved":
        names = ", ".join(c.name for c in of_kind)
        raise GradvizError(
            tr("{name} saved nothing called {name_2!r}").format(name=name, name_2=choice.name)
            + (tr("; it saved {names}.").format(names=names) if names else ".")
        )
    if of_kind:
        numbers = ", ".join(str(c.index) for c in of_kind)
        raise GradvizError(
            tr("{name} has no {what} {index}; it has {numbers}.").format(
                name=name, what=choice.what, index=choice.index, numbers=numbers
            )
        )
    raise GradvizError(tr("{name} has no {what}; print alone lists what it has.").format(name=name, what=choice.what))


def _node_or_last(talk: Conversation, text: str) -> int:
    """Return the node that was named, else that of the stop, else the one that was made last."""
    debugger = talk.debugger
    point, last = debugger.point, debugger.passed
    if not text and (point is None or point.node is None) and last is not None and last.point.node is not None:
        return last.point.node
    return read_node(text, debugger)


def _list_tensors(talk: Conversation) -> list[Line]:
    point, known = talk.debugger.point, talk.debugger.graph
    if point is not None and (known is None or not len(known)):
        op = point.op.rpartition(".")[2]
        raise GradvizError(
            tr("{op} has made no node yet; print input 0 shows what goes into it, print NAME a parameter.").format(
                op=op
            )
        )
    known = graph_of(talk.debugger)
    node_id = _node_or_last(talk, "")
    node = known.node(node_id)
    details = talk.details(node_id)
    saved = {s.name: s for s in details.saved} if details is not None else {}
    rows = []
    for choice in tensor_choices(known, node_id, saved.values()):
        shape = saved[choice.name].shape if choice.name in saved else _shape(talk, node_id, choice)
        rows.append([_typed_name(node_id, node.name, choice), shape_text(shape), choice.note])
    return [[("bold", node_label(node)), ("dim", tr("  has, to be printed:"))], *table(rows, ["", "dim", "dim"])]


def _typed_name(node_id: int, name: str, choice: TensorChoice) -> str:
    who = name if node_id < 0 else f"#{node_id}"
    match choice.what:
        case "parameter":
            return who
        case "parameter_grad":
            return f"{who}.grad"
        case "saved":
            return tr("{who}.saved {name}").format(who=who, name=choice.name)
        case "state" | "state_before" | "state_after":
            return f"{who}.state {choice.name} {choice.what.partition('_')[2]}".rstrip()
        case "update" | "parameter_before" | "parameter_after":
            return f"{who}.{choice.what.removeprefix('parameter_')}"
        case "output" if node_id < 0:
            return who
        case _:
            return f"{who}.{_WORDS[choice.what]}" + (f" {choice.index}" if choice.several or choice.index else "")


def _shape(talk: Conversation, node_id: int, choice: TensorChoice) -> tuple[int, ...] | None:
    known = graph_of(talk.debugger)
    if choice.what in ("input", "grad_input"):
        for edge in known.incoming[node_id]:
            if edge.input_nr == choice.index:
                return edge.shape if edge.shape is not None else known.node(edge.source).shape
    return known.node(node_id).shape if choice.index == 0 else None
