"""Which parameters get a gradient, which do not and why, each counted once; as rows, as text, as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from gradviz.language import tr
from gradviz.model.graph.graph import Graph, line_text, shape_text
from gradviz.protocol.records import ReachRecord, UnexplainedRecord


@dataclass(frozen=True, slots=True)
class ReachTable:
    """The parameters of a graph, sorted by whether gradient reaches them."""

    records: tuple[ReachRecord, ...]
    unexplained: tuple[UnexplainedRecord, ...]
    lost: tuple[ReachRecord, ...]
    """Those that gradient does not reach, in the model's order."""
    unsure: tuple[ReachRecord, ...]
    """Those where only backward can show it."""
    shared: tuple[ReachRecord, ...]
    """Those with several names."""

    @property
    def total(self) -> int:
        """Return how many parameters there are; a tensor with two names is one."""
        return len(self.records)

    @property
    def reached(self) -> int:
        """Return how many of them get a gradient for certain."""
        return self.total - len(self.lost) - len(self.unsure)


def reach_table(graph: Graph) -> ReachTable:
    """Return the table of a graph's record."""
    records = graph.record.reach
    return ReachTable(
        records,
        graph.record.unexplained,
        tuple(record for record in records if record.reached is False),
        tuple(record for record in records if record.reached is None),
        tuple(record for record in records if len(record.names) > 1),
    )


def name_of(record: ReachRecord) -> str:
    """Return the first name of a parameter; `(no name)` for one that has none."""
    return record.names[0] if record.names else tr("(no name)")


def missing_text(record: UnexplainedRecord) -> str:
    """Return what of a node is not explained, as words in a sentence."""
    words = {
        "source line": tr("source line"),
        "op": tr("op"),
        "module": tr("module"),
        "region": tr("region"),
        "input": tr("input"),
    }
    return words[record.what]


def as_csv(table: ReachTable) -> str:
    """Return one row for each parameter, with all its names, and whether gradient reaches it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("parameter", "other names", "shape", "dtype", "gets a gradient", "reason", "text", "file", "line"))
    for record in table.records:
        reached = {True: "yes", False: "no", None: "unknown"}[record.reached]
        shape = " × ".join(map(str, record.shape))
        others = " ".join(record.names[1:])
        writer.writerow((name_of(record), others, shape, record.dtype, reached, record.reason, record.text,
                         record.file, record.line or ""))  # fmt: skip
    return out.getvalue()


def as_text(table: ReachTable) -> str:
    """Return the text of the panel, to be read or mailed."""
    lines = [tr("{reached} of {total} parameters get a gradient").format(reached=table.reached, total=table.total)]
    for title, records in ((tr("No gradient"), table.lost), (tr("Only backward can tell"), table.unsure)):
        if records:
            lines += ["", f"{title} ({len(records)})"]
            for record in records:
                at = line_text(record.file, record.line)
                why = f"{record.text}, {at}" if at else record.text
                lines.append(f"  {name_of(record)}  {shape_text(record.shape)}  {why}")
    if table.shared:
        lines += ["", tr("One tensor, several names ({count})").format(count=len(table.shared))]
        lines += [f"  {' = '.join(record.names)}" for record in table.shared]
    if table.unexplained:
        lines += ["", tr("What could not be explained ({count})").format(count=len(table.unexplained))]
        lines += [f"  {record.text}" for record in table.unexplained]
    return "\n".join(lines) + "\n"
