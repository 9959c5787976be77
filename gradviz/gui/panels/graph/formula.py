"""A formula set as mathematics: italic variables, raised and lowered pieces, broken where the line is too short."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradviz.appearance.palette import Palette
from gradviz.appearance.text_styles import TextStyle
from gradviz.gui.style import fonts
from gradviz.gui.style import qt_colors as palettes
from gradviz.gui.style.qt_colors import color
from gradviz.model.derivative.derivatives import Token
from gradviz.model.explanation.glossary import glossary_tip

LINE, PROJECTOR_LINE = 24, 34
_STYLES = TextStyle(16), TextStyle(10)
"""Of a piece, and of one that is raised or lowered."""
_PROJECTOR_STYLES = TextStyle(22), TextStyle(15)
_EQUALS = "\u2002=\u2002"  # with the wider blanks that set the defined apart
_BETWEEN = "  "  # rules write two blanks between a formula and the definitions it needs
_OPERATORS = frozenset("· ⊙ + − / = ≤ ≥ < > ≠ ∘".split())
_SUPERSCRIPTS = {"T": "ᵀ", "2": "²", "3": "³", "−1": "⁻¹"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a formula; `role` is a color: `text`, `text2`, `text3`, `forward` or `backward`."""

    text: str
    style: str
    role: str = "text"


@dataclass(frozen=True, slots=True)
class _Placed:
    piece: Piece
    x: float
    line: int


class Formula(QWidget):
    """Left of the first ` = ` is what is defined; a line that is too long goes on under what follows it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pieces: list[Piece] = []
        self._projector = False
        self._width = -1
        self._placed: list[_Placed] = []
        self._lines = 1
        self._widths: list[float] = []
        self._heights: dict[int, int] = {}  # layouts ask for the same few widths again and again
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_formula(self, left: Sequence[Token], right: Sequence[Token], role: str) -> None:
        """Show `left = right`, or `right` alone; `role` colors the left side: `forward`, `backward` or `text3`."""
        pieces = [Piece(text, token.style, role) for token in left for text in _split_at_blanks(token)]
        if left:
            pieces.append(Piece(_EQUALS, "text", "text2"))
        pieces += [Piece(text, token.style) for token in right for text in _split_at_blanks(token)]
        self._pieces = pieces
        self.setAccessibleName(self.text())
        self.setToolTip(glossary_tip(self.text()))
        self._renew()

    def set_projector(self, projector: bool) -> None:
        """Show the formula large enough for the last row of a lecture hall, or not."""
        self._projector = projector
        self._renew()

    def _renew(self) -> None:
        self._width = -1
        self._heights.clear()
        self._widths = [QFontMetricsF(self._font(p.style)).horizontalAdvance(p.text) + _kern(p) for p in self._pieces]
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """Return the formula as one line of plain text."""
        texts = []
        for piece in self._pieces:
            if piece.style == "raised":
                texts.append(_SUPERSCRIPTS.get(piece.text, f"^{piece.text}"))
            elif piece.style == "lowered":
                texts.append(f"_{piece.text}")
            else:
                texts.append(piece.text)
        return "".join(texts).replace("\u2002", " ")

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines at a width."""
        if width not in self._heights:
            self._place(width)
            self._heights[width] = self._lines * self._line_height()
        return self._heights[width]

    def sizeHint(self) -> QSize:
        """Return the height at the present width."""
        return QSize(200, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        """Return the size of one line."""
        return QSize(80, self._line_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pieces."""
        self._place(self.width())
        painter = QPainter(self)
        colors = palettes.current()
        full = QFontMetricsF(self._font("text"))
        height = self._line_height()
        base = (height - full.height()) / 2 + full.ascent()
        for placed in self._placed:
            font = self._font(placed.piece.style)
            # Raised pieces hang from the top of the capitals, lowered ones hang under the line.
            shift = {"raised": -0.36, "lowered": 0.17}.get(placed.piece.style, 0.0) * full.ascent()
            painter.setFont(font)
            painter.setPen(color(_shade(colors, placed.piece.role)))
            painter.drawText(QPointF(placed.x, placed.line * height + base + shift), placed.piece.text)

    def _line_height(self) -> int:
        return PROJECTOR_LINE if self._projector else LINE

    def _font(self, style: str) -> QFont:
        full, small = _PROJECTOR_STYLES if self._projector else _STYLES
        return fonts.font(small if style in ("raised", "lowered") else full, italic=style == "variable")

    def _place(self, width: int) -> None:
        """Lay the pieces out in `width`.

        A line ends before an operator, as in print. Where not all fits on one line, each definition has its own.
        """
        if width == self._width:
            return
        self._width = width
        pieces = self._pieces
        widths = self._widths
        first = next((i + 1 for i, piece in enumerate(pieces) if piece.text == _EQUALS), 0)
        indent = min(sum(widths[:first]), width * 0.35)
        whole = sum(widths) <= width + 0.5
        x, line = 0.0, 0
        self._placed = []
        for start, end in itertools.pairwise([*self._breaks(first), len(pieces)]):
            blank = pieces[start].text.isspace() if start > first else False
            definition = blank and pieces[start].text == _BETWEEN
            room = sum(widths[start + blank : end])
            if start > first and not whole and (definition or x + widths[start] * blank + room > width + 0.5):
                x, line = indent, line + 1
                start += blank
            for i in range(start, end):
                self._placed.append(_Placed(pieces[i], x, line))
                x += widths[i]
        self._lines = line + 1

    def _breaks(self, first: int) -> list[int]:
        """Return where a line may end, as indices of pieces: at blanks that follow no operator, and at the start."""
        pieces = self._pieces
        blanks = [i for i in range(first + 1, len(pieces)) if pieces[i].text.isspace()]
        return [0, *(i for i in blanks if pieces[i - 1].text not in _OPERATORS)]


def _kern(piece: Piece) -> float:
    return 1.0 if piece.style in ("raised", "lowered") else 0.0


def split(tokens: Sequence[Token]) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """Return both sides of the first equals sign; no left side where there is none."""
    for i, token in enumerate(tokens):
        if token.style == "text" and " = " in token.text:
            before, _, after = token.text.partition(" = ")
            left = (*tokens[:i], *([Token(before, "text")] if before else []))
            right = (*([Token(after, "text")] if after else []), *tokens[i + 1 :])
            return left, right
    return (), tuple(tokens)


def _split_at_blanks(token: Token) -> list[str]:
    """Return a token cut at its blanks, which are pieces of their own, so that lines can break there."""
    if token.style != "text":
        return [token.text]
    return [word for word in re.split(r"( +)", token.text) if word]


def _shade(colors: Palette, role: str) -> str:
    if role in ("forward", "backward"):
        return colors.phase(role).text
    return str(getattr(colors, role))
