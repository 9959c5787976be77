"""A stop as text: where it is and why, what ran before it, its code, and the timeline of its iteration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gradviz.client.debug_state import DebugState
from gradviz.language import tr
from gradviz.model.explanation.past_text import branched_text, found_text
from gradviz.model.explanation.step_results import hook_texts
from gradviz.model.graph.graph import Graph, line_text
from gradviz.model.stepping.timeline import Timeline
from gradviz.protocol.events import Stopped, Trapped, Unchecked
from gradviz.protocol.past_events import Branched, FirstFound
from gradviz.protocol.records import PassedRecord, Phase, PointRecord, SummaryRecord
from gradviz.terminal.text.code_text import excerpt, source_line
from gradviz.terminal.text.line_writer import Line, drop_parts, keep_end, number, shape_text, table, width_of, wrap_text

_MOST_VALUES = 4


def stop_lines(debugger: DebugState, width: int, *, colored: bool) -> list[Line]:
    """Return the current stop, or the point of the past that is looked at; between two iterations, one line."""
    point, stop = debugger.point, debugger.stop
    if point is None:
        return (
            [[("bold", tr("before iteration {step}").format(step=debugger.step))]] if debugger.state == "paused" else []
        )
    after = ""
    if stop is not None and stop.after and not debugger.looks_back:
        after = "raised" if stop.reason == "exception" else tr("has run")
    position, total = _of_phase(debugger, point)
    head: list[tuple[int, tuple[str, str]]] = [(0, (f"{point.phase} bold", point.phase)), (0, ("", position))]
    head += [(2, ("", total))]
    step = debugger.timeline.step if debugger.timeline else debugger.step
    head += [(1 if debugger.looks_back else 0, ("dim", tr(" · iteration {step}").format(step=step)))]
    if point.phase != "forward" and debugger.loss is not None and not debugger.looks_back:
        head += [(1, ("dim", tr(" · loss "))), (1, ("", number(debugger.loss, 6)))]
    if debugger.looks_back and debugger.timeline is not None:
        behind = len(debugger.timeline.passed) - debugger.timeline.cursor
        head += [(0, ("accent", tr(" · looking {behind} back").format(behind=behind)))]
    lines = [drop_parts(head, width), _point_line(debugger.graph, point, after, width)]
    code = source_line(point.file, point.line, colored=colored)
    if point.file:
        lines.append([("dim", f"  {line_text(point.file, point.line)}  "), *(code or [])])
    return lines


def notice_text(event: Trapped | Unchecked | Branched | FirstFound) -> str:
    """Return the sentence on a trap that was met by a script, which is paused behind it, or could not be tried; or on
    a run that was gone back in and is another one now, or in which something was looked for."""
    if isinstance(event, Unchecked):
        return event.message
    if isinstance(event, Branched):
        return branched_text(event)
    if isinstance(event, FirstFound):
        return found_text(event)
    text = tr("Iteration {step} met breakpoint {number}: {message}. `again` runs the script again to there.")
    return text.format(step=event.step, number=event.breakpoint, message=event.message)


def reason_lines(stop: Stopped, title: str, width: int) -> list[Line]:
    """Return why it stopped, whole: a breakpoint, called `title`, or a pause; nothing for a step or an error."""
    match stop.reason:
        case "breakpoint":
            name = tr("breakpoint {breakpoint}").format(breakpoint=stop.breakpoint)
            found = f": {stop.message}" if stop.message else ""
            text = tr(" {title}{found}").format(title=title, found=found)
            first, *more = wrap_text(f"{name}{text}", width)
            return [[("accent", name), ("", first.removeprefix(name))], *([("", f"  {part}")] for part in more)]
        case "pause":
            return [[("accent", tr("paused"))]]
        case _:
            return []


def ran_lines(passed: Sequence[PassedRecord], graph: Graph | None, width: int) -> list[Line]:
    """Return what ran since the last stop, and the results of the last of it; where the terminal is narrow, each in a
    line of its own."""
    if not passed:
        return []
    lines: list[Line] = []
    if len(passed) > 1:
        seconds = sum(record.seconds for record in passed)
        lines.append(
            [
                (
                    "dim",
                    tr("  {passed} ran in {seconds}, the last of them:").format(
                        passed=len(passed), seconds=duration(seconds)
                    ),
                )
            ]
        )
    last = passed[-1]
    for text in (each for record in passed for each in hook_texts(record)):
        lines += [[("accent", f"  {part}")] for part in wrap_text(text, width - 2)]
    name = keep_end(name_of(last.point, graph), width - 7)
    head: Line = [("", "  "), (last.point.phase, "✓ "), ("", name), ("dim", " → ")]
    values = _shown(last)
    if not values:
        return [*lines, [*head, ("dim", tr("nothing"))]]
    forward = last.point.phase == "forward"
    plain = forward or values[0].name in (tr("output"), name_of(last.point, graph))
    alone = len(values) == 1 and plain
    shown = [_value(value, _called(value, last.point), alone=alone) for value in values[:_MOST_VALUES]]
    if len(values) > _MOST_VALUES:
        shown.append([("dim", f"{len(values) - _MOST_VALUES} more")])
    line = [*head, *shown[0]]
    for more in shown[1:]:
        line += [("dim", " · "), *more]
    if width_of(line) <= width:
        return [*lines, line]
    if width_of([*head, *shown[0]]) <= width:
        head, shown = [*head, *shown[0]], shown[1:]
    return [*lines, head, *([("", "      "), *more] for more in shown)]


def name_of(point: PointRecord, graph: Graph | None) -> str:
    """Return the name of a point: `#4 addmm`, `middle_linear.weight.grad`, `clamp` for an op without a node."""
    op = point.op.rsplit(".", 1)[-1]
    if point.phase == "update":
        return point.parameter
    node = graph.node(point.node) if graph is not None and point.node is not None and point.node in graph else None
    if node is None:
        return op or point.grad_fn or "an operation"
    if node.kind == "parameter":
        return f"{node.name}.grad"
    return f"#{node.id} {node.name}" if node.id >= 0 else node.name


def duration(seconds: float) -> str:
    """Return a time as `12 µs`, `3.1 ms`, `2.4 s`."""
    for unit, factor in (("s", 1.0), ("ms", 1e3)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.0f} µs"


def _point_line(graph: Graph | None, point: PointRecord, after: str, width: int) -> Line:
    node = graph.node(point.node) if graph is not None and point.node is not None and point.node in graph else None
    shape = shape_text(node.shape) if node is not None else ""
    mark = "▶ " if not after else "● "
    parts: list[tuple[int, tuple[str, str]]] = [(0, (point.phase, mark)), (0, ("bold", name_of(point, graph)))]
    if point.phase == "backward" and node is not None and node.kind != "op":
        parts.append((3, ("dim", f"  {point.grad_fn or node.type_name}")))
        parts.append(
            (
                0,
                (
                    "",
                    tr("  {shape}").format(shape=shape)
                    if node.kind == "parameter" or not shape
                    else tr("  gradient {shape}").format(shape=shape),
                ),
            )
        )
    elif point.phase == "update":
        parts.append((0, ("", f"  {shape}" if shape else "")))
    elif node is not None:
        way = _way(graph, point.node)
        parts.append((1, ("", f"  {way}" if way else "")))
    elif point.op:
        parts.append((3, ("dim", f"  {point.op}")))
    if point.module:
        parts.append((2, ("dim", tr("  in {point}").format(point=module_text(point, graph)))))
    if after:
        parts.append((0, ("dim", f"  {after}")))
    line = drop_parts(parts, width)
    line[1] = ("bold", keep_end(line[1][1], width - width_of([line[0], *line[2:]])))
    return line


def module_text(point: PointRecord, graph: Graph | None) -> str:
    """Return the module of a point: `middle_linear, use 2 of 3`."""
    uses = max((c.uses for c in graph.clusters if c.path == point.module), default=1) if graph is not None else 1
    if max(uses, point.use) == 1:
        return point.module
    # How often a forward will call it is known when it is over; the graph is that of the iteration before.
    total = uses if point.phase != "forward" else 0
    return tr("{module}, use {use}").format(module=point.module, use=point.use) + (
        tr(" of {total}").format(total=total) if total > point.use else ""
    )


def _way(graph: Graph | None, node_id: int | None) -> str:
    """Return `64×1000, 1000×100 → 64×100`, as far as shapes are known."""
    if graph is None or node_id is None:
        return ""
    out = shape_text(graph.node(node_id).shape)
    ins = ", ".join(filter(None, (shape_text(edge.shape) for edge in graph.incoming[node_id])))
    return f"{ins} → {out}" if ins and out else out


def _shown(record: PassedRecord) -> list[SummaryRecord]:
    if record.point.phase == "update":
        return list(record.values[-1:])
    if record.point.phase == "backward":
        return [value for value in record.values if value.norm is not None] or list(record.values[:1])
    return list(record.values)


def _called(value: SummaryRecord, point: PointRecord) -> str:
    """Return the shortest name of a result: of a gradient, whose it is."""
    if point.phase == "update":
        return tr("step")
    before, _, after = tr("gradient of {name}").partition("{name}")
    return value.name.removeprefix(before).removesuffix(after)


def _value(value: SummaryRecord, name: str, *, alone: bool) -> Line:
    line: Line = [] if alone else [("", f"{name} ")]
    if value.norm is None:
        missing = tr("not kept") if value.lost else tr("not computed")
        return [*line, ("dim", missing if value.shape is None else shape_text(value.shape))]
    line += [("dim", shape_text(value.shape) + " " + tr("norm") + " "), ("", number(value.norm))]
    for count, word in ((value.nans, "NaN"), (value.infs, "Inf")):
        if count:
            line.append(("error", f" {count} {word}"))
    return line


def _of_phase(debugger: DebugState, point: PointRecord) -> tuple[str, str]:
    timeline = debugger.timeline
    if timeline is None:
        return "", ""
    position = 1 + sum(1 for p in timeline.shown() if p.point.phase == point.phase)
    stop = debugger.stop
    if stop is not None and not debugger.looks_back:
        position = stop.of_phase[0] or position
    total = timeline.expected.get(point.phase, 0)
    return tr(" {position}").format(position=position), tr(" of {total}").format(total=total) if total else ""


AROUND = 5
"""Lines of code before and after."""


def where_lines(point: PointRecord, graph: Graph | None, width: int, *, colored: bool) -> list[Line | str]:
    """Return module path, file and line, and the code around. The path is plain text, so that it is not cut."""
    lines: list[Line | str] = [[("bold", name_of(point, graph)), ("dim", f"  {point.op or point.grad_fn}")]]
    lines += _module_lines(point, graph)
    if not point.file:
        lines += [[("dim", f"  {part}")] for part in wrap_text(_without_line(point), width - 2)]
        return lines
    lines.append(f"  {point.file}:{point.line}")
    code = excerpt(point.file, point.line, AROUND, colored=colored)
    if not code:
        lines.append([("dim", tr("  {name} cannot be read.").format(name=Path(point.file).name))])
    digits = len(str(code[-1][0])) if code else 0
    for line_number, text in code:
        here = line_number == point.line
        mark = (point.phase, "▶ ") if here else ("", "  ")
        lines.append([("", "  "), mark, ("bold" if here else "dim", f"{line_number:>{digits}}  "), *text])
    return lines


def _without_line(point: PointRecord) -> str:
    if point.phase == "update":
        return tr("The optimizer does this by itself, not a line of yours.")
    if point.op:
        return tr("{op} was called by torch, not from a line of yours.").format(op=point.op)
    return tr("Autograd does this by itself, not a line of yours.")


def _module_lines(point: PointRecord, graph: Graph | None) -> list[Line]:
    if not point.module:
        return [[("dim", tr("  in no module"))]]
    line: Line = [("dim", "  in "), ("", module_text(point, graph))]
    if graph is not None and point.node is not None and point.node in graph:
        cluster_id = graph.node(point.node).cluster
        if cluster_id != -1:
            line.append(("dim", f"  {graph.clusters[cluster_id].class_name}"))
            region = next((graph.clusters[i] for i in graph.cluster_path(cluster_id) if graph.clusters[i].note), None)
            if region is not None:
                return [line, [("dim", f"  {region.note}")]]
    return [line]


SHOWN = 8
"""Points before the cursor that are listed unless more are asked for."""
_PHASES: tuple[Phase, ...] = ("forward", "backward", "update")


def timeline_lines(
    timeline: Timeline, graph: Graph | None, shown: int, width: int, *, raised: bool = False
) -> list[Line]:
    """Return the phases, then the last `shown` points before the cursor, and what comes next, or `raised`."""
    lines = [_phase_bar(timeline, phase, min(40, width - 40)) for phase in _PHASES]
    first = max(0, timeline.cursor - shown)
    if first:
        lines.append([("dim", tr("  {first} before; timeline all shows them").format(first=first))])
    rows, phases = [], []
    for passed in timeline.passed[first : timeline.cursor]:
        rows.append(_point_row(passed, graph))
        phases.append(passed.point.phase)
    aligned = table(rows, ["dim", "", "dim", "dim", ""], frozenset((0,)), width=width - 1, without=(2, 3, 0), names=1)
    for line, phase in zip(aligned, phases, strict=True):
        lines.append([(phase, "●"), *line])
    point = timeline.point
    if point is not None:
        code = line_text(point.file, point.line)
        state = "raised" if raised and timeline.at_present else tr("comes next")
        lines.append([(f"{point.phase} bold", "▶ "), ("bold", f" {name_of(point, graph)}"),
                      ("dim", f"  {code}" if code else ""), ("dim", f"  {state}")])  # fmt: skip
    if not timeline.at_present:
        lines.append(
            [
                (
                    "dim",
                    tr("  {value} more have run; forth goes there").format(
                        value=len(timeline.passed) - timeline.cursor
                    ),
                )
            ]
        )
    return lines


def _point_row(passed: PassedRecord, graph: Graph | None) -> list[str]:
    point = passed.point
    values = [value for value in passed.values if value.norm is not None]
    last = values[-1:] if point.phase == "update" else values[:1]
    shape = shape_text(last[0].shape) if last else ""
    norm = tr("norm {norm}").format(norm=number(last[0].norm)) if last else ""
    bad = sum(value.nans + value.infs for value in passed.values)
    edited = "  edited" if passed.edited else ""
    return [str(point.index), name_of(point, graph), line_text(point.file, point.line), shape,
            norm + (tr("  {bad} not finite").format(bad=bad) if bad else "") + edited]  # fmt: skip


def _phase_bar(timeline: Timeline, phase: Phase, width: int) -> Line:
    count, expected = timeline.count(phase), timeline.expected.get(phase, 0)
    total = max(expected, count)
    full = round(width * count / total) if total else 0
    words = tr("{count} of {expected}").format(count=count, expected=expected) if expected else str(count)
    took = duration(timeline.seconds(phase)) if count else ""
    return [(phase, f"{phase:<8}"), ("", f" {words:>10}  "), (phase, "█" * full), ("dim", "░" * (width - full)),
            ("dim", f"  {took}")]  # fmt: skip
