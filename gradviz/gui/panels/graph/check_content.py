"""What the card of a check shows: whether the derivative is right, and the elements that differ most."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gradviz.appearance.text_styles import CAPTION, CODE, SMALL, STRONG, TextStyle
from gradviz.gui.style import fonts
from gradviz.gui.widgets.card import separator
from gradviz.gui.widgets.labels import ElidedLabel, WrappingLabel
from gradviz.language import join_sentences, tr
from gradviz.model.explanation.check_text import check_text, element_name, element_numbers, notes_of
from gradviz.protocol.explanations import CheckRecord

_MOST_ROWS = 8
_GOOD = ("", "kink", "kink_near")


def fill_check(column: QVBoxLayout, record: CheckRecord) -> None:
    """Fill the card of a check."""
    good = record.cause in _GOOD
    verdict = WrappingLabel("text" if good else "error", fonts.font(STRONG), check_text(record), padding=4)
    column.addWidget(verdict)
    if record.elements:
        column.addSpacing(8)
        column.addWidget(separator())
        column.addSpacing(7)
        _add_elements(column, record)
    if notes := notes_of(record):
        column.addSpacing(8)
        column.addWidget(separator())
        column.addSpacing(5)
        column.addWidget(WrappingLabel("text2", fonts.font(CAPTION), join_sentences(notes), padding=1.5))


def _add_elements(column: QVBoxLayout, record: CheckRecord) -> None:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(2)
    grid.setColumnStretch(0, 1)
    heads = (tr("element"), tr("analytic"), tr("numeric"), tr("apart"))
    for place, head in enumerate(heads):
        grid.addWidget(_cell("text3", head, SMALL, right=place > 0), 0, place)
    for row, element in enumerate(record.elements[:_MOST_ROWS], start=1):
        name = _cell("text2", element_name(record, element), CODE, right=False)
        grid.addWidget(name, row, 0)
        analytic, numeric, apart = element_numbers(element)
        for place, text in enumerate((analytic, numeric), start=1):
            grid.addWidget(_cell("text", text, CODE, right=True), row, place)
        grid.addWidget(_cell("text3" if element.agrees else "error", apart, CODE, right=True), row, 3)
    column.addWidget(holder)


def _cell(role: str, text: str, style: TextStyle, *, right: bool) -> ElidedLabel:
    mode = Qt.TextElideMode.ElideRight if right else Qt.TextElideMode.ElideLeft
    cell = ElidedLabel(role, fonts.font(style), elide=mode)
    cell.setText(text)
    if right:
        cell.setAlignment(Qt.AlignmentFlag.AlignRight)
    return cell
