"""The panel of the lessons: the lesson of the open network or the tour, with the steps that were done ticked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QScrollArea, QStackedWidget, QWidget

from gradviz.gui.session.session import Session
from gradviz.gui.widgets.buttons import icon_button, panel_corner
from gradviz.gui.widgets.empty_state import EmptyState
from gradviz.language import tr

if TYPE_CHECKING:
    from gradviz.gui.panels.lessons.lesson_page import LessonPage, NameOfTarget
    from gradviz.lessons.lesson import Lesson
    from gradviz.lessons.progress import LessonProgress


class LessonsPanel(QStackedWidget):
    """Follows the session once it was started. `corner` has the button that closes the panel."""

    target_requested = Signal(object)
    """What a step points at is to be shown."""
    network_requested = Signal(str)
    """Another lesson's network is to be opened."""
    close_requested = Signal()
    lesson_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.page: LessonPage | None = None
        self._name_of: NameOfTarget | None = None
        self._progress: LessonProgress | None = None
        self._front: frozenset[str] = frozenset()
        self._on_tour = False
        self._area = QScrollArea(widgetResizable=True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.addWidget(EmptyState("question", tr("No lesson"), tr("Lessons are about the built-in networks.")))
        self.addWidget(self._area)
        self.setCurrentWidget(self._area)  # whether there is a lesson is known when it starts
        self.corner = panel_corner(icon_button("close", tr("Close the lesson"), self.close_requested.emit))
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._update)

    @property
    def lesson(self) -> Lesson | None:
        """Return what is shown."""
        return None if self.page is None else self.page.lesson

    @property
    def first_control(self) -> QWidget | None:
        """Return what gets the keys that go to this panel: the first link of the step to do now."""
        if self.page is None or self._progress is None:
            return None
        return self.page.first_link(self._progress.current(self.page.lesson))

    def start(self, name_of: NameOfTarget) -> None:
        """Show the lesson and follow the session; `name_of` returns what a target is called."""
        # After the window's first paint, which the lessons need not hold up.
        from gradviz.lessons.progress import LessonProgress

        self._name_of, self._progress = name_of, LessonProgress()
        session = self._session
        for changed in (session.steps.stopped, session.steps.cursor_moved, session.selection.changed,
                        session.selection.graph_changed, session.state.clock.ticked, session.breakpoints.changed,
                        session.state.network_opened):  # fmt: skip
            changed.connect(self._timer.start)
        session.state.setup_changed.connect(self._follow_setup)
        self._show_lesson()

    def start_tour(self) -> None:
        """Show the tour from its beginning; its network is requested if another one is open."""
        from gradviz.lessons.tour import TOUR_NETWORK

        if self._session.state.setup.target != TOUR_NETWORK:
            self.network_requested.emit(TOUR_NETWORK)
        self._on_tour = True
        self._show_lesson()
        self._forget_progress()

    def show_panels(self, front: frozenset[str]) -> None:
        """Note which panels are in front."""
        self._front = front
        self._timer.start()

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(284, 320)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(160, 80)

    def _follow_setup(self) -> None:
        if self._session.state.setup.target != (self.lesson.network if self.lesson is not None else ""):
            self._show_lesson()

    def _show_lesson(self) -> None:
        from gradviz.gui.panels.lessons.lesson_page import LessonPage
        from gradviz.lessons.course import LESSONS
        from gradviz.lessons.tour import TOUR_NETWORK, make_tour

        target = self._session.state.setup.target
        self._on_tour = self._on_tour and target == TOUR_NETWORK
        lesson = make_tour() if self._on_tour else LESSONS[target]() if target in LESSONS else None
        self.setCurrentIndex(0 if lesson is None else 1)
        if lesson is None or self._name_of is None:
            self.page = None
            self.lesson_changed.emit()
            return
        page = self.page = LessonPage(lesson, self._name_of)
        page.target_requested.connect(self.target_requested)
        page.network_requested.connect(self.network_requested)
        page.restart_requested.connect(self._begin_again)
        page.end_requested.connect(self._end_tour)
        self._replace(page)
        self._show_progress()
        self.lesson_changed.emit()

    def _replace(self, page: LessonPage) -> None:
        """Show another page; the keys stay in it."""
        focus = QApplication.focusWidget()
        old = self._area.takeWidget()
        self._area.setWidget(page)
        if old is not None:
            old.setParent(self)
            old.hide()
            old.deleteLater()  # the link that asked for another lesson still answers its key
            if focus is not None and old.isAncestorOf(focus) and (first := self.first_control) is not None:
                first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end_tour(self) -> None:
        self._on_tour = False
        self._show_lesson()

    def _begin_again(self) -> None:
        self._session.opening.reset()
        self._session.selection.select(None)
        self._forget_progress()

    def _forget_progress(self) -> None:
        if self._progress is not None and self.page is not None:
            self._progress.restart(self.page.lesson)
            self._area.verticalScrollBar().setValue(0)
            self._show_progress()
            self._timer.start()

    def _show_progress(self) -> None:
        if self._progress is not None and self.page is not None:
            current = self.page.show_progress(self._progress)
            if current is not None and self._progress.done(self.page.lesson):
                self._area.verticalScrollBar().setValue(current.y() - 12)

    def _update(self) -> None:
        if self.page is None or self._progress is None or self._progress.current(self.page.lesson) is None:
            return
        from gradviz.lessons.conditions import LessonFacts

        session, lesson = self._session, self.page.lesson
        facts = LessonFacts(session.engine, lesson.file, session.selection.node_id, self._front)
        if self._progress.update(lesson, facts):
            self._show_progress()
