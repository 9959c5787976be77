"""Prompt commands that resume the engine (`step`, `until`, `continue` …), and `back` and `forth`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from gradviz.client.debug_state import again_to_trap, way_back
from gradviz.errors import GradvizError, InvalidValueError
from gradviz.language import tr
from gradviz.model.stepping.breakpoints import check_passes
from gradviz.protocol.commands import FindFirst, Open, Run, RunTo, StepCommand
from gradviz.protocol.records import Phase
from gradviz.terminal.prompt.repl import Conversation
from gradviz.terminal.text.breakpoint_text import read_breakpoint
from gradviz.terminal.text.name_grammar import graph_of, read_node, read_whole

_IN_PHASE = re.compile(r"^(?P<node>.*?)\s+in\s+(?P<phase>forward|backward|update)$")
_MOST_STEPS = 10_000


def make_step(kind: type[StepCommand]) -> Callable[[Conversation, str], None]:
    """Return the function of a prompt command that steps to one stop."""

    def run(talk: Conversation, _text: str) -> None:
        talk.resume(kind())

    return run


def repeat_step(kind: type[StepCommand]) -> Callable[[Conversation, str], None]:
    """Return the function of a prompt command that steps as often as the user asks for, by default once."""

    def run(talk: Conversation, text: str) -> None:
        count = count_of(text, 1)
        if count > _MOST_STEPS:
            raise InvalidValueError(
                tr("At most {most_steps} at once; until and continue go further.").format(most_steps=_MOST_STEPS)
            )
        talk.resume(kind(), count)

    return run


def until(talk: Conversation, text: str) -> None:
    """Run until a node is reached: `NODE` or `NODE in PHASE`."""
    phase: Literal["", Phase] = ""
    match = _IN_PHASE.match(text)
    if match is not None:
        text = match["node"]
        phase = match["phase"]  # type: ignore[assignment]
    if not text:
        raise InvalidValueError(tr("Say until which node: until #12, until middle_linear.weight in backward."))
    node = read_node(text, talk.debugger)
    check_passes(graph_of(talk.debugger), node, phase)
    talk.resume(RunTo(node, phase))


def run_on(talk: Conversation, text: str) -> None:
    """Run to a breakpoint or the end; from the end, as many iterations again."""
    end = count_of(text, 0) or talk.until
    if end <= talk.debugger.step and text:
        raise InvalidValueError(
            tr("It is at iteration {step} already; continue to a later one.").format(step=talk.debugger.step)
        )
    while end <= talk.debugger.step:
        end += max(1, talk.until)
    talk.resume(Run(end, attentive=True))


def pause(talk: Conversation, text: str) -> None:
    """Explain how to pause: commands are read only while the engine is paused."""
    raise GradvizError(tr("It is paused already; Ctrl+C pauses it while it runs."))


def back(talk: Conversation, text: str) -> None:
    """Look at an earlier point of the iteration."""
    _look_back(talk, count_of(text, 1))


def forth(talk: Conversation, text: str) -> None:
    """Look at a later point, up to the present."""
    if not talk.debugger.looks_back:
        raise GradvizError(tr("This is the present; step goes on."))
    _look_back(talk, -count_of(text, 1))


def _look_back(talk: Conversation, by: int) -> None:
    """Move the cursor `by` points back (or on, if negative) in the iteration's past, and report what is there."""
    timeline = talk.debugger.timeline
    if timeline is None or not timeline.passed:
        raise GradvizError(tr("No iteration has been stepped yet; step into one first."))
    if timeline.cursor < by:
        raise GradvizError(tr("This is the first point of the iteration."))
    talk.debugger.move_cursor(timeline.cursor - by)
    talk.reporter.report_stop(ran=False)


def back_to(talk: Conversation, text: str) -> None:
    """Stop before the first op of an iteration that has run."""
    step = read_whole(text)
    if step is None:
        raise InvalidValueError(tr("Say which iteration: back-to 120; 0 is the first."))
    command = way_back(talk.debugger, talk.opening, step)
    if isinstance(command, Open):
        talk.restart(again_to=command.again_to, stop_first=command.stop_first)
    else:
        talk.resume(command)


def when(talk: Conversation, text: str) -> None:
    """Stop in the first iteration that met a condition: `CONDITION` or `CONDITION since N`."""
    since = re.fullmatch(r"(?P<rest>.*\S)\s+since\s+(?P<step>\d{1,15})", text.strip())
    condition = since["rest"] if since is not None else text
    if not condition:
        raise InvalidValueError(tr("Say what: when loss > 2.5, when norm > 10 within embed since 100."))
    step = int(since["step"]) if since is not None else 0
    talk.resume(FindFirst(read_breakpoint(condition, talk.debugger), step, talk.debugger.run + 1))


def again(talk: Conversation, text: str) -> None:
    """Run a script that met a trap again, up to there."""
    talk.restart(again_to=again_to_trap(talk.debugger, talk.opening).again_to, stop_first=False)


def restart(talk: Conversation, text: str) -> None:
    """Begin again from iteration 0."""
    talk.restart()


def leave(talk: Conversation, text: str) -> None:
    """End the session."""
    talk.status = 0


def count_of(text: str, otherwise: int) -> int:
    """Read a number that was typed; return `otherwise` where none was.

    Raises:
        InvalidValueError: it is no number from 1.
    """
    if not text:
        return otherwise
    count = read_whole(text)
    if count is None or not 0 < count <= 10**9:
        raise InvalidValueError(tr("{text!r} is no number; write one from 1.").format(text=text))
    return count
