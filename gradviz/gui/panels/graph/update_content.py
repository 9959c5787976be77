"""What the card of an update shows: the optimizer's formula, the terms of the step, and what the optimizer keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gradviz.appearance.text_styles import CAPTION, CODE, SMALL, TextStyle
from gradviz.gui.panels.graph.formula import Formula, split
from gradviz.gui.style import fonts
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.gui.widgets.card import separator
from gradviz.gui.widgets.labels import ElidedLabel, WrappingLabel
from gradviz.language import tr
from gradviz.model.derivative.derivatives import plain_formula, tokens
from gradviz.model.explanation.update_text import PARTS, update_text, update_title
from gradviz.model.number_text import significant
from gradviz.protocol.explanations import UpdateRecord, UpdateValueRecord

_ELSEWHERE = ("weight", "gradient")
"""Values that the card of the stop has."""


def fill_update(
    column: QVBoxLayout, record: UpdateRecord, *, projector: bool, open_state: Callable[[str], object]
) -> None:
    """Fill the card of an update; `open_state` shows a tensor that the optimizer keeps."""
    column.addWidget(WrappingLabel("text2", fonts.font(CAPTION), update_title(record), padding=1.5))
    if record.formulas:
        _add_formula(column, record.formulas[-1], projector)
        column.addWidget(WrappingLabel("text2", fonts.font(CODE), plain_formula(record.numbers[-1]), padding=1.5))
    column.addWidget(WrappingLabel("text", fonts.font(CAPTION), update_text(record), padding=3))
    if record.formulas[:-1]:
        _separate(column)
        for formula, numbers in zip(record.formulas[:-1], record.numbers[:-1], strict=True):
            _add_formula(column, formula, projector).setToolTip(plain_formula(numbers))
    if record.terms:
        _separate(column)
        _add_terms(column, record)
    if kept := [value for value in record.values if value.name not in _ELSEWHERE]:
        _separate(column)
        _add_values(column, kept, open_state)


def _add_formula(column: QVBoxLayout, text: str, projector: bool) -> Formula:
    formula = Formula()
    formula.set_projector(projector)
    formula.set_formula(*split(tokens(text)), "text")
    column.addWidget(formula)
    return formula


def _add_terms(column: QVBoxLayout, record: UpdateRecord) -> None:
    grid = _grid(column, (tr("term of the step"), tr("norm")))
    rows = [(tr(PARTS[term.part]), plain_formula(term.formula), term.norm) for term in record.terms]
    for row, (name, formula, norm) in enumerate(rows, start=1):
        label = _cell("text", name, CAPTION)
        label.setToolTip(formula)
        grid.addWidget(label, row, 0)
        grid.addWidget(_number(norm), row, 1)
    if len(rows) > 1:
        grid.addWidget(_cell("text", tr("the step, their sum"), CAPTION), len(rows) + 1, 0)
        grid.addWidget(_number(record.step), len(rows) + 1, 1)


def _add_values(column: QVBoxLayout, values: Sequence[UpdateValueRecord], open_state: Callable[[str], object]) -> None:
    grid = _grid(column, (tr("its state"), tr("norm before"), tr("after")))
    for row, value in enumerate(values, start=1):
        title = f"{value.symbol}  {value.name}" if value.symbol else value.name
        link = LinkButton(title, padding=0)
        link.setToolTip(tr("Show the values"))
        link.clicked.connect(lambda _=False, name=value.name: open_state(name))
        grid.addWidget(link, row, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(_number(value.before), row, 1)
        grid.addWidget(_number(value.after), row, 2)


def _grid(column: QVBoxLayout, heads: Sequence[str]) -> QGridLayout:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(0, 1)
    for place, head in enumerate(heads):
        cell = _cell("text3", head, SMALL)
        if place:
            cell.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.setColumnMinimumWidth(place, 76)
        grid.addWidget(cell, 0, place)
    column.addWidget(holder)
    return grid


def _number(value: float | None) -> ElidedLabel:
    cell = _cell("text" if value is not None else "text3", significant(value), CODE)
    cell.setAlignment(Qt.AlignmentFlag.AlignRight)
    return cell


def _cell(role: str, text: str, style: TextStyle) -> ElidedLabel:
    cell = ElidedLabel(role, fonts.font(style))
    cell.setText(text)
    return cell


def _separate(column: QVBoxLayout) -> None:
    column.addSpacing(8)
    column.addWidget(separator())
    column.addSpacing(7)
