"""The optimizer's step of a parameter as lines of the terminal."""

from __future__ import annotations

from gradviz.language import tr
from gradviz.model.derivative.derivatives import plain_formula
from gradviz.model.explanation.update_text import PARTS, update_text, update_title
from gradviz.model.number_text import significant
from gradviz.protocol.explanations import UpdateRecord
from gradviz.terminal.text.line_writer import Line, table, wrap_text


def update_lines(record: UpdateRecord, width: int) -> list[Line]:
    """Return the formulas with their numbers, the terms of the step, and what the optimizer keeps."""
    lines: list[Line] = [[("bold", record.parameter), ("dim", f"  {update_title(record)}")]]
    rows = [
        [plain_formula(formula), plain_formula(numbers) if numbers != formula else ""]
        for formula, numbers in zip(record.formulas, record.numbers, strict=True)
    ]
    lines += table(rows, ["", "dim"])
    lines += [[("", f"  {part}")] for part in wrap_text(update_text(record), width - 2)]
    terms = [[tr(PARTS[term.part]), plain_formula(term.formula), significant(term.norm)] for term in record.terms]
    if terms:
        lines += table([[tr("term"), "", tr("norm")], *terms], ["", "dim", "update"])
    values = [
        [f"{value.symbol} {value.name}".strip(), significant(value.before), significant(value.after)]
        for value in record.values
    ]
    if values:
        lines += table([[tr("norm of"), tr("before"), tr("after")], *values], ["", "", "update"])
    return lines
