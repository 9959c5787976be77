"""Every step of every lesson, on the real network: what it points at is there, and what it asks for can be done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from gradviz.client.debug_state import DebugState
from gradviz.errors import UnknownNameError
from gradviz.lessons.conditions import (
    AtPoint,
    Condition,
    HasBreakpoint,
    IterationsDone,
    LessonFacts,
    LooksBack,
    NodeSelected,
    PanelShown,
)
from gradviz.lessons.course import LESSONS, find_lesson, number_of
from gradviz.lessons.lesson import Lesson
from gradviz.lessons.progress import LessonProgress
from gradviz.lessons.targets import LineTarget, NodeTarget
from gradviz.lessons.tour import make_tour
from gradviz.model.stepping.breakpoints import node_breakpoint
from gradviz.networks.catalogue import NETWORKS
from gradviz.protocol.commands import Open, Run, StepIn
from tests.helpers.engine_thread import EngineThread

ALL: tuple[Callable[[], Lesson], ...] = (*LESSONS.values(), make_tour)
_MOST_STEPS = 120
"""More than any of the networks has points in an iteration."""


class Pupil:
    """Does what a lesson asks for, with a real engine."""

    def __init__(self, engine: EngineThread, lesson: Lesson, run: int) -> None:
        self._engine, self._lesson = engine, lesson
        self.state = DebugState(engine.tell)
        self.selected: int | None = None
        self.panels: frozenset[str] = frozenset()
        self.state.open(Open(run, lesson.network))
        self._until(lambda: self.state.state == "ready")

    @property
    def facts(self) -> LessonFacts:
        return LessonFacts(self.state, self._lesson.file, self.selected, self.panels)

    def do(self, condition: Condition) -> None:
        match condition:
            case NodeSelected(node):
                assert self.state.graph is not None
                self.selected = node.find(self.state.graph) if node else self.state.graph.nodes[0].id
            case PanelShown(panel):
                self.panels = frozenset({panel})
            case HasBreakpoint(node):
                assert self.state.graph is not None
                self.state.breakpoints.add(node_breakpoint(self.state.graph, node.find(self.state.graph)))
            case LooksBack():
                assert self.state.timeline is not None
                self.state.move_cursor(self.state.timeline.cursor - 1)
            case IterationsDone(count):
                self.state.request_step(Run(count))
                self._until(lambda: self.state.under_way is None)
            case AtPoint():
                for _ in range(_MOST_STEPS):
                    if condition.holds(self.facts):
                        return
                    self.state.request_step(StepIn(first=self.state.state == "ready"))
                    self._until(lambda: self.state.under_way is None)

    def _until(self, reached: Callable[[], bool]) -> None:
        while not reached():
            self.state.apply(self._engine.next())


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineThread]:
    with EngineThread() as engine:
        yield engine


@pytest.mark.parametrize("make", ALL, ids=[make().id for make in ALL])
def test_every_step_can_be_done_in_its_order_on_the_real_network(engine: EngineThread, make) -> None:
    lesson, progress = make(), LessonProgress()
    pupil = Pupil(engine, lesson, 100 + ALL.index(make))
    for position, step in enumerate(lesson.steps):
        assert progress.current(lesson) == position, "nothing is done before it was asked for"
        pupil.do(step.done)
        progress.update(lesson, pupil.facts)
    assert progress.current(lesson) is None
    for target in {target for step in lesson.steps for target in step.targets}:
        if isinstance(target, NodeTarget) and lesson.id != "dynamic":  # its weight may be unused by now
            assert target.find(pupil.state.graph) is not None, target
        elif isinstance(target, LineTarget):
            assert target.find(lesson.file) > 0


def test_there_is_a_lesson_for_each_network_and_it_is_found_by_number_and_name() -> None:
    assert list(LESSONS) == [network.id for network in NETWORKS]
    for network in LESSONS:
        assert find_lesson(network) == find_lesson(str(number_of(network)))


@pytest.mark.parametrize("word", ["0", "11", "-1", "x", "", "３"])
def test_another_word_is_refused_with_the_list(word: str) -> None:
    with pytest.raises(UnknownNameError, match="3 autograd"):
        find_lesson(word)


@pytest.mark.parametrize("make", ALL, ids=[make().id for make in ALL])
def test_texts_are_short_and_their_marks_are_closed(make) -> None:
    lesson = make()
    texts = [lesson.look, lesson.new, lesson.question, lesson.answer, *(step.text for step in lesson.steps)]
    texts += [text for row in lesson.comparison for text in row]
    for text in texts:
        assert text.count("`") % 2 == 0, text
        assert not re.search(r"[][]", re.sub(r"`[^`]*`|\[[\w+]+\]", "", text)), text
        assert len(text) <= 420, text
    assert 4 <= len(lesson.steps) <= 7


def test_a_step_stays_done_and_the_lesson_can_be_started_again(engine: EngineThread) -> None:
    lesson, progress = make_tour(), LessonProgress()
    pupil = Pupil(engine, lesson, 200)
    assert not progress.update(lesson, pupil.facts)
    pupil.do(NodeSelected())
    assert progress.update(lesson, pupil.facts)
    pupil.selected = None
    assert not progress.update(lesson, pupil.facts)
    assert progress.done(lesson) == {0}
    progress.restart(lesson)
    assert progress.done(lesson) == frozenset()


def test_a_lesson_goes_on_only_while_its_network_is_open(engine: EngineThread) -> None:
    pupil = Pupil(engine, find_lesson("nn"), 201)
    pupil.do(NodeSelected())
    assert not LessonProgress().update(make_tour(), pupil.facts)
