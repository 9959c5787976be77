"""The panel of a cause: the chain from where a NaN or Inf began to where it was noticed; or what moved in a spike."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from gradviz.appearance.text_styles import STRONG
from gradviz.gui.panels.cause.cause_row import CauseRow
from gradviz.gui.panels.cause.spike_page import SpikePage
from gradviz.gui.session.session import Session
from gradviz.gui.style import fonts
from gradviz.gui.widgets.empty_state import EmptyState
from gradviz.gui.widgets.labels import WrappingLabel
from gradviz.gui.widgets.widget_pool import WidgetPool
from gradviz.language import tr
from gradviz.model.explanation.cause_text import culprit_of, headline_text, shown_links
from gradviz.protocol.events import SpikeExplained


class CausePanel(QWidget):
    """Shows the chain of the session; requests are signals."""

    source_requested = Signal(str, int)
    earlier_requested = Signal()
    """The run is to be repeated up to where the parameter was written that begins the chain."""
    count_changed = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._head, self._words = WrappingLabel("text", fonts.font(STRONG)), WrappingLabel("text2")
        self.earlier = QPushButton(self.tr("Run again to where it began"))
        self.earlier.clicked.connect(self.earlier_requested)
        self._page = QWidget()
        self._page.setProperty("ground", "panel")
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(0, 0, 0, 12)
        self._column.setSpacing(0)
        self._rows = WidgetPool(self._new_row)
        self._add_head()
        self._column.addStretch(1)
        scroll = self._scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._page)
        self.empty = EmptyState(
            "warning-circle",
            self.tr("No cause was asked for"),
            self.tr(
                "When a loss, a gradient or a value is NaN or Inf, “Where does it come from?” in the Run menu shows the"
                " way back to the op that made the first."
            ),
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(scroll)
        self.spike = SpikePage(session)
        self._stack.addWidget(self.spike)
        session.causes.spike_found.connect(self._show_spike)
        session.causes.found.connect(self._show)
        session.causes.failed.connect(self._show_refused)
        session.causes.moved.connect(self._show_current)
        self._show()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(400, 440)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(240, 120)

    @property
    def rows(self) -> tuple[CauseRow, ...]:
        """The rows that are shown."""
        return self._rows.in_use

    def text(self) -> str:
        """Return what the panel shows, for screen readers and tests."""
        return "\n".join((self._head.text(), self._words.text(), *(row.accessibleName() for row in self.rows)))

    def _show_spike(self, event: SpikeExplained) -> None:
        self.spike.show_event(event)
        self._stack.setCurrentWidget(self.spike)

    def _show_refused(self, sentence: str) -> None:
        """Show why there is no chain, unless an earlier one is shown."""
        self.empty.show_text(self.tr("No cause was found"), sentence)

    def _add_head(self) -> None:
        holder = QVBoxLayout()
        holder.setContentsMargins(16, 10, 16, 8)
        holder.setSpacing(4)
        holder.addWidget(self._head)
        holder.addWidget(self._words)
        holder.addWidget(self.earlier, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addLayout(holder)

    def _new_row(self) -> CauseRow:
        row = CauseRow()
        row.chosen.connect(self._session.causes.look_at)
        row.moved.connect(self._walk)
        row.source_requested.connect(self.source_requested)
        self._column.insertWidget(self._column.count() - 1, row)
        return row

    def _show(self) -> None:
        causes = self._session.causes
        chain = causes.chain
        self._stack.setCurrentIndex(1 if chain else 0)
        self.count_changed.emit(len(chain))
        self._rows.release()
        self._numbers = shown_links(len(chain))
        culprit, graph = culprit_of(chain), self._session.engine.graph
        for number in self._numbers:
            row = self._rows.take()
            row.show_link(number, len(chain), chain[number], graph, at_fault=number == culprit)
            row.show()
        if chain:
            self._head.setText(headline_text(chain, causes.title))
            left_out = len(chain) - len(self._numbers)
            text = tr("Iteration {step}. Enter walks to where it was noticed, Shift+Enter back.")
            if causes.title:
                text = tr("Iteration {step}. Enter walks to where it raised, Shift+Enter back.")
            text = text if len(chain) > 1 else tr("Iteration {step}. It was noticed where it was made.")
            more = " " + tr("{count} links between are not listed.").format(count=left_out) if left_out else ""
            self._words.setText(text.format(step=f"{causes.step:,}") + more)
            self.earlier.setVisible(causes.needs_earlier)
        self._show_current()

    def _show_current(self) -> None:
        current = self._session.causes.current
        for number, row in zip(self._numbers, self.rows, strict=True):
            row.set_current(number == current)
            if number == current and self._session.causes.chain:
                self._scroll.ensureWidgetVisible(row, 0, 40)

    def _walk(self, by: int) -> None:
        self._session.causes.walk(by)
        for number, row in zip(self._numbers, self.rows, strict=True):
            if number == self._session.causes.current:
                row.setFocus(Qt.FocusReason.OtherFocusReason)
