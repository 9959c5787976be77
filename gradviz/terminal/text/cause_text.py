"""The chain of a NaN or Inf as lines for terminals."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.model.explanation.cause_text import inputs_text, limits_text, rows_text, title_text
from gradviz.model.graph.graph import Graph, line_text
from gradviz.protocol.events import Blamed
from gradviz.terminal.text.line_writer import Line, fit, wrap_text


def chain_lines(event: Blamed, graph: Graph | None, width: int) -> list[Line]:
    """Return every link, the origin first, with its reason and what it held."""
    head = tr("Where it comes from, the origin first ({count}, iteration {step}):")
    lines: list[Line] = [[("dim", head.format(count=len(event.chain), step=event.step))]]
    for i, link in enumerate(event.chain):
        first: Line = [("dim", f"{i + 1:>3} "), ("bold", title_text(link, graph)), (link.phase, f"  {link.phase}")]
        if link.module:
            first.append(("dim", f" · {link.module}"))
        if link.file:
            first.append(("dim", f" · {line_text(link.file, link.line)}"))
        lines.append(fit(first, width))
        lines += [[("" if i else "error", f"    {part}")] for part in wrap_text(link.reason, width - 4)]
        facts = " · ".join(filter(None, (inputs_text(link), rows_text(link), limits_text(link))))
        lines += [[("dim", f"    {part}")] for part in wrap_text(facts, width - 4)] if facts else []
    return lines
