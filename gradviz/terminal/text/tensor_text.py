"""A tensor in a few lines: shape, type, device, figures, a histogram, and the values of a corner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gradviz.errors import InvalidValueError
from gradviz.language import tr
from gradviz.model.slices import plane
from gradviz.protocol.events import TensorAnswered
from gradviz.protocol.records import HistogramRecord, StatisticsRecord, StoredRecord
from gradviz.terminal.text.line_writer import Line, columns_of, number, shape_text, table, width_of, wrap_text

Numbers = npt.NDArray[np.float64] | npt.NDArray[np.complex128]
_BLOCKS = "▁▂▃▄▅▆▇█"
_CORNER_ROWS, _SLICE_ROWS = 4, 20
_CELL = 11
"""Columns that a value and the gap before it take."""


def corner(shape: Sequence[int] | None) -> str:
    """Return the slice that shows a corner: the last two dimensions, at index 0 of those before them."""
    return "" if shape is None or len(shape) < 3 else ", ".join(["0"] * (len(shape) - 2))


def tensor_lines(title: str, answer: TensorAnswered, width: int, *, sliced: bool) -> list[Line]:
    """Return a tensor as text; `sliced`: a part was asked for, so more of it is shown."""
    lines = _head(title, answer, width)
    lines += [[("dim", f"  {line}")] for line in (wrap_text(answer.note, width - 2) if answer.note else ())]
    if answer.statistics is not None:
        lines += _figures(answer.statistics, width)
    if answer.histogram is not None and answer.statistics is not None and answer.statistics.count > 1:
        lines += _histogram(answer.histogram, min(60, width - 28), positive=_is_complex(answer))
    if answer.stored is not None and not sliced:
        return [*lines, *_stored(answer.stored, width)]
    return [*lines, *_values(answer, width, sliced)]


def _is_complex(answer: TensorAnswered) -> bool:
    return answer.dtype.startswith("complex")


def _head(title: str, answer: TensorAnswered, width: int) -> list[Line]:
    name: Line = [("bold", title)]
    about: Line = [("", f"  {shape_text(answer.shape)}"), ("dim", f"  {answer.dtype}"), ("dim", f"  {answer.device}")]
    if answer.is_leaf and answer.requires_grad:
        about.append(("dim", tr("  leaf, wants gradient")))
    return [[*name, *about]] if width_of([*name, *about]) <= width else [name, about]


def _figures(figures: StatisticsRecord, width: int) -> list[Line]:
    if figures.count == 0:
        return [[("dim", tr("  It is empty."))]]
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
            lines.append(
                [
                    ("error", tr("  {count} {word}").format(count=count, word=word)),
                    ("dim", tr(" of {count}").format(count=figures.count)),
                ]
            )
    return lines


def _share(count: int, total: int) -> str:
    if not count:
        return "0"
    percent = 100 * count / total
    # Few are not none, and nearly all are not all.
    rounded = "<1" if percent < 0.5 else ">99" if 99.5 <= percent < 100 else f"{percent:.0f}"
    return f"{count} ({rounded}%)"


def _histogram(histogram: HistogramRecord, width: int, *, positive: bool) -> list[Line]:
    """`positive`: of magnitudes, which lie on one side of zero."""
    counts = np.asarray(histogram.counts, dtype=np.float64)
    low = histogram.low
    if positive:
        counts, low = counts[len(counts) // 2 :], 0.0
    if not len(counts) or not counts.sum():
        return []
    edges = np.linspace(0, len(counts), min(len(counts), max(8, width)) + 1).round().astype(int)
    bars = np.add.reduceat(counts, edges[:-1]) / np.diff(edges)
    levels = np.ceil(bars / bars.max() * len(_BLOCKS)).astype(int)
    drawn = "".join(_BLOCKS[level - 1] if level else " " for level in levels)
    return [[("dim", f"  {number(low, 3)} "), ("accent", drawn), ("dim", f" {number(histogram.high, 3)}")]]


def _values(answer: TensorAnswered, width: int, sliced: bool) -> list[Line]:
    if answer.values is None or answer.shape is None:
        return []
    shape, data = answer.values
    values = _numbers(data, answer.imaginary, shape)
    if not values.size:
        return []
    if values.ndim == 0 or (values.size == 1 and not sliced):
        return [[("", f"  {_cell(values.reshape(-1)[0], 9)}")]]
    try:
        laid = plane(answer.slice, answer.shape).cut(shape)
    except InvalidValueError:
        return []
    rows = values.reshape(-1, values.shape[-1])
    whole = plane(answer.slice, answer.shape).shape
    most = _SLICE_ROWS if sliced else _CORNER_ROWS
    names = [laid.row_label(i) for i in range(min(most, len(rows)))]
    room = _room(names, width, answer)
    columns = min(rows.shape[1], room if sliced or rows.shape[1] <= room else min(room, 6))
    return [*_grid(rows[:most, :columns], names, [laid.column_label(i) for i in range(columns)]),
            *_rest(whole, (min(most, len(rows)), columns), answer)]  # fmt: skip


def _stored(stored: StoredRecord, width: int) -> list[Line]:
    """Return what a sparse tensor stores, with the indices of each place at the left."""
    rows, columns = stored.values_shape
    values = _numbers(stored.values, stored.imaginary, (rows, columns))
    indices = np.frombuffer(stored.indices, dtype="<i8").reshape(rows, -1) if rows else np.empty((0, 0))
    most = min(rows, _CORNER_ROWS * 2)
    names = [", ".join(map(str, place)) for place in indices[:most].tolist()]
    room = _room(names, width, stored)
    shown = values[:most, : min(columns, room)]
    if not shown.size:
        return []
    lines = _grid(shown, names, [str(i) for i in range(shown.shape[1])] if columns > 1 else [""])
    if most < stored.places or shown.shape[1] < columns:
        what = tr("  {most} of {places} places that are stored").format(most=most, places=stored.places)
        lines.append(
            [
                (
                    "dim",
                    what
                    + (
                        tr(", {value} of {columns} values of each").format(value=shown.shape[1], columns=columns)
                        if columns > 1
                        else ""
                    ),
                )
            ]
        )
    return lines


def _numbers(data: bytes, imaginary: bytes, shape: tuple[int, ...]) -> Numbers:
    real = np.frombuffer(data, dtype="<f8").reshape(shape)
    return real + 1j * np.frombuffer(imaginary, dtype="<f8").reshape(shape) if imaginary else real


def _cell(value: Any, digits: int = 4) -> str:
    """`0.5`, `3+4j`."""
    if not np.iscomplexobj(value):
        return number(float(value), digits)
    sign = "-" if np.signbit(value.imag) and not np.isnan(value.imag) else "+"
    return f"{number(float(value.real), digits)}{sign}{number(abs(float(value.imag)), digits)}j"


def _room(names: list[str], width: int, of: TensorAnswered | StoredRecord) -> int:
    """How many columns of values fit beside `names`."""
    wide = 2 * _CELL if of.imaginary else _CELL
    return max(1, (width - 4 - max(map(columns_of, names), default=0)) // wide)


def _grid(values: Numbers, names: list[str], columns: list[str]) -> list[Line]:
    lines: list[Line] = []
    cells = [[_cell(value) for value in row] for row in values]
    margin = max(map(columns_of, names), default=0)
    # One width for all, so that the digits of a column can be compared with those beside it.
    widths = [max(8, *(len(cell) for row in cells for cell in row))] * values.shape[1]
    lines.append([("dim", " " * (margin + 2) + "".join(f"  {c:>{w}}" for c, w in zip(columns, widths, strict=True)))])
    for name, row in zip(names, cells, strict=True):
        line: Line = [("dim", f"  {name:>{margin}}")]
        for cell, wide in zip(row, widths, strict=True):
            style = "error" if "nan" in cell or "inf" in cell else "dim" if cell in ("0", "0+0j") else ""
            line.append((style, f"  {cell:>{wide}}"))
        lines.append(line)
    return lines


def _rest(whole: tuple[int, int], shown: tuple[int, int], answer: TensorAnswered) -> list[Line]:
    if shown == whole and len(answer.shape or ()) < 3:
        return []
    part = f" of [{answer.slice}]" if answer.slice.strip(":, ") else ""
    return [
        [
            (
                "dim",
                tr("  {shown} of {whole} rows, {shown_2} of {whole_2} columns{part}").format(
                    shown=shown[0], whole=whole[0], shown_2=shown[1], whole_2=whole[1], part=part
                ),
            )
        ]
    ]
