"""Prompt commands that follow tensors from stop to stop: `watch` and `unwatch`, and what is written at each stop."""

from __future__ import annotations

from gradviz.errors import GradvizError
from gradviz.language import tr
from gradviz.model.watch_list import WatchedTensor, figure_of, subtract, watched_expression, watched_tensor
from gradviz.terminal.prompt.inspect_commands import resolve_name
from gradviz.terminal.prompt.repl import Conversation
from gradviz.terminal.text.line_writer import Line, number, shape_text, table
from gradviz.terminal.text.name_grammar import graph_of, read_name, title_of


def watch(talk: Conversation, text: str) -> None:
    """Follow a tensor; without a name, show those that are followed."""
    if text and any(sign in text for sign in "(+*/@"):
        if text not in {row.title for row in talk.watched}:
            talk.watched.append(watched_expression(text))
    elif text:
        wanted = resolve_name(talk, read_name(text, talk.debugger))
        if wanted.node is None:
            raise GradvizError(tr("Only tensors of nodes can be watched; graph shows them."))
        title = title_of(talk.debugger.graph, wanted)
        if title not in {row.title for row in talk.watched}:
            talk.watched.append(watched_tensor(title, graph_of(talk.debugger), wanted.node, wanted.choice))
    elif not talk.watched:
        raise GradvizError(tr("Nothing is watched; watch NAME follows a tensor from stop to stop."))
    report_watched(talk)


def unwatch(talk: Conversation, text: str) -> None:
    """Follow a tensor no more; without a name, none."""
    title = text if text in {row.title for row in talk.watched} else ""
    if text and not title:
        title = title_of(talk.debugger.graph, read_name(text, talk.debugger))
    kept = [row for row in talk.watched if text and row.title != title]
    if len(kept) == len(talk.watched):
        raise GradvizError(tr("{title} is not watched.").format(title=title or tr("A tensor")))
    talk.watched[:] = kept


def report_watched(talk: Conversation) -> None:
    """Write each watched tensor: its value, what it was at the stop before, and the difference."""
    point, step = talk.debugger.point, talk.debugger.step
    if point is None or not talk.watched:
        return
    for row in talk.watched:
        asked = row.ask(talk.debugger.graph, talk.debugger.timeline)
        if asked is not None:
            try:
                row.take(talk.ask(asked), (step, point.index))
            except GradvizError as error:
                row.message = str(error)
    rows = [_cells(row) for row in talk.watched]
    lines: list[Line] = table(rows, ["bold", "dim", "", "dim", ""], frozenset((2,)), indent=2)
    talk.screen.write(*lines)


def _cells(row: WatchedTensor) -> list[str]:
    shape = shape_text(row.now.shape) if row.now is not None else ""
    if row.message or row.now is None:
        return [row.title, shape, "", row.message, ""]
    before = tr("before {value}").format(value=number(figure_of(row.before))) if row.before is not None else ""
    try:
        found = subtract(row.now, row.before) if row.before is not None else None
    except GradvizError:  # of another shape
        found = None
    change = ""
    if found is not None and found.norm:
        place = ", ".join(map(str, found.element))
        change = tr("change {norm}, largest {largest} at [{place}]").format(
            norm=number(found.norm), largest=number(found.largest), place=place
        )
    return [row.title, shape, number(figure_of(row.now)), before, change]
