"""Causes as text: what went into a link, how near its type's limits, which rows carry it; what moved in a spike."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradviz.language import tr, translatable
from gradviz.model.graph.graph import Graph
from gradviz.model.number_text import short, significant
from gradviz.protocol.cause_records import BlameLink, ExtentRecord, LinkRole, RowFigures
from gradviz.protocol.events import SpikeExplained

_NEAR = 16.0
"""Headroom below which it is said for every type."""
_SMALL_TYPES = ("float16", "bfloat16", "float8")
_MOST_ROWS = 8
_END = 20
_MOST_NOTES = 3
"""Links that are named beside one line."""


def title_text(link: BlameLink, graph: Graph | None) -> str:
    """Return the name of a link's node, with its number."""
    known = graph is not None and link.node is not None and link.node in graph and link.node >= 0
    return f"#{link.node} {link.name}" if known else link.name


_ROLES: dict[LinkRole, str] = {
    "saved": translatable("saved"),
    "written": translatable("written"),
    "read": translatable("read"),
    "kept": translatable("kept"),
    "used": translatable("used"),
    "lost": translatable("lost"),
    "started": translatable("started"),
    "recomputed": translatable("computed again"),
    "meant": translatable("on purpose"),
}


def role_text(role: LinkRole) -> str:
    """Return what happened at a link, in a word."""
    return tr(_ROLES[role])


def culprit_of(chain: Sequence[BlameLink]) -> int:
    """Return which link is at fault: the first that is not there on purpose."""
    return next((i for i, link in enumerate(chain) if link.role != "meant"), 0)


def line_notes(chain: Sequence[BlameLink]) -> dict[tuple[str, int], str]:
    """Return what happened in each line of code that a chain passes: the numbers of its links, with their roles."""
    found: dict[tuple[str, int], list[str]] = {}
    for number, link in enumerate(chain, start=1):
        if link.file:
            role = f" {role_text(link.role)}" if link.role is not None else ""
            found.setdefault((link.file, link.line), []).append(f"{number}{role}")
    return {place: " · ".join(texts[:_MOST_NOTES]) for place, texts in found.items()}


def headline_text(chain: Sequence[BlameLink], title: str) -> str:
    """Return what a chain shows: what is wrong, or where the first NaN or Inf was made."""
    if title:
        return title
    origin = chain[culprit_of(chain)]
    kind = tr("NaN") if any(extent.nans for extent in origin.outputs) else tr("Inf")
    if origin.point is None:
        return tr("{name} held the first {kind}").format(name=origin.name, kind=kind)
    where = tr(", line {line}").format(line=origin.line) if origin.line else ""
    return tr("{name}{where} made the first {kind}").format(name=origin.name, where=where, kind=kind)


def range_text(extents: Sequence[ExtentRecord]) -> str:
    """Return what tensors hold: `0 … 4.02 · 7 Inf`."""
    return ", ".join(filter(None, map(_one, extents)))


def inputs_text(link: BlameLink) -> str:
    """Return what went into a link: of the origin's node, what its forward had as well."""
    came = [extent for extent in link.inputs if extent.name != "input" or link.phase == "forward"]
    parts = []
    if text := range_text(came):
        parts.append(tr("gradient {range}").format(range=text) if link.phase == "backward" else text)
    if link.phase == "backward" and (text := range_text([e for e in link.inputs if e.name == "input"])):
        parts.append(tr("in forward {range}").format(range=text))
    return " · ".join(parts)


def limits_text(link: BlameLink) -> str:
    """Return how near the limits of their type the values are; empty where they are far, or where one is beyond."""
    if any(extent.infs for extent in link.outputs):
        return ""
    for extent in (*link.inputs, *link.outputs):
        small = extent.dtype.startswith(_SMALL_TYPES)
        near = extent.headroom is not None and (small or extent.headroom < _NEAR)
        if not near and not (small and extent.subnormal):
            continue
        parts = []
        if extent.headroom is not None:
            text = tr("{dtype}: {factor} times what is there would overflow")
            parts.append(text.format(dtype=extent.dtype, factor=short(extent.headroom)))
        if extent.subnormal:
            text = tr("{share} are below the smallest normal number")
            parts.append(text.format(share=f"{extent.subnormal:.1%}"))
        return ", ".join(parts)
    return ""


def rows_text(link: BlameLink) -> str:
    """Return which rows of the batch carry it; empty where that is not known."""
    if not link.row_count:
        return ""
    if link.row_count == link.batch:
        return tr("all {batch} rows of the batch").format(batch=link.batch)
    spans = _spans(link.rows)
    more = len(spans) > _MOST_ROWS or link.row_count > len(link.rows)
    shown = ", ".join(spans[:_MOST_ROWS]) + (", …" if more else "")
    text = tr("row {rows} ({count} of {batch})") if link.row_count == 1 else tr("rows {rows} ({count} of {batch})")
    return text.format(rows=shown, count=link.row_count, batch=link.batch)


def _spans(rows: Sequence[int]) -> list[str]:
    """Return numbers that follow one another as `1–7`."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = found[-1][0], row
        else:
            found.append((row, row))
    return [str(first) if first == last else f"{first}–{last}" for first, last in found]


def _one(extent: ExtentRecord) -> str:
    parts = []
    if extent.minimum is not None and extent.maximum is not None:
        ends = short(extent.minimum), short(extent.maximum)
        parts.append(ends[0] if ends[0] == ends[1] else " … ".join(ends))
    parts += [f"{extent.nans:,} NaN"] if extent.nans else []
    parts += [f"{extent.infs:,} Inf"] if extent.infs else []
    return " + ".join(parts)


def shown_links(count: int) -> tuple[int, ...]:
    """Return which links of a chain are listed: of a long one both ends."""
    if count <= 2 * _END:
        return tuple(range(count))
    return (*range(_END), *range(count - _END, count))


def times_text(now: float | None, usual: float | None) -> str:
    """Return how many times its usual value something is, as `12×`; empty where that is not known."""
    if now is None or usual is None or not math.isfinite(now) or not usual:
        return ""
    return f"{now / usual:.3g}×"


def largest_rows(rows: Sequence[RowFigures], most: int) -> list[RowFigures]:
    """Return the rows with the greatest losses; what is not finite comes first."""
    return sorted(rows, key=lambda row: (not math.isfinite(row.loss), row.loss, row.gradient), reverse=True)[:most]


def figure_text(value: float | None) -> str:
    """Return a number of a spike; a dash where it is not known."""
    return "–" if value is None else significant(value, 3)


def spike_headline(event: SpikeExplained) -> str:
    """Return which module is farthest above its own history, or which moved most."""
    if not event.modules:
        return tr("No module has moved yet")
    first = event.modules[0]
    name = first.path or tr("the model")
    of_step = times_text(first.ratio, first.usual_ratio), tr("{name} moved {times} as far as usual, for its weights")
    of_gradient = times_text(first.gradient, first.usual_gradient), tr("{name} has {times} its usual gradient")
    known = [pair for pair in (of_step, of_gradient) if pair[0]]
    if not known:
        return tr("{name} has the largest figures of iteration {step}").format(name=name, step=f"{event.step:,}")
    times, text = max(known, key=lambda pair: float(pair[0].rstrip("×")))
    return text.format(name=name, times=times)
