"""A tensor in a few lines: shape, type, device, figures, a histogram, and the values of a corner."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gradviz.errors import InvalidValueError
from gradviz.model.slices import plane
from gradviz.protocol.events import TensorAnswered
from gradviz.protocol.records import HistogramRecord, StatisticsRecord
from gradviz.terminal.colours import Line, columns_of, number, shape_words, table, width_of

_BLOCKS = "▁▂▃▄▅▆▇█"
_CORNER_ROWS, _SLICE_ROWS = 4, 20
_CELL = 11
"""Columns that a value and the gap before it take."""


def corner(shape: Sequence[int] | None) -> str:
    """The slice that shows a corner: the last two dimensions, of the first of each dimension before them."""
    return "" if shape is None or len(shape) < 3 else ", ".join(["0"] * (len(shape) - 2))


def tensor_lines(title: str, answer: TensorAnswered, width: int, *, sliced: bool) -> list[Line]:
    """An answer as text; `sliced`: the part was asked for, so more of it is shown."""
    lines = _head(title, answer, width)
    if answer.statistics is not None:
        lines += _figures(answer.statistics, width)
    if answer.histogram is not None and answer.statistics is not None and answer.statistics.count > 1:
        lines += _histogram(answer.histogram, min(60, width - 28))
    return [*lines, *_values(answer, width, sliced)]


def _head(title: str, answer: TensorAnswered, width: int) -> list[Line]:
    name: Line = [("bold", title)]
    about: Line = [("", f"  {shape_words(answer.shape)}"), ("dim", f"  {answer.dtype}"), ("dim", f"  {answer.device}")]
    if answer.is_leaf and answer.requires_grad:
        about.append(("dim", "  leaf, wants gradient"))
    return [[*name, *about]] if width_of([*name, *about]) <= width else [name, about]


def _figures(figures: StatisticsRecord, width: int) -> list[Line]:
    if figures.count == 0:
        return [[("dim", "  It is empty.")]]
    if figures.count == 1:
        return []
    ends = (["min", number(figures.minimum)], ["max", number(figures.maximum)])
    middle = (["mean", number(figures.mean)], ["std", number(figures.std)])
    size = (["norm", number(figures.norm)], ["zeros", _share(figures.zeros, figures.count)])
    rows = [[*a, *b, *c] for a, b, c in zip(ends, middle, size, strict=True)]
    lines = table(rows, ["dim", ""] * 3, frozenset((1, 3, 5)))
    if max(map(width_of, lines)) > width:
        lines = table([[*a, *b] for a, b in (ends, middle, size)], ["dim", ""] * 2, frozenset((1, 3)))
    for count, word in ((figures.nans, "NaN"), (figures.infs, "Inf")):
        if count:
            lines.append([("error", f"  {count} {word}"), ("dim", f" of {figures.count}")])
    return lines


def _share(count: int, total: int) -> str:
    if not count:
        return "0"
    percent = 100 * count / total
    # Few are not none, and nearly all are not all.
    rounded = "<1" if percent < 0.5 else ">99" if 99.5 <= percent < 100 else f"{percent:.0f}"
    return f"{count} ({rounded}%)"


def _histogram(histogram: HistogramRecord, width: int) -> list[Line]:
    counts = np.asarray(histogram.counts, dtype=np.float64)
    if not len(counts) or not counts.sum():
        return []
    edges = np.linspace(0, len(counts), min(len(counts), max(8, width)) + 1).round().astype(int)
    bars = np.add.reduceat(counts, edges[:-1]) / np.diff(edges)
    levels = np.ceil(bars / bars.max() * len(_BLOCKS)).astype(int)
    drawn = "".join(_BLOCKS[level - 1] if level else " " for level in levels)
    return [[("dim", f"  {number(histogram.low, 3)} "), ("accent", drawn), ("dim", f" {number(histogram.high, 3)}")]]


def _values(answer: TensorAnswered, width: int, sliced: bool) -> list[Line]:
    if answer.values is None or answer.shape is None:
        return []
    shape, data = answer.values
    values = np.frombuffer(data, dtype="<f8").reshape(shape)
    if not values.size:
        return []
    if values.ndim == 0 or (values.size == 1 and not sliced):
        return [[("", f"  {number(float(values.reshape(-1)[0]), 9)}")]]
    try:
        laid = plane(answer.slice, answer.shape).cut(shape)
    except InvalidValueError:
        return []
    rows = values.reshape(-1, values.shape[-1])
    whole = plane(answer.slice, answer.shape).shape
    most = _SLICE_ROWS if sliced else _CORNER_ROWS
    names = [laid.row_label(i) for i in range(min(most, len(rows)))]
    room = max(1, (width - 4 - max(map(columns_of, names), default=0)) // _CELL)
    columns = min(rows.shape[1], room if sliced or rows.shape[1] <= room else min(room, 6))
    return [*_grid(rows[:most, :columns], names, [laid.column_label(i) for i in range(columns)]),
            *_rest(whole, (min(most, len(rows)), columns), answer)]  # fmt: skip


def _grid(values: npt.NDArray[np.float64], names: list[str], columns: list[str]) -> list[Line]:
    lines: list[Line] = []
    cells = [[number(float(value)) for value in row] for row in values]
    margin = max(map(columns_of, names), default=0)
    # One width for all, so that the digits of a column can be compared with those beside it.
    widths = [max(8, *(len(cell) for row in cells for cell in row))] * values.shape[1]
    lines.append([("dim", " " * (margin + 2) + "".join(f"  {c:>{w}}" for c, w in zip(columns, widths, strict=True)))])
    for name, row in zip(names, cells, strict=True):
        line: Line = [("dim", f"  {name:>{margin}}")]
        for cell, wide in zip(row, widths, strict=True):
            style = "error" if cell in ("nan", "inf", "-inf") else "dim" if cell == "0" else ""
            line.append((style, f"  {cell:>{wide}}"))
        lines.append(line)
    return lines


def _rest(whole: tuple[int, int], shown: tuple[int, int], answer: TensorAnswered) -> list[Line]:
    if shown == whole and len(answer.shape or ()) < 3:
        return []
    part = f" of [{answer.slice}]" if answer.slice.strip(":, ") else ""
    return [[("dim", f"  {shown[0]} of {whole[0]} rows, {shown[1]} of {whole[1]} columns{part}")]]
