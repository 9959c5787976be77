"""Causes as lines for terminals: the chain of a NaN or Inf; the modules and rows of a spike."""

from __future__ import annotations

from collections.abc import Sequence

from gradviz.language import tr
from gradviz.model.explanation.cause_text import (
    culprit_of,
    inputs_text,
    largest_rows,
    limits_text,
    role_text,
    rows_text,
    times_text,
    title_text,
)
from gradviz.model.graph.graph import Graph, line_text
from gradviz.protocol.cause_records import BlameLink, ProofRecord
from gradviz.protocol.events import Blamed, SpikeExplained
from gradviz.terminal.text.line_writer import Line, fit, number, table, wrap_text


def chain_lines(event: Blamed, graph: Graph | None, width: int) -> list[Line]:
    """Return every link, the origin first, with its reason and what it held."""
    head = tr("Where it comes from, the origin first ({count}, iteration {step}):")
    lines: list[Line] = [[("bold", event.title)]] if event.title else []
    lines.append([("dim", head.format(count=len(event.chain), step=event.step))])
    return lines + link_lines(event.chain, graph, width)


def proof_lines(proof: ProofRecord, graph: Graph | None, width: int) -> list[Line]:
    """Return what led to an error, in the order of what happened."""
    return [[("bold", f"{proof.title}:")], *link_lines(proof.chain, graph, width)]


def link_lines(chain: Sequence[BlameLink], graph: Graph | None, width: int) -> list[Line]:
    """Return every link of a chain, with its reason and what it held."""
    lines: list[Line] = []
    culprit = culprit_of(chain)
    for i, link in enumerate(chain):
        first: Line = [("dim", f"{i + 1:>3} "), ("bold", title_text(link, graph)), (link.phase, f"  {_where(link)}")]
        if link.module:
            first.append(("dim", f" · {link.module}"))
        if link.file:
            first.append(("dim", f" · {line_text(link.file, link.line)}"))
        lines.append(fit(first, width))
        lines += [[("error" if i == culprit else "", f"    {part}")] for part in wrap_text(link.reason, width - 4)]
        facts = " · ".join(filter(None, (inputs_text(link), rows_text(link), limits_text(link))))
        lines += [[("dim", f"    {part}")] for part in wrap_text(facts, width - 4)] if facts else []
    return lines


def spike_lines(event: SpikeExplained, width: int) -> list[Line]:
    """Return the modules, farthest above their own history first, and the rows with the greatest losses."""
    head = tr("Modules, farthest above their own history first (iteration {step}):")
    lines: list[Line] = [[("dim", head.format(step=event.step))]]
    rows = [["", tr("step / weight"), tr("usual"), "", tr("gradient"), tr("usual"), ""]]
    for module in event.modules[:_MOST]:
        step = (module.ratio, module.usual_ratio)
        gradient = (module.gradient, module.usual_gradient)
        rows.append([module.path or tr("the model"), *map(_figure, step), times_text(*step), *map(_figure, gradient),
                     times_text(*gradient)])  # fmt: skip
    lines += table(rows, ["", "", "dim", "bold", "", "dim", "bold"])
    if event.rows:
        lines.append([("dim", tr("Rows of the batch alone, the greatest loss first:"))])
        found = [["  " + tr("row"), tr("loss"), tr("gradient")]]
        found += [[f"  {row.row}", number(row.loss), number(row.gradient)] for row in largest_rows(event.rows, _MOST)]
        lines += table(found, ["bold", "", ""])
    lines += [[("dim", part)] for part in wrap_text(event.note, width)] if event.note else []
    return lines


_MOST = 12


def _where(link: BlameLink) -> str:
    return role_text(link.role) if link.role is not None else link.phase


def _figure(value: float | None) -> str:
    return "–" if value is None else number(value)
