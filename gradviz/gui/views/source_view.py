"""Read-only source code with line numbers and colours: the line of the stop, or of the selected node, is tinted."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QLabel, QStackedWidget, QTextEdit, QVBoxLayout, QWidget

from gradviz.gui import fonts, palette
from gradviz.gui.views.empty_state import EmptyState
from gradviz.protocol.records import Phase
from gradviz.protocol.targets import file_of

LINE = 20
"""Height of a line of code."""
_DROP = 2
"""Qt puts the letters at the lower end of a line of fixed height; numbers and tint follow them."""
_LARGEST = 4_000_000
"""Bytes; a longer file is not one that a person wrote."""


@lru_cache(maxsize=32)
def _tokens(text: str) -> dict[int, list[tuple[int, int, str]]]:
    """Line → (start, length, role) of what is coloured. Pygments reads whole files, so that strings over lines are."""
    from pygments.lexers import PythonLexer
    from pygments.token import Token

    roles = (
        (Token.Comment, "comment"),
        (Token.Literal.String, "string"),
        (Token.Literal.Number, "number"),
        (Token.Keyword, "keyword"),
        (Token.Operator.Word, "keyword"),
        (Token.Name.Function, "function"),
        (Token.Name.Class, "function"),
        (Token.Name.Decorator, "function"),
    )
    table: dict[int, list[tuple[int, int, str]]] = {}
    line, column = 0, 0
    for kind, value in PythonLexer(stripnl=False, ensurenl=False).get_tokens(text):
        role = next((name for token, name in roles if kind in token), "")
        for number, piece in enumerate(value.split("\n")):
            if number:
                line, column = line + 1, 0
            if role and piece:
                table.setdefault(line, []).append((column, len(piece), role))
            column += len(piece)
    return table


class _Colours(QSyntaxHighlighter):
    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._table: dict[int, list[tuple[int, int, str]]] = {}
        self._formats: dict[str, QTextCharFormat] = {}

    def read(self, text: str) -> None:
        self._table = _tokens(text)

    def dress(self) -> None:
        colors = palette.current()
        shades = {
            "keyword": colors.accent,
            "function": colors.forward.text,
            "string": colors.update.text,
            "number": colors.backward.text,
            "comment": colors.text3,
        }
        self._formats = {}
        for role, shade in shades.items():
            style = QTextCharFormat()
            style.setForeground(palette.color(shade))
            self._formats[role] = style
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        for start, length, role in self._table.get(self.currentBlock().blockNumber(), ()):
            if role in self._formats:
                self.setFormat(start, length, self._formats[role])


class _Numbers(QWidget):
    """The margin with breakpoints, the arrow of the stop, and line numbers."""

    pressed = Signal(int)

    def __init__(self, code: _Code) -> None:
        super().__init__(code)
        self._code = code
        self.hovered = 0
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(self.tr("Click to set or remove a breakpoint"))

    def paintEvent(self, event: QPaintEvent) -> None:
        self._code.paint_numbers(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(self._code.line_at(event.position().y()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._code.line_at(event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(0)

    def _hover(self, line: int) -> None:
        if line != self.hovered:
            self.hovered = line
            self.update()


class _Code(QTextEdit):
    """Every line is `LINE` high, so that line n stands at (n - 1) × LINE."""

    def __init__(self) -> None:
        super().__init__(readOnly=True)
        self.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap)
        self.setFont(fonts.mono(12))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(0)
        self.colours = _Colours(self.document())
        self.text = ""
        """What is shown, as it was read."""
        self.line = 0
        self.phase: Phase | None = None
        """The phase of the stop at `line`; None for a line that is only selected."""
        self.breakpoints: dict[int, bool] = {}
        self._numbers = _Numbers(self)
        self.pressed = self._numbers.pressed
        self.verticalScrollBar().valueChanged.connect(lambda: self._numbers.update())

    def read(self, text: str) -> None:
        """Show `text`."""
        self.text = text
        self.colours.read(text)
        self.setPlainText(text)
        every = QTextCursor(self.document())
        every.select(QTextCursor.SelectionType.Document)
        manner = QTextBlockFormat()
        manner.setLineHeight(LINE, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        every.mergeBlockFormat(manner)
        self.setViewportMargins(self._width(), 0, 0, 0)
        self._numbers.update()

    def mark(self, line: int, phase: Phase | None = None) -> None:
        """Tint a line (from 1; 0 for none), in the colour of a phase if the engine stands there."""
        self.line, self.phase = line, phase
        self.viewport().update()
        self._numbers.update()

    def set_breakpoints(self, breakpoints: dict[int, bool]) -> None:
        """Line → whether its breakpoint is on."""
        self.breakpoints = breakpoints
        self._numbers.update()

    def line_at(self, y: float) -> int:
        """The line (from 1) at a height of the margin; 0 below the last."""
        line = int(y + self.verticalScrollBar().value() - _DROP) // LINE + 1
        return line if 1 <= line <= self.document().blockCount() else 0

    def _tint(self) -> QColor:
        colors = palette.current()
        return palette.color(colors.raised if self.phase is None else colors.phase(self.phase).tint)

    def paint_numbers(self, margin: _Numbers) -> None:
        """Paint the numbers of the lines in sight into the margin."""
        colors = palette.current()
        painter = QPainter(margin)
        painter.fillRect(margin.rect(), palette.color(colors.panel))
        scrolled = self.verticalScrollBar().value()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        last = min(self.document().blockCount(), (scrolled + margin.height()) // LINE + 1)
        for number in range(scrolled // LINE + 1, last + 1):
            current = number == self.line
            box = QRect(0, (number - 1) * LINE - scrolled + _DROP, margin.width(), LINE)
            if current:
                painter.fillRect(box, self._tint())
            self._paint_signs(painter, box, number, margin.hovered == number)
            painter.setFont(fonts.mono(11, 600 if current else 400))
            painter.setPen(QColor(colors.text if current else colors.text3))
            painter.drawText(box.adjusted(0, 0, -14, 0), right, str(number))
        painter.end()

    def _paint_signs(self, painter: QPainter, box: QRect, number: int, hovered: bool) -> None:
        colors = palette.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(14, box.center().y() + 0.5)
        enabled = self.breakpoints.get(number)
        if enabled:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(colors.breakpoint))
            painter.drawEllipse(middle, 5.5, 5.5)
        elif enabled is not None or hovered:
            shade = colors.text3 if enabled is not None else colors.breakpoint
            painter.setPen(QPen(palette.color(shade, 1.0 if enabled is not None else 0.6), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, 4.75, 4.75)
        if number == self.line and self.phase is not None:
            x, y = 23.0, middle.y()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(colors.phase(self.phase).fill))
            painter.drawPolygon([QPointF(x, y - 4.5), QPointF(x + 7.5, y), QPointF(x, y + 4.5)])

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.line:
            painter = QPainter(self.viewport())
            top = (self.line - 1) * LINE - self.verticalScrollBar().value() + _DROP
            painter.fillRect(0, top, self.viewport().width(), LINE, self._tint())
            painter.end()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._numbers.setGeometry(inside.left(), inside.top(), self._width(), inside.height())

    def _width(self) -> int:
        digits = max(2, len(str(self.document().blockCount())))
        return 46 + digits * 7


class SourceView(QWidget):
    """One file. `corner` names it in the dock's strip."""

    line_activated = Signal(str, int)
    """A double click on a line: file and line from 1."""
    breakpoint_toggled = Signal(str, int)
    """A click in the margin: file and line from 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file = ""
        self._stop: tuple[str, int, Phase] | None = None
        self._breakpoints: dict[tuple[str, int], bool] = {}
        self._code = _Code()
        self._code.pressed.connect(self._toggle)
        self._code.setAccessibleName(self.tr("Source"))
        self._code.viewport().installEventFilter(self)
        self._empty = EmptyState("file-code", self.tr("No source"), "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._code)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self._stack)
        self.corner = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.corner.setProperty("role", "caption")
        self._code.colours.dress()

    @property
    def file(self) -> str:
        """The path shown; empty for none."""
        return self._file

    @property
    def line(self) -> int:
        """The tinted line, from 1; 0 for none."""
        return self._code.line

    def show_file(self, file: str, line: int = 0) -> None:
        """Show `file`, at first from its first function or class; tint `line` and bring it into sight."""
        if file != self._file:
            self._load(file)
        stopped_here = self._stop is not None and self._stop[:2] == (file, line)
        self._code.mark(line, self._stop[2] if self._stop is not None and stopped_here else None)
        if line:
            self._reveal(line)

    def reload(self) -> None:
        """Show what the file says now, from the line that stood at the top; it was opened anew."""
        if not self._file:
            return
        bar = self._code.verticalScrollBar()
        top, line, phase = bar.value(), self._code.line, self._code.phase
        if self._read():
            self._code.mark(line, phase)
            QTimer.singleShot(0, self, partial(bar.setValue, top))  # after the layout of the text

    def show_stop(self, file: str, line: int, phase: Phase) -> None:
        """Show the line that the engine stands at, in the colour of the phase."""
        self._stop = file, line, phase
        self.show_file(file, line)

    def clear_stop(self) -> None:
        """The engine stands nowhere."""
        if self._stop is not None:
            self._stop = None
            self._code.mark(0)

    def set_breakpoints(self, breakpoints: dict[tuple[str, int], bool]) -> None:
        """(file, line) → whether the breakpoint there is on."""
        self._breakpoints = breakpoints
        self._code.set_breakpoints({line: on for (file, line), on in breakpoints.items() if file == self._file})

    def _toggle(self, line: int) -> None:
        if self._file and line:
            self.breakpoint_toggled.emit(self._file, line)

    def set_compact(self, compact: bool) -> None:
        """Smaller letters for a small window."""
        self._code.setFont(fonts.mono(11 if compact else 12))

    def sizeHint(self) -> QSize:
        return QSize(400, 300)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonDblClick and isinstance(event, QMouseEvent) and self._file:
            line = (round(event.position().y()) + self._code.verticalScrollBar().value()) // LINE + 1
            self.line_activated.emit(self._file, line)
        return False

    def _load(self, file: str) -> None:
        self._file = file
        self.corner.setText(Path(file).name)
        self.corner.setToolTip(file)
        if not self._read():
            return
        lines = self._code.toPlainText().splitlines()
        heads = (number for number, line in enumerate(lines) if line.startswith(("def ", "class ", "@")))
        # After the layout of the text, which sets the bar's range.
        QTimer.singleShot(0, self, partial(self._code.verticalScrollBar().setValue, next(heads, 0) * LINE))

    def _read(self) -> bool:
        """Show the file's text; False where it is shown already, or cannot be read, which is said."""
        path = file_of(self._file)
        try:
            if path.stat().st_size > _LARGEST:
                raise OSError(self.tr("the file is too large"))
            text = path.read_text("utf-8", "replace")
        except OSError as error:
            self._empty.say(
                self.tr("No source"), self.tr("%s cannot be read: %s.") % (path.name, error.strerror or error)
            )
            self._stack.setCurrentWidget(self._empty)
            return False
        self.set_breakpoints(self._breakpoints)
        self._stack.setCurrentWidget(self._code)
        if text == self._code.text:
            return False
        self._code.read(text)
        return True

    def _reveal(self, line: int) -> None:
        bar = self._code.verticalScrollBar()
        top, shown = (line - 1) * LINE, self._code.viewport().height()
        if not bar.value() + LINE <= top <= bar.value() + shown - 2 * LINE:
            bar.setValue(max(0, top - shown // 2))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._code.colours.dress()
            self._code.mark(self._code.line, self._code.phase)
        super().changeEvent(event)
