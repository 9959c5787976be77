"""The card of the current stop, or of the point of the past that is shown."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from gradviz.appearance.text_styles import CAPTION, CAPTION_STRONG, CODE, SMALL, STRONG, TextStyle
from gradviz.gui.style import fonts, icons
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color
from gradviz.gui.text import steps as step_text
from gradviz.gui.widgets.buttons import LinkButton
from gradviz.gui.widgets.card import CARD_WIDTH, FoldingCard
from gradviz.gui.widgets.labels import ElidedLabel, WrappingLabel
from gradviz.protocol.events import Stopped
from gradviz.protocol.records import Phase, PointRecord, SummaryRecord

_INSET = 3  # a link draws its focus ring this far around its text, so all else is moved in by as much


class StopCard(FoldingCard):
    """Shows a stop, or a point of the past; hidden when there is neither."""

    source_requested = Signal(str, int)
    """File and line that the user wants to see."""
    cause_requested = Signal()
    """Request for where the NaN or Inf comes from that the engine stopped at."""
    present_requested = Signal()
    """Request to end looking back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, margins=(17 - _INSET, 13, 17, 12))
        self._stopped: Stopped | None = None
        self._reason = ""
        self._uses = 0
        self._past: tuple[PointRecord, tuple[int, int], int] | None = None
        self._tag = PointTag()
        self._position = ElidedLabel("text3", fonts.font(CAPTION))
        self._title = ElidedLabel("text", fonts.font(TextStyle(15, 600)))
        self._short = ElidedLabel("text", fonts.font(STRONG), height=20)
        self._short.hide()
        self._module = ElidedLabel("text2", fonts.font(CAPTION), elide=Qt.TextElideMode.ElideLeft, height=20)
        self._dot = ElidedLabel("text3", fonts.font(CAPTION), height=20)
        self._dot.setText("·")
        self._dot.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._dot.setFixedWidth(7)  # with the row's spacing and the link's inset, as far from the one as from the other
        self._link = LinkButton()
        self._link.setMaximumWidth(160)
        self._link.clicked.connect(self._ask_for_source)
        self._message = WrappingLabel("text2", fonts.font(CAPTION), padding=1.5)
        self._table = UpdateTable()
        self._result = WrappingLabel("text2", fonts.font(CAPTION), padding=2)
        self._why = WrappingLabel("text2", fonts.font(CAPTION), padding=2)
        self._old = WrappingLabel("warning", fonts.font(CAPTION), padding=2)
        self._now = ElidedLabel("text3", fonts.font(CAPTION), height=20)
        self.cause = LinkButton()
        self.cause.clicked.connect(self.cause_requested)
        self.cause.hide()
        self._back = LinkButton(self.tr("Back to now"))
        self._back.clicked.connect(self.present_requested)
        self._place_row = self._row(self._module, self._dot, self._link)
        self._now_row = self._row(self._now, None, self._back)
        self._build()
        self.explain("", "")
        self.setAccessibleName(self.tr("Where the engine stands"))
        self._show()

    def _build(self) -> None:
        self.head.setContentsMargins(_INSET, 0, 0, 0)
        self.head.setSpacing(6)
        self.head.addWidget(self._tag)
        self.head.addWidget(self._short, 1)
        self.head.addStretch()
        for last in (self._position, self.caret):
            self.head.addWidget(last)
        self.rest_body.setContentsMargins(0, 9, 0, 0)
        for widget, below in (
            *((self._title, 0), (None, 0), (self._message, 2)),
            *((self._why, 0), (self._result, 0), (self._old, 0), (self._table, 0)),
        ):
            if widget is None:
                self.rest_body.addLayout(self._place_row)
                continue
            holder = QHBoxLayout()
            holder.setContentsMargins(_INSET, 0, 0, below)
            holder.addWidget(widget)
            self.rest_body.addLayout(holder)
        self.rest_body.addWidget(self.cause)
        self._now_row.setContentsMargins(_INSET, 0, 0, 0)
        self.rest_body.addLayout(self._now_row)

    def _head_forms(self) -> list[int]:
        rest = self._short.sizeHint().width() + self.caret.sizeHint().width() + 3 * self.head.spacing()
        return [self._tag.width_of(brief) + rest for brief in (self._tag.BRIEF, self._tag.ICON)]

    def _show_folded(self, folded: bool, width: int) -> None:
        self._short.setVisible(folded)
        self._tag.set_form(self._form_for(width) + 1 if folded else PointTag.WHOLE)
        self._position.setHidden(folded)
        self.setToolTip(self.text().replace(". ", "\n") if folded else "")

    @staticmethod
    def _row(*widgets: QWidget | None) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        for widget in widgets:
            if widget is None:
                row.addStretch(1)
            else:
                row.addWidget(widget)
        if widgets[-1] is not None and None not in widgets:
            row.addStretch(1)
        return row

    def set_stop(self, stopped: Stopped | None, *, uses: int = 0, reason: str = "") -> None:
        """Show the current stop; None while there is none.

        `uses` is how often the iteration calls the point's module, 0 if that is not known. `reason` names the
        breakpoint that was hit; what its condition found is added.
        """
        self._stopped, self._uses, self._reason = stopped, uses, reason
        self._past = None
        self._table.clear()
        self._show()

    def set_past(self, point: PointRecord | None, of_phase: tuple[int, int] = (0, 0), *, uses: int = 0) -> None:
        """Show a point of the past, its position in the phase from 1 and how many the phase has.

        None returns to the present.
        """
        self._past = (point, of_phase, uses) if point is not None else None
        self._table.clear()
        self._show()

    def explain(self, result: str, why: str, past: str = "") -> None:
        """Show what has just happened, why the point is the next one, and what of the window is of the past; empty
        where nothing is known."""
        self._old.set_headed(self.tr("From before"), past)
        self._result.set_headed(self.tr("Just now"), result)
        self._why.set_headed(self.tr("Why now"), why)
        for label in (self._result, self._why, self._old):
            label.setVisible(bool(label.text()))
        self._show()

    def offer_cause(self, text: str) -> None:
        """Offer to look for the cause of the stop; empty for none."""
        self.cause.setText(text)
        self.cause.updateGeometry()
        self.cause.setVisible(bool(text))

    def set_update(
        self,
        before: SummaryRecord | None,
        gradient: SummaryRecord | None,
        step: SummaryRecord | None = None,
        after: SummaryRecord | None = None,
    ) -> None:
        """Show the numbers of the parameter that is updated; None for those that are not known yet."""
        self._table.show_rows((before, gradient, step, after), waiting=self._past is None)
        self._show()

    @property
    def looking_back(self) -> bool:
        """Whether a point of the past is shown."""
        return self._past is not None

    def text(self) -> str:
        """Return the text of the card in sentences, for screen readers."""
        pieces = [self._tag.text(), self._position.text(), self._title.text(), self._module.text(), self._link.text()]
        pieces += [label.text().replace("  ", ": ", 1) for label in (self._message, self._why, self._result, self._old)]
        pieces += [self._table.text(), self._now.text() if self.looking_back else ""]
        return ". ".join(piece for piece in pieces if piece)

    def _show(self) -> None:
        point = self._point()
        if point is not None:
            self._fill(point)
            self.setAccessibleDescription(self.text())
        self.settle()
        self.setVisible(point is not None and self.parent() is not None)

    def _point(self) -> PointRecord | None:
        if self._past is not None:
            return self._past[0]
        return self._stopped.point if self._stopped is not None else None

    def _fill(self, point: PointRecord) -> None:
        stopped = self._stopped
        raised = self._past is None and stopped is not None and stopped.reason == "exception"
        if self._past is not None:
            self._tag.show_point(self.tr("Looking back"), "step-back", "past", self.tr("Past"))
        elif raised:
            text = self.tr("Error in {phase}").format(phase=step_text.phase_name(point.phase))
            self._tag.show_point(text, "error", "error", self.tr("Error"))
        else:
            text = self.tr("Stopped in {phase}").format(phase=step_text.phase_name(point.phase))
            self._tag.show_point(text, "pause-fill", point.phase, step_text.phase_title(point.phase))
        of_phase = self._past[1] if self._past is not None else stopped.of_phase if stopped is not None else (0, 0)
        position = step_text.position_text(point.phase, *of_phase, by_hand=_is_by_hand(point))
        self._position.setText(position if of_phase[0] else "")
        self._title.set_role("error" if raised else "text")
        self._title.setText(self._title_of(point, raised))
        # Folded, the tag beside it has the phase: the room is the name's.
        plain = not raised and (self._past is not None or (stopped is not None and not stopped.after))
        self._short.setText(step_text.short_title(point) if plain else self._title.text())
        self._fill_place(point)
        self._fill_message(raised)
        self._table.setVisible(point.phase == "update" and bool(self._table.text()))
        for widget in (self._now, self._back):
            widget.setVisible(self._past is not None)
        self._now.setText(self._now_text())

    def _title_of(self, point: PointRecord, raised: bool) -> str:
        if raised:
            return self.tr("{name} raised").format(name=step_text.short_title(point))
        ran = self._past is None and self._stopped is not None and self._stopped.after
        if point.phase == "update":
            text = self.tr("after {name} changed") if ran else self.tr("before {name} changes")
        else:
            text = self.tr("after {name}") if ran else self.tr("before {name}")
        whole = text.format(name=step_text.title(point))
        if self._title.fits(whole, CARD_WIDTH - 34):
            return whole
        return text.format(name=step_text.short_title(point))

    def _fill_place(self, point: PointRecord) -> None:
        uses = self._past[2] if self._past is not None else self._uses
        module, source = step_text.module_text(point, uses), step_text.source_text(point)
        self._module.setText(module)
        self._link.setText(source)
        self._link.setAccessibleName(self.tr("Show {source} in the source").format(source=source))
        self._link.setToolTip(point.file)
        self._link.updateGeometry()
        self._module.setVisible(bool(module))
        self._link.setVisible(bool(source))
        self._dot.setVisible(bool(module and source))
        self._place_row.setContentsMargins(_INSET if module else 0, 0, 0, 0)

    def _fill_message(self, raised: bool) -> None:
        stopped = self._stopped
        found = stopped.message if stopped is not None and self._past is None else ""
        reason = self._reason if self._past is None else ""
        text = self.tr("{reason}: {found}").format(reason=reason, found=found) if reason and found else reason or found
        text = "" if raised else text  # it is in the banner above
        self._message.set_dot(bool(text))
        self._message.setText(text)
        self._message.setVisible(bool(text))

    def _now_text(self) -> str:
        if self._stopped is None:
            return ""
        point = self._stopped.point
        position = self._stopped.of_phase[0]
        if not position:
            return self.tr("The engine waits in {phase}").format(phase=step_text.phase_name(point.phase))
        text = step_text.position_text(point.phase, *self._stopped.of_phase, by_hand=_is_by_hand(point))
        return self.tr("The engine waits at {place}").format(place=text)

    def _ask_for_source(self) -> None:
        point = self._point()
        if point is not None:
            self.source_requested.emit(point.file, point.line)


class PointTag(QWidget):
    """A small rounded tag with an icon, in the tint of a phase, of an error or of looking back."""

    WHOLE, BRIEF, ICON = range(3)
    """The forms: an icon and the text, a brief one, or none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = self._brief = ""
        self._form = self.WHOLE
        self._icon = "pause-fill"
        self._kind: Phase | str = "forward"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """Return the text."""
        return self._text

    def show_point(self, text: str, icon: str, kind: Phase | str, brief: str) -> None:
        """Show `text`, or `brief` where room is short; `kind` is a phase, `error` or `past`."""
        self._text, self._icon, self._kind, self._brief = text, icon, kind, brief
        self.updateGeometry()
        self.update()

    def set_form(self, form: int) -> None:
        """Show the whole text, the brief one, or the icon alone."""
        self._form = form
        self.updateGeometry()
        self.update()

    def width_of(self, form: int) -> int:
        """Return how wide the tag is in a form."""
        text = (self._text, self._brief, "")[form]
        return round(QFontMetricsF(fonts.font(CAPTION_STRONG)).horizontalAdvance(text) + 0.5) + (34 if text else 28)

    def sizeHint(self) -> QSize:
        """Return the size of icon and text."""
        return QSize(self.width_of(self._form), 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tag."""
        colors = palettes.current()
        if self._kind == "error":
            text, tint = colors.error, colors.error_tint
        elif self._kind == "past":
            text, tint = colors.accent, colors.row_tint
        else:
            text, tint = colors.phase(self._kind).text, colors.phase(self._kind).tint
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(tint))
        painter.drawRoundedRect(self.rect(), 10, 10)
        painter.drawPixmap(8, 4, icons.pixmap(self._icon, 12, text, self.devicePixelRatioF()))
        painter.setFont(fonts.font(CAPTION_STRONG))
        painter.setPen(color(text))
        shown = (self._text, self._brief, "")[self._form]
        painter.drawText(QRectF(25, 0, self.width() - 25, 20), Qt.AlignmentFlag.AlignVCenter, shown)


def _is_by_hand(point: PointRecord) -> bool:
    return point.phase == "backward" and not point.grad_fn


class UpdateTable(QWidget):
    """A parameter before and after its step: norm and range of each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 6, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        self._heads = (self.tr("before"), self.tr("gradient"), self.tr("step"), self.tr("after"))
        self._cells: list[list[ElidedLabel]] = []
        for column, head in enumerate((self.tr("norm"), self.tr("min"), self.tr("max")), start=1):
            grid.addWidget(self._cell("text3", head), 0, column)
            grid.setColumnStretch(column, 1)
        for row, head in enumerate(self._heads, start=1):
            label = ElidedLabel("text2", fonts.font(CAPTION))
            label.setText(head)
            grid.addWidget(label, row, 0)
            cells = [self._cell("text", "") for _ in range(3)]
            for column, cell in enumerate(cells, start=1):
                grid.addWidget(cell, row, column)
            self._cells.append(cells)
        self.clear()

    @staticmethod
    def _cell(role: str, text: str) -> ElidedLabel:
        cell = ElidedLabel(role, fonts.font(SMALL) if text else fonts.font(CODE))
        cell.setText(text)
        cell.setAlignment(Qt.AlignmentFlag.AlignRight)
        return cell

    def clear(self) -> None:
        """Clear the numbers, and hide."""
        for cells in self._cells:
            for cell in cells:
                cell.setText("")
        self.hide()

    def show_rows(self, rows: tuple[SummaryRecord | None, ...], *, waiting: bool) -> None:
        """Show the numbers of before, gradient, step and after; while `waiting`, missing ones are still to come."""
        for row, (cells, summary) in enumerate(zip(self._cells, rows, strict=True)):
            numbers = (summary.norm, summary.minimum, summary.maximum) if summary is not None else ("", "", "")
            # A gradient is there before an update, or never, as in a backward that is written by hand.
            missing = self.tr("to come") if waiting and row != 1 else self.tr("not kept")
            for cell, value in zip(cells, numbers, strict=True):
                cell.set_role("text" if summary is not None else "text3")
                cell.setText(value if isinstance(value, str) else step_text.number(value))
            cells[-1].set_text_font(fonts.font(CAPTION) if summary is None else fonts.font(CODE))
            if summary is None:
                cells[-1].setText(missing)

    def text(self) -> str:
        """Return the table as text; empty when it holds nothing."""
        rows = [" ".join(filter(None, (cell.text() for cell in cells))) for cells in self._cells]
        return ", ".join(f"{head} {row}" for head, row in zip(self._heads, rows, strict=True) if row)
