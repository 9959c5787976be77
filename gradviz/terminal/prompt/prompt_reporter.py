"""Reports to the user: the current stop and its reason, what ran, losses, errors with their traceback."""

from __future__ import annotations

from gradviz.client.debug_state import DebugState, losses_of
from gradviz.client.user_frames import FRAME, users_part
from gradviz.language import tr
from gradviz.model.explanation.reach_errors import error_for, explained
from gradviz.model.stepping.breakpoint_kinds import title_of
from gradviz.protocol.events import LossBatch, Opened, Raised, Stopped
from gradviz.protocol.records import EvaluationsRecord, PassedRecord
from gradviz.terminal.text.cause_text import proof_lines
from gradviz.terminal.text.graph_text import sum_lines, sums_at
from gradviz.terminal.text.line_writer import Line, Screen, columns_of, number, width_of
from gradviz.terminal.text.stop_text import ran_lines, reason_lines, stop_lines

_MOST = 24
"""Lines; of a longer one the middle is left out."""


def traceback_lines(text: str, said: str) -> list[str]:
    """Return the user's part of the frames, and all of `said`, the traceback's end, whose last lines may help most.

    Plain text, so that nothing is cut. Empty where it is one line without frames, which the headline has shown.
    """
    frames = users_part(text.removesuffix(said)) if said and text.endswith(said) else users_part(text)
    message = said.rstrip("\n").splitlines() if said and text.endswith(said) else []
    if not any(map(FRAME.match, frames)):
        return message if len(message) > 1 else []
    if len(frames) > _MOST:
        frames = [*frames[: _MOST // 2], "  …", *frames[-_MOST // 2 :]]
    return [*frames, *message]


_EVERY = 100
"""Every so many losses are written where a line cannot be replaced."""


class StopReporter:
    """Writes the state of the debugger on the screen; remembers what was reported already."""

    def __init__(self, debugger: DebugState, screen: Screen) -> None:
        self._debugger = debugger
        self._screen = screen
        self._reported_position = 0
        """Position in the timeline up to which was reported what ran."""
        self._reported_step = 0
        self._losses: dict[int, float] = {}
        self._evaluations: dict[int, EvaluationsRecord] = {}

    def begin(self) -> None:
        """Begin a new run, of which nothing was reported."""
        self._reported_position = self._reported_step = 0
        self._losses.clear()
        self._evaluations.clear()

    def mark_reported(self) -> None:
        """Record that the current stop was reported, before the engine is resumed."""
        timeline = self._debugger.timeline
        self._reported_position = len(timeline.passed) if timeline is not None else 0
        self._reported_step = self._debugger.step

    def report_stop(self, *, ran: bool = True) -> None:
        """Report the current stop, its reason, and with `ran` what ran since the last report."""
        debugger, screen = self._debugger, self._screen
        screen.flush()
        if debugger.state == "failed":
            return
        stop, timeline = debugger.stop, debugger.timeline
        fresh: list[PassedRecord] = []
        if ran and timeline is not None and stop is not None:
            fresh = timeline.passed[self._reported_position if timeline.step == self._reported_step else 0 :]
            if stop.step > self._reported_step and debugger.loss is not None:
                self._write_done(stop.step - 1)
        screen.write(*ran_lines(fresh, debugger.graph, screen.width))
        if stop is not None and not debugger.looks_back:
            self._write_reason(stop)
        elif stop is None:
            self._write_between()
        screen.write(*stop_lines(debugger, screen.width, colored=screen.colored))
        self.report_sums()

    def report_sums(self) -> None:
        """Report the terms of the shared gradient that the current node adds to."""
        debugger = self._debugger
        if debugger.graph is not None and debugger.timeline is not None and debugger.point is not None:
            for sum_ in sums_at(debugger.graph, debugger.timeline, debugger.point):
                self._screen.write(*sum_lines(debugger.graph, sum_))

    def _write_reason(self, stop: Stopped) -> None:
        known = stop.breakpoint is not None and stop.breakpoint in self._debugger.breakpoints
        title = title_of(self._debugger.breakpoints[stop.breakpoint].record) if known and stop.breakpoint else ""
        self._screen.write(*reason_lines(stop, title, self._screen.width - 2))
        if stop.reason == "exception":
            self._screen.sentence(explained(stop.message, stop.said).partition("\n")[0], "error")
            self._screen.write(*traceback_lines(stop.traceback, stop.said))
            self._write_search(stop.said)
            if stop.proof is not None:
                self._screen.write(*proof_lines(stop.proof, self._debugger.graph, self._screen.width))
            if stop.unrecorded:
                self._screen.sentence(tr("It ran freely. `again` runs the script again to there, recorded."))
            kept = tr("The graph so far is kept. ") if self._has_graph() else ""
            self._screen.write([("dim", tr("{kept}continue ends the run, restart begins again.").format(kept=kept))])

    def _has_graph(self) -> bool:
        graph = self._debugger.graph
        return graph is not None and bool(graph.record.nodes)

    def _write_between(self) -> None:
        debugger = self._debugger
        if debugger.state == "finished":
            loss = "" if debugger.loss is None else tr(", loss {loss}").format(loss=number(debugger.loss, 8))
            self._screen.write([("bold", tr("{step} iterations are done").format(step=debugger.step)), ("", loss)])
            opened = debugger.opened
            on = "" if opened is not None and opened.kind == "script" else tr("continue runs on, ")
            self._screen.write([("dim", tr("{on}restart begins again.").format(on=on))])
        elif debugger.state == "ready":
            self._screen.write(
                [
                    ("forward bold", "forward"),
                    ("dim", tr(" of iteration {step} has run").format(step=debugger.step)),
                ]
            )
        elif debugger.step and debugger.loss is not None:
            self._write_done(debugger.step - 1)

    def _write_done(self, step: int) -> None:
        loss = self._last_loss(step)
        several = self._evaluations.get(step)
        more = (
            tr("  ({count} evaluations, the last {last})").format(count=several.count, last=number(several.last, 8))
            if several is not None
            else ""
        )
        self._screen.write(
            [("dim", tr("iteration {step} is done, loss ").format(step=step)), ("", loss), ("dim", more)]
        )

    def _last_loss(self, step: int) -> str:
        value = self._losses.get(step)
        self._losses.clear()
        return number(value, 8)

    def report_opened(self, event: Opened, *, first: bool) -> None:
        """Report what was opened, and with `first` how to get help."""
        options = " ".join(f"{key}={value:g}" if isinstance(value, float) else f"{key}={value}"
                           for key, value in event.optimizer.options.items())  # fmt: skip
        head: Line = [("bold", event.target), ("", f"  {event.title}" if event.title != event.target else "")]
        driven = (
            tr("  on {device}, {name} {options}")
            .format(device=event.device, name=event.optimizer.name, options=options)
            .rstrip()
        )
        if width_of(head) + columns_of(driven) <= self._screen.width:
            self._screen.write([*head, ("dim", driven)])
        else:
            self._screen.write(head if width_of(head) <= self._screen.width else event.target)
            self._screen.sentence(driven, "dim", 2)
        for note in event.notes:
            self._screen.sentence(note, "dim", 2)
        if first and self._screen.is_terminal:
            self._screen.sentence(tr("help lists the commands; an empty line repeats the last one."), "dim")

    def report_losses(self, event: LossBatch) -> None:
        """Report the newest loss in one line; where a line cannot be replaced, some of the losses."""
        self._losses.update(enumerate(losses_of(event), start=event.first))
        self._evaluations = {record.step: record for record in event.evaluations}
        last = event.first + len(event.losses) // 8 - 1
        if not self._screen.is_terminal or self._screen.is_dumb:
            for step in range(event.first, last + 1):
                if step % _EVERY == 0 and step > self._reported_step:
                    self._write_loss(step)
        elif last - self._reported_step > 1:
            line: Line = [("dim", tr("iteration ")), ("", str(last)), ("dim", tr("  loss "))]
            self._screen.write_temporary([*line, ("", number(self._losses[last], 6)), ("dim", f"  {event.rate:.3g}/s")])
        for step in [step for step in self._losses if step < last]:
            del self._losses[step]

    def _write_loss(self, step: int) -> None:
        self._screen.write([("dim", tr("iteration ")), ("", f"{step:>6}"), ("dim", tr("  loss ")),
                           ("", number(self._losses[step], 8))])  # fmt: skip

    def report_error(self, event: Raised) -> None:
        """Report that the user's code raised, which ended the run."""
        self._screen.flush()
        where = (
            tr("in {phase} of iteration {step}").format(phase=event.phase, step=event.step)
            if event.phase != "build"
            else tr("while it was built")
        )
        self._screen.sentence(explained(event.message, event.said), "error")
        self._screen.write([("dim", f"  {where}")])
        if event.file:
            self._screen.write(f"  {event.file}:{event.line}")
        self._screen.write(*(traceback_lines(event.traceback, event.said) or users_part(event.traceback)))
        self._write_search(event.said)
        kept = tr("; its graph is kept") if self._has_graph() else ""
        self._screen.write([("dim", tr("The run is over{kept}. restart begins again.").format(kept=kept))])

    def _write_search(self, said: str) -> None:
        """Name the search for the parameters that an error is about."""
        if error := error_for(said):
            self._screen.sentence(tr("`reach {text}` lists the parameters.").format(text=error.text), "accent")
