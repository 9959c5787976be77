"""The status bar: run state, iteration, loss, speed, device, engine; and messages."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStatusBar, QWidget

from gradviz.client.debug_state import awaits_loss
from gradviz.gui.bars.figure_label import FigureLabel, Parts
from gradviz.gui.session.session import Session
from gradviz.gui.session.session_state import Phase
from gradviz.gui.style import qt_colors as palette
from gradviz.gui.text.steps import phase_name
from gradviz.model import number_text
from gradviz.protocol.records import Phase as StepPhase

_NOTHING: Parts = ("", "", "")
_MESSAGE_STAYS = 9000
_BESIDE = 48
"""Pixels beside and between what is shown."""
_LEAST_MESSAGE = 240
"""Pixels that a long sentence gets in a narrow window."""
_FRESH = 0.3
"""Seconds for which a sentence may belong to what is done now."""
_DONE = ("running", "stopped", "paused", "finished")
"""Phases that something was done to come to."""
_LONGEST = 1_000
"""Characters of a sentence that are kept for its tip."""


class _Dot(QWidget):
    """The state as a shape and a color: a ring for waiting, a square for paused or failed, a disc for running."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(10, 28)
        self.phase: Phase = "starting"
        self.stopped_in: StepPhase | None = None

    def show_state(self, phase: Phase, stopped_in: StepPhase | None) -> None:
        if (phase, stopped_in) != (self.phase, self.stopped_in):
            self.phase, self.stopped_in = phase, stopped_in
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = palette.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        if self.phase in ("starting", "opening"):
            pen = palette.color(colors.accent)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(1, round(middle) - 4, 6, 6)
        else:
            shade = {
                "ready": colors.forward.fill,
                "running": colors.accent,
                "failed": colors.error,
                "dead": colors.error,
            }.get(self.phase, colors.text3)
            if self.phase == "stopped" and self.stopped_in is not None:
                shade = colors.phase(self.stopped_in).fill
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(shade))
            if self.phase in ("ready", "dead", "failed", "stopped"):
                painter.drawRoundedRect(0, round(middle) - 5, 8, 8, 2, 2)
            else:
                painter.drawEllipse(0, round(middle) - 5, 8, 8)
        painter.end()


class StatusBar(QStatusBar):
    """Numbers are tabular and have room for their longest form, so that none moves its neighbour."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setSizeGripEnabled(False)
        self.setFixedHeight(28)
        self._dot = _Dot()
        self._state = FigureLabel(self.tr("State"))
        self._iteration = FigureLabel(self.tr("Iteration"))
        self._loss = FigureLabel(self.tr("Loss"))
        self._rate = FigureLabel(self.tr("Iterations per second"))
        self._message = FigureLabel(self.tr("Message"))
        self._sentence = ""
        self._shown_at = 0.0
        self._widest: dict[FigureLabel, Parts] = {}
        self._refit = True
        """Whether a label has another size."""
        self._device = FigureLabel(self.tr("Device"))
        self._engine = FigureLabel(self.tr("Engine"))
        self._message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        body = QWidget()
        row = self._row = QHBoxLayout(body)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(0)
        row.addWidget(self._dot)
        row.addSpacing(6)
        for widget in (self._state, self._iteration, self._loss, self._rate):
            row.addWidget(widget)
            row.addSpacing(22)
        row.addWidget(self._message, 1)
        row.addWidget(self._device)
        row.addSpacing(22)
        row.addWidget(self._engine)
        body.setMinimumWidth(1)
        self.addWidget(body, 1)
        self._timer = QTimer(self, singleShot=True, interval=_MESSAGE_STAYS)
        self._timer.timeout.connect(self._clear_message)
        self._restyled = QTimer(self, singleShot=True, interval=0)
        self._restyled.timeout.connect(self.refresh)
        session.state.clock.ticked.connect(self.refresh)
        session.steps.stopped.connect(session.state.clock.request)
        session.tensors.saved.connect(lambda path: self.show_sentence(self.tr("Wrote {0}").format(path)))
        session.state.phase_changed.connect(self.refresh)
        session.state.answering_changed.connect(self.refresh)
        session.state.configuration_changed.connect(self.refresh)
        session.state.network_opened.connect(self.refresh)
        session.state.failed.connect(self.show_sentence)
        for done in (session.state.phase_changed, session.state.configuration_changed, session.steps.stopped,
                     session.tensors.edited, session.breakpoints.changed):  # fmt: skip
            done.connect(self._forget_sentence)
        self.refresh()

    @property
    def texts(self) -> list[str]:
        """The texts that are shown, from left to right."""
        labels = (self._state, self._iteration, self._loss, self._rate, self._device, self._engine)
        return [label.text().replace("  ", " ") for label in labels]

    @property
    def message(self) -> str:
        """The message that is shown; empty for none."""
        return self._sentence

    def show_sentence(self, sentence: str) -> None:
        """Show a sentence for a while."""
        self._sentence = sentence if len(sentence) <= _LONGEST else f"{sentence[:_LONGEST]}…"
        self._shown_at = monotonic()
        self._message.setToolTip(self._sentence)
        self._fit_labels()
        self._fit_message()
        self._timer.start()

    def _forget_sentence(self) -> None:
        """Hide the sentence as soon as something else was done; what comes together with that stays."""
        if self._sentence and self._session.state.phase in _DONE and monotonic() - self._shown_at > _FRESH:
            self._timer.stop()
            self._clear_message()

    def _fit_labels(self) -> None:
        """Leave out what there is no room for: the engine first, which Help shows too. A sentence is given room."""
        said = self._message.fontMetrics().horizontalAdvance(self._sentence) + _BESIDE if self._sentence else 0
        room = self.width() - _BESIDE - min(said, _LEAST_MESSAGE)
        for label in (self._state, self._iteration, self._loss, self._rate, self._device, self._engine):
            room -= max(label.sizeHint().width(), label.minimumWidth()) + 22
            label.setVisible(room >= 0)  # does nothing where it is so already
        self._row.activate()  # the sentence's own room is known now

    def _fit_message(self) -> None:
        """Show as much of the sentence as there is room for; the tip has all of it."""
        room = self._message.width() - 22  # as far from what follows as all else
        metrics = self._message.fontMetrics()
        elided = metrics.elidedText(self._sentence, Qt.TextElideMode.ElideRight, max(room, 0))
        self._message.show_parts((elided, "", ""))

    def _clear_message(self) -> None:
        self._sentence = ""
        self._message.show_parts(_NOTHING)
        self._fit_labels()

    def refresh(self) -> None:
        """Show the state of the session."""
        session = self._session
        stop = session.engine.stop
        self._dot.show_state(session.state.phase, stop.point.phase if stop is not None else None)
        self._set(self._state, ("", *self._state_text()))
        known = session.engine.opened is not None
        until = f"{session.state.until:,}"
        word = self.tr("Iteration")
        rest = self.tr(" of {last}").format(last=until) if session.state.until else ""
        text = (f"{word}  ", f"{session.engine.step:,}", rest) if known else _NOTHING
        self._set(self._iteration, text, (f"{word}  ", until, rest))
        loss = "" if session.engine.loss is None else number_text.short(session.engine.loss)
        past = session.engine.step > 0 and awaits_loss(session.engine)
        name = self.tr("Last loss") if past else self.tr("Loss")
        self._set(self._loss, (f"{name}  ", loss, "") if loss else _NOTHING, (f"{name}  ", "−0.0088888", ""))
        rate = f"{session.state.rate:,.0f}" if session.state.rate >= 10 else f"{session.state.rate:.1f}"
        running = session.state.phase == "running" and session.state.rate > 0
        self._set(self._rate, ("", rate, " it/s") if running else _NOTHING, ("", "88,888", " it/s"))
        self._set(self._device, (session.engine.device, "", ""))
        self._set(self._engine, (self._engine_text(), "", ""))
        if self._refit:
            self._refit = False
            self._fit_labels()
            self._fit_message()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow another size."""
        super().resizeEvent(event)
        self._fit_labels()
        self._fit_message()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(600, 28)

    def _state_text(self) -> tuple[str, str]:
        """Return the state, which is bold, and what there is to say of it."""
        stop = self._session.engine.stop
        return {
            "stopped": (
                self.tr("Stopped"),
                self.tr(" in {phase}").format(phase=phase_name(stop.point.phase)) if stop is not None else "",
            ),
            "ready": (self.tr("Ready"), self.tr(", after the first forward")),
            "running": self._running_text(),
            "paused": (self.tr("Paused"), ""),
            "finished": (self.tr("Finished"), self._after_the_end()),
            "failed": (self.tr("Failed"), ""),
            "dead": (self.tr("No engine"), ""),
            "starting": ("", self.tr("Engine is importing torch")),
            "opening": ("", self.tr("Making the network")),
        }[self._session.state.phase]

    def _running_text(self) -> tuple[str, str]:
        engine = self._session.engine
        waits = "" if engine.busy is None else self.tr(", no answer for {0} s").format(round(engine.busy.seconds))
        if engine.pausing:
            return self.tr("Pausing"), waits or self.tr(" at the end of the iteration")
        repeated = engine.past.repeated
        if repeated is not None and repeated.back:
            return self.tr("Going back"), self.tr(" to iteration {to}").format(to=f"{repeated.to:,}")
        if repeated is not None:
            return self.tr("Running again"), self.tr(" up to iteration {to}").format(to=f"{repeated.to:,}")
        return self.tr("Running"), waits

    def _after_the_end(self) -> str:
        """Return what Run does behind the end."""
        session = self._session
        if session.engine.ending:
            return ""
        text = self.tr(", F5 trains {count} more")
        return text.format(count=f"{session.state.next_end - session.engine.step:,}")

    def _engine_text(self) -> str:
        session = self._session
        if session.state.phase in ("starting", "dead") or session.engine.ready is None:
            return ""
        if session.state.phase == "stopped":
            return self.tr("Engine waits at the gate")
        return self.tr("Engine ready, torch %s") % session.engine.ready.torch

    def _set(self, label: FigureLabel, parts: Parts, widest: Parts = _NOTHING) -> None:
        """Show `parts` in a label with room for `widest`. Its size is fixed: else the whole window would be laid out
        anew with each number."""
        if parts == label.parts:
            return
        text, most = "".join(parts), "".join(widest)
        known = bool(text) and widest == self._widest.get(label)
        if not text:
            self._widest.pop(label, None)
        elif not known and most:
            self._widest[label] = widest
            label.show_parts(widest)
            label.setFixedSize(label.sizeHint().expandedTo(label.minimumSize()))
        label.show_parts(parts)
        if known and len(text) <= len(most):
            return  # it has room: a size is what takes long to find
        size = label.sizeHint()
        label.setFixedSize(size.expandedTo(label.minimumSize()) if text and most else size)
        self._refit = True

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme or font."""
        changes = (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange)
        if event.type() in changes and hasattr(self, "_restyled"):
            self._widest.clear()
            self._restyled.start()
        super().changeEvent(event)
