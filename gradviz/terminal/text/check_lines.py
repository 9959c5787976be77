"""The check of a derivative as lines of the terminal."""

from __future__ import annotations

from gradviz.language import join_sentences, tr
from gradviz.model.explanation.check_text import check_text, element_name, element_numbers, notes_of
from gradviz.protocol.explanations import CheckRecord
from gradviz.terminal.text.line_writer import Line, table, wrap_text


def check_lines(record: CheckRecord, width: int) -> list[Line]:
    """Return whether the derivative is right, and the elements that differ most."""
    good = record.cause in ("", "kink", "kink_near")
    lines: list[Line] = [[("bold" if good else "error", part)] for part in wrap_text(check_text(record), width)]
    rows = [[element_name(record, element), *element_numbers(element)] for element in record.elements]
    if rows:
        heads = [tr("element"), tr("analytic"), tr("numeric"), tr("apart")]
        lines += table([heads, *rows], ["", "", "", "dim"])
    lines += [[("dim", f"  {part}")] for part in wrap_text(join_sentences(notes_of(record)), width - 2)]
    return lines
