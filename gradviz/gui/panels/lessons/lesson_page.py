"""The page of one lesson: texts, steps, the question with its answer, and the ways on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from gradviz.gui.panels.lessons.lesson_label import LessonLabel
from gradviz.gui.panels.lessons.lesson_step_row import LessonStepRow
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.gui.widgets.card import separator
from gradviz.language import tr
from gradviz.lessons.course import LESSONS, number_of
from gradviz.lessons.lesson import Lesson
from gradviz.lessons.progress import LessonProgress
from gradviz.lessons.targets import LessonTarget

_WIDE = 640
"""From this width on, texts and steps are side by side."""
NameOfTarget = Callable[[Lesson, LessonTarget], str]


class LessonPage(QWidget):
    """Shows a lesson; knows no session."""

    target_requested = Signal(object)
    """What a step points at is to be shown."""
    network_requested = Signal(str)
    """Another lesson's network is to be opened."""
    restart_requested = Signal()
    end_requested = Signal()
    """The tour is to give way to the lesson of its network."""

    def __init__(self, lesson: Lesson, name_of: NameOfTarget) -> None:
        """`name_of` returns what a target is called."""
        super().__init__()
        self.lesson = lesson
        self._ways_on: list[LinkButton] = []
        self.setProperty("ground", "panel")
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._halves.setContentsMargins(16, 12, 16, 16)
        self._halves.setSpacing(12)
        self._column = self._begin_half()
        self._add_head()
        self._column.addStretch()
        self._line = separator()
        self._halves.addWidget(self._line)
        self._column = self._begin_half()
        self.rows = [
            LessonStepRow(number, step, [(name_of(lesson, target), target) for target in step.targets])
            for number, step in enumerate(lesson.steps, 1)
        ]
        for row in self.rows:
            row.target_requested.connect(self.target_requested)
            self._column.addWidget(row)
        self._column.addWidget(separator())
        self._add_comparison()
        if lesson.question:
            self._add_question()
        self._add_ways_on()
        self._column.addStretch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put texts and steps side by side where there is room."""
        super().resizeEvent(event)
        wide = event.size().width() >= _WIDE
        sides = QBoxLayout.Direction
        self._halves.setDirection(sides.LeftToRight if wide else sides.TopToBottom)
        self._halves.setSpacing(32 if wide else 12)
        self._line.setVisible(not wide)

    def show_progress(self, progress: LessonProgress) -> QWidget | None:
        """Tick the steps that were done. Return the row of the one to do now; None when all are done."""
        done, current = progress.done(self.lesson), progress.current(self.lesson)
        for position, row in enumerate(self.rows):
            row.show_state("done" if position in done else "current" if position == current else "waiting")
        return None if current is None else self.rows[current]

    def first_link(self, step: int | None) -> LinkButton:
        """Return the first link of a step, or of what follows the steps if there is none to do."""
        return self._ways_on[0] if step is None else self.rows[step].findChildren(LinkButton)[0]

    def _begin_half(self) -> QVBoxLayout:
        half = QVBoxLayout()
        half.setSpacing(8)
        self._halves.addLayout(half, 1)
        return half

    def _add_head(self) -> None:
        lesson = self.lesson
        is_lesson = lesson.id in LESSONS
        place = tr("Lesson {number} of {count}") if is_lesson else tr("Tour")
        number = number_of(lesson.id) if is_lesson else 0
        self._add(LessonLabel(f"{place.format(number=number, count=len(LESSONS))} · `{lesson.network}`", "text3"))
        self._add(LessonLabel(lesson.title, size=16, weight=600))
        self._add(LessonLabel(lesson.look))
        if lesson.new:
            self._add_heading(tr("New here"))
            self._add(LessonLabel(lesson.new))

    def _add_comparison(self) -> None:
        for position, (left, right) in enumerate(self.lesson.comparison):
            if position:
                self._add(LessonLabel(left), 0)
                self._add(LessonLabel(f"→ {right}", "text2"), 12)
            else:
                self._add_heading(f"{left} → {right}")

    def _add_question(self) -> None:
        self._add_heading(tr("Question"))
        self._add(LessonLabel(self.lesson.question, weight=600))
        answer = LessonLabel(self.lesson.answer)

        def turn() -> None:
            answer.setVisible(answer.isHidden())
            link.setText(tr("Show the answer") if answer.isHidden() else tr("Hide the answer"))
            link.updateGeometry()

        link = self._add_link(tr("Show the answer"), turn)
        answer.hide()
        self._add(answer)

    def _add_ways_on(self) -> None:
        names = list(LESSONS)
        if self.lesson.id not in LESSONS:
            self._add_link(tr("End the tour"), self.end_requested.emit)
        elif following := names[number_of(self.lesson.id) :]:
            text = tr("Next lesson: {name}").format(name=following[0])
            self._add_link(text, lambda: self.network_requested.emit(following[0]))
        self._add_link(tr("Begin again"), self.restart_requested.emit, "text2")

    def _add_heading(self, text: str) -> None:
        self._column.addSpacing(6)
        self._add(LessonLabel(text, "text3", 11, 600))
        self._column.addSpacing(-4)

    def _add(self, widget: QWidget, indent: int = 0) -> None:
        widget.setContentsMargins(indent, 0, 0, 0)
        self._column.addWidget(widget)

    def _add_link(self, text: str, pressed: Callable[[], object], role: str = "accent") -> LinkButton:
        link = LinkButton(text, padding=2, role=role)
        link.clicked.connect(lambda _checked=False: pressed())
        self._column.addWidget(link)
        self._ways_on.append(link)
        return link
