"""Read-only source code with line numbers and colours; the selected node's line is tinted."""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
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
    """The margin with line numbers."""

    def __init__(self, code: _Code) -> None:
        super().__init__(code)
        self._code = code

    def paintEvent(self, event: QPaintEvent) -> None:
        self._code.paint_numbers(self)


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
        self.line = 0
        self._numbers = _Numbers(self)
        self.verticalScrollBar().valueChanged.connect(lambda: self._numbers.update())

    def read(self, text: str) -> None:
        """Show `text`."""
        self.colours.read(text)
        self.setPlainText(text)
        every = QTextCursor(self.document())
        every.select(QTextCursor.SelectionType.Document)
        manner = QTextBlockFormat()
        manner.setLineHeight(LINE, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        every.mergeBlockFormat(manner)
        self.setViewportMargins(self._width(), 0, 0, 0)
        self._numbers.update()

    def mark(self, line: int) -> None:
        """Tint a line (from 1; 0 for none)."""
        self.line = line
        self.viewport().update()
        self._numbers.update()

    def paint_numbers(self, margin: QWidget) -> None:
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
                painter.fillRect(box, palette.color(colors.raised))
            painter.setFont(fonts.mono(11, 600 if current else 400))
            painter.setPen(QColor(colors.text if current else colors.text3))
            painter.drawText(box.adjusted(0, 0, -14, 0), right, str(number))
        painter.end()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.line:
            painter = QPainter(self.viewport())
            top = (self.line - 1) * LINE - self.verticalScrollBar().value() + _DROP
            painter.fillRect(0, top, self.viewport().width(), LINE, palette.color(palette.current().raised))
            painter.end()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._numbers.setGeometry(inside.left(), inside.top(), self._width(), inside.height())

    def _width(self) -> int:
        digits = max(2, len(str(self.document().blockCount())))
        return 40 + digits * 7


class SourceView(QWidget):
    """One file. `corner` names it in the dock's strip."""

    line_activated = Signal(str, int)
    """A double click on a line: file and line from 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file = ""
        self._code = _Code()
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
        self._code.mark(line)
        if line:
            self._reveal(line)

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
        path = Path(file)
        self.corner.setText(path.name)
        self.corner.setToolTip(file)
        try:
            if path.stat().st_size > _LARGEST:
                raise OSError(self.tr("the file is too large"))
            text = path.read_text("utf-8", "replace")
        except OSError as error:
            self._empty.say(
                self.tr("No source"), self.tr("%s cannot be read: %s.") % (path.name, error.strerror or error)
            )
            self._stack.setCurrentWidget(self._empty)
            return
        self._code.read(text)
        self._stack.setCurrentWidget(self._code)
        heads = (number for number, line in enumerate(text.splitlines()) if line.startswith(("def ", "class ", "@")))
        # After the layout of the text, which sets the bar's range.
        QTimer.singleShot(0, self, partial(self._code.verticalScrollBar().setValue, next(heads, 0) * LINE))

    def _reveal(self, line: int) -> None:
        bar = self._code.verticalScrollBar()
        top, shown = (line - 1) * LINE, self._code.viewport().height()
        if not bar.value() + LINE <= top <= bar.value() + shown - 2 * LINE:
            bar.setValue(max(0, top - shown // 2))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._code.colours.dress()
            self._code.mark(self._code.line)
        super().changeEvent(event)
